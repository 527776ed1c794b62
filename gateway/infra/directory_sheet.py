"""The directory as a sheet: rows out of an Excel or CSV file that a stranger may have made, and the same columns written."""

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Final

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from gateway.core.directory import Agency
from gateway.core.directory_rows import HEADINGS, MAX_TEXT, REQUIRED, Cell, Column, SheetRow, clean, column_of
from gateway.core.faults import Fault, Rejected

MAX_SIZE: Final = 20 * 1024 * 1024
"""Octets of the file. The whole nation's directory, 120,000 agencies, takes about 12 MB as CSV."""
MAX_UNPACKED: Final = 160 * 1024 * 1024
"""Octets of an Excel file unpacked: 200,000 rows of ten cells take some 125 MB of XML."""
MAX_ROWS: Final = 200_000
"""Rows, blank ones too: more than the nation has agencies."""
MAX_COLUMNS: Final = 50
"""Columns that are looked at: ten are ours, the rest are somebody's own."""
HEADINGS_WITHIN: Final = 20
"""Rows in which the headings are looked for: official lists begin with a title."""
CSV, EXCEL = ".csv", ".xlsx"
DELIMITERS: Final = (",", ";", "\t")
"""Which one Excel writes depends on the region set in Windows; the one that gives the most known headings is taken."""

_ZIP: Final = b"PK\x03\x04"
_COMPOUND: Final = b"\xd0\xcf\x11\xe0"
"""Excel before 2007, and any Excel file with a password."""
_DOCTYPES: Final = tuple("<!DOCTYPE".encode(encoding) for encoding in ("ascii", "utf-16-le", "utf-16-be"))
_FORMULA: Final = re.compile(r"'*[=+\-@＝＋－＠\t\r]")
"""What spreadsheets take for a formula; an apostrophe before it makes it text."""
_TEXT: Final = "@"
_WIDTHS: Final = {Column.NAME: 48, Column.ALIASES: 32, Column.LOCKED: 32, Column.EMAIL: 32, Column.LEADER_EMAIL: 32}
_WIDTH: Final = 22

Line = Sequence[Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The rows of a sheet below its headings, and the headings of the columns that mean nothing here."""

    rows: tuple[SheetRow, ...]
    ignored: tuple[str, ...]


def read_sheet(file: Path, name: str | None = None) -> Sheet:
    """Read a CSV file (UTF-8; comma, semicolon or tab) or one sheet of an Excel file (the first, or the one named).

    Formulas are read as the values that were stored with them. Raises Rejected with `sheet-unreadable`.
    """
    with file.open("rb") as opened:
        content = opened.read(MAX_SIZE + 1)
    if len(content) > MAX_SIZE:
        raise _unreadable(file, f"tệp lớn hơn {MAX_SIZE >> 20} MB", f"the file exceeds {MAX_SIZE >> 20} MB")
    if content.startswith(_ZIP):
        return _sheet(file, _excel_lines(file, content, name))
    if content.startswith(_COMPOUND) or file.suffix.lower().startswith(".xls"):
        vi = "không phải .xlsx, hoặc có mật khẩu; hãy lưu lại dạng Excel Workbook (.xlsx)"
        raise _unreadable(file, vi, "it is no .xlsx, or has a password; save it as Excel Workbook (.xlsx)")
    if name is not None:
        raise _unreadable(file, "tệp CSV không có trang tính", "a CSV file has no sheets")
    return _sheet(file, _csv_lines(file, content))


def write_sheet(file: Path, agencies: Iterable[Agency]) -> None:
    """Write the directory in the columns that `read_sheet` takes, as CSV or Excel by the file's name.

    No cell becomes a formula, and no id a number, when a spreadsheet opens it.
    """
    lines = ([_cell(agency, column) for column in Column] for agency in agencies)
    content = io.BytesIO()
    if file.suffix.lower() == EXCEL:
        _write_excel(content, lines)
    else:
        _write_csv(content, lines)
    file.write_bytes(content.getvalue())


def _sheet(file: Path, lines: Iterator[Line]) -> Sheet:
    """Find the headings and cut the rows by them. What goes wrong below, in a broken file, is one fault."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of drawings, styles and whatever else it leaves out
            return _below_headings(file, _counted(file, lines))
    except Fault:
        raise
    except Exception as error:  # a hostile file makes a parser raise anything
        raise _unreadable(file, f"tệp hỏng ({type(error).__name__})", f"the file is broken ({type(error).__name__})") from error


def _counted(file: Path, lines: Iterable[Line]) -> Iterator[tuple[int, Line]]:
    for number, line in enumerate(lines, 1):
        if number > MAX_ROWS:
            vi = f"quá {MAX_ROWS} dòng (kể cả dòng trống); hãy xóa dòng thừa hoặc tách tệp"
            raise _unreadable(file, vi, f"more than {MAX_ROWS} rows, blank ones too; delete some, or split the file")
        yield number, [cell[: MAX_TEXT + 1] if isinstance(cell, str) else cell for cell in line[:MAX_COLUMNS]]


def _below_headings(file: Path, lines: Iterator[tuple[int, Line]]) -> Sheet:
    for _, line in islice(lines, HEADINGS_WITHIN):
        columns = _columns(line)
        if set(REQUIRED) <= set(columns):
            _hold_single(file, columns)
            ignored = tuple(clean(str(cell)) for cell, column in zip(line, columns, strict=True) if cell and column is None)
            rows = (SheetRow(number=number, cells=_cells(columns, cells)) for number, cells in lines)
            return Sheet(rows=tuple(row for row in rows if not _is_blank(row)), ignored=ignored)
    needed = " + ".join(f"«{HEADINGS[column]}»" for column in REQUIRED)
    vi = f"không thấy dòng tiêu đề có các cột {needed} trong {HEADINGS_WITHIN} dòng đầu"
    raise _unreadable(file, vi, f"none of the first {HEADINGS_WITHIN} rows has the headings {needed}")


def _columns(line: Line) -> list[Column | None]:
    return [column_of(cell) if isinstance(cell, str) else None for cell in line]


def _hold_single(file: Path, columns: Sequence[Column | None]) -> None:
    twice = [f"«{HEADINGS[column]}»" for column in Column if column is not Column.ALIASES and columns.count(column) > 1]
    if twice:
        raise _unreadable(file, f"nhiều cột cùng là {', '.join(twice)}", f"several columns are {', '.join(twice)}")


def _cells(columns: Sequence[Column | None], line: Line) -> tuple[tuple[Column, Cell], ...]:
    """Take our columns of a row; a row of a CSV file may be shorter than its headings."""
    padded = (*line, *(None for _ in range(len(columns) - len(line))))
    return tuple((column, _bare(cell)) for column, cell in zip(columns, padded, strict=False) if column is not None)


def _is_blank(row: SheetRow) -> bool:
    return all(cell is None or (isinstance(cell, str) and not clean(cell)) for _, cell in row.cells)


def _excel_lines(file: Path, content: bytes, name: str | None) -> Iterator[Line]:
    _hold_harmless(file, content)
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    try:
        sheets = {clean(sheet.title).casefold(): sheet for sheet in book.worksheets}
        wanted = next(iter(sheets), "") if name is None else clean(name).casefold()
        if wanted not in sheets:
            titles = ", ".join(sheet.title for sheet in sheets.values())
            raise _unreadable(file, f"không có trang tính «{name or ''}»; có: {titles}", f"no such sheet; it has: {titles}")
        sheet = sheets[wanted]
        sheet.reset_dimensions()  # what the file says of its own size is often wrong
        for line in sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True):
            yield [cell if isinstance(cell, str | int | float | date | None) else str(cell) for cell in line]
    finally:
        book.close()


def _hold_harmless(file: Path, content: bytes) -> None:
    """Refuse what unpacks to too much, and document types: openpyxl would expand their entities."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED:
            size = f"{MAX_UNPACKED >> 20} MB"
            raise _unreadable(file, f"tệp giải nén ra hơn {size}", f"the file unpacks to more than {size}")
        for entry in archive.infolist():
            part = archive.read(entry)
            if any(doctype in part for doctype in _DOCTYPES):
                raise _unreadable(file, "tệp chứa DOCTYPE", "the file holds a DOCTYPE")


def _csv_lines(file: Path, content: bytes) -> Iterator[Line]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        vi = "không phải UTF-8; trong Excel hãy lưu dạng «CSV UTF-8» hoặc .xlsx"
        raise _unreadable(file, vi, "it is not UTF-8; save it in Excel as «CSV UTF-8» or .xlsx") from error
    yield from _split(text, max(DELIMITERS, key=lambda each: _known_columns(text, each)))


def _known_columns(text: str, delimiter: str) -> int:
    lines = islice(_split(text, delimiter), HEADINGS_WITHIN)
    return max((len({column for column in _columns(line) if column}) for line in lines), default=0)


def _split(text: str, delimiter: str) -> Iterator[Line]:
    yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def _cell(agency: Agency, column: Column) -> Cell:
    value = getattr(agency, column)
    if value is None or isinstance(value, date):
        return value
    text = clean("; ".join(value) if isinstance(value, tuple) else value)
    return f"'{text}" if _FORMULA.match(text) else text


def _bare(cell: Cell) -> Cell:
    """Take off the apostrophe that keeps text from being a formula."""
    return cell[1:] if isinstance(cell, str) and cell.startswith("'") and _FORMULA.match(cell) else cell


def _write_csv(content: io.BytesIO, lines: Iterable[Line]) -> None:
    """Write UTF-8 with a byte order mark, without which Excel reads Vietnamese as Windows-1252."""
    text = io.TextIOWrapper(content, encoding="utf-8-sig", newline="", write_through=True)
    csv.writer(text).writerows([[HEADINGS[column] for column in Column], *lines])
    text.detach()


def _write_excel(content: io.BytesIO, lines: Iterable[Line]) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Danh bạ")
    sheet.freeze_panes = "C2"
    for number, column in enumerate(Column):
        sheet.column_dimensions[chr(ord("A") + number)].width = _WIDTHS.get(column, _WIDTH)
    bold = Font(bold=True)
    for number, line in enumerate([[HEADINGS[column] for column in Column], *lines]):
        cells = []
        for value in line:
            cell = WriteOnlyCell(sheet)
            cell.value = value
            if number == 0:
                cell.font = bold
            elif not isinstance(value, date):
                cell.number_format = _TEXT
            cells.append(cell)
        sheet.append(cells)
    book.save(content)


def _unreadable(file: Path, vi: str, en: str) -> Rejected:
    return Rejected("sheet-unreadable", path=file.name, detail=f"{file.name}: {vi}", detail_en=f"{file.name}: {en}")
