"""Opening the adapter on a receiver, documents of any octets, and servers that speak no HTTP, or not all of it."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final, cast

from gateway.sdk import Adapter, Consignment, Part, edxml
from gateway.sdk.conformance import golden
from gateway.sdk.opening import find

from .receiver import SECRET

TOKEN: Final = "s3cret-token-of-the-receiver"
ENVELOPE: Final = "<edXMLEnvelope>Văn bản mật số 12</edXMLEnvelope>".encode()
HOME: Final = ["127.0.0.0/8", "::1/128"]
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def opened(
    folder: Path, url: str = "http://127.0.0.1", *, now: Callable[[], datetime] | None = None, **settings: object
) -> AsyncIterator[Adapter]:
    """Open the adapter as the hub does, with its token and secret in `folder`; it may connect to this machine."""
    for file, content in (("token", TOKEN), ("secret", SECRET)):
        if not (folder / file).exists():
            (folder / file).write_text(f"{content}\n")
    told = {"url": url, "secret_file": "secret", "token_file": "token", "networks": HOME, **settings}
    context = golden.context(folder, now=now)
    given = {name: value for name, value in told.items() if value is not None}
    async with find(Path(__file__).parents[1]).opened(given, context) as adapter:
        yield adapter


def consignment(envelope: bytes = ENVELOPE, *parts: Part, **changes: Any) -> Consignment:
    """Make a consignment of any octets."""
    usual: dict[str, Any] = {"key": "d" * 64, "document": "0" * 64, "attempt": 3, "parts": parts}
    octets = {"size": len(envelope), "sha256": hashlib.sha256(envelope).hexdigest(), "open": edxml.stream(envelope)}
    return golden.consignment(**{**usual, **octets, **changes})


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
