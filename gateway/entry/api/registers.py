"""/registers: sổ văn bản đi and sổ văn bản đến of the caller's agencies (articles 6.5, 12.1b, 14.2)."""

from typing import Final

from aiohttp import web

from gateway.core.faults import Rejected
from gateway.core.model import VIETNAM, OrganId
from gateway.entry.api import content, rendering
from gateway.entry.api.hub import Hub, caller, hub
from gateway.entry.api.inputs_reports import RegisterQuery, RegistersQuery
from gateway.entry.api.requests import query
from gateway.entry.reports import registers
from gateway.entry.reports.desk import Desk, Format, Made, drawing, media_type
from gateway.entry.reports.registers import Direction, Volume

DRAWING_BYTES: Final = 24 * 1024 * 1024
"""What drawing holds, about, of the memory that may be worked in at once: two are drawn beside each other."""


async def listing(request: web.Request) -> web.Response:
    """List a page of a register."""
    asked, at = query(request, RegistersQuery), hub(request)
    volume = wanted(at, asked, _own(request, asked.agency))
    read = at.ports.reports.outgoing if volume.direction is Direction.OUT else at.ports.reports.incoming
    page = await read(volume.organ, volume.year, month=volume.month, after=asked.after, limit=asked.limit)
    items = [registers.shape(each, at.rules().directory) for each in page.items]
    said = {"agency": volume.organ, "kind": volume.direction, "year": volume.year, "items": items, "next": page.next}
    return web.json_response(said, dumps=rendering.dumps)


async def drawn(request: web.Request) -> web.StreamResponse:
    """Draw a register."""
    asked, at, form = query(request, RegisterQuery), hub(request), Format(request.match_info["format"])
    volume = wanted(at, asked, _own(request, asked.agency))
    return await give(request, await desk(at).register(volume, most=longest(form)), form)


def longest(form: Format | None) -> int:
    """Say how many lines of a register are given at once: a workbook takes more than a page, or an answer read whole."""
    return registers.MOST if form is Format.XLSX else registers.PRINTED


def desk(at: Hub) -> Desk:
    """Give the place where reports are made."""
    return Desk(reports=at.ports.reports, rules=at.rules(), hub=at.settings.hub.name, now=at.ports.clock.now())


def wanted(at: Hub, asked: RegisterQuery, organ: OrganId) -> Volume:
    """Give the register that is asked for; without a year it is this one."""
    year = asked.year or at.ports.clock.now().astimezone(VIETNAM).year
    return Volume(direction=Direction(asked.kind), organ=organ, year=year, month=asked.month)


async def give(request: web.Request, made: Made, form: Format) -> web.StreamResponse:
    """Answer with a report that was drawn."""
    octets = await draw(hub(request), made, form)
    return await content.give(request, octets, media_type(form), name=f"{made.file}.{form}")


async def draw(at: Hub, made: Made, form: Format) -> bytes:
    """Draw a report in turn: not many at once. Raises Misconfigured where its libraries are missing."""
    drawn = drawing(made.report, form)
    async with at.ports.compute.room(DRAWING_BYTES) as run:
        return await run(drawn)


def _own(request: web.Request, agency: str | None) -> OrganId:
    """Find the agency that is asked about, by any of its ids. Raises `not-found`; `malformed-request` where it must be named."""
    organs = caller(request).organs
    if agency is None and len(organs) == 1:
        return next(iter(organs))
    if agency is None:
        detail = "Hệ thống phục vụ nhiều cơ quan: cần agency=mã định danh."
        raise Rejected("malformed-request", path="agency", detail=detail, detail_en="Name one of your agencies.")
    found = hub(request).rules().directory.find(agency)
    if found is None or found.id not in organs:
        raise Rejected("not-found", path=agency)
    return found.id
