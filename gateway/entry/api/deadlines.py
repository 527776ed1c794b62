"""/deadlines: what the caller owes and what is owed to it, by when, and how much working time is left."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from gateway.core.deadlines import OWED, RULES, Deadline, DeadlineState, time_left
from gateway.core.happenings import Happening
from gateway.core.intake import Intake
from gateway.core.model import Event, State
from gateway.core.rules import Rules
from gateway.entry.api import rendering
from gateway.entry.api.hub import Hub, caller, hub
from gateway.entry.api.inputs import DeadlinesQuery
from gateway.entry.api.requests import query
from gateway.flows.keep_time import keep_time
from gateway.ports import DocumentView, Owed, Owing

STATES = {
    "open": (DeadlineState.OPEN, DeadlineState.EXTENDED),
    "overdue": (DeadlineState.OVERDUE,),
    "met": (DeadlineState.MET,),
    "extended": (DeadlineState.EXTENDED,),
    "paused": (DeadlineState.PAUSED,),
    "waived": (DeadlineState.WAIVED,),
}
"""What is asked for, by name: what was extended is still open."""
MINUTE = timedelta(minutes=1)

ByDelivery = dict[str | None, list[dict[str, Any]]]
"""Shapes of deadlines, by delivery; None has that of the document itself."""


async def listing(request: web.Request) -> web.Response:
    """List deadlines, the earliest due first."""
    asked, at = query(request, DeadlinesQuery), hub(request)
    await keep_time(at.ports.deadlines, at.rules())
    states = None if asked.state is None else STATES[asked.state]
    owing = Owing(organs=caller(request).organs, states=states)
    page = await at.ports.deadlines.owed(owing, after=asked.after, limit=asked.limit)
    items = [owed(each, at.rules(), at.ports.clock.now()) for each in page.items]
    return web.json_response({"items": items, "next": page.next}, dumps=rendering.dumps)


def owed(value: Owed, rules: Rules, now: datetime) -> dict[str, Any]:
    """Shape a deadline of a list, with what it is about."""
    document = value.document
    about = {"document_id": document.document_id, "subject": document.subject, "priority": int(document.priority)}
    return shape(value.deadline, rules, now) | about


def shape(value: Deadline, rules: Rules, now: datetime) -> dict[str, Any]:
    """Shape a deadline; `working_minutes_left` is negative once it is overdue, stays while it is paused, and is null at last."""
    schedule = rules.timekeeping.working_time.of(value.organ)
    left = time_left(value, schedule, now) // MINUTE if value.state in OWED else None
    return {
        "id": value.id,
        "rule": value.rule,
        "article": RULES[value.rule].article,
        "document": value.document,
        "delivery": value.delivery,
        "by": value.organ,
        "to": value.creditor,
        "unit": value.unit,
        "starts_at": value.starts_at.isoformat(),
        "due_at": value.due_at.isoformat(),
        "state": value.state,
        "paused_at": value.paused_at.isoformat() if value.paused_at else None,
        "working_minutes_left": left,
        "provisional": value.provisional,
        "ended_at": value.ended_at.isoformat() if value.ended_at else None,
        "late": value.late,
        "reason": value.reason,
    }


async def of_views(request: web.Request, views: Collection[DocumentView]) -> ByDelivery:
    """Give the deadlines of documents that are shown, as things stand."""
    at = hub(request)
    await keep_time(at.ports.deadlines, at.rules())
    found = await at.ports.deadlines.of({view.document.id for view in views}, caller(request).organs)
    return _by_delivery(found, at)


def planned(decided: Intake, rules: Rules, at: Hub) -> list[dict[str, Any]]:
    """Give the deadlines that the acceptance of a document would set."""
    document = decided.document
    happened = [_event("document.accepted", document.accepted_at, document.id, None, {})]
    for each in decided.deliveries:
        if each.state in {State.AVAILABLE, State.QUEUED}:
            kind = f"delivery.{each.state}"
            happened.append(_event(kind, document.accepted_at, document.id, each.id, {"to": each.receiver}))
    return [
        shape(deadline, rules, at.ports.clock.now())
        for event in happened
        for deadline in rules.timekeeping.kept(Happening(event=event, document=document), ())
    ]


def _event(kind: str, at: datetime, document: str, delivery: str | None, data: dict[str, Any]) -> Event:
    return Event(seq=0, at=at, type=kind, document=document, delivery=delivery, data=data)


def _by_delivery(found: Iterable[Deadline], at: Hub) -> ByDelivery:
    shaped: ByDelivery = {}
    for each in found:
        shaped.setdefault(each.delivery, []).append(shape(each, at.rules(), at.ports.clock.now()))
    return shaped
