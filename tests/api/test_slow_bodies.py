"""Bodies that do not arrive, trickle, or are no HTTP: answered, and let go."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from gateway.entry.api.app import application
from gateway.entry.api.connection import HANDLING, HEADER_OCTETS, listen
from gateway.entry.api.pace import Patience
from tests.api.conftest import Province


@pytest.fixture
async def address(hub: Province, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[str, int]]:
    """The hub as `serve` lets it listen, with little patience for connections that say nothing."""
    monkeypatch.setitem(HANDLING, "keepalive_timeout", 1.0)
    runner = web.AppRunner(application(hub.hub))
    await runner.setup()
    server = await listen(runner, "127.0.0.1", 0, None)
    host, port = server.sockets[0].getsockname()
    yield host, port
    server.close()
    await runner.cleanup()


async def said(address: tuple[str, int], *chunks: bytes, pause: float = 0.0) -> tuple[bytes, float]:
    """Send chunks with a pause after each; give the first that is answered (nothing where it is closed), and after how long."""
    reader, writer = await asyncio.open_connection(*address)
    started = time.monotonic()

    async def send() -> None:
        for chunk in chunks:
            writer.write(chunk)
            await asyncio.sleep(pause)

    sending = asyncio.create_task(send())
    try:
        answer = await asyncio.wait_for(reader.read(65_536), 15)
    except ConnectionError:
        answer = b""
    elapsed = time.monotonic() - started
    sending.cancel()
    writer.close()
    await asyncio.gather(sending, writer.wait_closed(), return_exceptions=True)
    return answer, elapsed


def head(hub: Province, path: str, media: str, *more: str) -> bytes:
    lines = (f"POST /api/v1{path} HTTP/1.1", "Host: x", f"Authorization: Bearer {hub.province.token}", f"Content-Type: {media}")
    return "\r\n".join((*lines, *more, "Connection: close", "", "")).encode()


@pytest.mark.parametrize(
    ("path", "media"),
    [
        ("/documents", "application/xml"),
        ("/documents", "multipart/related; boundary=b"),
        ("/inbox/leases", "application/json"),
        ("/statuses", "application/xml"),
    ],
)
async def test_a_body_that_stops_arriving_gets_its_answer(hub: Province, address: tuple[str, int], path: str, media: str) -> None:
    answer, seconds = await said(address, head(hub, path, media, "Content-Length: 1000"), b'{"max"')
    assert answer.startswith(b"HTTP/1.1 408") and b"body-too-slow" in answer and seconds < 5


async def test_a_body_that_trickles_gets_its_answer(hub: Province, address: tuple[str, int]) -> None:
    chunks = (head(hub, "/documents", "application/xml", "Transfer-Encoding: chunked"), *(b"1\r\n<\r\n",) * 100)
    answer, seconds = await said(address, *chunks, pause=0.1)
    assert answer.startswith(b"HTTP/1.1 408") and seconds < 5


def test_patience_is_over_when_the_whole_takes_too_long_or_the_pace_is_too_low() -> None:
    patience = Patience(seconds=100, grace_seconds=10, bytes_per_second=1000)
    assert not patience.is_over(10, 0) and not patience.is_over(12, 2000) and not patience.is_over(100, 100_000)
    assert patience.is_over(12, 1999) and patience.is_over(100.1, 10**9)


@pytest.mark.parametrize("chunks", [(), (b"GET /hea", *(b"X",) * 40), (b"GET /healthz HTTP/1.1\r\nHost: x\r\n", *(b"X",) * 40)])
async def test_a_connection_without_a_whole_head_is_closed(address: tuple[str, int], chunks: tuple[bytes, ...]) -> None:
    answer, seconds = await said(address, *chunks, pause=0.1)
    assert answer == b"" and 0.5 < seconds < 4


@pytest.mark.parametrize(
    "request_",
    [
        b"GET / HTTP/9.9\r\n\r\n",
        b"<?xml version='1.0'?>\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: +5\r\n\r\n",
        b"GET /" + b"a" * 10_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: " + b"a" * (HEADER_OCTETS + 1) + b"\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nX<script>: 1\r\n\r\n",
    ],
)
async def test_what_is_no_http_gets_a_problem_document_that_repeats_nothing_of_it(
    address: tuple[str, int], request_: bytes
) -> None:
    answer, _ = await said(address, request_)
    assert answer.split()[1] == b"400" and b"application/problem+json" in answer and b'"malformed-request"' in answer
    assert b"aaaa" not in answer and b"script" not in answer and b"Traceback" not in answer


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd", "deflate", "x"])
async def test_a_compressed_body_is_refused_by_name(hub: Province, address: tuple[str, int], encoding: str) -> None:
    packed = head(hub, "/documents", "application/xml", "Content-Length: 4", f"Content-Encoding: {encoding}")
    answer, _ = await said(address, packed, b"xxxx")
    assert answer.startswith(b"HTTP/1.1 415") and b"content-encoding-refused" in answer
