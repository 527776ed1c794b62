"""/admin/reports: registers of any agency, how deadlines were kept, what is overdue; as JSON, Excel and PDF."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from gateway.core.faults import Rejected
from gateway.core.model import OrganId
from gateway.entry.api.admin.requests import answer
from gateway.entry.api.hub import Hub, hub
from gateway.entry.api.inputs_reports import AgencyRegisterQuery, ReportQuery, first_of
from gateway.entry.api.registers import desk, give, longest, wanted
from gateway.entry.api.requests import query
from gateway.entry.reports.desk import Desk, Format, Made
from gateway.flows.keep_time import keep_time

Making = Callable[[web.Request, Desk], Awaitable[Made]]


async def registers(request: web.Request) -> web.StreamResponse:
    """Give a register of an agency."""
    return await _given(request, _register)


async def ontime(request: web.Request) -> web.StreamResponse:
    """Say how the deadlines of a month (without one: of this) were kept."""
    return await _given(request, _ontime)


async def overdue(request: web.Request) -> web.StreamResponse:
    """List what is overdue now."""
    return await _given(request, _overdue)


async def _given(request: web.Request, making: Making) -> web.StreamResponse:
    at, form = hub(request), request.match_info.get("format")
    await keep_time(at.ports.deadlines, at.rules())
    made = await making(request, desk(at))
    return answer(made.data) if form is None else await give(request, made, Format(form))


async def _register(request: web.Request, at: Desk) -> Made:
    asked = query(request, AgencyRegisterQuery)
    volume = wanted(hub(request), asked, _organ(hub(request), asked.agency))
    form = request.match_info.get("format")
    return await at.register(volume, most=longest(Format(form) if form else None))


async def _ontime(request: web.Request, at: Desk) -> Made:
    asked = query(request, ReportQuery)
    return await at.ontime(first_of(asked.month) or at.now, _only(hub(request), asked.agency))


async def _overdue(request: web.Request, at: Desk) -> Made:
    asked = query(request, ReportQuery)
    return await at.overdue(first_of(asked.month), _only(hub(request), asked.agency))


def _only(at: Hub, agency: str | None) -> OrganId | None:
    return None if agency is None else _organ(at, agency)


def _organ(at: Hub, agency: str) -> OrganId:
    """Find an agency by any of its ids. Raises `not-found`."""
    found = at.rules().directory.find(agency)
    if found is None:
        raise Rejected("not-found", path=agency)
    return found.id
