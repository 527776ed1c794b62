"""Báo cáo · Reports: what is handed to a leader, drawn as PDF to be signed or as a workbook to be worked on."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Final

from aiohttp import web

from gateway.core.faults import Rejected
from gateway.core.model import VIETNAM, OrganId
from gateway.entry.api.registers import desk, draw, longest
from gateway.entry.console.pages import HEADERS, page
from gateway.entry.console.search import organ_of
from gateway.entry.console.visit import Visit
from gateway.entry.reports.desk import Desk, Format, Made, media_type
from gateway.entry.reports.registers import Direction, Volume
from gateway.flows.keep_time import keep_time

YEARS: Final = range(2000, 2100)


async def show(visit: Visit) -> web.Response:
    """Show what may be had."""
    return page(
        visit,
        "reports.html",
        title=visit.say("Báo cáo", "Reports"),
        agencies=visit.rules.directory,
        month=f"{visit.now:%Y-%m}",
        year=visit.now.year,
        asked=visit.asked,
    )


async def give(visit: Visit) -> web.Response:
    """Draw a report. Raises `malformed-request`, `not-found`; Misconfigured where the libraries for it are missing."""
    making = _MAKING.get(visit.request.match_info["kind"])
    if making is None:
        raise Rejected("not-found", path=visit.request.path)
    form = _form(visit.asked("form"))
    await keep_time(visit.ports.deadlines, visit.rules)
    made = await making(visit, desk(visit.at), form)
    octets = await draw(visit.at, made, form)
    said = {"Content-Disposition": f'attachment; filename="{made.file}.{form}"'}
    return web.Response(body=octets, content_type=media_type(form), headers=HEADERS | said)


async def _ontime(visit: Visit, at: Desk, _form: Format) -> Made:
    return await at.ontime(_month(visit.asked("month")) or visit.now, _agency(visit))


async def _overdue(visit: Visit, at: Desk, _form: Format) -> Made:
    return await at.overdue(_month(visit.asked("month")), _agency(visit))


async def _register(visit: Visit, at: Desk, form: Format) -> Made:
    organ, kind = _agency(visit), visit.asked("kind") or Direction.IN
    if organ is None:
        detail = "Cần chọn đơn vị."
        raise Rejected("malformed-request", path="agency", detail=detail, detail_en="An agency is needed.")
    if kind not in set(Direction):
        raise Rejected("malformed-request", path="kind", detail=kind)
    year = _number(visit.asked("year"), YEARS, "year") or visit.now.year
    month = _number(visit.asked("month"), range(1, 13), "month")
    volume = Volume(direction=Direction(kind), organ=organ, year=year, month=month)
    return await at.register(volume, most=longest(form))


_MAKING: Final[Mapping[str, Callable[[Visit, Desk, Format], Awaitable[Made]]]] = {
    "ontime": _ontime,
    "overdue": _overdue,
    "registers": _register,
}


def _agency(visit: Visit) -> OrganId | None:
    """Find the agency that is asked for. Raises `not-found`."""
    organ = organ_of(visit, "agency")
    if organ is not None and visit.rules.directory.find(organ) is None:
        raise Rejected("not-found", path=organ)
    return organ


def _form(given: str) -> Format:
    try:
        return Format(given or Format.PDF)
    except ValueError as error:
        raise Rejected("malformed-request", path="form", detail=given) from error


def _month(given: str) -> datetime | None:
    try:
        found = datetime.strptime(given, "%Y-%m").replace(tzinfo=VIETNAM) if given else None
    except ValueError as error:
        raise Rejected("malformed-request", path="month", detail=given) from error
    if found is not None and found.year not in YEARS:
        raise Rejected("malformed-request", path="month", detail=given)
    return found


def _number(given: str, within: range, name: str) -> int | None:
    if not given:
        return None
    if not (given.isascii() and given.isdigit() and len(given) <= len(str(within.stop)) and int(given) in within):
        raise Rejected("malformed-request", path=name, detail=given)
    return int(given)
