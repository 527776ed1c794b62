"""Bodies of requests: streamed from their beginning as often as needed, the same octets each time, of known length."""

import base64
import hashlib
import json
import string
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Final, Protocol
from urllib.parse import quote

import aiohttp
from aiohttp.abc import AbstractStreamWriter

from gateway.sdk.contract import Consignment, Opener

ENVELOPE: Final = "application/xml"
SMALL: Final = 256 * 1024
"""Octets of a body that may be held: of a usual document, and of 128 at once 32 MB."""


class Source(Protocol):
    """Octets of announced size: a consignment's envelope, or a part."""

    @property
    def size(self) -> int: ...

    @property
    def open(self) -> Opener: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    """A source in base64."""

    source: Source

    @property
    def size(self) -> int:
        return -(-self.source.size // 3) * 4

    @property
    def open(self) -> Opener:
        return self._stream

    async def _stream(self) -> AsyncGenerator[bytes, None]:
        rest = b""
        async with aclosing(exactly(self.source)) as chunks:
            async for chunk in chunks:
                rest += chunk
                whole = len(rest) - len(rest) % 3
                yield base64.b64encode(rest[:whole])
                rest = rest[whole:]
        yield base64.b64encode(rest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The body of a request, in sections one after the other."""

    content_type: str
    sections: tuple[bytes | Source, ...]

    @property
    def size(self) -> int:
        """Count the octets."""
        return sum(len(each) if isinstance(each, bytes) else each.size for each in self.sections)

    async def at_hand(self) -> "Body":
        """Give a small body with its octets in memory: whoever goes through them twice reads its sources once."""
        if self.size > SMALL:
            return self
        async with aclosing(self.chunks()) as chunks:
            return replace(self, sections=(b"".join([chunk async for chunk in chunks]),))

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """Stream it. Raises EOFError where a source has another size than it announced."""
        for section in self.sections:
            if isinstance(section, bytes):
                yield section
                continue
            async with aclosing(exactly(section)) as chunks:
                async for chunk in chunks:
                    yield chunk


async def exactly(source: Source) -> AsyncGenerator[bytes, None]:
    """Stream a source, its size trusted no more than that of a stranger. Raises EOFError."""
    left = source.size
    async with aclosing(source.open()) as chunks:
        async for chunk in chunks:
            left -= len(chunk)
            if left < 0:
                break
            yield chunk
    if left:
        raise EOFError(f"{source.size} octets announced, {source.size - left} or more found")


def json_body(value: object) -> Body:
    """Make a body of JSON."""
    return Body(content_type="application/json", sections=(json.dumps(value, ensure_ascii=False).encode(),))


def envelope_and_parts(consignment: Consignment) -> Body:
    """Make the body of a document: its envelope, or with parts multipart/related (RFC 2387) whose root the envelope is.

    The boundary is a digest of what it stands between: the same for each repeat, and nothing can contain it.
    """
    if not consignment.parts:
        return Body(content_type=ENVELOPE, sections=(consignment,))
    named = "\n".join((consignment.key, consignment.sha256, *(each.sha256 for each in consignment.parts)))
    boundary = hashlib.sha256(named.encode()).hexdigest()
    sections: list[bytes | Source] = [_head(boundary, ENVELOPE), consignment]
    for part in consignment.parts:
        sections += [b"\r\n" + _head(boundary, part.media_type, [f"Content-ID: <{visible(part.content_id)}>"]), part]
    sections.append(f"\r\n--{boundary}--\r\n".encode())
    return Body(content_type=f'multipart/related; type="{ENVELOPE}"; boundary={boundary}', sections=tuple(sections))


def visible(text: str) -> str:
    """Leave visible ASCII as it is, and escape the rest as in URLs: no value ever ends its line."""
    return quote(text, safe=string.punctuation)


class Letter(aiohttp.Payload):
    """A body on its way.

    `broken` is what a source raised: a fault of the hub's, not of the other side. `left` counts octets not yet handed on.
    """

    def __init__(self, body: Body) -> None:
        super().__init__(None, content_type=body.content_type)
        self._body = body
        self._size = body.size
        self.left = body.size
        self.broken: Exception | None = None

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        raise TypeError("a letter is streamed")

    async def write(self, writer: AbstractStreamWriter) -> None:
        async with aclosing(self._octets()) as chunks:
            async for chunk in chunks:
                self.left -= len(chunk)
                await writer.write(chunk)

    async def _octets(self) -> AsyncGenerator[bytes, None]:
        try:
            async with aclosing(self._body.chunks()) as chunks:
                async for chunk in chunks:
                    yield chunk
        except Exception as error:
            self.broken = error
            raise


def _head(boundary: str, media_type: str, more: Iterable[str] = ()) -> bytes:
    lines = (f"--{boundary}", f"Content-Type: {visible(media_type)}", "Content-Transfer-Encoding: binary", *more, "", "")
    return "\r\n".join(lines).encode("ascii")
