"""Sổ văn bản đi and sổ văn bản đến as reports: the columns of articles 12.1b and 14.2, and what NĐ 30/2020 asks besides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from gateway.core.directory import Directory
from gateway.core.model import OrganId
from gateway.entry.reports import words
from gateway.entry.reports.sheet import Column, Kind, Line, Report, Sheet, in_text
from gateway.ports.reports import Counterpart, Incoming, Outgoing, Registered, Reports

PAGE: Final = 500
"""Lines that are read at once."""
MOST: Final = 50_000
"""Lines of one register that are drawn; who has more takes it month by month."""
PRINTED: Final = 5_000
"""Lines of one that are printed, or answered as one JSON: half a thousand pages, which take a quarter of a minute."""


class Direction(StrEnum):
    """Which of the two registers."""

    OUT = "out"
    IN = "in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """Which register, of which agency, of which year or month of it."""

    direction: Direction
    organ: OrganId
    year: int
    month: int | None = None

    @property
    def time(self) -> str:
        """Say of when it is."""
        return f"Năm {self.year}" if self.month is None else f"Tháng {self.month} năm {self.year}"

    @property
    def file(self) -> str:
        """Give the name of its file, without what tells its format."""
        name = {Direction.OUT: "so-van-ban-di", Direction.IN: "so-van-ban-den"}[self.direction]
        return f"{name}-{self.organ}-{self.year}" + (f"-{self.month:02}" if self.month else "")


async def read(reports: Reports, volume: Volume, *, most: int = MOST) -> tuple[list[Any], bool]:
    """Read a register from its beginning; tell whether all of it was read."""
    listing = reports.outgoing if volume.direction is Direction.OUT else reports.incoming
    lines: list[Any] = []
    after: str | None = None
    while True:
        page = await listing(volume.organ, volume.year, month=volume.month, after=after, limit=min(PAGE, most - len(lines)))
        lines += page.items
        after = page.next
        if after is None or len(lines) >= most:
            return lines, after is None


def register(lines: Sequence[Any], volume: Volume, directory: Directory, hub: str, at: datetime, *, whole: bool = True) -> Report:
    """Make the report."""
    title = {Direction.OUT: "SỔ VĂN BẢN ĐI", Direction.IN: "SỔ VĂN BẢN ĐẾN"}[volume.direction]
    columns, line = (_OUT, _out) if volume.direction is Direction.OUT else (_IN, _in)
    drawn = [line(each, directory) for each in lines]
    sheet = Sheet(
        name=title.capitalize(),
        title=title,
        subtitle=f"{volume.time} ({_extent(lines, volume)})",
        columns=columns,
        lines=drawn,
        notes=(_NOTES[volume.direction],) if whole else (_NOTES[volume.direction], _CUT.format(most=in_text(len(lines)))),
        empty="Không có văn bản.",
    )
    issuer = directory.name_of(volume.organ)
    return Report(title=f"{title} · {volume.time} · {issuer}", above=hub, issuer=issuer, at=at, sheets=(sheet,))


def _extent(lines: Sequence[Any], volume: Volume) -> str:
    if not lines:
        return "không có văn bản"
    if volume.direction is Direction.OUT:
        return f"{in_text(len(lines))} văn bản"
    return f"từ số đến {lines[0].arrival_number:02} đến số đến {lines[-1].arrival_number:02}"


_NOTES: Final = {
    Direction.OUT: (
        "Căn cứ Điều 6.5 và Điều 14.2 Quy chế ban hành kèm theo Quyết định 4764/2017/QĐ-UBND; "
        "Nghị định 30/2020/NĐ-CP, Phụ lục VI. "
        "Văn bản thuộc sổ của năm ghi trên văn bản, xếp theo thứ tự gửi qua trục liên thông."
    ),
    Direction.IN: (
        "Căn cứ Điều 6.5 và Điều 12.1b Quy chế ban hành kèm theo Quyết định 4764/2017/QĐ-UBND; "
        "Nghị định 30/2020/NĐ-CP, Phụ lục VI. "
        "Số đến theo thứ tự văn bản đến qua trục liên thông, từ 01 mỗi năm, và không thay đổi."
    ),
}
_CUT: Final = "Chỉ in {most} văn bản đầu; phần còn lại: lấy sổ theo từng tháng."
_OUT: Final = (
    Column(title="Số, ký hiệu", kind=Kind.TEXT, width=23),
    Column(title="Ngày, tháng", kind=Kind.DAY, width=11),
    Column(title="Tên loại", kind=Kind.TEXT, width=13),
    Column(title="Trích yếu nội dung", kind=Kind.TEXT, width=42),
    Column(title="Nơi nhận", kind=Kind.TEXT, width=34),
    Column(title="Hồi báo", kind=Kind.WORD, width=7),
    Column(title="Hạn hồi báo", kind=Kind.DAY, width=11),
    Column(title="Trả lời văn bản đến", kind=Kind.TEXT, width=20),
    Column(title="Gửi lúc", kind=Kind.MOMENT, width=16),
    Column(title="Ghi chú", kind=Kind.TEXT, width=12),
)
_IN: Final = (
    Column(title="Số đến", kind=Kind.ORDINAL, width=7),
    Column(title="Đến lúc", kind=Kind.MOMENT, width=16),
    Column(title="Cơ quan ban hành", kind=Kind.TEXT, width=24),
    Column(title="Số, ký hiệu", kind=Kind.TEXT, width=24),
    Column(title="Ngày ban hành", kind=Kind.DAY, width=11),
    Column(title="Tên loại", kind=Kind.TEXT, width=13),
    Column(title="Trích yếu nội dung", kind=Kind.TEXT, width=39),
    Column(title="Hạn trả lời", kind=Kind.DAY, width=11),
    Column(title="Trạng thái", kind=Kind.WORD, width=16),
    Column(title="Văn bản trả lời", kind=Kind.TEXT, width=20),
    Column(title="Ghi chú", kind=Kind.TEXT, width=12),
)


def _out(line: Outgoing, directory: Directory) -> Line:
    about = line.about
    return (
        words.code(about),
        about.promulgated_on,
        about.type_name,
        about.subject,
        tuple(directory.name_of(each.organ) for each in line.to),
        "Có" if about.response_needed else "",
        about.due_on,
        words.links(line.answers),
        line.sent_at,
        words.remarks(about),
    )


def _in(line: Incoming, directory: Directory) -> Line:
    about = line.about
    return (
        line.arrival_number,
        line.arrived_at,
        directory.name_of(line.sender),
        words.code(about),
        about.promulgated_on,
        about.type_name,
        about.subject,
        about.due_on,
        words.STATES[line.state],
        words.links(line.answered_by),
        words.remarks(about),
    )


def shape(line: Outgoing | Incoming, directory: Directory) -> dict[str, Any]:
    """Shape a line for machines."""
    return _shape_out(line, directory) if isinstance(line, Outgoing) else _shape_in(line, directory)


def _shape_out(line: Outgoing, directory: Directory) -> dict[str, Any]:
    to = [
        {"id": each.organ, "name": directory.name_of(each.organ), "state": each.state, "status_code": each.progress}
        for each in line.to
    ]
    return _about(line.about) | {
        "sent_at": line.sent_at.isoformat(),
        "to": to,
        "answers": [_linked(each) for each in line.answers],
    }


def _shape_in(line: Incoming, directory: Directory) -> dict[str, Any]:
    return _about(line.about) | {
        "arrival_number": line.arrival_number,
        "arrived_at": line.arrived_at.isoformat(),
        "delivery": line.delivery,
        "from": {"id": line.sender, "name": directory.name_of(line.sender)},
        "state": line.state,
        "status_code": line.progress,
        "answered_by": [_linked(each) for each in line.answered_by],
    }


def _about(value: Registered) -> dict[str, Any]:
    return {
        "document": value.document,
        "document_id": value.document_id,
        "code": {"number": value.number, "notation": value.notation},
        "promulgated_on": value.promulgated_on.isoformat(),
        "type_name": value.type_name,
        "subject": value.subject,
        "priority": int(value.priority),
        "business_type": int(value.business_type),
        "response_needed": value.response_needed,
        "due_on": value.due_on.isoformat() if value.due_on else None,
    }


def _linked(value: Counterpart) -> dict[str, Any]:
    promulgated_on = value.promulgated_on.isoformat() if value.promulgated_on else None
    return {"document": value.document, "code": value.code, "promulgated_on": promulgated_on}
