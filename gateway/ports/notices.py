"""Notices: what systems are to be told of documents that they have to do with, and how far each was told."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gateway.core.faults import Fault
from gateway.core.model import Document, Event, OrganId, SystemId


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """An event of a delivery, and the document (but for its findings)."""

    event: Event
    document: Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulletin:
    """News that one worker may tell a system until its claim ends, in order. `attempts` were made on the first of it before."""

    token: str
    system: SystemId
    news: tuple[News, ...]
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What came of a bulletin: all news up to the event `told` is done with, of which the system refused some for good.

    With a `fault` the rest waits until `again`, after `attempts` on the first of it.
    """

    told: int
    refused: tuple[tuple[News, Fault], ...] = ()
    fault: Fault | None = None
    attempts: int = 0
    again: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Untold:
    """A system that could not be told its news: why (`cause` is a fault code), since which event, and when it is tried again."""

    system: SystemId
    oldest_at: datetime
    attempts: int
    cause: str
    why: str | None
    again: datetime | None


class Notices(Protocol):
    """News of deliveries, from the ledger's events, in their order. Whoever is late or doubled changes nothing."""

    async def claim(
        self, system: SystemId, organs: Collection[OrganId], *, limit: int, until: datetime, now: datetime
    ) -> Bulletin | None:
        """Claim a system's next news; None where there is none, it is not due, an operator paused the system, or another has it.

        A system that is seen for the first time is told the news of the last day.
        """

    async def settle(self, bulletin: Bulletin, telling: Telling, *, now: datetime) -> None:
        """Record what came of it, and end the claim; what was refused for good is audited."""

    async def replay(self, system: SystemId, *, since: datetime, by: str, reason: str, now: datetime) -> None:
        """Have a system told again all news since a moment; audited."""

    async def untold(self) -> tuple[Untold, ...]:
        """List the systems that could not be told, by id."""
