"""Biên nhận & hồi đáp · Receipts and answers: who owes what to whom, what is overdue, and letting it be later."""

from typing import Final

from aiohttp import hdrs, web

from gateway.core.deadlines import DeadlineState
from gateway.core.faults import Rejected
from gateway.entry.api.door import CONSOLE
from gateway.entry.console.pages import page
from gateway.entry.console.visit import Form, Visit
from gateway.flows import keep_time

PAGE_SIZE: Final = 50
VIEWS: Final = {
    "overdue": (DeadlineState.OVERDUE,),
    "open": (DeadlineState.OPEN, DeadlineState.EXTENDED, DeadlineState.PAUSED),
    "met": (DeadlineState.MET,),
    "waived": (DeadlineState.WAIVED,),
}


async def show(visit: Visit) -> web.Response:
    """Show what is owed, the earliest due first."""
    await keep_time.keep_time(visit.ports.deadlines, visit.rules)
    chosen = visit.asked("view") or "overdue"
    if chosen not in VIEWS:
        raise Rejected("malformed-request", path="view", detail=chosen)
    organ = visit.asked("organ")
    found = visit.rules.directory.find(organ)
    owed = await visit.ports.deadlines.owed(
        None if found is None else {found.id}, states=VIEWS[chosen], after=visit.asked("after") or None, limit=PAGE_SIZE
    )
    tallies = await visit.ports.province.overdue()
    return page(
        visit,
        "answers.html",
        title=visit.say("Biên nhận & hồi đáp", "Receipts and answers"),
        chosen=chosen,
        organ=organ,
        owed=owed.items,
        next=owed.next,
        tallies=tallies,
        total=sum(each.count for each in tallies),
        working_left=visit.working_left,
    )


async def extend(visit: Visit, form: Form) -> web.Response:
    """Give another due time."""
    due_at = form.moment("due_at")
    await keep_time.extend(visit.ports.deadlines, visit.rules, visit.request.match_info["deadline"], due_at, visit.decision(form))
    return _back()


async def waive(visit: Visit, form: Form) -> web.Response:
    """Ask for it no more."""
    await keep_time.let_off(visit.ports.deadlines, visit.request.match_info["deadline"], visit.decision(form))
    return _back()


async def pause(visit: Visit, form: Form) -> web.Response:
    """Let none of its time pass."""
    await keep_time.put_off(visit.ports.deadlines, visit.request.match_info["deadline"], visit.decision(form))
    return _back()


async def resume(visit: Visit, form: Form) -> web.Response:
    """Let its time pass again."""
    await keep_time.take_up(visit.ports.deadlines, visit.rules, visit.request.match_info["deadline"], visit.decision(form))
    return _back()


def _back() -> web.Response:
    return web.Response(status=303, headers={hdrs.LOCATION: f"{CONSOLE}/answers"})
