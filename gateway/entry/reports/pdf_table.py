"""The tables of a report on pages: titles on each, groups named again where they go on, no row and no signature alone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, groupby
from typing import Any, Final
from xml.sax.saxutils import escape

# reportlab ships no types
from reportlab.lib.colors import Color, HexColor  # type: ignore[import-untyped]
from reportlab.lib.enums import TA_CENTER, TA_LEFT, TA_RIGHT  # type: ignore[import-untyped]
from reportlab.lib.pagesizes import A4, landscape  # type: ignore[import-untyped]
from reportlab.lib.styles import ParagraphStyle  # type: ignore[import-untyped]
from reportlab.lib.units import mm  # type: ignore[import-untyped]
from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]
from reportlab.platypus import Flowable, Paragraph, Table  # type: ignore[import-untyped]

from gateway.entry.reports.sheet import Column, Kind, Line, Sheet, Value, in_text

REGULAR, BOLD = "Tinos", "Tinos-Bold"
SIZE: Final = 10
NAMES: Final = 8
"""Names of one cell that are printed: a document to 800 agencies must not fill pages of the register."""
CHARACTERS: Final = 700
"""Characters of one cell that are printed, so that each line fits a page."""
SIDE: Final = 15 * mm
WIDTH: Final = landscape(A4)[0] - 2 * SIDE
HEIGHT: Final = landscape(A4)[1] - 2 * SIDE
PADDING: Final = 6
"""Points of a cell beside its text."""
KEPT: Final = 2
"""Rows that stay with what stands below the table: signatures on a page of their own could be put under anything."""
SHORT: Final = 8
"""Rows of a table that is not cut, where a page takes it whole."""
CONTINUED: Final = "(tiếp theo)"
_HIGH: Final = 1e6
"""Points: more than anything is high."""

_FIXED: Final[Mapping[Kind, float]] = {Kind.ORDINAL: 12 * mm, Kind.DAY: 19.5 * mm, Kind.MOMENT: 19.5 * mm}
_BLACK, _SHADE, _BAND = Color(0, 0, 0), HexColor("#E7ECF3"), HexColor("#F4F6F9")
_ALIGNED: Final[Mapping[Kind, int]] = {
    Kind.TEXT: TA_LEFT,
    Kind.COUNT: TA_RIGHT,
    Kind.SHARE: TA_RIGHT,
    Kind.SPAN: TA_RIGHT,
}
_FRAME: Final[list[tuple[Any, ...]]] = [
    ("GRID", (0, 0), (-1, -1), 0.5, _BLACK),
    ("BACKGROUND", (0, 0), (-1, 0), _SHADE),
    ("VALIGN", (0, 0), (-1, 1), "MIDDLE"),
    ("VALIGN", (0, 2), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), PADDING / 2),
    ("RIGHTPADDING", (0, 0), (-1, -1), PADDING / 2),
    ("TOPPADDING", (0, 0), (-1, -1), 2),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ("TOPPADDING", (0, 1), (-1, 1), 0),
    ("BOTTOMPADDING", (0, 1), (-1, 1), 1),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """A row of cells, and its height. One of a single cell goes across the table; a heading names the group of rows after it."""

    cells: tuple[Paragraph, ...]
    height: float
    group: str | None = None
    heading: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grid:
    """What the pages of a table have in common."""

    widths: tuple[float, ...]
    titles: tuple[_Row, _Row]

    def table(self, rows: Sequence[_Row]) -> Table:
        """Draw rows below the titles."""
        drawn, style = (*self.titles, *rows), [*_FRAME]
        for place, row in enumerate(drawn):
            if len(row.cells) == 1 < len(self.widths):
                across = ((0, place), (-1, place))
                style += [("SPAN", *across), ("BACKGROUND", *across, _BAND)]
        cells = [[*row.cells, *[""] * (len(self.widths) - len(row.cells))] for row in drawn]
        return Table(cells, colWidths=self.widths, rowHeights=[row.height for row in drawn], style=style)


class Pages(Flowable):  # type: ignore[misc]
    """A table, with what stands above it on its first page and below it on its last.

    The library cuts what is too high for a page, and this says that it always is: `split` decides what goes where.
    """

    def __init__(self, grid: _Grid, rows: Sequence[_Row], above: Sequence[Flowable], below: Sequence[Flowable]) -> None:
        super().__init__()
        self._grid, self._rows, self._above, self._below = grid, rows, above, below
        self.spaceBefore = above[0].getSpaceBefore() if above else 0

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        return width, height + 1

    def split(self, _width: float, height: float) -> list[Flowable]:
        """Give what the page takes, then the rest; nothing where all of it is better on the next."""
        rows, count = self._rows, len(self._rows)
        over = _height(self._above) + sum(each.height for each in self._grid.titles)
        reached = [over + each for each in accumulate(each.height for each in rows)]
        whole = reached[-1] + _height(self._below)
        taken = sum(each <= height for each in reached)
        if whole <= height or (taken == count <= KEPT and whole > HEIGHT):
            return [*self._above, self._grid.table(rows), *self._below]
        if whole <= HEIGHT and count <= (SHORT if self._above else KEPT):
            return []
        taken = min(taken, max(count - KEPT, 1))
        while taken and rows[taken - 1].heading:
            taken -= 1
        if taken == 0 or (taken < KEPT and height < HEIGHT / 2):
            return []
        return [*self._above, self._grid.table(rows[:taken]), Pages(self._grid, _continued(rows[taken:]), (), self._below)]


def pages(sheet: Sheet, above: Sequence[Flowable], below: Sequence[Flowable]) -> Pages:
    """Draw the table of a sheet."""
    columns = sheet.columns[1:] if sheet.grouped else sheet.columns
    widths = _widths(columns)
    titles = _row([Paragraph(escape(each.title), styled(TA_CENTER, BOLD, SIZE)) for each in columns], widths)
    numbers = [Paragraph(f"({place})", styled(TA_CENTER, REGULAR, 8)) for place in range(1, len(columns) + 1)]
    grid = _Grid(widths=widths, titles=(titles, _row(numbers, widths, padding=1)))
    return Pages(grid, tuple(_body(sheet, widths)), above, below)


def _body(sheet: Sheet, widths: Sequence[float]) -> Iterator[_Row]:
    if not sheet.lines:
        yield _across(sheet.empty, TA_CENTER, REGULAR)
    for name, lines in groupby(sheet.lines, key=lambda line: line[0] if sheet.grouped else None):
        group = _text(name) if sheet.grouped else None
        if group is not None:
            yield _heading(group, group)
        for line in lines:
            yield _row(_cells(sheet, line, REGULAR, widths), widths, group=group)
    if sheet.total is not None:
        yield _row(_cells(sheet, sheet.total, BOLD, widths), widths)


def _continued(rows: Sequence[_Row]) -> Sequence[_Row]:
    """Name the group again, where its rows go on."""
    group = rows[0].group
    return rows if group is None or rows[0].heading else (_heading(f"{group} {CONTINUED}", group), *rows)


def _heading(text: str, group: str) -> _Row:
    made = _across(text, TA_LEFT, BOLD)
    return _Row(cells=made.cells, height=made.height, group=group, heading=True)


def _across(text: str, alignment: int, font: str) -> _Row:
    return _row([Paragraph(escape(text), styled(alignment, font, SIZE))], [WIDTH])


def _row(cells: Sequence[Paragraph], widths: Sequence[float], *, padding: float = 5, group: str | None = None) -> _Row:
    """Measure a row: its highest cell, and the padding above and below."""
    heights = (cell.wrap(width - PADDING, _HIGH)[1] for cell, width in zip(cells, widths, strict=True))
    return _Row(cells=tuple(cells), height=max(heights) + padding, group=group)


def _cells(sheet: Sheet, line: Line, font: str, widths: Sequence[float]) -> list[Paragraph]:
    values = list(zip(line, sheet.columns, strict=True))[1 if sheet.grouped else 0 :]
    return [
        Paragraph(
            escape(_broken(_text(value, column.kind), font, width)), styled(_ALIGNED.get(column.kind, TA_CENTER), font, SIZE)
        )
        for (value, column), width in zip(values, widths, strict=True)
    ]


def _widths(columns: Sequence[Column]) -> tuple[float, ...]:
    """Divide the page: a day is never broken, what is left is shared in the proportion of the sheet."""
    left = WIDTH - sum(_FIXED.get(each.kind, 0) for each in columns)
    whole = sum(each.width for each in columns if each.kind not in _FIXED)
    return tuple(_FIXED.get(each.kind) or left * each.width / whole for each in columns)


def _broken(text: str, font: str, width: float) -> str:
    """Break numbers and notations that are too wide at their last slash, where people would."""
    return " ".join(
        "/ ".join(word.rsplit("/", 1)) if "/" in word and pdfmetrics.stringWidth(word, font, SIZE) > width - PADDING else word
        for word in text.split(" ")
    )


def _text(value: Value, kind: Kind = Kind.TEXT) -> str:
    """Write a value, with what does not fit a page cut short."""
    if isinstance(value, tuple) and len(value) > NAMES:
        return f"{in_text(value[:NAMES])} và {len(value) - NAMES} nơi khác"
    text = in_text(value, kind)
    return text if len(text) <= CHARACTERS else f"{text[:CHARACTERS]}…"


def _height(flowables: Sequence[Flowable]) -> float:
    """Measure what stands one below the other; the space before the first is the page's."""
    before = sum(each.getSpaceBefore() for each in flowables[1:])
    return float(before + sum(each.wrap(WIDTH, _HIGH)[1] for each in flowables))


@cache
def styled(alignment: int, font: str, size: int) -> ParagraphStyle:
    """Give the style of a paragraph."""
    return ParagraphStyle("cell", fontName=font, fontSize=size, leading=size * 1.2, alignment=alignment)
