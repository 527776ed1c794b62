"""Streams of the wire: the letter that is sent, lines that come back, and octets that have to be those announced."""

import hashlib
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Final

from gateway.sdk import Consignment, Transient
from gateway.sdk.http import Body, Source, json_body

from .mapping import facts_of

LINE: Final = 65_536
"""Octets of an item of `/collect`, and of any other JSON that comes back: a reference and some hundred content ids."""


async def lines(chunks: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    """Give the lines of a stream as they come, empty ones left out. Raises `Transient` where one is longer than `LINE`."""
    rest = b""
    async for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            if line.strip():
                yield _short(line)
        _short(rest)
    if rest.strip():
        yield _short(rest)


def _short(line: bytes) -> bytes:
    if len(line) > LINE:
        raise Transient("receiver-failed", detail=f"/collect: > {LINE}")
    return line


async def measured(chunks: AsyncIterator[bytes], size: int, sha256: str) -> AsyncGenerator[bytes, None]:
    """Hand octets on that have to be those that were announced. Raises `Transient`, at their end at the latest."""
    digest, left = hashlib.sha256(), size
    async for chunk in chunks:
        left -= len(chunk)
        if left < 0:
            break
        digest.update(chunk)
        yield chunk
    if left or digest.hexdigest() != sha256:
        raise Transient("receiver-failed", detail=f"size ≠ {size}" if left else f"sha256 ≠ {sha256}")


def letter(consignment: Consignment) -> Body:
    """Make the body of `POST /deliver`: multipart/form-data (RFC 7578), where nothing of the document is in a header.

    The boundary is a digest of all that it stands between: the same for each repeat, and nothing can contain it.
    """
    facts = json_body(facts_of(consignment)).sections[0]
    named = "\n".join((consignment.key, consignment.sha256, *(each.sha256 for each in consignment.parts)))
    boundary = hashlib.sha256(named.encode()).hexdigest()
    fields: list[tuple[str, str, bytes | Source]] = [
        ('"consignment"', "application/json", facts),
        ('"envelope"; filename="envelope.edxml"', "application/xml", consignment),
    ]
    for index, part in enumerate(consignment.parts):
        fields.append((f'"part-{index}"; filename="part-{index}"', "application/octet-stream", part))
    sections: list[bytes | Source] = []
    for name, media_type, content in fields:
        edge = f"--{boundary}\r\nContent-Disposition: form-data; name={name}\r\nContent-Type: {media_type}\r\n\r\n"
        sections += [edge.encode(), content, b"\r\n"]
    sections.append(f"--{boundary}--\r\n".encode())
    return Body(content_type=f"multipart/form-data; boundary={boundary}", sections=tuple(sections))
