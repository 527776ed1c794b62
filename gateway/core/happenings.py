"""Happenings: what an event does to the deadlines of its delivery: which begin with it, and which it ends."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Final

from gateway.core.deadlines import Deadline, Lengths, Rule, end, recomputed, waive
from gateway.core.hours import WorkingTime
from gateway.core.links import NOTICES
from gateway.core.model import VIETNAM, Document, Event, OrganId, State, StatusCode


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
_OF_NOTICES: Final = frozenset({Rule.COLLECTION, Rule.RECALL_ANSWER})
"""What is owed for recalls and updates themselves: statuses that name their number and replies are of the document that they are
about, and its date is no date of theirs."""
FARTHEST: Final = timedelta(days=3653)
"""Ten years: who names a day farther off than that means another, and counting to it would take long."""
_FINAL: Final = frozenset({State.REJECTED, State.RECALLED, State.REPLACED})
"""States after which nothing of the delivery can be owed."""


def opened(happened: Happening, working_time: WorkingTime, lengths: Lengths) -> tuple[Deadline, ...]:
    """Give the deadlines that begin with an event."""
    event, document = happened.event, happened.document
    if event.type == "document.accepted":
        if document.business_type in NOTICES or not _is_near(document.promulgated_on, event.at):
            return ()
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


def _is_near(day: date, moment: datetime) -> bool:
    return abs(datetime.combine(day, time(), tzinfo=VIETNAM) - moment) <= FARTHEST


def _beginning(happened: Happening) -> Iterator[tuple[Rule, date | None, str]]:
    """Give rule, due date and unit of what begins with an event of a delivery and can end."""
    at, is_notice = happened.event.at, happened.document.business_type in NOTICES
    for rule, due_on, unit in _begun(happened):
        if (due_on is None or _is_near(due_on, at)) and (not is_notice or rule in _OF_NOTICES):
            yield rule, due_on, unit


def _begun(happened: Happening) -> Iterator[tuple[Rule, date | None, str]]:
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
