"""Reading PDFs in tests, and the worker processes that do it."""

import io

import psutil

from gateway.core.pdf import PdfFacts, PdfProblem
from gateway.infra.pdf_reader import WorkerPdfReader

PLAIN = PdfFacts(pages=3, has_text=True)
SLOW = PdfFacts(problem=PdfProblem.TOO_SLOW)


async def look(reader: WorkerPdfReader, pdf: bytes, *, signatures: bool = False) -> PdfFacts:
    return await reader.examine(io.BytesIO(pdf), len(pdf), signatures=signatures)


def workers() -> list[psutil.Process]:
    return [each for each in psutil.Process().children() if "gateway.infra.pdf_worker" in each.cmdline()]
