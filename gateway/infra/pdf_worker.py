"""The program of a worker process: PDFs come in on standard input, their facts go out on standard output (`pdf_frames`).

It holds no secret, and limits itself before it reads. What a file does to it is for the hub to notice.
"""

import gc
import json
import resource
import signal
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict
from datetime import datetime
from typing import Final

# pypdfium2 ships no types
from pypdfium2 import PdfDocument, PdfiumError  # type: ignore[import-untyped]
from pypdfium2.raw import FPDF_ERR_PASSWORD, FPDF_ERR_SECURITY, FPDF_GetLastError, FPDF_LoadMemDocument64  # type: ignore[import-untyped]

from gateway.core.pdf import PdfFacts, PdfProblem, PdfSignature
from gateway.infra.pdf_frames import ANSWER, ASK

MEMORY_BYTES: Final = 384 * 1024 * 1024
"""Address space: 78 MB of program with pyHanko, 64 MB of PDF at most, and what is made of its pages and its objects."""
OPEN_FILES: Final = 32
"""Importing pyHanko opens a few at a time."""
ORPHAN_SECONDS: Final = 30
"""The hub kills long before; should the hub itself be gone, an endless loop ends here."""
FIRST_PAGES: Final = 3
"""Looked at for text, and the last: a paper that was scanned behind a printed cover letter has text all the same."""
LETTERS: Final = 50
"""Less is no text: scanners print their name on each page (about 25 letters)."""
LOOKED_AT_LETTERS: Final = 1000
LOCKS: Final = frozenset({FPDF_ERR_PASSWORD, FPDF_ERR_SECURITY})


def main() -> None:
    """Answer until standard input ends, as it does when the hub ends, however it ends."""
    limit()
    asked, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # what a library prints must not get among the frames
    while len(frame := asked.read(ASK.size)) == ASK.size:
        size, signatures = ASK.unpack(frame)
        facts = _in_time(asked.read(size), signatures=signatures) if size else _ready(signatures=signatures)
        answer = json.dumps(asdict(facts), default=datetime.isoformat).encode()
        answers.write(ANSWER.pack(len(answer)) + answer)
        answers.flush()
        gc.collect()  # pyHanko's readers refer to themselves, and hold the whole PDF


def limit() -> None:
    """Give up for good what reading a PDF does not need: memory, files to write, core dumps, processes of its own."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(what, (most, most))


def examine(octets: bytes, *, signatures: bool) -> PdfFacts:
    """Read one PDF. An unsigned one costs no pyHanko: every signature shows its byte range in the clear (ISO 32000-2, 12.8.1)."""
    document = FPDF_LoadMemDocument64(octets, len(octets), None)
    if not document:
        return PdfFacts(problem=PdfProblem.LOCKED if FPDF_GetLastError() in LOCKS else PdfProblem.UNREADABLE)
    try:
        with closing(PdfDocument(document)) as pdf:
            pages = len(pdf)
            pdf.get_page_size(pages - 1)  # the number is only a claim; a last page that is not there belies it
            has_text = any(_has_text(pdf, page) for page in sorted({*range(min(pages, FIRST_PAGES)), pages - 1}))
    except PdfiumError:
        return PdfFacts(problem=PdfProblem.UNREADABLE)
    if not signatures:
        return PdfFacts(pages=pages, has_text=has_text)
    signed = b"/ByteRange" in octets
    return PdfFacts(pages=pages, has_text=has_text, signatures=_signature_reader()(octets) if signed else ())


def _in_time(octets: bytes, *, signatures: bool) -> PdfFacts:
    signal.alarm(ORPHAN_SECONDS)
    try:
        return examine(octets, signatures=signatures)
    except MemoryError:
        return PdfFacts(problem=PdfProblem.TOO_SLOW)
    finally:
        signal.alarm(0)


def _ready(*, signatures: bool) -> PdfFacts:
    """Load what will be needed, and keep the collector off it."""
    if signatures:
        _signature_reader()
    gc.freeze()
    return PdfFacts()


def _signature_reader() -> Callable[[bytes], tuple[PdfSignature, ...]]:
    """Load pyHanko only where it is needed: it takes a second."""
    from gateway.infra.pdf_signatures import read_signatures

    return read_signatures


def _has_text(pdf: PdfDocument, number: int) -> bool:
    with closing(pdf[number]) as page, closing(page.get_textpage()) as text:
        return sum(map(str.isalnum, text.get_text_range(count=min(text.count_chars(), LOOKED_AT_LETTERS)))) >= LETTERS


if __name__ == "__main__":
    main()
