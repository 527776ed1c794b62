"""Attachments are scanned by ClamAV's daemon, over its own protocol (clamd(8), commands INSTREAM and PING)."""

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from struct import Struct
from typing import BinaryIO, Final

from gateway.core.faults import Transient

CONNECT_SECONDS: Final = 2.0
"""clamd is on this machine or beside it."""
SCAN_SECONDS: Final = 30.0
"""For one attachment, with the wait for its turn: its sender waits for the answer."""
CONCURRENT: Final = 8
"""Below clamd's own threads (MaxThreads, 10 unless set): what it would queue waits here."""
RETRY_AFTER_SECONDS: Final = 30
"""clamd reads its signatures anew for about that long after an update or a restart."""
BLOCK_BYTES: Final = 128 * 1024
MAX_ANSWER_BYTES: Final = 4096
LENGTH: Final = Struct(">I")
CLEAN: Final = "stream: OK"
TOO_LONG: Final = "INSTREAM size limit exceeded. ERROR"
HUNG_UP: Final = ""
"""No answer at all: clamd hangs up when it has heard too much, and its last words may be lost with the connection."""
RAISE: Final = " (clamd.conf: StreamMaxLength)"
SHOWN: Final = 80


class ClamdScanner:
    """Scanner port over clamd, at the path of a Unix socket or at `host:port`."""

    def __init__(self, address: str, *, seconds: float = SCAN_SECONDS, concurrent: int = CONCURRENT) -> None:
        self._address = address
        self._seconds = seconds
        self._turns = asyncio.Semaphore(concurrent)

    async def scan(self, content: BinaryIO) -> str | None:
        """Stream from the content's present place on; block by block, so that large files stay on disk."""
        try:
            async with asyncio.timeout(self._seconds), self._turns:
                said, whole = await self._scan(content)
        except OSError as error:
            raise _unavailable(type(error).__name__) from error
        if said.startswith("stream: ") and said.endswith(" FOUND"):
            return said.removeprefix("stream: ").removesuffix(" FOUND")
        if said == CLEAN and whole:
            return None
        raise _unavailable(f"{said[:SHOWN]!r}{RAISE if said in {TOO_LONG, HUNG_UP} else ''}")

    async def ready(self) -> None:
        """Raise `Transient("scan-unavailable")` unless clamd answers."""
        try:
            async with asyncio.timeout(CONNECT_SECONDS), self._connected() as (reader, writer):
                writer.write(b"zPING\0")
                said = await _answer(reader)
        except OSError as error:
            raise _unavailable(type(error).__name__) from error
        if said != "PONG":
            raise _unavailable(f"{said[:SHOWN]!r}")

    async def _scan(self, content: BinaryIO) -> tuple[str, bool]:
        """Give what clamd says, and whether it had heard all by then: it speaks early only to refuse."""
        async with self._connected() as (reader, writer):
            answer = asyncio.create_task(_answer(reader))
            try:
                whole = await _send(content, writer, answer)
                return await answer, whole
            finally:
                answer.cancel()

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        async with asyncio.timeout(CONNECT_SECONDS):
            reader, writer = await self._connect()
        try:
            yield reader, writer
        finally:
            writer.transport.abort()  # what clamd has not taken by now, it never will

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._address.startswith("/"):
            return await asyncio.open_unix_connection(self._address, limit=MAX_ANSWER_BYTES)
        host, _, port = self._address.rpartition(":")
        return await asyncio.open_connection(host.strip("[]"), int(port), limit=MAX_ANSWER_BYTES)


async def _send(content: BinaryIO, writer: asyncio.StreamWriter, answer: "asyncio.Task[str]") -> bool:
    """Send all of the content, and tell so; stop where clamd has said something or gone."""
    with suppress(ConnectionError):
        writer.write(b"zINSTREAM\0")
        while block := await _block(content):
            writer.write(LENGTH.pack(len(block)) + block)
            await writer.drain()
            if answer.done():
                return False
        writer.write(LENGTH.pack(0))
        return True
    return False


async def _block(content: BinaryIO) -> bytes:
    if isinstance(content, io.BytesIO):
        return content.read(BLOCK_BYTES)
    return await asyncio.to_thread(content.read, BLOCK_BYTES)


async def _answer(reader: asyncio.StreamReader) -> str:
    """Read an answer; an empty one stands for none."""
    try:
        return (await reader.readuntil(b"\0"))[:-1].decode("utf-8", "replace")
    except (OSError, EOFError, asyncio.LimitOverrunError):
        return ""


def _unavailable(detail: str) -> Transient:
    return Transient("scan-unavailable", detail=f"clamd: {detail}", retry_after=RETRY_AFTER_SECONDS)
