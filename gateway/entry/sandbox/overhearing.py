"""Bodies overheard while they are read: their size and digest for the log, the head of a JSON body for its habits."""

import hashlib
import json
from collections.abc import AsyncIterator, Callable
from typing import Any, Final, cast

import aiohttp
from aiohttp import web
from aiohttp.streams import EmptyStreamReader

KEPT: Final = 64 * 1024
"""Bytes of a JSON body that are looked at, and then forgotten: the largest names a few hundred deliveries."""


class Overheard:
    """A body that is read through: to its reader it is the body itself."""

    def __init__(self, body: aiohttp.StreamReader) -> None:
        self._body = body
        self._digest = hashlib.sha256()
        self._head = bytearray()
        self._again = 0
        self.size = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._body, name)

    @property
    def sha256(self) -> str | None:
        """Give the digest of a body that was read to its end."""
        return self._digest.hexdigest() if self._body.at_eof() else None

    def json(self) -> dict[str, Any]:
        """Give a small JSON body; nothing where it is none."""
        try:
            found = json.loads(self._head or b"{}")
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    def unread_data(self, data: bytes) -> None:
        """Put bytes back: they come again, and count once."""
        self._again += len(data)
        self._body.unread_data(data)

    async def read(self, n: int = -1) -> bytes:
        return self._hear(await self._body.read(n))

    async def readany(self) -> bytes:
        return self._hear(await self._body.readany())

    async def readline(self, **more: Any) -> bytes:
        return self._hear(await self._body.readline(**more))

    async def readchunk(self) -> tuple[bytes, bool]:
        chunk, ends = await self._body.readchunk()
        return self._hear(chunk), ends

    async def iter_chunked(self, n: int) -> AsyncIterator[bytes]:
        """Give the body in chunks of at most `n` bytes."""
        while chunk := await self.read(n):
            yield chunk

    def _hear(self, chunk: bytes) -> bytes:
        known = min(self._again, len(chunk))
        self._again -= known
        new = chunk[known:]
        self._digest.update(new)
        self.size += len(new)
        if self.size <= KEPT:
            self._head += new
        else:
            self._head.clear()
        return chunk


BODY: web.RequestKey[Overheard] = web.RequestKey("overheard", Overheard)


def overhear(server: web.Server) -> None:
    """Let each request of a server carry its body overheard."""
    make = cast("Callable[..., web.Request]", server.request_factory)

    def factory(message: Any, payload: aiohttp.StreamReader, *more: Any) -> web.Request:
        if isinstance(payload, EmptyStreamReader):
            return make(message, payload, *more)
        heard = Overheard(payload)
        request = make(message, heard, *more)
        request[BODY] = heard
        return request

    server.request_factory = factory
