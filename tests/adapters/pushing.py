"""Opening http_push on a receiver, and servers that speak no HTTP, or not all of it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

from gateway.core.directory import Link, System
from gateway.core.model import OrganId, SystemId
from gateway.sdk import Adapter
from tests.catalogues import catalogue

TOKEN = "s3cret-token-of-the-receiver"
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def opened(folder: Path, url: str, **settings: object) -> AsyncIterator[Adapter]:
    """Open http_push as the hub does, with its token in `folder`."""
    if not (folder / "token").exists():
        (folder / "token").write_text(f"{TOKEN}\n")
    link = Link(adapter="http_push", settings={"url": url, "token_file": "token", **settings})
    opened = catalogue(folder)
    try:
        yield await opened.adapter(System(id=SystemId("office"), organs=frozenset({OrganId("H56.40.02")}), link=link))
    finally:
        await opened.close()


@asynccontextmanager
async def talking(talk: Talk) -> AsyncIterator[str]:
    """Serve by a function; give the address."""
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
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        for each in talks:
            each.cancel()
        await asyncio.gather(*talks, return_exceptions=True)


async def heard(reader: asyncio.StreamReader) -> bytes:
    """Read one request; give its body."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    return await reader.readexactly(int(length.partition(b":")[2]))


def saying(*answers: bytes, pause: float = 0, early: bool = False) -> Talk:
    """Hear a request (only its head, if `early`), say this, piece by piece, and hang up."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await (reader.readuntil(b"\r\n\r\n") if early else heard(reader))
        for answer in answers:
            writer.write(answer)
            await writer.drain()
            await asyncio.sleep(pause)

    return talk
