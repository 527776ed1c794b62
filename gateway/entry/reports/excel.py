"""A report as an Excel workbook: real dates and numbers, to be filtered, computed with and printed."""

import io
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

import xlsxwriter  # type: ignore[import-untyped]  # it ships no types

from gateway.core.model import VIETNAM
from gateway.entry.reports.sheet import (
    HEAD_OF_AGENCY,
    MOTTO,
    PREPARER,
    SEALED,
    SIGNED,
    Column,
    Kind,
    Line,
    Report,
    Sheet,
    Value,
    in_words,
)

CELL_CHARACTERS: Final = 32_767
"""Excel takes no longer text in a cell."""
HEADER: Final = 6
"""The row of the column titles, counted from 0; above it stand the head and the title."""
A4: Final = 9
LINE_POINTS: Final = 15.75
_FONT: Final = {"font_name": "Times New Roman", "font_size": 11, "valign": "top"}
_FORMATS: Final[Mapping[Kind, Mapping[str, Any]]] = {
    Kind.TEXT: {"text_wrap": True},
    Kind.WORD: {"text_wrap": True, "align": "center"},
    Kind.COUNT: {"num_format": "#,##0", "align": "right"},
    Kind.ORDINAL: {"num_format": "00", "align": "center"},
    Kind.DAY: {"num_format": "dd/mm/yyyy", "align": "center"},
    Kind.MOMENT: {"num_format": "dd/mm/yyyy hh:mm", "align": "center", "text_wrap": True},
    Kind.SHARE: {"num_format": "0.0%", "align": "right"},
    Kind.SPAN: {"num_format": '[h]" giờ "mm" phút"', "align": "right"},
}


def excel(report: Report) -> bytes:
    """Draw a report."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"constant_memory": True, "remove_timezone": True}) as book:
        book.set_properties({"title": report.title, "author": report.issuer, "created": report.at.replace(tzinfo=None)})
        for sheet in report.sheets:
            _Drawing(book, report, sheet).draw()
    return file.getvalue()


class _Drawing:
    """One worksheet; rows are written from the first to the last, so that few are held in memory."""

    def __init__(self, book: Any, report: Report, sheet: Sheet) -> None:
        self._report, self._sheet = report, sheet
        self._page = book.add_worksheet(sheet.name)
        self._book = book
        self._last = len(sheet.columns) - 1
        self._note = book.add_format({**_FONT, "text_wrap": True})
        self._centred = book.add_format({**_FONT, "align": "center"})
        self._head = book.add_format({**_FONT, "bold": True, "align": "center"})
        self._title = book.add_format({**_FONT, "bold": True, "font_size": 14, "align": "center"})
        self._cells = {kind: book.add_format({**_FONT, "border": 1, **more}) for kind, more in _FORMATS.items()}
        self._sums = {kind: book.add_format({**_FONT, "border": 1, "bold": True, **more}) for kind, more in _FORMATS.items()}

    def draw(self) -> None:
        """Write head, table, notes and signatures."""
        self._set_up()
        self._write_head()
        self._write_titles()
        lines = self._sheet.lines
        for row, line in enumerate(lines, start=HEADER + 1):
            self._write(row, line, self._cells)
        last = HEADER + max(1, len(lines))
        if not lines:
            self._merge(HEADER + 1, 0, self._last, self._sheet.empty, self._centred)
        if self._sheet.total is not None:
            last += 1
            self._write(last, self._sheet.total, self._sums)
        self._page.autofilter(HEADER, 0, HEADER + max(1, len(lines)), self._last)
        self._write_foot(last + 2)

    def _set_up(self) -> None:
        for place, column in enumerate(self._sheet.columns):
            self._page.set_column(place, place, column.width)
        self._page.freeze_panes(HEADER + 1, 0)
        self._page.set_landscape()
        self._page.set_paper(A4)
        self._page.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
        self._page.repeat_rows(HEADER)
        self._page.fit_to_pages(1, 0)
        self._page.center_horizontally()
        self._page.set_footer("&CTrang &P/&N")

    def _write_head(self) -> None:
        report, sheet, middle = self._report, self._sheet, (self._last + 1) // 2
        over, issuer = (report.above or report.issuer).upper(), report.issuer.upper() if report.above else ""
        for row, (left, right) in enumerate(zip((over, issuer), MOTTO, strict=True)):
            self._merge(row, 0, middle - 1, left, self._head if not report.above or row else self._centred)
            self._merge(row, middle, self._last, right, self._head)
        self._page.set_row(3, 20)
        self._merge(3, 0, self._last, sheet.title, self._title)
        self._merge(4, 0, self._last, sheet.subtitle, self._centred)

    def _write_titles(self) -> None:
        shown = self._book.add_format(
            {**_FONT, "bold": True, "border": 1, "text_wrap": True, "align": "center", "valign": "vcenter", "bg_color": "#E7ECF3"}
        )
        deepest = max(_lines(column.title, column.width) for column in self._sheet.columns)
        self._page.set_row(HEADER, LINE_POINTS * (deepest + 0.5))
        for place, column in enumerate(self._sheet.columns):
            self._page.write_string(HEADER, place, column.title, shown)

    def _write(self, row: int, line: Line, formats: Mapping[Kind, Any]) -> None:
        """Write a line as high as its longest text, since not every program does that by itself."""
        deepest = max(_lines(_text(value), column.width) for value, column in zip(line, self._sheet.columns, strict=True))
        self._page.set_row(row, LINE_POINTS * min(deepest, 25))
        for place, (value, column) in enumerate(zip(line, self._sheet.columns, strict=True)):
            self._write_cell(row, place, value, column, formats[column.kind])

    def _write_cell(self, row: int, place: int, value: Value, column: Column, shown: Any) -> None:
        if value is None or value == "":
            self._page.write_blank(row, place, None, shown)
        elif isinstance(value, str | tuple):  # never a formula, whatever it begins with
            self._page.write_string(row, place, _text(value), shown)
        elif isinstance(value, datetime):
            self._page.write_datetime(row, place, value.astimezone(VIETNAM).replace(tzinfo=None, second=0, microsecond=0), shown)
        elif isinstance(value, date):
            self._page.write_datetime(row, place, value, shown)
        elif isinstance(value, timedelta):
            self._page.write_number(row, place, value / timedelta(days=1), shown)
        else:
            self._page.write_number(row, place, value, shown)

    def _write_foot(self, row: int) -> None:
        width = sum(column.width for column in self._sheet.columns)
        for note in self._sheet.notes:
            self._page.set_row(row, LINE_POINTS * _lines(note, width))
            self._merge(row, 0, self._last, note, self._note)
            row += 1
        middle = (self._last + 1) // 2
        day = in_words(self._report.at.astimezone(VIETNAM).date())
        self._merge(row + 1, middle, self._last, f"{day[0].upper()}{day[1:]}", self._centred)
        self._merge(row + 2, 0, middle - 1, PREPARER, self._head)
        self._merge(row + 2, middle, self._last, HEAD_OF_AGENCY, self._head)
        self._merge(row + 3, 0, middle - 1, SIGNED, self._centred)
        self._merge(row + 3, middle, self._last, SEALED, self._centred)

    def _merge(self, row: int, first: int, last: int, text: str, shown: Any) -> None:
        if last > first:
            self._page.merge_range(row, first, row, last, "", shown)
        self._page.write_string(row, first, text, shown)


def _lines(text: str, width: float) -> int:
    return sum(max(1, -(-len(part) // max(1, int(width)))) for part in text.split("\n"))


def _text(value: Value) -> str:
    if isinstance(value, tuple):
        value = "; ".join(value)
    return value[:CELL_CHARACTERS] if isinstance(value, str) else ""
