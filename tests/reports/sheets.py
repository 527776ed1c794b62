"""Reports to be drawn in tests."""

from datetime import date, datetime, timedelta

from gateway.core.model import VIETNAM
from gateway.entry.reports.sheet import Column, Kind, Line, Report, Sheet

AT = datetime(2026, 2, 3, 10, 30, tzinfo=VIETNAM)
COLUMNS = (
    Column(title="Số đến", kind=Kind.ORDINAL, width=7),
    Column(title="Cơ quan ban hành", kind=Kind.TEXT, width=24),
    Column(title="Ngày", kind=Kind.DAY, width=11),
    Column(title="Lúc", kind=Kind.MOMENT, width=16),
    Column(title="Số việc", kind=Kind.COUNT, width=9),
    Column(title="Tỷ lệ", kind=Kind.SHARE, width=9),
    Column(title="Thời gian", kind=Kind.SPAN, width=16),
    Column(title="Nơi nhận", kind=Kind.TEXT, width=30),
)
LINE: Line = (7, "Sở Y tế", date(2026, 2, 1), AT, 1234, 0.925, timedelta(hours=2, minutes=5), ("UBND xã A", "UBND xã B"))


def report(*lines: Line, **fields: object) -> Report:
    sheet = Sheet(
        **({"name": "Sổ", "title": "SỔ VĂN BẢN ĐẾN", "subtitle": "Năm 2026", "columns": COLUMNS, "lines": lines} | fields)  # type: ignore[arg-type]
    )
    return Report(title="Sổ văn bản đến", above="Trục liên thông", issuer="Sở Khoa học và Công nghệ", at=AT, sheets=(sheet,))
