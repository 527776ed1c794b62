"""The scanner speaks clamd's protocol: with a real clamd that knows one signature, and with servers that misbehave."""

import asyncio
import io
import shutil
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import pytest

from gateway.core.faults import Transient
from gateway.infra.scanner_clamd import ClamdScanner
from tests.services import require

INSTALL = "apt-get install clamav-daemon"
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-" + b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""The test string of the antivirus makers, in two halves: whole, it would have this file itself removed by a scanner."""
STREAM_LIMIT = 2 * 1024 * 1024
CLAMD_CONF = """
Foreground yes
LocalSocket {folder}/clamd.sock
DatabaseDirectory {folder}/signatures
TemporaryDirectory {folder}
StreamMaxLength 2M
MaxThreads 4
"""
START_SECONDS = 30
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture(scope="module")
def clamd() -> Iterator[str]:
    """Run a clamd of our own, in a folder short enough for the path of a socket."""
    program = require("clamd", INSTALL)
    folder = Path(tempfile.mkdtemp(prefix="clamd-"))
    (folder / "signatures").mkdir()
    (folder / "signatures" / "test.ndb").write_text(f"Eicar-Test:0:*:{EICAR.hex()}\n")
    (folder / "clamd.conf").write_text(CLAMD_CONF.format(folder=folder))
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([program, f"--config-file={folder}/clamd.conf"], stdout=log, stderr=log)
    try:
        end = time.monotonic() + START_SECONDS
        while not (folder / "clamd.sock").exists():
            assert process.poll() is None and time.monotonic() < end, (folder / "log").read_text()
            time.sleep(0.05)
        yield str(folder / "clamd.sock")
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(folder)


@asynccontextmanager
async def serving(talk: Talk) -> AsyncIterator[str]:
    """Serve by a function, on a port of loopback; give the address."""
    talks = set[asyncio.Task[None]]()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.add(cast("asyncio.Task[None]", asyncio.current_task()))
        try:
            await talk(reader, writer)
        except (OSError, EOFError):
            writer.transport.abort()
        finally:
            writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        for each in talks:
            each.cancel()
        await asyncio.gather(*talks, return_exceptions=True)


def saying(answer: bytes) -> Talk:
    """Hear a whole stream, answer, and hang up."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\0")
        while length := int.from_bytes(await reader.readexactly(4), "big"):
            await reader.readexactly(length)
        writer.write(answer)

    return talk


async def said(answer: bytes) -> str | None:
    async with serving(saying(answer)) as address:
        return await ClamdScanner(address).scan(io.BytesIO(b"content"))


async def test_the_real_clamd_is_ready(clamd: str) -> None:
    await ClamdScanner(clamd).ready()


async def test_the_real_clamd_names_what_it_finds(clamd: str) -> None:
    assert await ClamdScanner(clamd).scan(io.BytesIO(EICAR)) == "Eicar-Test.UNOFFICIAL"


@pytest.mark.parametrize("content", [b"", b"x", bytes(STREAM_LIMIT - 1)], ids=["empty", "small", "large"])
async def test_the_real_clamd_finds_nothing_in_harmless_content(clamd: str, content: bytes) -> None:
    assert await ClamdScanner(clamd).scan(io.BytesIO(content)) is None


async def test_malware_deep_in_a_file_on_disk_is_found(clamd: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * 1_000_000 + EICAR)
    with (tmp_path / "file").open("rb") as content:
        assert await ClamdScanner(clamd).scan(content) == "Eicar-Test.UNOFFICIAL"


async def test_content_is_scanned_from_its_present_place(clamd: str) -> None:
    content = io.BytesIO(EICAR)
    content.seek(10)
    assert await ClamdScanner(clamd).scan(content) is None


async def test_more_than_the_real_clamd_takes_is_not_scanned_and_the_setting_is_named(clamd: str) -> None:
    with pytest.raises(Transient, match="StreamMaxLength"):
        await ClamdScanner(clamd).scan(io.BytesIO(bytes(4 * STREAM_LIMIT)))


async def test_more_scans_than_clamd_has_threads_are_all_answered(clamd: str) -> None:
    scanner = ClamdScanner(clamd, concurrent=3)
    found = await asyncio.gather(*(scanner.scan(io.BytesIO(EICAR if number % 2 else b"clean")) for number in range(40)))
    assert found == [None, "Eicar-Test.UNOFFICIAL"] * 20


async def test_a_harmless_file_named_by_a_server_over_tcp_is_clean() -> None:
    assert await said(b"stream: OK\0") is None


@pytest.mark.parametrize(
    "answer",
    [b"", b"stream: OK", b"\0", b"stream: OK FOUND?\0", b"OK\0", b"\xff" * 100_000, b"stream: Can't allocate memory ERROR\0"],
    ids=["nothing", "no end", "empty", "other", "short", "noise", "error"],
)
async def test_an_answer_that_clamd_would_not_give_is_no_scan(answer: bytes) -> None:
    with pytest.raises(Transient, match="scan-unavailable"):
        await said(answer)


async def test_clean_before_the_end_of_the_content_is_not_believed() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"stream: OK\0")
        await reader.read(-1)

    async with serving(talk) as address:
        with pytest.raises(Transient, match="scan-unavailable"):
            await ClamdScanner(address).scan(io.BytesIO(bytes(20_000_000)))


async def test_a_server_that_hangs_up_meanwhile_is_no_scan() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(100)
        writer.transport.abort()

    async with serving(talk) as address:
        with pytest.raises(Transient, match="scan-unavailable"):
            await ClamdScanner(address).scan(io.BytesIO(bytes(20_000_000)))


@pytest.mark.parametrize("heard", [0, -1], ids=["takes nothing", "says nothing"])
async def test_a_silent_server_is_given_up_in_time(heard: int) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(heard)
        await asyncio.sleep(2)

    async with serving(talk) as address:
        begun = time.monotonic()
        with pytest.raises(Transient, match="TimeoutError"):
            await ClamdScanner(address, seconds=0.3).scan(io.BytesIO(bytes(20_000_000)))
        assert time.monotonic() - begun < 1.5


async def test_one_who_waits_too_long_for_his_turn_is_told_so() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(-1)

    async with serving(talk) as address:
        scanner = ClamdScanner(address, seconds=0.3, concurrent=1)
        outcomes = await asyncio.gather(*(scanner.scan(io.BytesIO(b"x")) for _ in range(3)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [Transient] * 3


async def test_no_more_scans_run_at_once_than_allowed() -> None:
    running, most = 0, 0

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.01)
        running -= 1
        await saying(b"stream: OK\0")(reader, writer)

    async with serving(talk) as address:
        scanner = ClamdScanner(address, concurrent=2)
        await asyncio.gather(*(scanner.scan(io.BytesIO(b"x")) for _ in range(10)))
    assert most == 2


async def test_a_scan_that_nobody_awaits_any_more_hangs_up() -> None:
    begun, gone = asyncio.Event(), asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        begun.set()
        await reader.read(-1)
        gone.set()

    async with serving(talk) as address:
        scan = asyncio.create_task(ClamdScanner(address).scan(io.BytesIO(b"x")))
        await begun.wait()
        scan.cancel()
        async with asyncio.timeout(2):
            await gone.wait()


@pytest.mark.parametrize("address", ["/nonexistent/clamd.sock", "127.0.0.1:1"])
async def test_no_clamd_is_no_scan_and_is_not_ready(address: str) -> None:
    scanner = ClamdScanner(address)
    with pytest.raises(Transient, match="scan-unavailable"):
        await scanner.scan(io.BytesIO(b"x"))
    with pytest.raises(Transient, match="scan-unavailable"):
        await scanner.ready()


async def test_a_refusal_names_no_address_to_the_sender() -> None:
    with pytest.raises(Transient) as refused:
        await ClamdScanner("127.0.0.1:1").scan(io.BytesIO(b"x"))
    assert "127.0.0.1" not in refused.value.detail


async def test_the_event_loop_goes_on_while_a_file_is_slow_to_read(tmp_path: Path) -> None:
    class Slow(io.FileIO):
        def read(self, size: int | None = -1, /) -> bytes:
            time.sleep(0.2)
            return super().read(size)

    (tmp_path / "file").write_bytes(b"x")
    async with serving(saying(b"stream: OK\0")) as address:
        with Slow(tmp_path / "file") as content:
            scan = asyncio.create_task(ClamdScanner(address).scan(content))  # type: ignore[arg-type]
            longest = 0.0
            while not scan.done():
                before = time.monotonic()
                await asyncio.sleep(0)
                longest = max(longest, time.monotonic() - before)
            assert longest < 0.15
            assert await scan is None
