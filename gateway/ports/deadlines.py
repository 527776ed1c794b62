"""Deadlines in the ledger: kept from its events, found by when a step is due, read by those who owe and are owed."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gateway.core.deadlines import Deadline, DeadlineState
from gateway.core.model import Document, OrganId
from gateway.core.timekeeping import Timekeeping
from gateway.ports.ledger import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A deadline with its document (but for its findings)."""

    deadline: Deadline
    document: Document


class Deadlines(Protocol):
    """Deadlines are made of the ledger's events, in their order, by one keeper at a time: lost, they could be made anew."""

    async def keep(self, by: Timekeeping, *, limit: int) -> int:
        """Open and end deadlines by the next events; give how many events were read. What is said of it is in the events."""

    async def are_kept(self) -> bool:
        """Tell whether all events up to now were read."""

    async def take_steps(self, by: Timekeeping, *, limit: int, now: datetime) -> int:
        """Take the steps of ladders that are due, each once, stamped with the time they became true; give how many deadlines."""

    async def next_step_at(self) -> datetime | None:
        """Say when the next step is due."""

    async def move(
        self, by: Timekeeping, *, after: str, limit: int, preview: bool, now: datetime
    ) -> tuple[tuple[tuple[Deadline, Deadline], ...], str | None]:
        """Compute anew what is owed, in the order of their ids, after one; a preview writes nothing.

        What is overdue no more is said. Gives those that change, before and after, and where to go on, None at the end.
        """

    async def owed(
        self, organs: Collection[OrganId] | None, *, states: Collection[DeadlineState] | None, after: str | None, limit: int
    ) -> Page:
        """List `Owed`s that agencies owe or are owed (all where None), the earliest due first."""

    async def of(self, documents: Collection[str], organs: Collection[OrganId]) -> tuple[Deadline, ...]:
        """List the deadlines of documents that these agencies owe or are owed, the earliest due first."""

    async def decide(
        self, deadline: str, change: Callable[[Owed], Deadline], *, action: str, by: str, reason: str, now: datetime
    ) -> Owed:
        """Change what is owed by a person's decision; audited, and told to both sides.

        Raises `not-found`, and `deadline-ended` where it is owed no more.
        """

    async def remind(self, deadline: str, timekeeping: Timekeeping, *, by: str, reason: str, now: datetime) -> Owed:
        """Remind who owes it, as a step of its ladder would; audited.

        Raises `not-found`, `deadline-ended`, `deadline-paused`, and `deadline-reminded` where it was said a moment ago.
        """
