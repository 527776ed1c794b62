"""Dead letters: deliveries that failed, or that an operator has put aside."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gateway.core.model import OrganId
from gateway.ports.ledger import DocumentView, Page, Route


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which dead letters are meant; whatever is None does not matter.

    `cause` is a fault code. The document was accepted from `since` (inclusive) to `until` (exclusive). `ids` are deliveries.
    `parked` tells those that were put aside from those that need a hand.
    """

    receiver: OrganId | None = None
    sender: OrganId | None = None
    cause: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    ids: Collection[str] | None = None
    parked: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """One delivery (`view` has that single one) that could not be made, and when it was last tried, or given up."""

    view: DocumentView
    failed_at: datetime | None
    parked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """How many dead letters to a receiver have one cause, and when the oldest of these documents was accepted."""

    cause: str | None
    receiver: OrganId
    count: int
    oldest_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NotDone:
    """A dead letter that a decision could not be carried out on, and the fault code of why."""

    delivery: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulk:
    """What came of a decision: of `matched` dead letters `done` were dealt with; those past the limit are in neither."""

    matched: int
    done: int
    failed: tuple[NotDone, ...] = ()


class DeadLetters(Protocol):
    """What could not be delivered. Each decision leaves one row in the audit log, and tells each sender.

    A decision is carried out in several transactions, each whole; whatever changed meanwhile is counted as failed.
    """

    async def dead_letters(self, which: Filter, *, after: str | None, limit: int) -> Page:
        """List `DeadLetter`s, in the order in which they were accepted. Raises `malformed-request` for a bad cursor."""

    async def groups(self, which: Filter) -> tuple[Group, ...]:
        """Count dead letters by cause and receiver, the most frequent first."""

    async def preview(self, which: Filter) -> int:
        """Count the dead letters that a decision would be about."""

    async def requeue(self, which: Filter, *, route: Route, by: str, reason: str, now: datetime, limit: int) -> Bulk:
        """Let them go on, to where their receivers are reached now, with all attempts before them."""

    async def park(self, which: Filter, *, by: str, reason: str, now: datetime, limit: int) -> Bulk:
        """Put them aside until they are requeued."""

    async def turn_back(self, which: Filter, *, by: str, reason: str, now: datetime, limit: int) -> Bulk:
        """Give them up: rejected, which their senders see with the reason."""

    async def redirect(
        self, which: Filter, to: OrganId, *, route: Route, by: str, reason: str, now: datetime, limit: int
    ) -> Bulk:
        """Replace each by a delivery of its document to another receiver, unless that one has a delivery of it already.

        One to this very receiver fails with `status-conflict`, and so does one where that delivery is over.
        """
