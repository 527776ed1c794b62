"""Đề xuất đổi lịch · Proposals for the working calendar: one officer proposes, sees what it moves, and another one approves."""

import asyncio
from collections.abc import Collection, Iterator
from typing import Any, Final

from aiohttp import hdrs, web

from gateway.core.calendar_changes import CalendarChange, CalendarProposal, DayChange, ProposalState
from gateway.core.deadlines import Deadline
from gateway.core.faults import Rejected
from gateway.core.model import OrganId
from gateway.entry.api.door import CONSOLE
from gateway.entry.console import proposing, writing
from gateway.entry.console.pages import page
from gateway.entry.console.visit import Form, Visit
from gateway.entry.registry import calendar as registry
from gateway.flows.keep_time import effect

LISTED: Final = 20
"""Proposals of a page; of those that wait there are a few."""
SHOWN: Final = 25
"""Deadlines that are named; of more, people want to know how many."""
NAMED: Final = 4
"""Days and agencies that one line names."""


async def one(visit: Visit) -> web.Response:
    """Show a proposal: what it changes, what that would move now, and who decided what."""
    proposal = await visit.ports.calendar_proposals.get(visit.request.match_info["id"])
    there = visit.rules.timekeeping.working_time
    is_open = proposal.state is ProposalState.PENDING
    can = proposal.change.can(there)
    moved = await effect(visit.ports.deadlines, visit.rules, proposal.change.upon(there), visit.now) if is_open and can else []
    return page(
        visit,
        "proposal.html",
        title=visit.say("Đề xuất đổi lịch", "A proposal for the calendar"),
        proposal=proposal,
        is_open=is_open,
        is_own=proposal.by == visit.officer.id,
        can=can,
        folder=await asyncio.to_thread(registry.own_folder, visit.at.settings),
        **shown(visit, moved),
        **sayings(visit),
    )


async def propose(visit: Visit, form: Form) -> web.Response:
    """Write down what an officer wants of the calendar."""
    change = proposing.read(proposing.of_form(form), visit.rules)
    if change is None:
        raise Rejected("malformed-request", path="day")
    proposing.demand_bases(change)
    proposal = await registry.propose(visit.at, change, visit.decision(form))
    return _back(f"/proposals/{proposal.id}")


async def approve(visit: Visit, form: Form) -> web.Response:
    """Have it hold."""
    await registry.approve(visit.at, visit.request.match_info["id"], visit.decision(form))
    return _back(f"/proposals/{visit.request.match_info['id']}")


async def refuse(visit: Visit, form: Form) -> web.Response:
    """Leave the calendar as it is."""
    return await _turn_down(visit, form, ProposalState.REFUSED)


async def withdraw(visit: Visit, form: Form) -> web.Response:
    """Want it no more."""
    return await _turn_down(visit, form, ProposalState.WITHDRAWN)


def shown(visit: Visit, moved: list[tuple[Deadline, Deadline]]) -> dict[str, Any]:
    """Give what a page says of deadlines that would move."""
    return {"effect": moved[:SHOWN], "count": len(moved), "agencies_moved": len({old.organ for old, _ in moved})}


def sayings(visit: Visit) -> dict[str, Any]:
    """Give what pages about proposals are written with."""
    return {
        "summary": lambda proposal: summary(visit, proposal),
        "becomes": lambda day: becomes(visit, day),
        "weekday": lambda on: writing.weekday(on, english=visit.english),
        "who": lambda organs: who(visit, organs),
    }


def summary(visit: Visit, proposal: CalendarProposal) -> str:
    """Say in one line what it changes."""
    return "; ".join(_lines(visit, proposal.change))


def becomes(visit: Visit, day: DayChange) -> str:
    """Say what a day would be."""
    if day.entry is None:
        return (
            visit.say("nghỉ như mọi cuối tuần", "off as any weekend")
            if day.off
            else visit.say("làm việc như thường", "worked as usual")
        )
    return visit.say("nghỉ", "off") if day.off else visit.say("làm bù", "worked instead")


def who(visit: Visit, organs: Collection[OrganId] | None) -> str:
    """Name some agencies; None is all."""
    if organs is None:
        return visit.say("Cả tỉnh", "The whole province")
    names = sorted(visit.agency(each) for each in organs)
    more = visit.say(f" và {len(names) - NAMED} đơn vị khác", f" and {len(names) - NAMED} more") if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def _lines(visit: Visit, change: CalendarChange) -> Iterator[str]:
    for each in change.days[:NAMED]:
        yield f"{writing.weekday(each.on, english=visit.english)} {writing.day(each.on)} {becomes(visit, each)}"
    more = len(change.days) - NAMED
    if more > 0:
        yield visit.say(f"{more} ngày khác", f"{more} more days")
    if change.official is not None:
        yield visit.say(f"lịch năm {change.official} thành chính thức", f"the year {change.official} becomes official")
    if change.closure is not None:
        closed = who(visit, change.closure.agencies)
        begins, ends = writing.moment(change.closure.begins), writing.moment(change.closure.ends)
        yield visit.say(f"{closed}: nghỉ từ {begins} đến {ends}", f"{closed}: closed from {begins} to {ends}")


async def _turn_down(visit: Visit, form: Form, state: ProposalState) -> web.Response:
    await registry.turn_down(visit.at, visit.request.match_info["id"], state, visit.decision(form))
    return _back("#proposals")


def _back(place: str) -> web.Response:
    return web.Response(status=303, headers={hdrs.LOCATION: f"{CONSOLE}/calendar{place}"})
