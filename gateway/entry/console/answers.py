"""Biên nhận & hồi đáp · Receipts and answers: who owes what to whom, what is overdue, and letting it be later."""

from collections.abc import AsyncIterator
from typing import Final

from aiohttp import hdrs, web

from gateway.core.deadlines import DeadlineState
from gateway.core.faults import Rejected
from gateway.entry.api.door import CONSOLE
from gateway.entry.console.pages import page
from gateway.entry.console.sheet import Row, sheet
from gateway.entry.console.visit import Form, Visit
from gateway.entry.console.words import Sayer
from gateway.flows import keep_time
from gateway.ports import Owed, Owing, Page

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
    owed = await _owed(visit, after=visit.asked("after") or None, limit=PAGE_SIZE)
    tallies = await visit.ports.province.overdue()
    return page(
        visit,
        "answers.html",
        title=visit.say("Biên nhận & hồi đáp", "Receipts and answers"),
        chosen=_view(visit),
        organ=visit.asked("organ"),
        owed=owed.items,
        next=owed.next,
        tallies=tallies,
        total=sum(each.count for each in tallies),
        working_left=visit.working_left,
    )


async def export(visit: Visit) -> web.Response:
    """Give all that fits as a sheet."""
    await keep_time.keep_time(visit.ports.deadlines, visit.rules)
    return await sheet(visit, "thoi-han", visit.say("Thời hạn", "Deadlines"), _COLUMNS, _rows(visit))


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


def _view(visit: Visit) -> str:
    chosen = visit.asked("view") or "overdue"
    if chosen not in VIEWS:
        raise Rejected("malformed-request", path="view", detail=chosen)
    return chosen


async def _owed(visit: Visit, *, after: str | None, limit: int) -> Page:
    """Read the query, and a page of what fits. Raises `malformed-request`."""
    states, found = VIEWS[_view(visit)], visit.rules.directory.find(visit.asked("organ"))
    return await visit.ports.deadlines.owed(
        Owing(organs=None if found is None else {found.id}, states=states), after=after, limit=limit
    )


async def _rows(visit: Visit) -> AsyncIterator[Row]:
    after = None
    while True:
        owed = await _owed(visit, after=after, limit=500)
        for each in owed.items:
            yield _row(visit, each)
        if owed.next is None:
            return
        after = owed.next


def _row(visit: Visit, owed: Owed) -> Row:
    deadline, document, say = owed.deadline, owed.document, Sayer(visit.english)
    return [
        f"{document.number}/{document.notation}",
        document.subject,
        say.priority(document.priority),
        visit.agency(deadline.organ),
        deadline.unit,
        visit.agency(deadline.creditor),
        say.rule(deadline.rule),
        deadline.due_at.replace(tzinfo=None),
        deadline.ended_at.replace(tzinfo=None) if deadline.ended_at else None,
        say.deadline(deadline.state),
        deadline.reason,
        document.id,
    ]


_COLUMNS: Final = (
    ("Số, ký hiệu", "Code", 18),
    ("Trích yếu", "Subject", 60),
    ("Độ khẩn", "Priority", 12),
    ("Đơn vị phải làm", "Who owes", 32),
    ("Bộ phận", "Unit", 20),
    ("Cho", "To", 32),
    ("Quy định", "Rule", 24),
    ("Đến hạn", "Due", 18),
    ("Xong lúc", "Ended", 18),
    ("Trạng thái", "State", 16),
    ("Lý do", "Reason", 40),
    ("Mã văn bản", "Document", 34),
)
