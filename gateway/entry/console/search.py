"""Tra cứu văn bản · Documents: found by words without accents, agencies, dates, urgency and state; the address is the view."""

import io
from collections.abc import AsyncIterator
from datetime import date, datetime, time, timedelta
from typing import Final

from aiohttp import web
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from gateway.core.faults import Rejected
from gateway.core.model import VIETNAM, OrganId, Priority, State
from gateway.core.search import sought
from gateway.entry.console.pages import HEADERS, page
from gateway.entry.console.visit import Visit
from gateway.entry.console.words import Sayer
from gateway.ports import DocumentView, Wanted

PAGE_SIZE: Final = 50
EXPORTED: Final = 50_000
"""Rows of one sheet, which a person can still filter; a larger set is narrowed first."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


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
        filtered={name: value for name, value in visit.request.query.items() if value and name != "after"},
    )


async def export(visit: Visit) -> web.Response:
    """Give the whole filtered set as a sheet. Raises `too-large` where it has more rows than a sheet should."""
    book = Workbook(write_only=True)
    sheet, say = book.create_sheet(visit.say("Văn bản", "Documents")), Sayer(visit.english)
    heads = _HEADS_EN if visit.english else _HEADS_VI
    sheet.freeze_panes = "A2"
    for column, width in enumerate(_WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.append(heads)
    async for view in _all(visit):
        for each in view.deliveries:
            document = view.document
            sheet.append(
                [
                    document.accepted_at.replace(tzinfo=None),
                    unformulated(f"{document.number}/{document.notation}"),
                    document.promulgated_on,
                    unformulated(document.subject),
                    say.priority(document.priority),
                    unformulated(visit.agency(document.sender)),
                    unformulated(visit.agency(each.receiver)),
                    say.state(each.state),
                    unformulated(each.why or ""),
                    document.due_on,
                    document.id,
                ]
            )
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(heads))}1"
    data = io.BytesIO()
    book.save(data)
    name = f"van-ban-{visit.now:%Y%m%d-%H%M}.xlsx"
    return web.Response(
        body=data.getvalue(), content_type=XLSX, headers=HEADERS | {"Content-Disposition": f'attachment; filename="{name}"'}
    )


def wanted(visit: Visit) -> Wanted:
    """Read the query. Raises `malformed-request`."""
    asked = visit.asked
    until = _day(asked("until"), "until")
    return Wanted(
        words=sought(asked("q")),
        sender=_organ(visit, "sender"),
        receiver=_organ(visit, "receiver"),
        state=_state(asked("state")),
        priority=_priority(asked("priority")),
        since=_day(asked("since"), "since"),
        until=until + timedelta(days=1) if until else None,
    )


def unformulated(text: str) -> str:
    """Keep a spreadsheet from taking a text for a formula (CWE-1236)."""
    return f"'{text}" if text.startswith(_FORMULA) else text


async def _all(visit: Visit) -> AsyncIterator[DocumentView]:
    after, count, fits = None, 0, wanted(visit)
    while True:
        found = await visit.ports.province.find(fits, after=after, limit=500)
        for view in found.items:
            count += len(view.deliveries)
            yield view
        if found.next is None:
            return
        if count > EXPORTED:
            detail = f"Hơn {EXPORTED} dòng: thu hẹp bộ lọc rồi xuất lại."
            raise Rejected(
                "malformed-request", path="q", detail=detail, detail_en=f"More than {EXPORTED} rows: narrow the filter."
            )
        after = found.next


def _organ(visit: Visit, name: str) -> OrganId | None:
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


def _day(given: str, name: str) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(given), time(), tzinfo=VIETNAM) if given else None
    except ValueError as error:
        raise Rejected("malformed-request", path=name, detail=given) from error


_HEADS_VI: Final = (
    "Nhận lúc",
    "Số, ký hiệu",
    "Ngày ban hành",
    "Trích yếu",
    "Độ khẩn",
    "Nơi gửi",
    "Nơi nhận",
    "Trạng thái",
    "Lý do",
    "Hạn trả lời",
    "Mã văn bản",
)
_HEADS_EN: Final = (
    "Accepted",
    "Code",
    "Promulgated",
    "Subject",
    "Priority",
    "From",
    "To",
    "State",
    "Reason",
    "Answer due",
    "Document",
)
_WIDTHS: Final = (18, 18, 14, 60, 12, 32, 32, 18, 40, 14, 34)
