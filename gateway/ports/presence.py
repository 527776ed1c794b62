"""Presence: when each system last looked for its documents, and what waits for those who do not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gateway.core.model import OrganId, SystemId


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What waits for an agency that polls: how many documents, and since when the oldest."""

    waiting: int
    oldest_at: datetime


class Presence(Protocol):
    """Remembers in memory, and writes now and then: what a process that dies had not written is a minute's."""

    def note(self, system: SystemId, at: datetime) -> None:
        """Remember that a system looks."""
        ...

    async def write(self) -> None:
        """Write what was remembered since the last time, in one statement."""
        ...

    async def seen(self) -> Mapping[SystemId, datetime]:
        """Give when each system last looked, as far as it is written."""
        ...

    async def backlogs(self) -> Mapping[OrganId, Backlog]:
        """Give what waits to be fetched, by receiver."""
        ...
