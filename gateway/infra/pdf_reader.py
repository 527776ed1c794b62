"""PDFs are read in processes of their own: a file that hangs, bursts or kills its reader costs one worker, never the hub."""

import asyncio
import io
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import IO, BinaryIO, cast

from pydantic import TypeAdapter

from gateway.core.faults import Transient
from gateway.core.pdf import PdfFacts, PdfProblem
from gateway.infra.pdf_frames import ANSWER, ASK

MAX_PDF_BYTES = 64 * 1024 * 1024
"""A worker holds the whole file; scans of hundreds of pages are smaller."""
LOOK_SECONDS = 3.0
"""For one PDF, on a machine that is busy: honest ones take milliseconds."""
SIGNATURE_SECONDS = 1.0
"""More where signatures are asked for: comparing what was added after each takes a while in large files."""
START_SECONDS = 20.0
"""Python, pdfium and pyHanko load within two seconds on an idle machine."""
WORKERS = 2
MAX_SERVED = 500
"""What pdfium leaks is gone with the process."""
MAX_ANSWER_BYTES = 1024 * 1024
"""Three thousand signatures; a worker that has more to say was taken over."""
BLOCK_BYTES = 64 * 1024
"""What a pipe holds: that much of a PDF is in the hub's memory."""
UNFINISHED = PdfFacts(problem=PdfProblem.TOO_SLOW)
PROGRAM = (sys.executable, "-IB", "-m", "gateway.infra.pdf_worker")


class WorkerPdfReader:
    """PdfReader port over worker processes, which are started when first needed and serve many PDFs each.

    Whatever ends a worker before it has answered makes the PDF `TOO_SLOW`; the next PDF has a new one.
    """

    def __init__(self, *, workers: int = WORKERS, seconds: float = LOOK_SECONDS, program: Sequence[str] = PROGRAM) -> None:
        self._seconds = seconds
        self._program = program
        self._free = asyncio.Semaphore(workers)
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="pdf")
        self._workers: set[PdfWorker] = set()
        self._idle: list[PdfWorker] = []
        self._closed = False

    async def examine(self, pdf: BinaryIO, size: int, *, signatures: bool) -> PdfFacts:
        if size > MAX_PDF_BYTES:
            return PdfFacts(problem=PdfProblem.TOO_LARGE)
        if size == 0:
            return PdfFacts(problem=PdfProblem.UNREADABLE)
        seconds = self._seconds + (SIGNATURE_SECONDS if signatures else 0)
        async with self._free:
            if self._closed:
                return UNFINISHED
            try:
                worker = self._take()
            except OSError:
                return UNFINISHED
            work = asyncio.get_running_loop().run_in_executor(
                self._threads, lambda: worker.examine(pdf, size, seconds, signatures=signatures)
            )
            work.add_done_callback(lambda _: self._put_back(worker))
            try:
                return await asyncio.shield(work)
            finally:
                if not work.done():  # whoever asked has gone: the thread must leave the file before it is closed
                    worker.kill()
                    await asyncio.wait([work])

    async def ready(self) -> None:
        """Raise `Transient("not-ready")` unless a worker can be started and answers."""
        nothing = b"%PDF"
        facts = await self.examine(io.BytesIO(nothing), len(nothing), signatures=True)
        if facts != PdfFacts(problem=PdfProblem.UNREADABLE):
            raise Transient("not-ready", detail="Tiến trình đọc PDF không chạy.", detail_en="The worker for PDFs does not run.")

    async def close(self) -> None:
        self._closed = True
        for worker in self._workers:
            worker.kill()
        await asyncio.to_thread(self._end_all)

    def _take(self) -> "PdfWorker":
        while self._idle:
            if (worker := self._idle.pop()).is_fit():
                return worker
            worker.end()
            self._workers.discard(worker)
        worker = PdfWorker(self._program)
        self._workers.add(worker)
        return worker

    def _put_back(self, worker: "PdfWorker") -> None:
        if worker.is_fit():
            self._idle.append(worker)
        else:
            self._workers.discard(worker)

    def _end_all(self) -> None:
        self._threads.shutdown()
        for worker in tuple(self._workers):
            worker.end()


class PdfWorker:
    """One worker process. All but `kill` is called from one thread at a time."""

    def __init__(self, program: Sequence[str]) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            program,
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={},
            start_new_session=True,
        )
        self._in, self._out = cast("IO[bytes]", self._process.stdin), cast("IO[bytes]", self._process.stdout)
        os.set_blocking(self._in.fileno(), False)
        self._served = 0
        self._loaded: set[bool] = set()

    def is_fit(self) -> bool:
        """Tell whether it may have another PDF."""
        return not self._in.closed and self._process.poll() is None

    def kill(self) -> None:
        self._process.kill()

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        self._in.close()
        self._out.close()

    def examine(self, pdf: BinaryIO, size: int, seconds: float, *, signatures: bool) -> PdfFacts:
        """Have a PDF read within a time. The process is ended where it fails, and after many PDFs."""
        try:
            if signatures not in self._loaded:
                self._ask(iter([ASK.pack(0, signatures)]), START_SECONDS)
                self._loaded |= {False, signatures}
            facts = self._ask(_frame(pdf, size, signatures=signatures), seconds)
        except Exception:  # noqa: BLE001 - whatever it was, the worker may be in the middle of a frame
            self.end()
            return UNFINISHED
        self._served += 1
        if self._served >= MAX_SERVED:
            self.end()
        return facts

    def _ask(self, frame: Iterator[bytes], seconds: float) -> PdfFacts:
        end = time.monotonic() + seconds
        for block in frame:
            self._write(block, end)
        (size,) = ANSWER.unpack(self._read(ANSWER.size, end))
        if size > MAX_ANSWER_BYTES:
            raise ValueError(size)
        return _facts(self._read(size, end))

    def _write(self, block: bytes, end: float) -> None:
        left = memoryview(block)
        while left:
            _wait(self._in.fileno(), select.POLLOUT, end)
            left = left[os.write(self._in.fileno(), left) :]

    def _read(self, size: int, end: float) -> bytes:
        octets = b""
        while len(octets) < size:
            _wait(self._out.fileno(), select.POLLIN, end)
            if not (block := os.read(self._out.fileno(), size - len(octets))):
                raise EOFError
            octets += block
        return octets


def _frame(pdf: BinaryIO, size: int, *, signatures: bool) -> Iterator[bytes]:
    yield ASK.pack(size, signatures)
    left = size
    while left:
        if not (block := pdf.read(min(left, BLOCK_BYTES))):
            raise EOFError
        left -= len(block)
        yield block


def _wait(descriptor: int, event: int, end: float) -> None:
    poll = select.poll()
    poll.register(descriptor, event)
    if not poll.poll(max(0.0, end - time.monotonic()) * 1000):
        raise TimeoutError


def _facts(answer: bytes) -> PdfFacts:
    """Read a worker's answer; ValueError where it makes no sense."""
    facts = _shape().validate_json(answer)
    if any(each.signed_at is not None and each.signed_at.tzinfo is None for each in facts.signatures or ()):
        raise ValueError("a time without a zone")
    return facts


@cache
def _shape() -> TypeAdapter[PdfFacts]:
    return TypeAdapter(PdfFacts)
