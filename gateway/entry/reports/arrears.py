"""What is overdue, as a report: who owes what to whom, since when."""

from datetime import datetime, timedelta
from typing import Any, Final

from gateway.core.deadlines import RULES
from gateway.core.directory import Directory
from gateway.core.model import VIETNAM
from gateway.entry.reports import words
from gateway.entry.reports.sheet import Column, Kind, Line, Report, Sheet, in_text
from gateway.ports.reports import Arrear, Arrears

SHOWN: Final = 10_000
"""Deadlines that are listed: with more, something else is wrong, and the total says so."""
_COLUMNS: Final = (
    Column(title="Cơ quan phải thực hiện", kind=Kind.TEXT, width=32),
    Column(title="Việc phải làm", kind=Kind.TEXT, width=24),
    Column(title="Số, ký hiệu", kind=Kind.TEXT, width=20),
    Column(title="Ngày ban hành", kind=Kind.DAY, width=11),
    Column(title="Tên loại, trích yếu", kind=Kind.TEXT, width=44),
    Column(title="Cơ quan ban hành", kind=Kind.TEXT, width=26),
    Column(title="Đến hạn lúc", kind=Kind.MOMENT, width=16),
    Column(title="Quá hạn (giờ làm việc)", kind=Kind.SPAN, width=16),
    Column(title="Ghi chú", kind=Kind.TEXT, width=14),
)
_NOTES: Final = (
    "Thời gian quá hạn tính theo giờ làm việc của cơ quan phải thực hiện. "
    "«Tạm tính»: lịch nghỉ của năm đó chưa được công bố chính thức.",
)


def overdue(arrears: Arrears, month: datetime | None, directory: Directory, *, above: str, issuer: str, at: datetime) -> Report:
    """Make the report."""
    now = f"{at.astimezone(VIETNAM):%H giờ %M, ngày %d/%m/%Y}"
    due = "" if month is None else f"đến hạn trong tháng {month.month} năm {month.year}, "
    title = "DANH SÁCH VĂN BẢN QUÁ HẠN XỬ LÝ"
    shown = len(arrears.items)
    total = in_text(arrears.total)
    more = () if shown == arrears.total else (f"Chỉ liệt kê {in_text(shown)} việc đầu trong số {total}.",)
    sheet = Sheet(
        name="Quá hạn",
        title=title,
        subtitle=f"{due}tính đến {now}: {total} việc quá hạn".capitalize(),
        columns=_COLUMNS,
        lines=[_line(each, directory) for each in arrears.items],
        notes=(*more, *_NOTES),
        empty="Không có việc nào quá hạn.",
        grouped=True,
    )
    return Report(
        title=f"Danh sách quá hạn · {at.astimezone(VIETNAM):%d/%m/%Y}", above=above, issuer=issuer, at=at, sheets=(sheet,)
    )


def shape(arrears: Arrears, directory: Directory) -> dict[str, Any]:
    """Shape the list for machines."""
    return {"total": arrears.total, "items": [_shape(each, directory) for each in arrears.items]}


def _line(value: Arrear, directory: Directory) -> Line:
    own, about = value.deadline, value.about
    remarks = (words.remarks(about), own.unit, "tạm tính" if own.provisional else "", own.reason and f"gia hạn: {own.reason}")
    return (
        directory.name_of(own.organ),
        words.rule(own.rule),
        words.code(about),
        about.promulgated_on,
        f"{about.type_name}: {about.subject}" if about.type_name else about.subject,
        directory.name_of(own.creditor),
        own.due_at,
        value.late_by,
        "; ".join(each for each in remarks if each),
    )


def _shape(value: Arrear, directory: Directory) -> dict[str, Any]:
    own, about = value.deadline, value.about
    return {
        "deadline": own.id,
        "rule": own.rule,
        "article": RULES[own.rule].article,
        "agency": {"id": own.organ, "name": directory.name_of(own.organ)},
        "creditor": {"id": own.creditor, "name": directory.name_of(own.creditor)},
        "unit": own.unit,
        "document": own.document,
        "delivery": own.delivery,
        "code": {"number": about.number, "notation": about.notation},
        "promulgated_on": about.promulgated_on.isoformat(),
        "type_name": about.type_name,
        "subject": about.subject,
        "priority": int(about.priority),
        "starts_at": own.starts_at.isoformat(),
        "due_at": own.due_at.isoformat(),
        "late_minutes": round(value.late_by / timedelta(minutes=1)),
        "provisional": own.provisional,
        "state": own.state,
        "reason": own.reason,
    }
