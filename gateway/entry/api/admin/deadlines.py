"""/admin/deadlines: what is owed in the whole province, and what operators decide about it."""

from typing import Any

from aiohttp import web

from gateway.entry.api.admin.inputs import ExtendRequest, ReasonRequest
from gateway.entry.api.admin.requests import answer, decision
from gateway.entry.api.deadlines import STATES, owed
from gateway.entry.api.hub import Hub, hub, operator
from gateway.entry.api.inputs import DeadlinesQuery
from gateway.entry.api.requests import body, query
from gateway.flows import keep_time
from gateway.ports import Owed, Owing


async def listing(request: web.Request) -> web.Response:
    """List deadlines of all agencies, the earliest due first."""
    asked, at = query(request, DeadlinesQuery), hub(request)
    await keep_time.keep_time(at.ports.deadlines, at.rules())
    states = None if asked.state is None else STATES[asked.state]
    page = await at.ports.deadlines.owed(Owing(states=states), after=asked.after, limit=asked.limit)
    return answer({"items": [_owed(each, at) for each in page.items], "next": page.next})


async def extend(request: web.Request) -> web.Response:
    """Give another due time."""
    asked, at, name = await body(request, ExtendRequest), hub(request), request.match_info["id"]
    decided = decision(request, asked.reason)
    found = await keep_time.extend(at.ports.deadlines, at.rules(), name, asked.due_at, decided)
    at.ports.telemetry.record("deadline.extended", deadline=name, by=operator(request).id)
    return answer(_owed(found, at))


async def pause(request: web.Request) -> web.Response:
    """Let none of its time pass."""
    asked, at, name = await body(request, ReasonRequest), hub(request), request.match_info["id"]
    found = await keep_time.put_off(at.ports.deadlines, name, decision(request, asked.reason))
    at.ports.telemetry.record("deadline.paused", deadline=name, by=operator(request).id)
    return answer(_owed(found, at))


async def resume(request: web.Request) -> web.Response:
    """Let its time pass again."""
    asked, at, name = await body(request, ReasonRequest), hub(request), request.match_info["id"]
    found = await keep_time.take_up(at.ports.deadlines, at.rules(), name, decision(request, asked.reason))
    at.ports.telemetry.record("deadline.resumed", deadline=name, by=operator(request).id)
    return answer(_owed(found, at))


async def waive(request: web.Request) -> web.Response:
    """Ask for it no more."""
    asked, at, name = await body(request, ReasonRequest), hub(request), request.match_info["id"]
    found = await keep_time.let_off(at.ports.deadlines, name, decision(request, asked.reason))
    at.ports.telemetry.record("deadline.waived", deadline=name, by=operator(request).id)
    return answer(_owed(found, at))


async def remind(request: web.Request) -> web.Response:
    """Remind who owes it."""
    asked, at, name = await body(request, ReasonRequest), hub(request), request.match_info["id"]
    found = await keep_time.remind(at.ports.deadlines, at.rules(), name, decision(request, asked.reason))
    at.ports.telemetry.record("deadline.reminded", deadline=name, by=operator(request).id)
    return answer(_owed(found, at))


async def escalate(request: web.Request) -> web.Response:
    """Tell the leader of who owes it."""
    asked, at, name = await body(request, ReasonRequest), hub(request), request.match_info["id"]
    found = await keep_time.escalate(at.ports.deadlines, at.rules(), name, decision(request, asked.reason))
    at.ports.telemetry.record("deadline.escalated", deadline=name, by=operator(request).id)
    return answer(_owed(found, at))


def _owed(value: Owed, at: Hub) -> dict[str, Any]:
    return owed(value, at.rules(), at.ports.clock.now())
