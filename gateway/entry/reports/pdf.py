"""A report as a PDF to be signed: A4 landscape, head and motto, tables whose titles stand on every page, signatures."""

import io
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import as_file, files
from itertools import groupby
from typing import Any, Final
from xml.sax.saxutils import escape

# reportlab ships no types
from reportlab.lib.colors import Color, HexColor  # type: ignore[import-untyped]
from reportlab.lib.enums import TA_CENTER, TA_LEFT, TA_RIGHT  # type: ignore[import-untyped]
from reportlab.lib.pagesizes import A4, landscape  # type: ignore[import-untyped]
from reportlab.lib.styles import ParagraphStyle  # type: ignore[import-untyped]
from reportlab.lib.units import mm  # type: ignore[import-untyped]
from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]
from reportlab.pdfbase.ttfonts import TTFont  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]
from reportlab.platypus import (  # type: ignore[import-untyped]
    CondPageBreak,
    Flowable,
    KeepTogether,
    LongTable,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
)

from gateway.core.model import VIETNAM
from gateway.entry.reports.sheet import (
    HEAD_OF_AGENCY,
    MOTTO,
    PREPARER,
    Column,
    Kind,
    Line,
    Report,
    Sheet,
    Value,
    in_text,
    in_words,
)

REGULAR, BOLD = "Tinos", "Tinos-Bold"
SIZE: Final = 10
NAMES: Final = 8
"""Names of one cell that are printed: a document to 800 agencies must not fill pages of the register."""
CHARACTERS: Final = 700
"""Characters of one cell that are printed, so that each line fits a page."""
SIDE: Final = 15 * mm
PADDING: Final = 6
"""Points of a cell beside its text."""
WIDTH: Final = landscape(A4)[0] - 2 * SIDE

_FIXED: Final[Mapping[Kind, float]] = {Kind.ORDINAL: 12 * mm, Kind.DAY: 19.5 * mm, Kind.MOMENT: 19.5 * mm}
_BLACK, _SHADE, _BAND = Color(0, 0, 0), HexColor("#E7ECF3"), HexColor("#F4F6F9")
_ALIGNED: Final[Mapping[Kind, int]] = {
    Kind.TEXT: TA_LEFT,
    Kind.COUNT: TA_RIGHT,
    Kind.SHARE: TA_RIGHT,
    Kind.SPAN: TA_RIGHT,
}


def pdf(report: Report) -> bytes:
    """Draw a report, but for what is not printed."""
    _register_fonts()
    file = io.BytesIO()
    margins = {"leftMargin": SIDE, "rightMargin": SIDE, "topMargin": 15 * mm, "bottomMargin": 15 * mm}
    template = SimpleDocTemplate(file, pagesize=landscape(A4), title=report.title, author=report.issuer, lang="vi", **margins)
    story: list[Flowable] = [_head(report), Spacer(1, 5 * mm)]
    for sheet in report.sheets:
        if not sheet.annex:
            story += _sheet(sheet)
    template.build([*story, KeepTogether(_foot(report))], canvasmaker=_numbered(report.title))
    return file.getvalue()


def _head(report: Report) -> Table:
    issuer = [_centred(report.above.upper(), REGULAR, 12)] if report.above else []
    left = [*issuer, _centred(report.issuer.upper(), BOLD, 12), _rule(28)]
    day = in_words(report.at.astimezone(VIETNAM).date())
    right = [_centred(MOTTO[0], BOLD, 12), _centred(MOTTO[1], BOLD, 13), _rule(50), _centred(day.capitalize(), REGULAR, 12)]
    middle = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("ALIGN", (0, 0), (-1, -1), "CENTER")]
    return Table([[left, right]], colWidths=[WIDTH * 0.45, WIDTH * 0.55], style=middle)


def _sheet(sheet: Sheet) -> Iterator[Flowable]:
    yield CondPageBreak(60 * mm)
    title = _centred(sheet.title, BOLD, 14)
    subtitle = _centred(sheet.subtitle, REGULAR, 12)
    title.keepWithNext = subtitle.keepWithNext = True
    yield title
    yield subtitle
    yield Spacer(1, 3 * mm)
    yield _table(sheet)
    for note in sheet.notes:
        yield Spacer(1, 1.5 * mm)
        yield Paragraph(escape(note), _style(TA_LEFT, REGULAR, SIZE))
    yield Spacer(1, 7 * mm)


def _table(sheet: Sheet) -> LongTable:
    columns = sheet.columns[1:] if sheet.grouped else sheet.columns
    titles = [Paragraph(escape(each.title), _style(TA_CENTER, BOLD, SIZE)) for each in columns]
    numbers = [Paragraph(f"({place})", _style(TA_CENTER, REGULAR, 8)) for place in range(1, len(columns) + 1)]
    rows, style = [titles, numbers], [*_FRAME]
    widths = _widths(columns)
    for row in _body(sheet, widths):
        if len(row) == 1:
            style += [("SPAN", (0, len(rows)), (-1, len(rows))), ("BACKGROUND", (0, len(rows)), (-1, len(rows)), _BAND)]
            style.append(("NOSPLIT", (0, len(rows)), (-1, len(rows) + 1)))
        rows.append([*row, *[""] * (len(columns) - len(row))])
    if sheet.total is not None:
        style.append(("NOSPLIT", (0, len(rows) - 2), (-1, len(rows) - 1)))
    return LongTable(rows, colWidths=widths, repeatRows=2, style=style)


def _widths(columns: Sequence[Column]) -> list[float]:
    """Divide the page: a day is never broken, what is left is shared in the proportion of the sheet."""
    left = WIDTH - sum(_FIXED.get(each.kind, 0) for each in columns)
    whole = sum(each.width for each in columns if each.kind not in _FIXED)
    return [_FIXED.get(each.kind) or left * each.width / whole for each in columns]


_FRAME: Final[list[tuple[Any, ...]]] = [
    ("GRID", (0, 0), (-1, -1), 0.5, _BLACK),
    ("BACKGROUND", (0, 0), (-1, 0), _SHADE),
    ("VALIGN", (0, 0), (-1, 1), "MIDDLE"),
    ("VALIGN", (0, 2), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), 3),
    ("RIGHTPADDING", (0, 0), (-1, -1), 3),
    ("TOPPADDING", (0, 0), (-1, -1), 2),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ("TOPPADDING", (0, 1), (-1, 1), 0),
    ("BOTTOMPADDING", (0, 1), (-1, 1), 1),
]


def _body(sheet: Sheet, widths: Sequence[float]) -> Iterator[list[Any]]:
    """Give the rows; one of a single cell goes across the table."""
    if not sheet.lines:
        yield [Paragraph(escape(sheet.empty), _style(TA_CENTER, REGULAR, SIZE))]
    for name, lines in groupby(sheet.lines, key=lambda line: line[0] if sheet.grouped else None):
        if sheet.grouped:
            yield [Paragraph(escape(_text(name)), _style(TA_LEFT, BOLD, SIZE))]
        for line in lines:
            yield _row(sheet, line, REGULAR, widths)
    if sheet.total is not None:
        yield _row(sheet, sheet.total, BOLD, widths)


def _row(sheet: Sheet, line: Line, font: str, widths: Sequence[float]) -> list[Paragraph]:
    cells = list(zip(line, sheet.columns, strict=True))[1 if sheet.grouped else 0 :]
    return [
        Paragraph(
            escape(_broken(_text(value, column.kind), font, width)), _style(_ALIGNED.get(column.kind, TA_CENTER), font, SIZE)
        )
        for (value, column), width in zip(cells, widths, strict=True)
    ]


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


def _foot(report: Report) -> Table:
    left = [_centred(PREPARER, BOLD, 12), _centred("(Ký, ghi rõ họ tên)", REGULAR, 11), Spacer(1, 24 * mm)]
    right = [_centred(HEAD_OF_AGENCY, BOLD, 12), _centred("(Ký, ghi rõ họ tên, đóng dấu)", REGULAR, 11)]
    return Table([[left, right]], colWidths=[WIDTH / 2, WIDTH / 2], style=[("VALIGN", (0, 0), (-1, -1), "TOP")])


def _numbered(title: str) -> type[Canvas]:
    """Make the canvas that writes «Trang 2/5» once it knows how many pages there are."""

    class Numbered(Canvas):  # type: ignore[misc]
        def __init__(self, *arguments: Any, **named: Any) -> None:
            super().__init__(*arguments, **named)
            self._pages: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802  the library's name
            self._pages.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for page in self._pages:
                self.__dict__.update(page)
                self.setFont(REGULAR, 9)
                self.drawString(SIDE, 8 * mm, title)
                self.drawRightString(SIDE + WIDTH, 8 * mm, f"Trang {self._pageNumber}/{len(self._pages)}")
                super().showPage()
            super().save()

    return Numbered


def _rule(width: float) -> Table:
    line = [("LINEABOVE", (0, 0), (-1, 0), 0.7, _BLACK)]
    return Table([[""]], colWidths=width * mm, rowHeights=1.5 * mm, style=line, spaceBefore=1.2 * mm)


def _centred(text: str, font: str, size: int) -> Paragraph:
    return Paragraph(escape(text), _style(TA_CENTER, font, size))


@cache
def _style(alignment: int, font: str, size: int) -> ParagraphStyle:
    return ParagraphStyle("cell", fontName=font, fontSize=size, leading=size * 1.2, alignment=alignment)


@cache
def _register_fonts() -> None:
    for name, file in ((REGULAR, "Tinos-Regular.ttf"), (BOLD, "Tinos-Bold.ttf")):
        with as_file(files("gateway") / "fonts" / file) as path:
            pdfmetrics.registerFont(TTFont(name, str(path)))
