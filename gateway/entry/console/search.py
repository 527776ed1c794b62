"""Tra cứu văn bản · Documents: found by words without accents, agencies, dates, urgency and state; the address is the view."""

from collections.abc import AsyncIterator
from datetime import date, datetime, time, timedelta
from typing import Final

from aiohttp import web

from gateway.core.faults import Rejected
from gateway.core.model import VIETNAM, Delivery, Document, OrganId, Priority, State
from gateway.core.search import sought
from gateway.entry.console.pages import page
from gateway.entry.console.sheet import Row, sheet
from gateway.entry.console.views import filters
from gateway.entry.console.visit import Visit
from gateway.entry.console.words import Sayer
from gateway.ports import Wanted

PAGE_SIZE: Final = 50


async def show(visit: Visit) -> web.Response:
    """Show what fits, newest first."""
    found = await visit.ports.province.find(wanted(visit), after=visit.asked("after") or None, limit=PAGE_SIZE)
    return page(
        visit,
        "documents.html",
        title=visit.say("Tra cứu văn bản", "Documents"),
        views=found.items,
        next=found.next,
        states=list(State),
        priorities=list(Priority),
        agencies=visit.rules.directory,
        asked=visit.asked,
        kept=await visit.ports.views.of(visit.officer.id),
        chosen=filters(visit.request.query_string),
        filtered={name: value for name, value in visit.request.query.items() if value and name != "after"},
    )


async def export(visit: Visit) -> web.Response:
    """Give the whole filtered set as a sheet."""
    return await sheet(visit, "van-ban", visit.say("Văn bản", "Documents"), _COLUMNS, _rows(visit))


def wanted(visit: Visit) -> Wanted:
    """Read the query. Raises `malformed-request`."""
    asked = visit.asked
    until = day_of(asked("until"), "until")
    return Wanted(
        words=sought(asked("q")),
        sender=organ_of(visit, "sender"),
        receiver=organ_of(visit, "receiver"),
        state=_state(asked("state")),
        priority=_priority(asked("priority")),
        since=day_of(asked("since"), "since"),
        until=until + timedelta(days=1) if until else None,
    )


async def _rows(visit: Visit) -> AsyncIterator[Row]:
    after, fits, say = None, wanted(visit), Sayer(visit.english)
    while True:
        found = await visit.ports.province.find(fits, after=after, limit=500)
        for view in found.items:
            for each in view.deliveries:
                yield _row(visit, say, view.document, each)
        if found.next is None:
            return
        after = found.next


def _row(visit: Visit, say: Sayer, document: Document, delivery: Delivery) -> Row:
    return [
        document.accepted_at.replace(tzinfo=None),
        f"{document.number}/{document.notation}",
        document.promulgated_on,
        document.subject,
        say.priority(document.priority),
        visit.agency(document.sender),
        visit.agency(delivery.receiver),
        say.state(delivery.state),
        delivery.why or "",
        document.due_on,
        document.id,
    ]


def organ_of(visit: Visit, name: str) -> OrganId | None:
    """Read an agency by its id, or by «name (id)» as the list of suggestions writes it."""
    given = visit.asked(name)
    if not given:
        return None
    named = given.rpartition("(")[2].removesuffix(")") if given.endswith(")") else given
    found = visit.rules.directory.find(named)
    return found.id if found else OrganId(named)


def _state(given: str) -> State | None:
    try:
        return State(given) if given else None
    except ValueError as error:
        raise Rejected("malformed-request", path="state", detail=given) from error


def _priority(given: str) -> Priority | None:
    try:
        return Priority(int(given)) if given else None
    except ValueError as error:
        raise Rejected("malformed-request", path="priority", detail=given) from error


def day_of(given: str, name: str) -> datetime | None:
    """Read the beginning of a day in Vietnam; None where none is given. Raises `malformed-request`."""
    try:
        return datetime.combine(date.fromisoformat(given), time(), tzinfo=VIETNAM) if given else None
    except ValueError as error:
        raise Rejected("malformed-request", path=name, detail=given) from error


_COLUMNS: Final = (
    ("Nhận lúc", "Accepted", 18),
    ("Số, ký hiệu", "Code", 18),
    ("Ngày ban hành", "Promulgated", 14),
    ("Trích yếu", "Subject", 60),
    ("Độ khẩn", "Priority", 12),
    ("Nơi gửi", "From", 32),
    ("Nơi nhận", "To", 32),
    ("Trạng thái", "State", 18),
    ("Lý do", "Reason", 40),
    ("Hạn trả lời", "Answer due", 14),
    ("Mã văn bản", "Document", 34),
)
