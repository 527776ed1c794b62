"""How the deadlines of a month were kept, as a report: by agency and rule, by type of document, by priority."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from statistics import median
from typing import Any, Final

from gateway.core.deadlines import RULES
from gateway.core.directory import Directory
from gateway.core.model import VIETNAM
from gateway.entry.reports import words
from gateway.entry.reports.sheet import Column, Kind, Line, Report, Sheet
from gateway.ports.reports import Kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Deadlines counted together."""

    in_time: int
    late: int
    overdue: int
    open: int
    waived: int
    extended: int
    median: timedelta | None

    @property
    def owed(self) -> int:
        """All that is due in the month, whatever became of it."""
        return self.in_time + self.late + self.overdue + self.open + self.waived

    @property
    def share(self) -> float | None:
        """What was met in time, as a part of what was met or should have been."""
        judged = self.in_time + self.late + self.overdue
        return self.in_time / judged if judged else None


def counted(kept: Iterable[Kept]) -> Counts:
    """Count together."""
    parts = list(kept)
    took = [each for part in parts for each in part.took]
    return Counts(
        in_time=sum(each.in_time for each in parts),
        late=sum(each.late for each in parts),
        overdue=sum(each.overdue for each in parts),
        open=sum(each.open for each in parts),
        waived=sum(each.waived for each in parts),
        extended=sum(each.extended for each in parts),
        median=timedelta(seconds=median(each.total_seconds() for each in took)) if took else None,
    )


def ontime(kept: Sequence[Kept], month: datetime, directory: Directory, *, above: str, issuer: str, at: datetime) -> Report:
    """Make the report."""
    time = f"Tháng {month.month} năm {month.year}"
    said = f"{time} (số liệu đến {at.astimezone(VIETNAM):%H giờ %M, ngày %d/%m/%Y})"
    sheets = tuple(
        Sheet(
            name=by.name,
            title=by.title,
            subtitle=said,
            columns=(*by.columns, *_COUNTED),
            lines=_grouped(kept, by, directory),
            total=("Cộng", *[""] * (len(by.columns) - 1), *_cells(kept)) if kept else None,
            notes=_NOTES if by is _BY[0] else (),
            empty="Không có thời hạn nào trong tháng.",
            annex=by.annex,
        )
        for by in _BY
    )
    return Report(title=f"Kết quả thực hiện thời hạn · {time}", above=above, issuer=issuer, at=at, sheets=sheets)


def shape(kept: Sequence[Kept], directory: Directory) -> list[dict[str, Any]]:
    """Shape the counts for machines, by agency, rule, type and priority."""
    return [
        {
            "agency": {"id": each.organ, "name": directory.name_of(each.organ)},
            "rule": each.rule,
            "article": RULES[each.rule].article,
            "type_name": each.type_name,
            "priority": int(each.priority),
            **_shape(counted([each])),
        }
        for each in kept
    ]


def _shape(counts: Counts) -> dict[str, Any]:
    return {
        "owed": counts.owed,
        "in_time": counts.in_time,
        "late": counts.late,
        "overdue": counts.overdue,
        "open": counts.open,
        "waived": counts.waived,
        "extended": counts.extended,
        "share": counts.share,
        "median_minutes": None if counts.median is None else round(counts.median / timedelta(minutes=1), 1),
    }


_Named = tuple[int, str]
"""A place in the order of what is counted by, and its name; what has no order of its own is sorted by name."""


def _agency(kept: Kept, directory: Directory) -> _Named:
    return 0, directory.name_of(kept.organ)


def _rule(kept: Kept) -> _Named:
    return _ORDER.index(kept.rule), words.rule(kept.rule)


def _type(kept: Kept) -> _Named:
    return (0, kept.type_name) if kept.type_name else (1, words.UNKNOWN_TYPE)


def _priority(kept: Kept) -> _Named:
    return kept.priority, words.PRIORITIES[kept.priority]


_ORDER: Final = list(RULES)


@dataclass(frozen=True, slots=True, kw_only=True)
class _By:
    """What one sheet counts by."""

    name: str
    title: str
    columns: tuple[Column, ...]
    key: Callable[[Kept, Directory], tuple[_Named, ...]]
    annex: bool = False


_AGENCY: Final = Column(title="Cơ quan", kind=Kind.TEXT, width=36)
_RULE: Final = Column(title="Thời hạn", kind=Kind.TEXT, width=36)
_TYPE: Final = Column(title="Tên loại", kind=Kind.TEXT, width=36)
_PRIORITY: Final = Column(title="Độ khẩn", kind=Kind.TEXT, width=36)
_BY: Final = (
    _By(
        name="Theo thời hạn",
        title="KẾT QUẢ THỰC HIỆN THỜI HẠN XỬ LÝ VĂN BẢN ĐIỆN TỬ",
        columns=(_RULE,),
        key=lambda each, _: (_rule(each),),
    ),
    _By(
        name="Theo cơ quan",
        title="THEO CƠ QUAN",
        columns=(_AGENCY,),
        key=lambda each, directory: (_agency(each, directory),),
    ),
    _By(name="Theo loại văn bản", title="THEO LOẠI VĂN BẢN", columns=(_TYPE,), key=lambda each, _: (_type(each),)),
    _By(name="Theo độ khẩn", title="THEO ĐỘ KHẨN", columns=(_PRIORITY,), key=lambda each, _: (_priority(each),)),
    _By(
        name="Chi tiết",
        title="CHI TIẾT THEO CƠ QUAN, THỜI HẠN, LOẠI VĂN BẢN, ĐỘ KHẨN",
        columns=(_AGENCY, _RULE, _TYPE, _PRIORITY),
        key=lambda each, directory: (_agency(each, directory), _rule(each), _type(each), _priority(each)),
        annex=True,
    ),
)
_COUNTED: Final = (
    Column(title="Phải thực hiện", kind=Kind.COUNT, width=9),
    Column(title="Đúng hạn", kind=Kind.COUNT, width=8),
    Column(title="Trễ hạn", kind=Kind.COUNT, width=8),
    Column(title="Quá hạn, chưa xong", kind=Kind.COUNT, width=10),
    Column(title="Chưa đến hạn", kind=Kind.COUNT, width=8),
    Column(title="Được miễn", kind=Kind.COUNT, width=8),
    Column(title="Được gia hạn", kind=Kind.COUNT, width=8),
    Column(title="Tỷ lệ đúng hạn", kind=Kind.SHARE, width=9),
    Column(title="Thời gian xử lý (trung vị)", kind=Kind.SPAN, width=15),
)
_NOTES: Final = (
    "Mỗi thời hạn được tính vào tháng mà nó đến hạn. Phải thực hiện = đúng hạn + trễ hạn + quá hạn, chưa xong + chưa đến hạn + "
    "được miễn; được gia hạn đã nằm trong các cột trước.",
    "Tỷ lệ đúng hạn = đúng hạn / (đúng hạn + trễ hạn + quá hạn, chưa xong). Thời gian xử lý tính theo giờ làm việc.",
)


def _cells(kept: Iterable[Kept]) -> Line:
    c = counted(kept)
    return (c.owed, c.in_time, c.late, c.overdue, c.open, c.waived, c.extended, c.share, c.median)


def _grouped(kept: Sequence[Kept], by: _By, directory: Directory) -> list[Line]:
    """Give the lines of a sheet, in order."""

    def key(each: Kept) -> tuple[_Named, ...]:
        return by.key(each, directory)

    return [(*(name for _, name in named), *_cells(group)) for named, group in groupby(sorted(kept, key=key), key=key)]
