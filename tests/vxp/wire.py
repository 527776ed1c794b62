"""HTTP/1.1 as octets on a socket: what is recorded is sent as it was, and what is answered is kept as it came."""

import asyncio
import re
from dataclasses import dataclass
from typing import Final

CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
PATIENCE: Final = 20
"""Seconds for one answer, on a machine that does other things too."""
_MASKED: Final = re.compile(r"(?m)^(Date|X-Trace-Id): [^\r\n]+")
"""What no clock and no derived id can fix: the server's own time of day, and a random name for the log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request of the SDK: its line and headers in the order of the wire. Its body waits for 100-continue where it says so."""

    lines: tuple[str, ...]
    body: str

    @property
    def head(self) -> bytes:
        return "".join(f"{each}\r\n" for each in (*self.lines, "")).encode()

    @property
    def waits(self) -> bool:
        return any(each.lower().startswith("expect:") for each in self.lines)


async def exchanged(host: str, port: int, request: Request) -> bytes:
    """Send a request and give all octets of its answer, an interim one included."""
    reader, writer = await asyncio.open_connection(host, port)
    try:
        async with asyncio.timeout(PATIENCE):
            writer.write(request.head)
            interim = b""
            if request.waits:
                interim = await reader.readuntil(b"\r\n\r\n")
                if interim != CONTINUE:
                    return interim + await _body(reader, interim)
            writer.write(request.body.encode())
            head = await reader.readuntil(b"\r\n\r\n")
            return interim + head + await _body(reader, head)
    finally:
        writer.close()
        await writer.wait_closed()


def masked(answer: bytes) -> str:
    """Give an answer as text, without what cannot be fixed."""
    return _MASKED.sub(r"\1: *", answer.decode())


async def _body(reader: asyncio.StreamReader, head: bytes) -> bytes:
    fields = dict(line.split(": ", 1) for line in head.decode("latin-1").split("\r\n")[1:] if line)
    if fields.get("Transfer-Encoding") == "chunked":
        return await reader.readuntil(b"0\r\n\r\n")
    return await reader.readexactly(int(fields.get("Content-Length", "0")))
