"""A relay of TCP between an adapter and its other side: outages, hanging, garbage and silence, whatever server is behind it."""

import asyncio
from types import TracebackType
from typing import Final, Self

from gateway.sdk.conformance.other_side import Mood

HOST: Final = "127.0.0.1"
CHUNK: Final = 64 * 1024
PAGE: Final = "<html>Đang bảo trì</html>".encode()
GARBAGE: Final = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%b" % (
    len(PAGE),
    PAGE,
)
"""A page that some proxy gives instead of the service: the most treacherous garbage over HTTP."""
NOTICE_SECONDS: Final = 0.05
"""A client that keeps connections sees in that time that they are cut, and makes a new one for its next request."""
MOODS: Final = frozenset({Mood.AWAY, Mood.HANGING, Mood.GARBLED, Mood.SILENT})
"""The moods that a relay makes. In any other it hands on what both sides say."""


class Relay:
    """Stands at `port` of this machine, before another address. A change of mood cuts every connection.

    `spared` is how a request begins that is answered even in silence: what an adapter asks before it does what it is asked to.
    """

    def __init__(self, host: str, port: int, *, garbage: bytes = GARBAGE, spared: bytes = b"") -> None:
        self._behind = (host, port)
        self._garbage = garbage
        self._spared = spared
        self._mood = Mood.WELL
        self._server: asyncio.Server | None = None
        self._talks = set[asyncio.Task[None]]()
        self.port = 0

    async def __aenter__(self) -> Self:
        await self._listen()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._hang_up()

    async def be(self, mood: Mood) -> None:
        """Behave like that from now on."""
        await self._hang_up()
        await asyncio.sleep(NOTICE_SECONDS)
        self._mood = mood
        if mood is not Mood.AWAY:
            await self._listen()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._talk, HOST, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _hang_up(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        talks = tuple(self._talks)
        for each in talks:
            each.cancel()
        await asyncio.gather(*talks, return_exceptions=True)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101  this runs in one
        self._talks.add(task)
        task.add_done_callback(self._talks.discard)
        try:
            await self._answer(reader, writer)
            writer.close()
        except (OSError, asyncio.CancelledError):
            pass  # one of the two hung up, or this does; a server looks at its tasks' outcomes, and cancelled ones have none
        finally:
            if not writer.is_closing():
                writer.transport.abort()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._mood is Mood.HANGING:
            await asyncio.Event().wait()
        if self._mood is Mood.GARBLED:
            await reader.read(CHUNK)
            writer.write(self._garbage)
            while await reader.read(CHUNK):
                pass
        else:
            await self._relay(reader, writer)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behind, onwards = await asyncio.open_connection(*self._behind)
        silent, spared = self._mood is Mood.SILENT, False

        async def there() -> None:
            nonlocal spared
            while chunk := await reader.read(CHUNK):
                spared = bool(self._spared) and chunk.startswith(self._spared)
                onwards.write(chunk)
                await onwards.drain()

        async def back() -> None:
            while chunk := await behind.read(CHUNK):
                if not silent or spared:
                    writer.write(chunk)
                    await writer.drain()

        both = asyncio.create_task(there()), asyncio.create_task(back())
        try:
            await asyncio.wait(both[:1] if silent else both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            onwards.transport.abort()  # first: this may be cancelled while it waits
            for each in both:
                each.cancel()
            await asyncio.gather(*both, return_exceptions=True)
