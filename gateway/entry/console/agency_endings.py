"""Agencies that end: dissolved or merged on a day, what it means said before it is decided, and taken back before its day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from aiohttp import web

from gateway.core import succession
from gateway.core.deadlines import OWED
from gateway.core.directory import Agency
from gateway.core.faults import Rejected
from gateway.core.model import Problem
from gateway.core.succession import Ending
from gateway.entry.console.agency_changes import choices, day, found_agency, ids, to_agency
from gateway.entry.console.conditions import Faring, faring, surroundings
from gateway.entry.console.pages import page
from gateway.entry.console.search import day_of
from gateway.entry.console.visit import Form, Visit
from gateway.entry.registry import agencies
from gateway.entry.registry.changing import changing
from gateway.ports import Filter, Owing

MOST_DEADLINES: Final = 10_000
"""More than any agency has owed at once; counting stops there."""
MOST_AGENCIES: Final = 200
"""Agencies of one merger: the whole province had 166 communes made in 2025, from two to five each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stake:
    """What hangs on an agency that is to end. `sole` are those of its systems that act for nobody else."""

    faring: Faring
    owed: int
    undeliverable: int
    below: int
    sole: tuple[str, ...]

    @property
    def agency(self) -> Agency:
        return self.faring.agency


async def dissolution(visit: Visit) -> web.Response:
    """Show what it means that an agency ends, and the form to decide it. Raises `not-found` and `agency-ended`."""
    agency = found_agency(visit)
    if agency.valid_to is not None and agency.valid_to <= visit.now.date():
        raise Rejected("agency-ended", path=agency.id, detail=f"{agency.valid_to:%d/%m/%Y}")
    return page(
        visit,
        "agency_dissolve.html",
        title=visit.say(f"Giải thể {agency.name}", f"Dissolve {agency.name}"),
        agency=agency,
        stakes=await _stakes(visit, [agency]),
        agencies=[each for each in choices(visit) if each is not agency],
        today=visit.now.date(),
    )


async def dissolve(visit: Visit, form: Form) -> web.Response:
    """End an agency on a day. Raises `agency-ended`, `successor-unfit`, `entry-unknown` and `malformed-request`."""
    agency, on, successor = found_agency(visit), _day(form), form.get("successor") or None
    subject: dict[str, object] = {"organ": agency.id, "on": on.isoformat()}
    async with changing(visit.at, "agency.dissolved", subject, visit.decision(form)) as draft:
        ending = agencies.end(draft, [agency.id], successor, on, on=visit.now.date())
        subject["successor"] = ending.successor.id if ending.successor else None
    return to_agency(agency.id)


async def restore(visit: Visit, form: Form) -> web.Response:
    """Take back that an agency ends, before its day. Raises `agency-ended` and `malformed-request`."""
    agency = found_agency(visit)
    subject: dict[str, object] = {"organ": agency.id, "successor": agency.successor}
    async with changing(visit.at, "agency.restored", subject, visit.decision(form)) as draft:
        subject["on"] = agencies.restore(draft, agency.id, on=visit.now.date()).isoformat()
    return to_agency(agency.id)


async def merger(visit: Visit) -> web.Response:
    """Show the form of a merger and, once all is named, what it means for each agency, and every reason against it."""
    organs = ids(" ".join(visit.request.query.getall("organ", [])))
    into, on = visit.asked("into"), day_of(visit.asked("on"), "on")
    ending: Ending | None = None
    problems: Sequence[Problem] = ()
    stakes: list[Stake] = []
    if organs and into and on:
        try:
            ending = _judged(visit, organs, into, on.date())
            stakes = await _stakes(visit, ending.agencies)
        except Rejected as refusal:
            problems = refusal.problems
    return page(
        visit,
        "agency_merge.html",
        title=visit.say("Gộp đơn vị", "Merge agencies"),
        organs=organs,
        into=into,
        on=visit.asked("on"),
        ending=ending,
        problems=problems,
        stakes=stakes,
        agencies=choices(visit),
        today=visit.now.date(),
    )


async def merge(visit: Visit, form: Form) -> web.Response:
    """End several agencies on a day in favour of one. Raises what `succession.end` raises, with every reason."""
    organs, into, on = ids(" ".join(form.all("organ"))), form.get("into"), _day(form)
    subject: dict[str, object] = {"organs": [*organs], "on": on.isoformat()}
    _demand_few(organs)
    if not into:
        raise Rejected("malformed-request", path="into", detail="Chưa nêu đơn vị kế tục.", detail_en="Name the successor.")
    async with changing(visit.at, "agencies.merged", subject, visit.decision(form)) as draft:
        ending = agencies.end(draft, organs, into, on, on=visit.now.date())
        subject["successor"] = heir = ending.successor.id if ending.successor else into
        subject["organs"] = [each.id for each in ending.agencies]
    return to_agency(heir)


def _judged(visit: Visit, organs: Sequence[str], into: str, on: date) -> Ending:
    _demand_few(organs)
    return succession.end(visit.rules.directory, organs, into, on, visit.now.date())


def _demand_few(organs: Sequence[str]) -> None:
    if len(organs) > MOST_AGENCIES:
        detail = f"Một lần gộp nhiều nhất {MOST_AGENCIES} đơn vị."
        raise Rejected("malformed-request", path="organ", detail=detail, detail_en=f"At most {MOST_AGENCIES} agencies at once.")


def _day(form: Form) -> date:
    on = day(form, "on")
    if on is None:
        raise Rejected("malformed-request", path="on", detail="Chưa nêu ngày.", detail_en="A day is needed.")
    return on


async def _stakes(visit: Visit, ending: Sequence[Agency]) -> list[Stake]:
    """Read what hangs on agencies; deadlines that are owed include those that are paused."""
    around, directory = await surroundings(visit), visit.rules.directory
    asked = [Owing(debtor=each.id, states=OWED) for each in ending]
    owed = await visit.ports.deadlines.count(asked, most=MOST_DEADLINES)
    below: dict[str, int] = {}
    for each in directory:
        if each.parent and (above := directory.find(each.parent)):
            below[above.id] = below.get(above.id, 0) + 1
    stakes = []
    for agency, count in zip(ending, owed, strict=True):
        fares = faring(visit, agency, around)
        dead = await visit.ports.dead_letters.preview(Filter(receiver=agency.id, parked=False))
        stakes.append(
            Stake(
                faring=fares,
                owed=count or 0,
                undeliverable=dead,
                below=below.get(agency.id, 0),
                sole=tuple(each.id for each in fares.systems if each.organs == {agency.id}),
            )
        )
    return stakes
