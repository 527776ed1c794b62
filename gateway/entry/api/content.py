"""Octets as an answer: streamed, with ETag, single ranges (RFC 9110 §14) and a name that cannot break the header."""

import hashlib
from collections.abc import AsyncIterator, Callable
from urllib.parse import quote

from aiohttp import hdrs, web

from gateway.entry.api.hub import hub

CHUNK = 256 * 1024


async def stream(request: web.Request, sha256: str, size: int, media_type: str, *, name: str | None = None) -> web.StreamResponse:
    """Stream a payload of the vault."""

    def octets(start: int, end: int) -> AsyncIterator[bytes]:
        return hub(request).ports.vault.stream(sha256, start, end)

    return await _answer(request, sha256, size, media_type, name, octets)


async def give(request: web.Request, data: bytes, media_type: str, *, name: str | None = None) -> web.StreamResponse:
    """Answer with bytes at hand."""

    async def octets(start: int, end: int) -> AsyncIterator[bytes]:
        for offset in range(start, end, CHUNK):
            yield data[offset : min(offset + CHUNK, end)]

    return await _answer(request, hashlib.sha256(data).hexdigest(), len(data), media_type, name, octets)


async def _answer(
    request: web.Request,
    sha256: str,
    size: int,
    media_type: str,
    name: str | None,
    octets: Callable[[int, int], AsyncIterator[bytes]],
) -> web.StreamResponse:
    response = web.StreamResponse(headers=_headers(sha256, media_type, name))
    if any(tag.value in {sha256, "*"} for tag in request.if_none_match or ()):
        response.set_status(304)
        await response.prepare(request)
        return response
    start, end = 0, size
    wanted = _range(request, size)
    if wanted is not None:
        start, end = wanted
        response.set_status(206 if end > start else 416)
        response.headers[hdrs.CONTENT_RANGE] = f"bytes {start}-{end - 1}/{size}" if end > start else f"bytes */{size}"
    response.content_length = end - start
    await response.prepare(request)
    if request.method != hdrs.METH_HEAD:
        async for chunk in octets(start, end):
            await response.write(chunk)
    await response.write_eof()
    return response


def _range(request: web.Request, size: int) -> tuple[int, int] | None:
    """Give the range asked for, end exclusive; (0, 0) where it cannot be satisfied; None for all (also for an unreadable one)."""
    try:
        wanted = request.http_range
    except ValueError:
        return None
    if wanted.start is None and wanted.stop is None:
        return None
    start, end, _ = slice(wanted.start, wanted.stop).indices(size)
    return (start, end) if start < end else (0, 0)


def _headers(sha256: str, media_type: str, name: str | None) -> dict[str, str]:
    headers = {
        hdrs.CONTENT_TYPE: media_type,
        hdrs.ETAG: f'"{sha256}"',
        hdrs.ACCEPT_RANGES: "bytes",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox",
    }
    if name is not None:
        headers[hdrs.CONTENT_DISPOSITION] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return headers
