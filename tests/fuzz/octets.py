"""Attachments as nobody wants them: PDFs, archives and office files, true and damaged, and what unpacks to too much."""

import base64
import io
import zipfile
from functools import cache
from random import Random

from gateway.core import attachments
from tests import pdfs
from tests.fuzz.mutation import XML_TOKENS, mutated

NAMES = (
    *("van-ban.pdf", "a.docx", "a.doc", "a.zip", "a.xlsm", "a.exe", "a.txt", "../../etc/passwd", "..\\x.pdf", "a\u202efdp.exe"),
    *("", ".", "con.pdf", "a" * 300 + ".pdf", "e\u0302\u0301.pdf", "a.tar.gz", "😀.pdf", "<script>.pdf", "a\tb.pdf", "á/b?.pdf"),
)
BASE64_TOKENS = (
    b"=",
    b"==",
    b"*",
    b"-_",
    b"\r\n",
    b" ",
    b"\t",
    b"A",
    b"UEsDBBQ=",
    b"&#10;",
    b"<a/>",
    b"]]>",
    b"\xc3\xa1",
    b"&#x41;",
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + b"\x3e\x00\x03\x00\xfe\xff\x09\x00" + bytes(500) + b"VBA_PROJECT"


@cache
def shapes() -> tuple[bytes, ...]:
    """Give one of each kind, honest or not."""
    pdf = pdfs.printed(1)
    inner = _zip({"van-ban.pdf": pdf})
    return (
        pdf,
        pdfs.scanned(3),
        pdfs.hybrid(),
        pdfs.locked(pdf, to_open="x"),
        pdfs.claiming(10**9),
        pdfs.claiming(5, b"2 0 R"),
        pdfs.linked("http://127.0.0.1:9/"),
        pdfs.decoded_as_text(pdf),
        b"%PDF-1.7",
        inner,
        _zip({"a.zip": inner, "b.zip": inner}),
        _zip({"a.zip": _zip({"a.zip": inner})}),
        _zip({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>", "word/vbaProject.bin": _OLE}),
        _zip({"../../x.exe": b"MZ\x00"}),
        _zip({"bomb": bytes(30_000_000)}),
        _zip({f"{number}": b"" for number in range(11_000)}),
        _encrypted(inner),
        _zip({}),
        b"PK\x03\x04",
        b"PK\x05\x06" + b"\xff" * 18,
        _OLE,
        b"{\\rtf1}",
        b"MZ" + bytes(100),
        b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>",
        b"",
        b"a",
    )


def content(chance: Random) -> bytes:
    """Give the octets of an attachment, half of the time damaged."""
    octets = chance.choice(shapes())
    return (
        mutated(octets, chance, (*XML_TOKENS[:8], b"endobj", b"stream\n", b"PK\x01\x02", b"%%EOF"))
        if chance.random() < 0.5
        else octets
    )


def encoded(octets: bytes, chance: Random) -> str:
    """Write octets as senders do: base64 of a ZIP or of the octets themselves, sometimes spoiled."""
    text = attachments.encode(octets, "van-ban.pdf") if chance.random() < 0.4 else base64.b64encode(octets).decode()
    if chance.random() < 0.25:
        raw = mutated(text.encode(), chance, BASE64_TOKENS)
        text = "".join(
            character for character in raw.decode("utf-8", "replace") if character.isprintable() or character in "\r\n\t"
        )
    return text


def _zip(entries: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, octets in entries.items():
            archive.writestr(zipfile.ZipInfo(name), octets, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _encrypted(archive: bytes) -> bytes:
    """Set the flag of encryption in both headers of the first entry."""
    marked = bytearray(archive)
    marked[6] |= 1
    marked[marked.index(b"PK\x01\x02") + 8] |= 1
    return bytes(marked)
