"""What the province's officers see: every document of every agency, and how it flows."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gateway.core.deadlines import Rule
from gateway.core.model import Lane, OrganId, Priority, Receipt, State
from gateway.ports.ledger import History, Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which documents are looked for; whatever is None or empty does not matter.

    `words` are sought in number, notation, document id and subject, without regard to accents and case; the last may be the
    beginning of a word, of two letters at least. Accepted from `since` (inclusive) to `until` (exclusive). `state` is of any of
    its deliveries, to `receiver` where one is named.
    """

    words: tuple[str, ...] = ()
    sender: OrganId | None = None
    receiver: OrganId | None = None
    state: State | None = None
    priority: Priority | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarter:
    """What happened in the quarter of an hour that begins `at`: documents accepted, deliveries made, and given up."""

    at: datetime
    accepted: int = 0
    handed_over: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Minute:
    """What became of an agency's deliveries in the minute that begins `at`: how many were made, and given up."""

    organ: OrganId
    at: datetime
    handed_over: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """How many deliveries came into an agency's queue or inbox in a span of time, and left it: made, or given up."""

    organ: OrganId
    lane: Lane
    came: int = 0
    went: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OverdueTally:
    """What an agency owes past its time, by one rule; `express` of them are hỏa tốc."""

    organ: OrganId
    rule: Rule
    count: int
    express: int
    oldest_due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """The database of the ledger: `sqlite` or `postgresql`, and its size in bytes."""

    kind: str
    octets: int


class Province(Protocol):
    """Reads the ledger for officers, and changes nothing."""

    async def find(self, wanted: Wanted, *, after: str | None, limit: int) -> Page:
        """List `DocumentView`s with all deliveries, newest first. Raises `malformed-request` for a bad cursor."""

    async def history(self, document: str) -> History:
        """Give a document with all that happened to it. Raises `not-found`."""

    async def receipts(self, document: str) -> tuple[Receipt, ...]:
        """List all receipts of a document, oldest first."""

    async def quarters(self, since: datetime, until: datetime) -> tuple[Quarter, ...]:
        """Count what happened, by quarters of an hour in which something did, the earliest first."""

    async def minutes(self, since: datetime, until: datetime) -> tuple[Minute, ...]:
        """Count what happened to each receiver, by minutes in which something did: in order of receivers, then of time."""

    async def flows(self, since: datetime, until: datetime) -> tuple[Flow, ...]:
        """Count what came and went, for each agency and lane in which something did."""

    async def handed_over(self, organs: Collection[OrganId], since: datetime) -> Mapping[OrganId, int]:
        """Count the deliveries that each of these agencies has got since a time; who got none is not in it."""

    async def overdue(self) -> tuple[OverdueTally, ...]:
        """Count what is overdue by agency and rule, the longest overdue first."""

    async def sent(self, organs: Collection[OrganId], since: datetime) -> Mapping[OrganId, int]:
        """Count what each of these agencies has sent since about a time, by acceptance; who sent nothing is not in it."""

    async def store(self) -> Store:
        """Say which database answers, and how large it is."""
