"""/statuses: what a receiver (or, for a recall, the sender) reports about a delivery."""

from aiohttp import web

from gateway.core.directory import System
from gateway.core.model import StatusCode, StatusReport, Unit
from gateway.entry.api.hub import caller, hub
from gateway.entry.api.inputs import StatusRequest
from gateway.entry.api.requests import body
from gateway.entry.api.uploads import XML_TYPES, audited
from gateway.flows.acknowledge import acknowledge, acknowledge_package
from gateway.ports import Ports, StatusOutcome


async def post(request: web.Request) -> web.Response:
    """Take an edXML status package or its JSON form: 202 when new, 200 with the same answer when it was said before."""
    at = hub(request)
    if request.content_type in XML_TYPES:
        async with audited(request) as package:
            outcome = await acknowledge_package(at.ports, at.rules(), package.envelope.read(), caller(request))
    else:
        outcome = await _said(at.ports, await body(request, StatusRequest), caller(request))
    return web.Response(status=202 if outcome.created else 200, text=outcome.answer, content_type="application/json")


async def _said(ports: Ports, asked: StatusRequest, system: System) -> StatusOutcome:
    view = await ports.ledger.delivery(asked.delivery, system.organs)
    asking = asked.code is StatusCode.RECALL_REQUESTED
    reporter = view.document.sender if asking else view.deliveries[0].receiver
    units = tuple(Unit(department=each.department, role=each.role, due_on=each.due_on) for each in asked.units)
    report = StatusReport(
        code=asked.code, reporter=reporter, description=asked.description, staff=asked.staff, units=units, at=asked.at
    )
    return await acknowledge(ports, system, asked.delivery, report)
