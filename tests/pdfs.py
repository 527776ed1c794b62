"""PDFs for tests: honest ones, signed ones, and those that a hostile sender would make."""

import io
import zlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.resources import as_file, files

from pyhanko.pdf_utils.generic import ArrayObject, NameObject, StreamObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer
from pyhanko.sign import signers
from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]  # reportlab ships no types
from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]
from reportlab.pdfbase.ttfonts import TTFont  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from tests.pki import Member

LINES = (
    "ỦY BAN NHÂN DÂN TỈNH LẠNG SƠN — CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "Độc lập - Tự do - Hạnh phúc",
    "Về việc rà soát, chuẩn hóa dữ liệu văn bản trao đổi trên trục liên thông văn bản quốc gia",
)
MEGABYTE = 1024 * 1024
ONE_PAGE = b"<</Type/Pages/Count 1/Kids[3 0 R]>>"
CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</XObject<</Scan 5 0 R>>>>/Contents 4 0 R>>"
DOT = b"<</Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8/Length 1>>stream\n\x80\nendstream"


def printed(pages: int = 1, *, lines: Sequence[str] = LINES, padding: int = 0) -> bytes:
    """Print pages of Vietnamese text; `padding` octets of a comment make the file as large as real ones."""
    _register_font()
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4, invariant=1)
    for _ in range(pages):
        canvas.setFont("Tinos", 14)
        for row, line in enumerate(lines):
            canvas.drawString(60, 780 - 20 * row, line)
        canvas.showPage()
    canvas.save()
    content: bytes = file.getvalue()
    return incremented(content, b"%" + b"x" * padding + b"\n") if padding else content


def scanned(pages: int = 1) -> bytes:
    """Make pages that are one picture each, without text."""
    kids = b" ".join([b"3 0 R"] * pages)
    return assembled(
        CATALOG,
        b"<</Type/Pages/Count %d/Kids[%s]>>" % (pages, kids),
        PAGE,
        stream(b"q 595 0 0 842 0 0 cm /Scan Do Q"),
        stream(b"\x80" * 10_000, b"/Type/XObject/Subtype/Image/Width 100/Height 100/ColorSpace/DeviceGray/BitsPerComponent 8"),
    )


def locked(pdf: bytes, *, to_open: str, to_change: str = "chủ") -> bytes:
    """Encrypt by AES-256; an empty password to open asks nobody for one."""
    writer = copy_into_new_writer(PdfFileReader(io.BytesIO(pdf)))
    writer.encrypt(owner_pass=to_change, user_pass=to_open)
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def signed(pdf: bytes, member: Member, field: str = "Signature1", *, password: str | None = None) -> bytes:
    """Sign as a member of the test PKI, behind what is there already."""
    signer = signers.SimpleSigner.load(member.folder / "key.pem", member.folder / "cert.pem")
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=False)
    if password is not None:
        writer.encrypt(password)
    metadata = signers.PdfSignatureMetadata(field_name=field)
    with ThreadPoolExecutor(1) as apart:  # pyHanko runs an event loop of its own, which a test's loop would not let it
        made: io.BytesIO = apart.submit(signers.sign_pdf, writer, metadata, signer).result()
    return made.getvalue()


def redrawn(pdf: bytes) -> bytes:
    """Draw over the first page in an incremental update, as a forger would."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    page = writer.root["/Pages"]["/Kids"][0]
    drawing = writer.add_object(StreamObject(stream_data=b"0 0 300 300 re f"))
    page[NameObject("/Contents")] = ArrayObject([page.raw_get("/Contents"), drawing])
    writer.update_container(page)
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def incremented(pdf: bytes, octets: bytes) -> bytes:
    """Put octets behind the end, with the end marks once more, so that every reader still finds its way."""
    start = pdf[pdf.rindex(b"startxref") :]
    return pdf + b"\n" + octets + start


def decoded_as_text(pdf: bytes) -> bytes:
    """Destroy as a program does that takes bytes for UTF-8 text: EF BF BD all over."""
    return pdf.decode("utf-8", "replace").encode("utf-8")


def linked(url: str) -> bytes:
    """Name a URL wherever a careless reader might fetch it: actions, an external stream, a remote file."""
    address = b"(" + url.encode() + b")"
    return assembled(
        b"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/URI/URI %s>>/AA<</WC<</S/GoToR/F %s>>>>>>" % (address, address),
        ONE_PAGE,
        PAGE[:-2] + b"/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI %s>>>>]>>" % address,
        stream(b"q /Scan Do Q", b"/F<</FS/URL/F %s>>" % address),
        stream(b"\x80", b"/Type/XObject/Subtype/Image/Width 1/Height 1/F<</FS/URL/F %s>>" % address),
    )


def hybrid() -> bytes:
    """Lay out the cross references as Microsoft Word does: a table, and a stream beside it (`XRefStm`)."""
    pdf = assembled(CATALOG, ONE_PAGE, PAGE, stream(b"q Q"), DOT)
    table = pdf.rindex(b"xref\n0 ")
    places = [pdf.index(b"\n%d 0 obj" % number) + 1 for number in range(1, 6)]
    entries = b"".join(b"\x01%s\0" % place.to_bytes(4, "big") for place in places)
    beside = b"6 0 obj\n%s\nendobj\n" % stream(entries, b"/Type/XRef/Size 7/W[1 4 1]/Index[1 5]/Root 1 0 R")
    trailer = b"xref\n0 0\ntrailer<</Size 7/Root 1 0 R/Prev %d/XRefStm %d>>\n" % (table, len(pdf))
    return pdf + beside + trailer + b"startxref\n%d\n%%%%EOF\n" % (len(pdf) + len(beside))


def claiming(pages: int, kids: bytes = b"3 0 R") -> bytes:
    """Claim a number of pages; `kids` may lead anywhere."""
    return assembled(CATALOG, b"<</Type/Pages/Count %d/Kids[%s]>>" % (pages, kids), PAGE, stream(b"q Q"), DOT)


def nested(depth: int = 1_000_000) -> bytes:
    """Nest arrays deeper than any stack, where the signatures are looked for."""
    return assembled(
        CATALOG[:-2] + b"/AcroForm<</Fields %s%s/ByteRange 0>>>>" % (b"[" * depth, b"]" * depth),
        ONE_PAGE,
        PAGE,
        stream(b"q Q"),
        DOT,
    )


def circling() -> bytes:
    """Lead from the cross references back to themselves; a byte range has the signatures looked for."""
    pdf = assembled(CATALOG, ONE_PAGE, PAGE, stream(b"q Q"), DOT)
    return pdf.replace(b"/Root", b"/ByteRange 0/Prev %d/Root" % pdf.rindex(b"xref\n0 "))


@cache
def inflating(gigabytes: int = 2) -> bytes:
    """Draw a page from a few kilobytes that inflate, twice, to gigabytes."""
    packer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    megabyte = packer.compress(b"\n" * MEGABYTE) + packer.flush(zlib.Z_FULL_FLUSH)  # after which it may be said again
    once = b"\x78\xda" + megabyte * (gigabytes * 1024) + packer.flush()
    return assembled(CATALOG, ONE_PAGE, PAGE, stream(zlib.compress(once, 9), b"/Filter[/FlateDecode/FlateDecode]"), DOT)


@cache
def crowded() -> bytes:
    """Draw a page of sixty million letters, packed into a hundred kilobytes."""
    line = b"BT /F 1 Tf 1 0 0 1 9 9 Tm (" + b"a" * 900 + b") Tj ET\n"
    return assembled(CATALOG, ONE_PAGE, PAGE, stream(zlib.compress(line * 60_000, 9), b"/Filter/FlateDecode"), DOT)


def flated() -> bytes:
    """Print a page whose text is packed into bytes that are no text, as most programs do."""
    text = b"BT /F 14 Tf 60 700 Td (" + b"Cong hoa xa hoi chu nghia Viet Nam. " * 5 + b") Tj ET"
    page = PAGE.replace(b"/Resources<<", b"/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>")
    return assembled(CATALOG, ONE_PAGE, page, stream(zlib.compress(text), b"/Filter/FlateDecode"), DOT)


def assembled(*objects: bytes) -> bytes:
    """Put objects, numbered from 1, into a file; the first is the catalog."""
    file, places = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(b"%010d 00000 n \n" % at for at in places)
    trailer = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(file))
    return bytes(file + table + trailer)


def stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (entries, len(content), content)


@cache
def _register_font() -> None:
    with as_file(files("gateway").joinpath("fonts", "Tinos-Regular.ttf")) as path:
        pdfmetrics.registerFont(TTFont("Tinos", path))
