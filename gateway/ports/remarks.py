"""Remarks: what officers leave on documents that changes nothing of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What an officer wrote about a document, for other officers."""

    at: datetime
    by: str
    text: str


class Remarks(Protocol):
    """What officers wrote about a document. No agency ever sees it."""

    async def write(self, document: str, text: str, *, by: str, now: datetime) -> None:
        """Write about a document; that it was done is in the audit log. Raises `not-found`."""

    async def of(self, document: str, *, limit: int) -> tuple[Remark, ...]:
        """List what was written about a document, the newest first."""
