"""/admin/requests: agencies that systems ask to have registered or ended, and what operators decide about it."""

from datetime import datetime
from typing import Any

from aiohttp import web

from gateway.core.model import VIETNAM
from gateway.core.roles import Right
from gateway.entry.api.admin.inputs import ReasonRequest
from gateway.entry.api.admin.requests import answer, decision, demand
from gateway.entry.api.hub import hub, operator
from gateway.entry.api.requests import body
from gateway.entry.api.shapes import Shape
from gateway.flows import enrol
from gateway.ports import AgencyRequest, Wish


class AgencyRequestShape(Shape):
    """A wish that waits. `fields` are those that a new agency would have: `name`, `parent`, `email`."""

    id: str
    system: str
    wish: Wish
    organ: str
    fields: dict[str, str]
    asked_at: datetime


class AgencyRequestsPage(Shape):
    """Oldest first."""

    items: list[AgencyRequestShape]


class AgencyDecisionShape(Shape):
    """A wish that was decided."""

    id: str
    organ: str


async def listing(request: web.Request) -> web.Response:
    """List what is not decided."""
    found = await hub(request).ports.vxp.requests(undecided=True)
    return answer({"items": [_rendered(each) for each in found]})


async def approve(request: web.Request) -> web.Response:
    """Change the directory as was asked."""
    demand(request, Right.MANAGE)
    asked, ports = await body(request, ReasonRequest), hub(request).ports
    done = await enrol.approve(ports.vxp, ports.enrolment, request.match_info["id"], decision(request, asked.reason))
    return _told(request, done, "approved")


async def refuse(request: web.Request) -> web.Response:
    """Leave the directory as it is."""
    demand(request, Right.MANAGE)
    asked, ports = await body(request, ReasonRequest), hub(request).ports
    done = await enrol.refuse(ports.vxp, request.match_info["id"], decision(request, asked.reason))
    return _told(request, done, "refused")


def _told(request: web.Request, done: AgencyRequest, what: str) -> web.Response:
    hub(request).ports.telemetry.record(f"agency.{what}", organ=done.organ, by=operator(request).id)
    return answer({"id": done.id, "organ": done.organ})


def _rendered(value: AgencyRequest) -> dict[str, Any]:
    return {
        "id": value.id,
        "system": value.system,
        "wish": value.wish,
        "organ": value.organ,
        "fields": dict(value.fields),
        "asked_at": value.asked_at.astimezone(VIETNAM).isoformat(),
    }
