"""Remarks: what officers leave on documents that changes nothing of them."""

from datetime import datetime
from typing import Protocol


class Remarks(Protocol):
    """What officers did with a document beside deciding about it. No agency ever sees it."""

    async def opened(self, document: str, what: str, *, by: str, reason: str, now: datetime) -> None:
        """Write into the audit log that somebody opens a part of a document's content, which `what` names."""
