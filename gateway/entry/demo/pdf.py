"""Real PDFs in the layout of an official document (thể thức, NĐ 30/2020 Phụ lục I): A4, Times-like type, national motto."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import as_file, files

# reportlab ships no types
from reportlab.lib.colors import Color  # type: ignore[import-untyped]
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY  # type: ignore[import-untyped]
from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]
from reportlab.lib.styles import ParagraphStyle  # type: ignore[import-untyped]
from reportlab.lib.units import mm  # type: ignore[import-untyped]
from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]
from reportlab.pdfbase.ttfonts import TTFont  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]
from reportlab.platypus import Flowable, KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table  # type: ignore[import-untyped]

from gateway.core.model import Priority
from gateway.entry.demo.cast import Role

REGULAR, BOLD = "Tinos", "Tinos-Bold"
MARGINS = {"topMargin": 20 * mm, "bottomMargin": 20 * mm, "leftMargin": 30 * mm, "rightMargin": 15 * mm}
BODY_SIZE = 14
SMALL_SIZE = 12
ROWS_A_PAGE = 52

_URGENCY = {Priority.URGENT: "KHẨN", Priority.VERY_URGENT: "THƯỢNG KHẨN", Priority.EXPRESS: "HỎA TỐC"}
_RED = Color(0.75, 0, 0)
_TOP = [("VALIGN", (0, 0), (-1, -1), "TOP")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What is printed. `receivers` and `copies` are names; `priority` prints its mark in red."""

    sender: Role
    receivers: Sequence[str]
    code: str
    on: date
    type_name: str
    subject: str
    paragraphs: Sequence[str]
    copies: Sequence[str] = ("Như trên", "Lưu: VT")
    priority: Priority = Priority.NORMAL


def draw(letter: Letter) -> tuple[bytes, int]:
    """Print a document; give it with its number of pages."""
    _register_fonts()
    file = io.BytesIO()
    template = SimpleDocTemplate(file, pagesize=A4, title=letter.subject, author=letter.sender.name, lang="vi", **MARGINS)
    story = [_head(letter), Spacer(1, 6 * mm), *_body(letter), Spacer(1, 8 * mm), KeepTogether(_foot(letter))]
    template.build(story, onLaterPages=_number)
    return file.getvalue(), template.page


def draw_annex(title: str, pages: int) -> bytes:
    """Print a long table of figures, uncompressed like a scanner's output: about 7 kB a page."""
    _register_fonts()
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4, pageCompression=0, lang="vi")
    canvas.setTitle(title)
    for page in range(1, pages + 1):
        canvas.setFont(BOLD, BODY_SIZE)
        canvas.drawCentredString(A4[0] / 2, A4[1] - 20 * mm, f"PHỤ LỤC: {title} ({page}/{pages})")
        canvas.setFont(REGULAR, 10)
        for row in range(ROWS_A_PAGE):
            number = (page - 1) * ROWS_A_PAGE + row + 1
            line = f"{number:>5}. Thôn {number % 17 + 1}, thửa đất số {number * 37 % 997 + 1}: {number * 7919 % 100_000:,} m²"
            canvas.drawString(30 * mm, A4[1] - 30 * mm - row * 5 * mm, line)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def _head(letter: Letter) -> Table:
    """Set the two columns: agency and number on the left; state, motto, place and date on the right (ô số 1 – 4, 10)."""
    left = [*_lines(letter.sender.above, REGULAR), *_lines(letter.sender.name.upper(), BOLD), _rule()]
    left += [_centred(f"Số: {letter.code}", REGULAR, 13)]
    if letter.type_name == "Công văn":
        left += [_centred(f"V/v {letter.subject}", REGULAR, SMALL_SIZE)]
    if mark := _URGENCY.get(letter.priority):
        left += [
            Spacer(1, 2 * mm),
            Table([[_centred(mark, BOLD, 13, _RED)]], colWidths=40 * mm, style=[("BOX", (0, 0), (-1, -1), 1, _RED)]),
        ]
    day = f"Thanh Hóa, ngày {letter.on.day:02} tháng {letter.on.month:02} năm {letter.on.year}"
    right = [
        _centred("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", BOLD, SMALL_SIZE),
        _centred("Độc lập - Tự do - Hạnh phúc", BOLD, 13),
        _rule(),
        _centred(day, REGULAR, 13),
    ]
    return Table([[left, right]], colWidths=[72 * mm, 93 * mm], style=[*_TOP, ("ALIGN", (0, 0), (-1, -1), "CENTER")])


def _body(letter: Letter) -> list[Flowable]:
    indented = ParagraphStyle(
        "body", fontName=REGULAR, fontSize=BODY_SIZE, leading=20, alignment=TA_JUSTIFY, firstLineIndent=10 * mm, spaceAfter=6
    )
    if letter.type_name == "Công văn":
        opening: list[Flowable] = [_centred(f"Kính gửi: {'; '.join(letter.receivers)}.", REGULAR, BODY_SIZE), Spacer(1, 4 * mm)]
    else:
        opening = [
            _centred(letter.type_name.upper(), BOLD, BODY_SIZE),
            _centred(letter.subject, BOLD, BODY_SIZE),
            Spacer(1, 4 * mm),
        ]
    return [*opening, *(Paragraph(text, indented) for text in letter.paragraphs)]


def _foot(letter: Letter) -> Table:
    """Set nơi nhận on the left; competence, position and name of the signer on the right (ô số 7, 9)."""
    small = ParagraphStyle("small", fontName=REGULAR, fontSize=11, leading=13)
    left = [
        Paragraph(f'<font name="{BOLD}">Nơi nhận:</font>', small),
        *(Paragraph(f"- {copy};", small) for copy in letter.copies),
    ]
    right = [
        *_lines(letter.sender.competence, BOLD),
        _centred(letter.sender.position, BOLD, 13),
        Spacer(1, 20 * mm),
        _centred(letter.sender.signer, BOLD, 13),
    ]
    return Table([[left, right]], colWidths=[80 * mm, 85 * mm], style=_TOP)


def _number(canvas: Canvas, _template: SimpleDocTemplate) -> None:
    canvas.setFont(REGULAR, 13)
    canvas.drawCentredString(A4[0] / 2, A4[1] - 14 * mm, str(canvas.getPageNumber()))


def _lines(text: str, font: str) -> list[Paragraph]:
    return [_centred(text, font, SMALL_SIZE)] if text else []


def _rule() -> Table:
    return Table([[""]], colWidths=28 * mm, rowHeights=1.5 * mm, style=[("LINEBELOW", (0, 0), (-1, 0), 0.7, Color(0, 0, 0))])


def _centred(text: str, font: str, size: int, color: Color | None = None) -> Paragraph:
    style = ParagraphStyle("centred", fontName=font, fontSize=size, leading=size * 1.25, alignment=TA_CENTER)
    if color is not None:
        style.textColor = color
    return Paragraph(text, style)


@cache
def _register_fonts() -> None:
    for name, file in ((REGULAR, "Tinos-Regular.ttf"), (BOLD, "Tinos-Bold.ttf")):
        with as_file(files("gateway") / "fonts" / file) as path:
            pdfmetrics.registerFont(TTFont(name, str(path)))
