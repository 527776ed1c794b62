"""What is told of PDFs: honest ones, and those that would harm their reader."""

import io
import time
import tracemalloc
import zipfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import BinaryIO, cast

import pytest

from gateway.core.pdf import PdfFacts, PdfProblem
from gateway.infra.pdf_reader import MAX_PDF_BYTES, WorkerPdfReader
from tests import pdfs
from tests.pdf_reading import PLAIN, SLOW, look

HOSTILE: dict[str, Callable[[], bytes]] = {
    "inflates to gigabytes": pdfs.inflating,
    "sixty million letters": pdfs.crowded,
    "a million pages": lambda: pdfs.claiming(10**6),
    "a thousand million pages": lambda: pdfs.claiming(10**9),
    "pages in a loop": lambda: pdfs.claiming(2, b"2 0 R 2 0 R"),
    "pages in a loop that are not counted": lambda: pdfs.claiming(-1, b"2 0 R 2 0 R"),
    "a million arrays deep": pdfs.nested,
    "cross references in a circle": pdfs.circling,
    "no octets": lambda: b"",
    "only a head": lambda: b"%PDF-1.7\n",
    "noise": lambda: bytes(range(256)) * 4000,
}


@pytest.fixture
async def reader() -> AsyncIterator[WorkerPdfReader]:
    reader = WorkerPdfReader()
    yield reader
    await reader.close()


async def test_pages_and_text_are_told(reader: WorkerPdfReader) -> None:
    assert await look(reader, pdfs.printed(3)) == PLAIN


async def test_a_scan_has_no_text(reader: WorkerPdfReader) -> None:
    assert await look(reader, pdfs.scanned(2)) == PdfFacts(pages=2, has_text=False)


async def test_what_a_scanner_prints_on_its_pages_is_no_text(reader: WorkerPdfReader) -> None:
    assert await look(reader, pdfs.printed(2, lines=["Scanned with CamScanner"])) == PdfFacts(pages=2, has_text=False)


async def test_a_pdf_that_asks_for_a_password_is_locked(reader: WorkerPdfReader) -> None:
    assert await look(reader, pdfs.locked(pdfs.printed(), to_open="mở")) == PdfFacts(problem=PdfProblem.LOCKED)


async def test_a_pdf_that_only_forbids_changes_is_read(reader: WorkerPdfReader) -> None:
    assert await look(reader, pdfs.locked(pdfs.printed(3), to_open="")) == PLAIN


async def test_a_broken_pdf_after_a_locked_one_is_not_called_locked(reader: WorkerPdfReader) -> None:
    await look(reader, pdfs.locked(pdfs.printed(), to_open="mở"))
    assert await look(reader, pdfs.claiming(-1, b"2 0 R")) == PdfFacts(problem=PdfProblem.UNREADABLE)


async def test_a_pdf_that_was_decoded_as_text_has_lost_its_text(reader: WorkerPdfReader) -> None:
    assert (await look(reader, pdfs.flated())).has_text
    assert not (await look(reader, pdfs.decoded_as_text(pdfs.flated()))).has_text


async def test_a_pdf_is_read_from_the_streams_present_place(reader: WorkerPdfReader) -> None:
    pdf = pdfs.printed(3)
    stream = io.BytesIO(b"before" + pdf + b"behind")
    stream.seek(6)
    assert await reader.examine(stream, len(pdf), signatures=False) == PLAIN


@pytest.mark.parametrize("hostile", HOSTILE)
async def test_a_hostile_pdf_is_a_fact_and_the_next_pdf_is_read(reader: WorkerPdfReader, hostile: str) -> None:
    pdf = HOSTILE[hostile]()
    begun = time.monotonic()
    facts = await look(reader, pdf, signatures=b"/ByteRange" in pdf)
    assert facts.problem is not None or not facts.has_text
    assert time.monotonic() - begun < 10
    assert await look(reader, pdfs.printed(3)) == PLAIN


async def test_a_hub_that_reads_a_large_pdf_holds_little_of_it(reader: WorkerPdfReader, tmp_path: Path) -> None:
    (tmp_path / "large.pdf").write_bytes(pdfs.printed(3, padding=50 * pdfs.MEGABYTE))
    await look(reader, pdfs.printed())
    with (tmp_path / "large.pdf").open("rb") as file:
        tracemalloc.start()
        facts = await reader.examine(file, (tmp_path / "large.pdf").stat().st_size, signatures=False)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert facts == PLAIN
    assert peak < pdfs.MEGABYTE


async def test_a_pdf_above_the_limit_is_not_even_read(reader: WorkerPdfReader) -> None:
    file = io.BytesIO()
    assert await reader.examine(file, MAX_PDF_BYTES + 1, signatures=True) == PdfFacts(problem=PdfProblem.TOO_LARGE)


async def test_a_file_that_ends_before_its_size_is_a_fact(reader: WorkerPdfReader) -> None:
    pdf = pdfs.printed(3)
    assert await reader.examine(io.BytesIO(pdf[:-9]), len(pdf), signatures=False) == SLOW
    assert await look(reader, pdf) == PLAIN


async def test_a_file_that_cannot_be_read_leaves_no_worker_in_the_middle_of_it(reader: WorkerPdfReader) -> None:
    pdf = pdfs.printed(3)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.pdf", pdf)
    broken = io.BytesIO(packed.getvalue().replace(b"%PDF", b"%pdf"))
    with zipfile.ZipFile(broken).open("a.pdf") as file:
        assert await reader.examine(cast("BinaryIO", file), len(pdf), signatures=False) == SLOW
    assert await look(reader, pdf) == PLAIN
