"""A report as a PDF to be signed: A4 landscape, head and motto, tables whose titles stand on every page, signatures."""

import io
from collections.abc import Iterator
from functools import cache
from importlib.resources import as_file, files
from typing import Any, Final
from xml.sax.saxutils import escape

# reportlab ships no types
from reportlab.lib.colors import Color  # type: ignore[import-untyped]
from reportlab.lib.enums import TA_CENTER, TA_LEFT  # type: ignore[import-untyped]
from reportlab.lib.pagesizes import A4, landscape  # type: ignore[import-untyped]
from reportlab.lib.units import mm  # type: ignore[import-untyped]
from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]
from reportlab.pdfbase.ttfonts import TTFont  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]
from reportlab.platypus import (  # type: ignore[import-untyped]
    BaseDocTemplate,
    Flowable,
    Frame,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
)

from gateway.core.model import VIETNAM
from gateway.entry.reports.pdf_table import BOLD, HEIGHT, REGULAR, SIDE, SIZE, WIDTH, Pages, pages, styled
from gateway.entry.reports.sheet import HEAD_OF_AGENCY, MOTTO, PREPARER, SEALED, SIGNED, Report, Sheet, in_words

APART: Final = 7 * mm
"""Between one table and the next, or the signatures."""
_BLACK: Final = Color(0, 0, 0)


def pdf(report: Report) -> bytes:
    """Draw a report, but for what is not printed."""
    _register_fonts()
    file = io.BytesIO()
    template = BaseDocTemplate(file, pagesize=landscape(A4), title=report.title, author=report.issuer, lang="vi")
    template.addPageTemplates(PageTemplate(frames=[Frame(SIDE, SIDE, WIDTH, HEIGHT, 0, 0, 0, 0)]))
    printed = [sheet for sheet in report.sheets if not sheet.annex]
    foot = [Spacer(1, APART), _foot(report)]
    story = [_sheet(each, foot if each is printed[-1] else []) for each in printed]
    template.build([_head(report), *story], canvasmaker=_numbered(report.title))
    return file.getvalue()


def _head(report: Report) -> Table:
    issuer = [_centred(report.above.upper(), REGULAR, 12)] if report.above else []
    left = [*issuer, _centred(report.issuer.upper(), BOLD, 12), _rule(28)]
    day = in_words(report.at.astimezone(VIETNAM).date())
    right = [_centred(MOTTO[0], BOLD, 12), _centred(MOTTO[1], BOLD, 13), _rule(50), _centred(day.capitalize(), REGULAR, 12)]
    middle = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("ALIGN", (0, 0), (-1, -1), "CENTER")]
    return Table([[left, right]], colWidths=[WIDTH * 0.45, WIDTH * 0.55], style=middle)


def _sheet(sheet: Sheet, foot: list[Flowable]) -> Pages:
    title = _centred(sheet.title, BOLD, 14)
    title.spaceBefore = APART
    return pages(sheet, [title, _centred(sheet.subtitle, REGULAR, 12), Spacer(1, 3 * mm)], [*_notes(sheet), *foot])


def _notes(sheet: Sheet) -> Iterator[Flowable]:
    for note in sheet.notes:
        yield Spacer(1, 1.5 * mm)
        yield Paragraph(escape(note), styled(TA_LEFT, REGULAR, SIZE))


def _foot(report: Report) -> Table:
    left = [_centred(PREPARER, BOLD, 12), _centred(SIGNED, REGULAR, 11), Spacer(1, 24 * mm)]
    right = [_centred(HEAD_OF_AGENCY, BOLD, 12), _centred(SEALED, REGULAR, 11)]
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
    return Paragraph(escape(text), styled(TA_CENTER, font, size))


@cache
def _register_fonts() -> None:
    for name, file in ((REGULAR, "Tinos-Regular.ttf"), (BOLD, "Tinos-Bold.ttf")):
        with as_file(files("gateway") / "fonts" / file) as path:
            pdfmetrics.registerFont(TTFont(name, str(path)))
