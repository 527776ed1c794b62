"""Upkeep: what is done for the hub now and then, when it was done last, and whether all was well."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Chore(StrEnum):
    """What is done."""

    BACKUP = "backup"
    RECONCILIATION = "reconciliation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tended:
    """When a chore was done last; `detail` says in a few words what came of it."""

    at: datetime
    well: bool
    detail: str = ""


class Upkeep(Protocol):
    """Remembers the last time of each chore."""

    async def done(self, chore: Chore, tended: Tended) -> None:
        """Write down that a chore was done."""

    async def last(self) -> Mapping[Chore, Tended]:
        """Give the last time of each chore that was ever done."""
