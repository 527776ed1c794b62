"""Deadlines in the ledger: kept from its events, found by when a step is due, read by those who owe and are owed."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gateway.core.deadlines import Deadline, DeadlineState, Rule
from gateway.core.ladder import ByHand
from gateway.core.model import Document, OrganId, Priority
from gateway.core.timekeeping import Timekeeping
from gateway.ports.ledger import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A deadline with its document (but for its findings)."""

    deadline: Deadline
    document: Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Owing:
    """Which deadlines are looked for; whatever is None or empty does not matter.

    `ids` are their own. `organs` owe or are owed; `debtor` owes, `creditor` is owed. `late` chooses what was not done in time
    (overdue, or met late), or what is not late so far and was met in time. `words` are sought as `Wanted.words` are. Due from
    `since` (inclusive) to `until` (exclusive).
    """

    ids: Collection[str] | None = None
    organs: Collection[OrganId] | None = None
    debtor: OrganId | None = None
    creditor: OrganId | None = None
    states: Collection[DeadlineState] | None = None
    late: bool | None = None
    rule: Rule | None = None
    priorities: Collection[Priority] | None = None
    words: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lateness:
    """How many deadlines of an agency fell due in each span of time and were not done in time; `owed` of them still are not."""

    organ: OrganId
    counts: tuple[int, ...]
    owed: int

    @property
    def total(self) -> int:
        """Count those of all spans."""
        return sum(self.counts)


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

    async def owed(self, owing: Owing, *, after: str | None, limit: int, latest_first: bool = False) -> Page:
        """List `Owed`s in the order of their due times. Raises `malformed-request` for a bad cursor."""

    async def count(self, owing: Sequence[Owing], *, most: int) -> tuple[int | None, ...]:
        """Count what fits each, up to `most`; None where words fit so many documents that counting would be slow."""

    async def lateness(self, owing: Owing, spans: Sequence[datetime], *, skip: int, limit: int) -> tuple[Lateness, ...]:
        """Count what was not done in time by who owes and by spans of due time, the worst first.

        `spans` are the moments at which they begin, and that at which the last ends; what `owing` says of time and of being late
        does not matter.
        """

    async def of(self, documents: Collection[str], organs: Collection[OrganId]) -> tuple[Deadline, ...]:
        """List the deadlines of documents that these agencies owe or are owed, the earliest due first."""

    async def decide(
        self, deadline: str, change: Callable[[Owed], Deadline], *, action: str, by: str, reason: str, now: datetime
    ) -> Owed:
        """Change what is owed by a person's decision; audited, and told to both sides.

        Raises `not-found`, and `deadline-ended` where it is owed no more.
        """

    async def tell(self, deadline: str, timekeeping: Timekeeping, step: ByHand, *, by: str, reason: str, now: datetime) -> Owed:
        """Remind who owes it, or tell their leader, as a step of its ladder would; audited.

        Raises `not-found`, `deadline-ended`, `deadline-paused`, `deadline-not-overdue` where there is nothing to tell a leader
        yet, and `deadline-reminded` or `deadline-escalated` where it was said a moment ago.
        """
