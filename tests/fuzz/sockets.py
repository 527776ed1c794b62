"""The socket: requests that no client library would send, some of them well-formed."""

import asyncio
import contextlib
import re
import time
from random import Random

from tests.documents import PROVINCE
from tests.fuzz.cases import Answer, Case
from tests.fuzz.hub import Target
from tests.fuzz.mutation import mutated

ANSWER_SECONDS = 5.0
QUIET_SECONDS = 0.3
"""What is no HTTP may wait for the rest of it: no answer within this time is not waited for."""
HTTP_TOKENS = (
    *(
        b"\r\n",
        b"\n",
        b"\r",
        b"\x00",
        b" ",
        b"\t",
        b":",
        b"\xff",
        b"\r\n\r\n",
        b"HTTP/1.1",
        b"HTTP/9.9",
        b"Content-Length: 5\r\n",
    ),
    *(b"Transfer-Encoding: chunked\r\n", b"Transfer-Encoding : chunked\r\n", b"Host: a\r\n", b"Expect: 100-continue\r\n", b"%00"),
    *(
        b"Connection: close\r\n",
        b"Connection: upgrade\r\nUpgrade: h2c\r\n",
        b"a" * 9000,
        b"X: y\r\n" * 300,
        b" folded\r\n",
        b"/" * 3000,
    ),
)
_SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: hub\r\n\r\n"
_AMBIGUOUS = (
    b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
    b"Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n",
    b"Content-Length: 0\r\nContent-Length: 5\r\n\r\n",
    b"Content-Length: 0, 5\r\n\r\n",
    b"Content-Length: +0\r\n\r\n",
    b"Content-Length: -1\r\n\r\n",
    b"Content-Length: 0x0\r\n\r\n",
    b"Content-Length: \r\n\r\n",
    b"Content-Length : 0\r\n\r\n",
    b"Content-Length: 0\x00\r\n\r\n",
    b"Content-Length: 99999999999999999999999999\r\n\r\n",
    b"X: y\r\n Content-Length: 5\r\n\r\n",
    b"X\x00: y\r\n\r\n",
    b"X: a\nY: b\r\n\r\n",
    b"X: a\rY: b\r\n\r\n",
    b": y\r\n\r\n",
    b"no colon\r\n\r\n",
)
_CHUNKS = (
    b"zz\r\nx\r\n0\r\n\r\n",
    b"-1\r\nx\r\n0\r\n\r\n",
    b"ffffffffffffffffffff\r\nx\r\n0\r\n\r\n",
    b"1\nx\n0\n\n",
    b"1\r\nxx\r\n0\r\n\r\n",
    b"0x1\r\nx\r\n0\r\n\r\n",
    b" 1\r\nx\r\n0\r\n\r\n",
    b"1;" + b"a" * 20_000 + b"\r\nx\r\n0\r\n\r\n",
    b"1_0\r\nx\r\n0\r\n\r\n",
)
_GOOD_CHUNKS = (
    b"0\r\n\r\n",
    b"1\r\nx\r\n0\r\n\r\n",
    b"1;a=b\r\n<\r\n0\r\n\r\n",
    b"001\r\n<\r\n0\r\nX-Trailer: y\r\n\r\n",
    b"1\r\nx\r\n" * 500 + b"0\r\n\r\n",
)
_LINES = (
    *(b"GET /healthz HTTP/0.9", b"GET /healthz HTTP/2.0", b"PRI * HTTP/2.0", b"get /healthz HTTP/1.1", b"GET  /healthz HTTP/1.1"),
    *(
        b"GET /healthz",
        b"GET",
        b"",
        b"\x16\x03\x01\x02\x00",
        b"GET /\xff HTTP/1.1",
        b"G\x00T / HTTP/1.1",
        b"CONNECT hub:80 HTTP/1.1",
    ),
    *(
        b"GET healthz HTTP/1.1",
        b"GET /" + b"a" * 9000 + b" HTTP/1.1",
        b"OPTIONS * HTTP/1.1",
        b"TRACE / HTTP/1.1",
        b"GET /a b HTTP/1.1",
    ),
)


def raw(target: Target, chance: Random, _number: str) -> Case:
    """Send bytes as they are."""
    token = f"Authorization: Bearer {target.tokens[PROVINCE]}\r\n".encode()
    start = b"POST /api/v1/documents HTTP/1.1\r\nHost: hub\r\nContent-Type: application/xml\r\n" + token
    ask = b"GET /healthz HTTP/1.1\r\nHost: hub\r\n\r\n"
    match chance.randrange(7):
        case 0:
            return Case(door="raw", raw=start + chance.choice(_AMBIGUOUS) + _SMUGGLED, http=False)
        case 1:
            return Case(door="raw", raw=start + b"Transfer-Encoding: chunked\r\n\r\n" + chance.choice(_CHUNKS), http=False)
        case 2:
            return Case(door="raw", raw=start + b"Transfer-Encoding: chunked\r\n\r\n" + chance.choice(_GOOD_CHUNKS))
        case 3:
            count = chance.randrange(2, 20)
            return Case(door="raw", raw=ask * count, answers=count)
        case 4:
            return Case(door="raw", raw=chance.choice(_LINES) + b"\r\nHost: hub\r\n\r\n", http=False)
        case 5 if chance.random() < 0.1:  # it is waited for
            return Case(door="raw", raw=start + b"Content-Length: 1000\r\n\r\n<edXML")
        case _:
            whole = start + b"X: y\r\nContent-Length: 4\r\n\r\n<x/>"
            return Case(door="raw", raw=mutated(whole, chance, HTTP_TOKENS) + ask * chance.randrange(2), http=False)


async def send(target: Target, case: Case) -> list[Answer]:
    """Send the bytes and read the answers: as many as are due, or what comes where the bytes are no HTTP."""
    started = time.perf_counter()
    reader, writer = await asyncio.open_connection(target.host, target.port)
    received = bytearray()
    try:
        writer.write(case.raw)
        with contextlib.suppress(ConnectionError):
            await writer.drain()
        patience = ANSWER_SECONDS if case.http else QUIET_SECONDS
        while len(answers := _answers(bytes(received), time.perf_counter() - started)) < case.answers:
            block = await asyncio.wait_for(reader.read(65536), patience)
            if not block:
                break
            received += block
    except (TimeoutError, ConnectionError) as error:
        answers = _answers(bytes(received), time.perf_counter() - started) or [_none(error, started)]
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
    return answers or [_none(EOFError("closed"), started)]


def _none(error: Exception, started: float) -> Answer:
    return Answer(status=0, headers={}, body=repr(error).encode(), seconds=time.perf_counter() - started)


def _answers(octets: bytes, seconds: float) -> list[Answer]:
    """Part what was received into whole answers."""
    found = []
    while match := re.match(rb"HTTP/1\.[01] (\d{3})[^\r]*\r\n(.*?)\r\n\r\n", octets, re.DOTALL):
        lines = [line.partition(":") for line in match[2].decode("latin-1").split("\r\n")]
        headers = {name.title(): value.strip() for name, _, value in lines}
        end = match.end() + int(headers.get("Content-Length", 0))
        if len(octets) < end:
            break
        if match[1] != b"100":
            found.append(Answer(status=int(match[1]), headers=headers, body=octets[match.end() : end], seconds=seconds))
        octets = octets[end:]
    return found
