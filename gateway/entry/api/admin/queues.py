"""/admin/queues, /admin/systems: what waits to be pushed to which system, and whether it flows."""

from aiohttp import web

from gateway.entry.api.admin import rendering
from gateway.entry.api.admin.inputs import PauseRequest, ReasonRequest, ReplayRequest
from gateway.entry.api.admin.requests import answer, decision
from gateway.entry.api.hub import hub, operator
from gateway.entry.api.requests import body
from gateway.flows import oversee


async def listing(request: web.Request) -> web.Response:
    """List the queues, with the circuits of their systems."""
    at = hub(request)
    found = await oversee.queues(at.ports.outbox, at.rules())
    untold = await at.ports.notices.untold()
    return answer({"items": [rendering.queue(each) for each in found], "untold": [rendering.untold(each) for each in untold]})


async def replay(request: web.Request) -> web.Response:
    """Have a system told again all news since a moment."""
    asked, at, system = await body(request, ReplayRequest), hub(request), request.match_info["id"]
    await oversee.replay(at.ports.notices, at.rules(), system, decision(request, asked.reason), asked.since)
    at.ports.telemetry.record("notices.replayed", system=system, by=operator(request).id)
    return answer({"system": system, "since": asked.since.isoformat()})


async def pause(request: web.Request) -> web.Response:
    """Push nothing to a system for a while."""
    asked, at, system = await body(request, PauseRequest), hub(request), request.match_info["id"]
    circuit = await oversee.pause(at.ports.outbox, at.rules(), system, decision(request, asked.reason), asked.until)
    at.ports.telemetry.record("system.paused", system=system, by=operator(request).id)
    return answer(rendering.circuit(circuit))


async def resume(request: web.Request) -> web.Response:
    """Push to a system again."""
    asked, at, system = await body(request, ReasonRequest), hub(request), request.match_info["id"]
    circuit = await oversee.resume(at.ports.outbox, at.rules(), system, decision(request, asked.reason))
    at.ports.telemetry.record("system.resumed", system=system, by=operator(request).id)
    return answer(rendering.circuit(circuit))
