"""What is read off the ledger for people: the two registers of each agency, and how deadlines were kept."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from gateway.core.deadlines import Deadline, Rule
from gateway.core.hours import WorkingTime
from gateway.core.model import BusinessType, OrganId, Priority, State, StatusCode
from gateway.ports.ledger import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """What both registers say of a document (articles 12.1b and 14.2). `type_name` is empty where it is not known."""

    document: str
    document_id: str
    number: str
    notation: str
    promulgated_on: date
    type_name: str
    subject: str
    priority: Priority
    business_type: BusinessType
    response_needed: bool
    due_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counterpart:
    """A document that answers another, or is answered. `document` is None where the hub does not know it, but for its name."""

    document: str | None
    code: str
    promulgated_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """One receiver (nơi nhận) of a document that was sent, and how it stands there."""

    organ: OrganId
    state: State
    progress: StatusCode | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A line of sổ văn bản đi. `answers` are the documents that it answers."""

    about: Registered
    sent_at: datetime
    to: tuple[Recipient, ...]
    answers: tuple[Counterpart, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A line of sổ văn bản đến. `arrival_number` is per agency and year, from 1, in the order of arrival; it never changes."""

    about: Registered
    arrival_number: int
    arrived_at: datetime
    delivery: str
    sender: OrganId
    state: State
    progress: StatusCode | None
    answered_by: tuple[Counterpart, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From `since` (inclusive) to `until` (exclusive)."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """How the deadlines of one agency, rule, type of document and priority were kept, of those due in a period.

    owed = in_time + late + overdue + open + waived. `overdue` is what is still owed past its time, `open` what is not due
    yet or paused; `extended` counts those of them all that were given another time. `took` lists the working time of each
    that was met.
    """

    organ: OrganId
    rule: Rule
    type_name: str
    priority: Priority
    in_time: int = 0
    late: int = 0
    overdue: int = 0
    open: int = 0
    waived: int = 0
    extended: int = 0
    took: tuple[timedelta, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrear:
    """A deadline that is overdue, what it is about, and for how much working time."""

    deadline: Deadline
    about: Registered
    late_by: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrears:
    """What is overdue: the first of it, and how many there are in all."""

    items: tuple[Arrear, ...]
    total: int


class Reports(Protocol):
    """Reads the ledger, and changes nothing. Years, months and days are Vietnam's."""

    async def outgoing(self, organ: OrganId, year: int, *, month: int | None, after: str | None, limit: int) -> Page:
        """List the `Outgoing` documents of an agency that are numbered in a year, in the order in which they were sent.

        A month narrows it to the documents of that month. Raises `malformed-request` for a bad cursor.
        """

    async def incoming(self, organ: OrganId, year: int, *, month: int | None, after: str | None, limit: int) -> Page:
        """List the `Incoming` documents that arrived at an agency in a year, by arrival number; a month narrows it likewise."""

    async def kept(
        self, period: Period, *, organs: Collection[OrganId] | None, working_time: WorkingTime, now: datetime
    ) -> tuple[Kept, ...]:
        """Count the deadlines that are due in a period, by agency, rule, type of document and priority; of all where None.

        Each is counted as it stands when it is read; what changes meanwhile may be seen or not.
        """

    async def overdue(
        self, period: Period | None, *, organs: Collection[OrganId] | None, working_time: WorkingTime, now: datetime, limit: int
    ) -> Arrears:
        """List what is overdue now (of what was due in a period), by agency, the longest overdue first."""
