"""Deadlines: who owes what to whom by when, opened and ended by what happens to a document.

Overdue is an event at the due time, not a state of the delivery. A deadline that ended stays as it is.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from gateway.core import due
from gateway.core.hours import Schedule, WorkingTime
from gateway.core.model import VIETNAM, Document, Event, OrganId, Priority, State, StatusCode


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
    """How a deadline stands. Extended is open with another due time; waived will not be asked for."""

    OPEN = "open"
    MET = "met"
    OVERDUE = "overdue"
    EXTENDED = "extended"
    WAIVED = "waived"


RUNNING: Final = frozenset({DeadlineState.OPEN, DeadlineState.EXTENDED, DeadlineState.OVERDUE})
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
    12.2b). `late` tells that it ended after it was due. `stage` is the place in its ladder behind the step that was
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
    state: DeadlineState = DeadlineState.OPEN
    ended_at: datetime | None = None
    late: bool = False
    reason: str = ""
    stage: int = 0
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """An event and its document. `said` are the status codes that were reported of the delivery before, and when first."""

    event: Event
    document: Document
    said: Mapping[str, datetime] = field(default_factory=dict)


_INTAKE_CODES: Final = frozenset({"02", "03", "04", "05", "06"})
_ENDED_BY: Final[Mapping[Rule, frozenset[str]]] = {
    Rule.COLLECTION: frozenset({"01", *_INTAKE_CODES}),
    Rule.RECEIPT_NOTICE: frozenset({"01", *_INTAKE_CODES}),
    Rule.INTAKE: _INTAKE_CODES,
    Rule.ASSIGNMENT: frozenset({"02", "04", "05", "06"}),
    Rule.PROCESSING: frozenset({"02", "06"}),
    Rule.RECALL_ANSWER: frozenset({"15", "16"}),
}
"""The status codes that end a deadline of the same delivery."""
_OVER: Final = frozenset({"delivery.turned_back", "delivery.redirected", "document.replaced"})
"""Events after which nothing of the delivery is owed any more."""
_FINAL: Final = frozenset({State.REJECTED, State.RECALLED, State.REPLACED})
"""States after which nothing of the delivery can be owed."""


def opened(happened: Happening, working_time: WorkingTime, lengths: Lengths) -> tuple[Deadline, ...]:
    """Give the deadlines that begin with an event."""
    event, document = happened.event, happened.document
    if event.type == "document.accepted":
        begins = datetime.combine(document.promulgated_on, time(), tzinfo=VIETNAM)
        issue = _deadline(Rule.ISSUE, begins, happened, document.sender, working_time, lengths)
        return (end(issue, event.at),)
    if event.delivery is None or "to" not in event.data:
        return ()
    receiver = OrganId(event.data["to"])
    return tuple(
        _overtaken(_deadline(rule, event.at, happened, receiver, working_time, lengths, due_on=due_on, unit=unit), happened)
        for rule, due_on, unit in _beginning(happened)
    )


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
    """Give a deadline as the working time that holds now makes it; what was extended by a decision stays."""
    if deadline.state is DeadlineState.EXTENDED:
        return deadline
    schedule = working_time.of(deadline.organ)
    due_at = due_time(deadline, priority, schedule, lengths)
    provisional = schedule.is_provisional(deadline.starts_at.date(), due_at.date())
    return replace(deadline, due_at=due_at, provisional=provisional)


def ends(deadline: Deadline, happened: Happening) -> Deadline | None:
    """Give a running deadline as an event of its delivery leaves it, None where the event does not concern it."""
    event = happened.event
    if event.type == "document.answered":
        return end(deadline, event.at) if deadline.rule is Rule.RESPONSE else None
    if event.type == "delivery.collected":
        return end(deadline, event.at) if deadline.rule is Rule.COLLECTION else None
    if event.type == "status.received":
        ended = _ended(deadline, str(event.data["status_code"]), event.at, happened.document)
        if ended is not None:
            return ended
    if event.type in _OVER or _is_recalled(event):
        return waive(deadline, event.at, event.type)
    return None


def _ended(deadline: Deadline, code: str, at: datetime, document: Document) -> Deadline | None:
    """Give a deadline as a status leaves it, None where it goes on."""
    if code in _ENDED_BY.get(deadline.rule, ()):
        return end(deadline, at)
    if code in {StatusCode.REFUSED, StatusCode.RECALL_AGREED}:
        return waive(deadline, at, code)
    if deadline.rule is Rule.RESPONSE and code == StatusCode.COMPLETED and not document.response_needed:
        return end(deadline, at)
    return None


def _overtaken(begun: Deadline, happened: Happening) -> Deadline:
    """Give what begins only now as what was reported before leaves it: a late lower code asks for nothing that is done."""
    event, said = happened.event, happened.said
    if begun.rule is Rule.RECALL_ANSWER:  # what was answered before was another request
        return begun
    if event.data.get("state") in _FINAL and event.data.get("history"):
        return waive(begun, event.at, str(event.data["state"]))
    for code in sorted(said, key=lambda each: (said[each], each)):
        ended = _ended(begun, code, said[code], happened.document)
        if ended is not None:
            return replace(ended, ended_at=max(begun.starts_at, said[code]))
    return begun


def end(deadline: Deadline, at: datetime) -> Deadline:
    """Meet a deadline, in time or late."""
    late = at > deadline.due_at
    return replace(deadline, state=DeadlineState.MET, ended_at=at, late=late, next_at=None)


def waive(deadline: Deadline, at: datetime, reason: str) -> Deadline:
    """Ask for it no more."""
    return replace(deadline, state=DeadlineState.WAIVED, ended_at=at, reason=reason, next_at=None)


def _beginning(happened: Happening) -> Iterator[tuple[Rule, date | None, str]]:
    """Give rule, due date and unit of what begins with an event of a delivery."""
    event, due_on = happened.event, happened.document.due_on
    if event.type == "status.received":
        yield from _reported(happened)
    if event.type == "delivery.available":
        yield Rule.COLLECTION, None, ""
    if event.type in {"delivery.available", "delivery.queued"} and due_on is not None:
        yield Rule.RESPONSE, due_on, ""
    if event.type == "delivery.collected":
        yield Rule.INTAKE, None, ""
        yield Rule.RECEIPT_NOTICE, None, ""
    if event.type == "recall.requested" and event.data["state"] == "recall_requested" and not event.data.get("history"):
        yield Rule.RECALL_ANSWER, None, ""


def _reported(happened: Happening) -> Iterator[tuple[Rule, date | None, str]]:
    event, due_on = happened.event, happened.document.due_on
    code = event.data["status_code"]
    if code == StatusCode.ARRIVED:
        yield Rule.INTAKE, None, ""
    if code == StatusCode.REGISTERED:
        yield Rule.ASSIGNMENT, None, ""
    if code == StatusCode.PROCESSING and due_on is not None:
        yield Rule.PROCESSING, due_on, ""
    if code == StatusCode.ASSIGNED:
        for unit in event.data.get("units", ()):
            if unit.get("due_on"):
                yield Rule.RESPONSE, date.fromisoformat(unit["due_on"]), unit["department"]


def _deadline(
    rule: Rule,
    starts_at: datetime,
    happened: Happening,
    organ: OrganId,
    working_time: WorkingTime,
    lengths: Lengths,
    *,
    due_on: date | None = None,
    unit: str = "",
) -> Deadline:
    event, document = happened.event, happened.document
    again = str(event.seq) if rule is Rule.RECALL_ANSWER else ""  # a sender may ask again after a refusal
    names = (event.delivery or document.id, rule, unit, again)
    made = Deadline(
        id=hashlib.sha256("\n".join(names).encode()).hexdigest()[:32],
        rule=rule,
        document=document.id,
        delivery=event.delivery,
        organ=organ,
        creditor=document.sender,
        unit=unit,
        starts_at=starts_at,
        due_on=due_on,
        due_at=starts_at,
        provisional=False,
    )
    return recomputed(made, document.priority, working_time, lengths)


def _is_recalled(event: Event) -> bool:
    return event.type in {"status.received", "recall.requested", "recall.answered"} and event.data.get("state") == "recalled"
