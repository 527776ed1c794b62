"""The life of worker processes for PDFs: few, reused, replaced when they fail, and gone with the hub."""

import asyncio
import contextlib
import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable

import psutil
import pytest
import uvloop

from gateway.core.faults import Transient
from gateway.core.pdf import PdfFacts
from gateway.infra.pdf_reader import MAX_SERVED, WorkerPdfReader
from tests import pdfs
from tests.pdf_reading import PLAIN, SLOW, look, workers

STOPPED_SECONDS = 1.0


@pytest.fixture
async def reader() -> AsyncIterator[WorkerPdfReader]:
    reader = WorkerPdfReader()
    yield reader
    await reader.close()


@contextlib.asynccontextmanager
async def stopped_worker(pdf: bytes, seconds: float = STOPPED_SECONDS) -> AsyncIterator[tuple[WorkerPdfReader, psutil.Process]]:
    """Give a reader whose only worker has served a PDF, and does nothing more."""
    reader = WorkerPdfReader(workers=1, seconds=seconds)
    try:
        await look(reader, pdf)
        (worker,) = workers()
        worker.suspend()
        yield reader, worker
    finally:
        await reader.close()


async def test_workers_start_when_first_needed_and_serve_many(reader: WorkerPdfReader) -> None:
    assert workers() == []
    await look(reader, pdfs.printed())
    (first,) = workers()
    for _ in range(5):
        await look(reader, pdfs.printed())
    assert workers() == [first]


async def test_no_more_workers_run_than_allowed(reader: WorkerPdfReader) -> None:
    pdf = pdfs.printed(3)
    assert await asyncio.gather(*(look(reader, pdf) for _ in range(20))) == [PLAIN] * 20
    assert len(workers()) == 2


async def test_a_worker_that_has_served_many_is_replaced(reader: WorkerPdfReader) -> None:
    await look(reader, pdfs.scanned())
    (first,) = workers()
    for _ in range(MAX_SERVED):
        assert (await look(reader, pdfs.scanned())).pages == 1
    assert first not in workers()


async def test_a_worker_that_is_too_slow_is_replaced() -> None:
    pdf = pdfs.printed(3)
    async with stopped_worker(pdf) as (reader, worker):
        assert await look(reader, pdf) == SLOW
        assert not worker.is_running()
        assert await look(reader, pdf) == PLAIN


async def test_a_worker_that_is_killed_at_work_costs_only_this_pdf() -> None:
    pdf = pdfs.printed(3)
    async with stopped_worker(pdf, seconds=10) as (reader, worker):
        working = asyncio.create_task(look(reader, pdf))
        await asyncio.sleep(0.1)
        worker.kill()
        assert await working == SLOW
        assert await look(reader, pdf) == PLAIN


async def test_a_worker_that_was_killed_while_idle_costs_nothing(reader: WorkerPdfReader) -> None:
    await look(reader, pdfs.printed())
    (worker,) = workers()
    worker.kill()
    await asyncio.to_thread(os.waitid, os.P_PID, worker.pid, os.WEXITED | os.WNOWAIT)
    assert await look(reader, pdfs.printed(3)) == PLAIN


async def test_one_who_asks_no_more_leaves_no_worker_in_the_middle_of_a_pdf() -> None:
    pdf = pdfs.printed(3)
    async with stopped_worker(pdf, seconds=10) as (reader, worker):
        with io.BytesIO(pdf * 10) as file:
            working = asyncio.create_task(reader.examine(file, len(pdf) * 10, signatures=False))
            await asyncio.sleep(0.1)
            working.cancel()
            with pytest.raises(asyncio.CancelledError):
                await working
        assert not worker.is_running()
        assert await look(reader, pdf) == PLAIN


async def test_closing_ends_workers_at_work_and_those_who_wait_for_one() -> None:
    async with stopped_worker(pdfs.printed(), seconds=10) as (reader, worker):
        working = [asyncio.create_task(look(reader, pdfs.printed())) for _ in range(3)]
        await asyncio.sleep(0.1)
        await reader.close()
        assert await asyncio.gather(*working) == [SLOW] * 3
        assert not worker.is_running()


async def test_closing_leaves_no_process() -> None:
    before = children()
    reader = WorkerPdfReader()
    await asyncio.gather(*(look(reader, pdfs.printed()) for _ in range(4)))
    assert len(workers()) == 2
    await reader.close()
    assert children() <= before


def children() -> set[psutil.Process]:
    """The servers of other tests may be among them."""
    return set(psutil.Process().children())


NONSENSE = {
    "another program": "print('hello ' * 100)",
    "a promise of gigabytes": r"import sys; sys.stdout.buffer.write(b'\xff' * 10)",
    "no JSON": r"import sys; sys.stdout.buffer.write(b'\0\0\0\5hello')",
    "another shape": r"""import sys; sys.stdout.buffer.write(b'\0\0\0\x0d{"pages":"x"}')""",
    "an end": "pass",
}


@pytest.mark.parametrize("said", NONSENSE)
async def test_a_worker_that_answers_nonsense_is_not_believed(said: str) -> None:
    before = children()
    reader = WorkerPdfReader(program=(sys.executable, "-c", NONSENSE[said]))
    assert await look(reader, pdfs.printed()) == SLOW
    await reader.close()
    assert children() <= before


async def test_a_program_that_cannot_be_started_is_no_fault_of_the_pdf() -> None:
    reader = WorkerPdfReader(program=("/nonexistent/python",))
    assert await look(reader, pdfs.printed()) == SLOW
    with pytest.raises(Transient, match="not-ready"):
        await reader.ready()
    await reader.close()


async def test_a_reader_whose_workers_answer_is_ready(reader: WorkerPdfReader) -> None:
    await reader.ready()


async def test_a_worker_is_given_nothing_and_can_do_little(reader: WorkerPdfReader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIENTHONG_SECRET", "x")
    secret = os.open("/etc/hostname", os.O_RDONLY)
    os.set_inheritable(secret, True)
    await look(reader, pdfs.printed())
    (worker,) = workers()
    assert worker.environ().keys() <= {"LC_CTYPE"}
    assert worker.num_fds() == 3
    assert os.getsid(worker.pid) == worker.pid
    for what in (psutil.RLIMIT_CORE, psutil.RLIMIT_FSIZE, psutil.RLIMIT_NPROC):
        assert worker.rlimit(what) == (0, 0)
    assert worker.rlimit(psutil.RLIMIT_AS)[1] < 512 * pdfs.MEGABYTE
    os.close(secret)


HUB = """
import asyncio, io, time
from gateway.infra.pdf_reader import WorkerPdfReader
async def main():
    await WorkerPdfReader().examine(io.BytesIO(b"x"), 1, signatures=False)
    print("read", flush=True)
    time.sleep(60)
asyncio.run(main())
"""


def test_workers_end_when_the_hub_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", HUB], stdout=subprocess.PIPE) as hub:
        assert hub.stdout is not None
        assert hub.stdout.readline() == b"read\n"
        left = psutil.Process(hub.pid).children()
        assert len(left) == 1
        hub.send_signal(signal.SIGKILL)
    end = time.monotonic() + 5
    while any(each.is_running() and each.status() != psutil.STATUS_ZOMBIE for each in left):
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.parametrize("loop", [asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def test_every_event_loop_will_do(loop: Callable[[], asyncio.AbstractEventLoop]) -> None:
    async def main() -> PdfFacts:
        reader = WorkerPdfReader()
        try:
            return await look(reader, pdfs.printed(3))
        finally:
            await reader.close()

    with asyncio.Runner(loop_factory=loop) as runner:
        assert runner.run(main()) == PLAIN
