"""Biên nhận & hồi đáp · Receipts and answers: who owes what to whom, what is overdue, and letting it be later."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Final

from aiohttp import web

from gateway.core.deadlines import RUNNING
from gateway.entry.console import lateness
from gateway.entry.console.owing import HEAT, asked, frame, of_view, today
from gateway.entry.console.pages import page
from gateway.entry.console.sheet import Row, sheet
from gateway.entry.console.telling import back, leader
from gateway.entry.console.visit import Form, Visit
from gateway.entry.console.words import Sayer
from gateway.flows import keep_time
from gateway.ports import Owed

PAGE_SIZE: Final = 50
SHEET: Final = 500
"""Rows of a sheet that are read at once."""


async def show(visit: Visit) -> web.Response:
    """Show what is owed, in the order of due times; or who is late since when."""
    await keep_time.keep_time(visit.ports.deadlines, visit.rules)
    found = asked(visit)
    if found.name == HEAT:
        return await lateness.show(visit, found)
    owing = of_view(visit, found.name, found.filter)
    after = visit.asked("after") or None
    owed = await visit.ports.deadlines.owed(owing, after=after, limit=PAGE_SIZE, latest_first=found.latest_first)
    return page(
        visit,
        "answers.html",
        **await frame(visit, found),
        owed=owed.items,
        next=owed.next,
        last_day=today(visit)[1] - timedelta(days=1),
        working_left=visit.working_left,
        running=RUNNING,
        leader=lambda organ: leader(visit, organ),
    )


async def export(visit: Visit) -> web.Response:
    """Give all that fits as a sheet."""
    await keep_time.keep_time(visit.ports.deadlines, visit.rules)
    return await sheet(visit, "thoi-han", visit.say("Thời hạn", "Deadlines"), _COLUMNS, _rows(visit))


async def extend(visit: Visit, form: Form) -> web.Response:
    """Give another due time."""
    due_at = form.moment("due_at")
    await keep_time.extend(visit.ports.deadlines, visit.rules, visit.request.match_info["deadline"], due_at, visit.decision(form))
    return back(form)


async def waive(visit: Visit, form: Form) -> web.Response:
    """Ask for it no more."""
    await keep_time.let_off(visit.ports.deadlines, visit.request.match_info["deadline"], visit.decision(form))
    return back(form)


async def pause(visit: Visit, form: Form) -> web.Response:
    """Let none of its time pass."""
    await keep_time.put_off(visit.ports.deadlines, visit.request.match_info["deadline"], visit.decision(form))
    return back(form)


async def resume(visit: Visit, form: Form) -> web.Response:
    """Let its time pass again."""
    await keep_time.take_up(visit.ports.deadlines, visit.rules, visit.request.match_info["deadline"], visit.decision(form))
    return back(form)


async def _rows(visit: Visit) -> AsyncIterator[Row]:
    found = asked(visit)
    owing, after = of_view(visit, "missed" if found.name == HEAT else found.name, found.filter), None
    while True:
        owed = await visit.ports.deadlines.owed(owing, after=after, limit=SHEET, latest_first=found.latest_first)
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
