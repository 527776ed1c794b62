"""One printed page: the smallest honest PDF, with a text that can be read and searched."""

import unicodedata
from collections.abc import Sequence
from typing import Final

from gateway.core import attachments
from gateway.core.envelope import Attachment

_FIRST, _STEP, _LEFT = 770, 22, 70


def draw(lines: Sequence[str]) -> bytes:
    """Print lines on an A4 page, in a type that every reader has and that knows no Vietnamese marks."""
    text = b"".join(
        b"BT /F1 13 Tf %d %d Td (%s) Tj ET\n" % (_LEFT, _FIRST - _STEP * row, _plain(line)) for row, line in enumerate(lines)
    )
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 5 0 R>>>>/Contents 4 0 R>>",
        b"<</Length %d>>stream\n%sendstream" % (len(text), text),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    )
    return _file(objects)


def attached(page: bytes, name: str) -> Attachment:
    """Attach a page to an envelope, as the document itself."""
    return Attachment(
        content_id="ban-chinh",
        name=name,
        content_type="application/zip",
        description="Bản chính",
        encoded=attachments.encode(page, name),
    )


_MARK: Final = b"%PDF-1.4\n"


def _file(objects: Sequence[bytes]) -> bytes:
    written, places = _MARK, []
    for number, each in enumerate(objects, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    end = b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
    return written + end % (size, rows, size, len(written))


def _plain(line: str) -> bytes:
    marked = unicodedata.normalize("NFD", line.replace("đ", "d").replace("Đ", "D"))
    ascii_only = "".join(each for each in marked if " " <= each <= "~")
    return ascii_only.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)").encode()
