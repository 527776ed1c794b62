"""Rows of a sheet of agencies: what a heading means, what a cell says, and every mistake by its row and column."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Final

from gateway.core.directory import ADDRESS, TOLERANT_GRAMMAR
from gateway.core.model import OrganId

Cell = str | int | float | date | None
"""A cell as a spreadsheet holds it: text, a number, a day (with or without a time), or nothing."""
Value = str | date | tuple[str, ...] | None
"""What a cell means: text, a day, ids; None is nothing."""


class Column(StrEnum):
    """What a column holds, by the name of the agency's field."""

    ID = "id"
    NAME = "name"
    ALIASES = "aliases"
    PARENT = "parent"
    VALID_FROM = "valid_from"
    VALID_TO = "valid_to"
    SUCCESSOR = "successor"
    LOCKED = "locked"
    EMAIL = "email"
    LEADER_EMAIL = "leader_email"


MAX_TEXT: Final = 4_000
"""Characters of a cell: the longest honest one lists some eighty ids; Excel allows 32,767, a forged file any number."""
MAX_HEADING: Final = 100
"""Characters of a heading."""
REQUIRED: Final = (Column.ID, Column.NAME)
HEADINGS: Final[Mapping[Column, str]] = {
    Column.ID: "Mã định danh · Id",
    Column.NAME: "Tên cơ quan · Name",
    Column.ALIASES: "Mã cũ, mã khác · Aliases",
    Column.PARENT: "Cơ quan cấp trên · Parent",
    Column.VALID_FROM: "Hiệu lực từ · Valid from",
    Column.VALID_TO: "Hiệu lực đến · Valid to",
    Column.SUCCESSOR: "Cơ quan kế thừa · Successor",
    Column.LOCKED: "Lý do khóa · Locked",
    Column.EMAIL: "Thư điện tử · E-mail",
    Column.LEADER_EMAIL: "Thư của lãnh đạo · Leader's e-mail",
}
"""The headings that the hub writes; Vietnamese, then English."""
_OTHER_HEADINGS: Final[Mapping[Column, tuple[str, ...]]] = {
    Column.ID: ("Mã cơ quan", "Mã đơn vị", "Mã định danh cơ quan", "Mã định danh điện tử", "Organ id", "OrganId"),
    Column.NAME: ("Tên", "Tên đơn vị", "Organ name", "OrganName"),
    Column.ALIASES: ("Mã cũ", "Mã khác", "Mã định danh cũ", "Alias", "Old code", "Old codes", "OldCode"),
    Column.PARENT: ("Mã cấp trên", "Mã cơ quan cấp trên", "Mã định danh cấp trên", "Parent id"),
    Column.VALID_FROM: ("Ngày hiệu lực", "Từ ngày"),
    Column.VALID_TO: ("Ngày hết hiệu lực", "Đến ngày"),
    Column.SUCCESSOR: ("Mã kế thừa", "Mã cơ quan kế thừa", "Successor id"),
    Column.LOCKED: ("Khóa", "Lock reason"),
    Column.EMAIL: ("Địa chỉ thư điện tử", "Thư điện tử công vụ", "Email cơ quan", "Mail"),
    Column.LEADER_EMAIL: ("Thư điện tử lãnh đạo", "Email lãnh đạo", "Email của lãnh đạo", "Leader e-mail"),
}

_BETWEEN_NAMES: Final = re.compile(r"[·/|\n]")
_BETWEEN_IDS: Final = re.compile(r"[;,\r\n]")
_NOT_WORD: Final = re.compile(r"[\W_]+")
_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufffe\uffff]"
)
_DAYS: Final = (
    re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})"),
    re.compile(r"(?P<day>[0-9]{1,2})/(?P<month>[0-9]{1,2})/(?P<year>[0-9]{4})"),
)
_ERRORS: Final = frozenset(("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"))
"""What Excel shows of a formula that fails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A mistake in a sheet, or something to know. `row` is the number that Excel shows; None speaks of the whole sheet."""

    code: str
    row: int | None
    column: Column | None
    vi: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """One row below the headings. Two columns may hold aliases; of the others there is one at most."""

    number: int
    cells: tuple[tuple[Column, Cell], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a row wants of an agency. A column that `values` lacks is left alone, None takes the value out.

    `mistaken` are columns whose cell could not be understood: nothing further is concluded from them.
    """

    row: int
    id: OrganId
    values: Mapping[Column, Value]
    mistaken: frozenset[Column]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a sheet wants, and every cell that could not be understood."""

    wanted: tuple[Wanted, ...]
    problems: tuple[Remark, ...]


class _Mistaken(Exception):  # noqa: N818  it says what the cell is
    def __init__(self, code: str, vi: str, en: str) -> None:
        super().__init__(en)
        self.code, self.vi, self.en = code, vi, en


def column_of(heading: str) -> Column | None:
    """Tell what a column holds by its heading, in either language, in any case, with accents or without."""
    if len(heading) > MAX_HEADING:
        return None
    known = _headings()
    found = {known[name] for part in _BETWEEN_NAMES.split(heading) if (name := _folded(part)) in known}
    return known.get(_folded(heading)) or (found.pop() if len(found) == 1 else None)


def clean(text: str) -> str:
    """Give text as it is stored: Unicode NFC, single blanks, no blank at the ends, nothing invisible."""
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFC", text)).split())


def understand(rows: Iterable[SheetRow]) -> Reading:
    """Read the cells of every row. A row without a usable id is a problem, and wants nothing."""
    wanted: list[Wanted] = []
    problems: list[Remark] = []
    for row in rows:
        values, mistakes = _values(row)
        problems += mistakes
        organ = values.pop(Column.ID, None)
        if isinstance(organ, str):
            mistaken = frozenset(mistake.column for mistake in mistakes if mistake.column is not None)
            wanted.append(Wanted(row=row.number, id=OrganId(organ), values=values, mistaken=mistaken))
    return Reading(wanted=tuple(wanted), problems=tuple(problems))


def _values(row: SheetRow) -> tuple[dict[Column, Value], list[Remark]]:
    values: dict[Column, Value] = {}
    mistakes: list[Remark] = []
    for column, cell in row.cells:
        try:
            if isinstance(cell, str) and len(cell) > MAX_TEXT:
                raise _Mistaken("cell-too-long", f"ô dài quá {MAX_TEXT} ký tự", f"the cell exceeds {MAX_TEXT} characters")
            value = _READERS[column](cell)
            if value is None and column in REQUIRED:
                raise _Mistaken("cell-missing", "ô bắt buộc bị bỏ trống", "a required cell is empty")
        except _Mistaken as mistake:
            mistakes.append(Remark(code=mistake.code, row=row.number, column=column, vi=mistake.vi, en=mistake.en))
            continue
        before = values.get(column)
        values[column] = (*before, *value) if isinstance(before, tuple) and isinstance(value, tuple) else value
    if any(mistake.column is Column.ALIASES for mistake in mistakes):
        values.pop(Column.ALIASES, None)
    return values, mistakes


def _text(cell: Cell) -> str | None:
    if isinstance(cell, bool | date):
        raise _Mistaken("cell-not-text", f"cần chữ, ô này là {cell}", f"text is needed, this is {cell}")
    text = clean(str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell)) if cell is not None else ""
    if text in _ERRORS:
        raise _Mistaken("cell-error", f"công thức bị lỗi {text}", f"a formula fails with {text}")
    return text or None


def _organ(cell: Cell) -> str | None:
    if isinstance(cell, bool | date) or (isinstance(cell, float) and not cell.is_integer()):
        raise _Mistaken(
            "id-as-number",
            f"Excel đã đổi mã thành {cell}: định dạng cột là Text rồi nhập lại mã",
            f"Excel made {cell} of the id: format the column as Text, then type the id again",
        )
    text = _text(cell)
    if text is not None and not TOLERANT_GRAMMAR.fullmatch(text):
        raise _Mistaken("id-grammar", f"«{text[:60]}» không phải mã định danh", f"«{text[:60]}» is not an organ id")
    return text


def _organs(cell: Cell) -> tuple[str, ...]:
    parts = _BETWEEN_IDS.split(cell) if isinstance(cell, str) else [cell]
    return tuple(organ for organ in map(_organ, parts) if organ is not None)


def _address(cell: Cell) -> str | None:
    text = _text(cell)
    if text is not None and not re.fullmatch(ADDRESS, text):
        raise _Mistaken(
            "address-impossible",
            f"«{text[:60]}» không phải một địa chỉ thư điện tử",
            f"«{text[:60]}» is not one e-mail address",
        )
    return text


def _day(cell: Cell) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if cell is None or isinstance(cell, date):
        return cell
    text = _text(cell)
    return None if text is None else _written_day(text)


def _written_day(text: str) -> date:
    found = next((match for form in _DAYS if (match := form.fullmatch(text))), None)
    try:
        if found is not None:
            return date(**{part: int(digits) for part, digits in found.groupdict().items()})
    except ValueError:
        pass
    raise _Mistaken(
        "date-impossible",
        f"«{text[:60]}» không phải ngày có thật (2025-07-01 hoặc 01/07/2025)",
        f"«{text[:60]}» is not a day that exists (2025-07-01 or 01/07/2025)",
    )


_READERS: Final[Mapping[Column, Callable[[Cell], Value]]] = {
    Column.ID: _organ,
    Column.NAME: _text,
    Column.ALIASES: _organs,
    Column.PARENT: _organ,
    Column.VALID_FROM: _day,
    Column.VALID_TO: _day,
    Column.SUCCESSOR: _organ,
    Column.LOCKED: _text,
    Column.EMAIL: _address,
    Column.LEADER_EMAIL: _address,
}


@cache
def _headings() -> dict[str, Column]:
    names = (
        (name, column)
        for column in Column
        for name in (column, *_BETWEEN_NAMES.split(HEADINGS[column]), *_OTHER_HEADINGS[column])
    )
    return {_folded(name): column for name, column in names}


def _folded(text: str) -> str:
    """Give the bare letters of a heading: no accents, no case, words apart by one blank."""
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return _NOT_WORD.sub(" ", bare.replace("đ", "d").replace("Đ", "D").casefold()).strip()
