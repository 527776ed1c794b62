"""Deadlines: who owes what to whom by when; `core.happenings` opens and ends them.

Overdue is an event at the due time, not a state of the delivery. A deadline that ended stays as it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from gateway.core import due
from gateway.core.faults import Rejected
from gateway.core.hours import Schedule, WorkingTime
from gateway.core.model import OrganId, Priority


class Rule(StrEnum):
    """What sets a deadline; `RULES` says by which article."""

    ISSUE = "issue"
    INTAKE = "intake"
    RECEIPT_NOTICE = "receipt_notice"
    ASSIGNMENT = "assignment"
    PROCESSING = "processing"
    RESPONSE = "response"
    COLLECTION = "collection"
    RECALL_ANSWER = "recall_answer"


class DeadlineState(StrEnum):
    """How a deadline stands. Extended is open with another due time; paused waits; waived will not be asked for."""

    OPEN = "open"
    MET = "met"
    OVERDUE = "overdue"
    EXTENDED = "extended"
    PAUSED = "paused"
    WAIVED = "waived"


RUNNING: Final = frozenset({DeadlineState.OPEN, DeadlineState.EXTENDED, DeadlineState.OVERDUE})
"""Those whose time passes."""
OWED: Final = RUNNING | {DeadlineState.PAUSED}
"""What is still owed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A rule as people know it."""

    article: str
    vi: str
    en: str


RULES: Final[Mapping[Rule, Article]] = {
    Rule.ISSUE: Article(article="Điều 6.3", vi="Phát hành", en="Issue"),
    Rule.INTAKE: Article(article="Điều 6.4", vi="Tiếp nhận", en="Intake"),
    Rule.RECEIPT_NOTICE: Article(article="NĐ 30/2020 Điều 21.2c", vi="Báo nhận trong ngày", en="Receipt notice"),
    Rule.ASSIGNMENT: Article(article="Điều 6.4", vi="Phân công", en="Assignment"),
    Rule.PROCESSING: Article(article="Điều 13.1", vi="Xử lý", en="Processing"),
    Rule.RESPONSE: Article(article="Điều 14.2, 15", vi="Hồi báo", en="Response"),
    Rule.COLLECTION: Article(article="Điều 8.1", vi="Lấy văn bản về", en="Collection"),
    Rule.RECALL_ANSWER: Article(article="QĐ 28/2018 Điều 9", vi="Trả lời thu hồi", en="Answer to a recall"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lengths:
    """How long what may take, where the regulation gives no date; `config/deadlines.toml` sets it.

    `urgent` counts by the clock, around it; `intake`, `collection` and `recall_answer` in working time.
    """

    intake: timedelta = timedelta(hours=2)
    urgent: Mapping[Priority, timedelta] = field(
        default_factory=lambda: {
            Priority.URGENT: timedelta(minutes=30),
            Priority.VERY_URGENT: timedelta(minutes=15),
            Priority.EXPRESS: timedelta(minutes=15),
            Priority.EXPRESS_TIMED: timedelta(minutes=15),
        }
    )
    collection: timedelta = timedelta(hours=4)
    recall_answer: timedelta = timedelta(hours=8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """What `organ` owes `creditor`, for one delivery (None: the issue of the document itself), by one rule.

    `due_on` is the day that was set for it, where one was. `unit` is of a response that one unit of the receiver owes (article
    12.2b). `decided` tells that a person set when it is due: no calendar moves it. `paused_at` is since when it is paused, or was
    when it ended. `late` tells that it ended after it was due. `stage` is the place in its ladder behind the step that was
    taken last; the next is due at `next_at`, None where none follows.
    """

    id: str
    rule: Rule
    document: str
    delivery: str | None
    organ: OrganId
    creditor: OrganId
    unit: str = ""
    starts_at: datetime
    due_on: date | None = None
    due_at: datetime
    provisional: bool
    decided: bool = False
    state: DeadlineState = DeadlineState.OPEN
    paused_at: datetime | None = None
    ended_at: datetime | None = None
    late: bool = False
    reason: str = ""
    stage: int = 0
    next_at: datetime | None = None


def due_time(deadline: Deadline, priority: Priority, schedule: Schedule, lengths: Lengths) -> datetime:
    """Say when it is due by the working time that holds: from its start, or on its day."""
    start, rule = deadline.starts_at, deadline.rule
    if deadline.due_on is not None:
        return due.response(schedule, deadline.due_on)
    if rule is Rule.ISSUE:
        return due.issue(schedule, start.date())
    if rule is Rule.RECEIPT_NOTICE:
        return due.receipt_notice(start)
    if rule is Rule.ASSIGNMENT:
        return due.assignment(schedule, start)
    if rule is Rule.INTAKE:
        allowed = lengths.urgent.get(priority)
        return due.intake(schedule, start, lengths.intake) if allowed is None else due.intake_urgent(start, allowed)
    return schedule.add_working(start, lengths.collection if rule is Rule.COLLECTION else lengths.recall_answer)


def recomputed(deadline: Deadline, priority: Priority, working_time: WorkingTime, lengths: Lengths) -> Deadline:
    """Give a deadline as the working time that holds now makes it; what a person decided stays."""
    if deadline.decided:
        return deadline
    schedule = working_time.of(deadline.organ)
    due_at = due_time(deadline, priority, schedule, lengths)
    provisional = schedule.is_provisional(deadline.starts_at.date(), due_at.date())
    return replace(deadline, due_at=due_at, provisional=provisional)


def end(deadline: Deadline, at: datetime) -> Deadline:
    """Meet a deadline, in time or late; in time while it is paused, since it was not due when its pause began."""
    late = deadline.state is not DeadlineState.PAUSED and at > deadline.due_at
    return replace(deadline, state=DeadlineState.MET, ended_at=at, late=late, next_at=None)


def waive(deadline: Deadline, at: datetime, reason: str) -> Deadline:
    """Ask for it no more."""
    return replace(deadline, state=DeadlineState.WAIVED, ended_at=at, reason=reason, next_at=None)


def extend(deadline: Deadline, due_at: datetime, reason: str) -> Deadline:
    """Give it another due time, decided by a person; a pause is over then."""
    return replace(deadline, due_at=due_at, decided=True, state=DeadlineState.EXTENDED, paused_at=None, reason=reason)


def pause(deadline: Deadline, at: datetime, reason: str) -> Deadline:
    """Let none of its time pass. Raises `deadline-paused`, and `deadline-overdue`: what is late is not undone by a pause."""
    if deadline.state is DeadlineState.PAUSED:
        raise Rejected("deadline-paused", path=deadline.id)
    if deadline.state is DeadlineState.OVERDUE or deadline.due_at <= at:
        raise Rejected("deadline-overdue", path=deadline.id)
    return replace(deadline, state=DeadlineState.PAUSED, paused_at=at, reason=reason, next_at=None)


def resume(
    deadline: Deadline, priority: Priority, working_time: WorkingTime, lengths: Lengths, at: datetime, reason: str
) -> Deadline:
    """Let its time pass again: it is due once what was left when it was paused has passed. Raises `deadline-not-paused`.

    What was left is working time; by the clock, where its rule counts so or where none of it is working time.
    """
    if deadline.state is not DeadlineState.PAUSED or deadline.paused_at is None:
        raise Rejected("deadline-not-paused", path=deadline.id)
    schedule = working_time.of(deadline.organ)
    by_the_clock = max(timedelta(), deadline.due_at - deadline.paused_at)
    left = time_left(deadline, schedule, at)
    if left > timedelta() and not _is_by_the_clock(deadline.rule, priority, lengths):
        due_at = schedule.add_working(at, left)
    else:
        due_at = at + by_the_clock
    due_at = max(deadline.due_at, due_at)  # a pause takes nothing away
    provisional = schedule.is_provisional(deadline.starts_at.date(), due_at.date())
    return replace(extend(deadline, due_at, reason), provisional=provisional)


def time_left(deadline: Deadline, schedule: Schedule, now: datetime) -> timedelta:
    """Give the working time until it is due, negative once it is overdue; of what is paused, what was left then."""
    since = deadline.paused_at if deadline.state is DeadlineState.PAUSED else None
    return schedule.working_between(since or now, deadline.due_at)


def _is_by_the_clock(rule: Rule, priority: Priority, lengths: Lengths) -> bool:
    return rule is Rule.RECEIPT_NOTICE or (rule is Rule.INTAKE and priority in lengths.urgent)
