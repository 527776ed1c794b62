"""A report as a value: what is said, not how it is drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from gateway.core.model import VIETNAM

MOTTO: Final = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
"""The head of every administrative document (NĐ 30/2020 Phụ lục I)."""
PREPARER: Final = "NGƯỜI LẬP"
HEAD_OF_AGENCY: Final = "THỦ TRƯỞNG CƠ QUAN"
SIGNED: Final = "(Ký, ghi rõ họ tên)"
SEALED: Final = "(Ký, ghi rõ họ tên, đóng dấu)"


class Kind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    WORD = "word"
    COUNT = "count"
    ORDINAL = "ordinal"
    DAY = "day"
    MOMENT = "moment"
    SHARE = "share"
    SPAN = "span"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column. `width` is in characters of the sheet; a page is divided in the same proportion.

    A `WORD` is short and stands in the middle. A share is from 0 to 1, a span a timedelta.
    """

    title: str
    kind: Kind
    width: float


Names = tuple[str, ...]
"""A cell with many names: a page shows the first, a sheet all of them."""
Value = str | int | float | date | datetime | timedelta | Names | None
Line = tuple[Value, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One table. `name` is that of the worksheet, at most 31 characters. `total` is its last line.

    `grouped`: lines that begin alike belong together, and a page says what they have in common once, above them.
    `annex`: it is for those who want to compute with it, and is not printed.
    """

    name: str
    title: str
    subtitle: str
    columns: tuple[Column, ...]
    lines: Sequence[Line]
    total: Line | None = None
    notes: tuple[str, ...] = ()
    empty: str = "Không có."
    grouped: bool = False
    annex: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What is signed as one: its sheets, on whose behalf it is made, and when.

    `above` is the name over that of the issuing agency; it is empty for the province's own.
    """

    title: str
    above: str
    issuer: str
    at: datetime
    sheets: tuple[Sheet, ...]


def in_words(day: date) -> str:
    """Write a day as documents do (NĐ 30/2020 Phụ lục I: days under 10 and months 1 and 2 with a zero before)."""
    month = f"{day.month:02}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02} tháng {month} năm {day.year}"


def span(value: timedelta) -> str:
    """Write a time that something took, in hours and minutes."""
    hours, minutes = divmod(round(value.total_seconds() / 60), 60)
    return f"{hours:,} giờ {minutes:02} phút".replace(",", ".") if hours else f"{minutes} phút"


def in_text(value: Value, kind: Kind = Kind.TEXT) -> str:
    """Write a value as Vietnamese readers do."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        return "; ".join(value)
    if isinstance(value, datetime):
        return f"{value.astimezone(VIETNAM):%d/%m/%Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, timedelta):
        return span(value)
    return value if isinstance(value, str) else _number(value, kind)


def _number(value: float, kind: Kind) -> str:
    if kind is Kind.SHARE:
        return f"{value:.1%}".replace(".", ",")
    return f"{value:02}" if kind is Kind.ORDINAL else f"{value:,}".replace(",", ".")
