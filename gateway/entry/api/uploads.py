"""Bodies that carry documents: one edXML, or multipart/related with its attachments, streamed to the vault within limits."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import BodyPartReader, hdrs, web
from multidict import CIMultiDictProxy

from gateway.core.faults import Fault, Rejected
from gateway.core.rules import Limits
from gateway.entry.api.hub import SOURCE, TRACE_ID, caller, hub
from gateway.entry.api.pace import arriving
from gateway.entry.api.requests import demand_uncompressed, too_large
from gateway.flows.accept import Package
from gateway.flows.refuse import refuse
from gateway.ports import Staged, Vault

XML_TYPES = frozenset({"application/xml", "text/xml"})
MULTIPART = "multipart/related"
CHUNK = 256 * 1024
_VISIBLE = re.compile(r"[!-~]{1,200}")
"""A content id (RFC 2392), as the schema has it."""
STAGED: web.RequestKey[list[Staged]] = web.RequestKey("staged", list)


@asynccontextmanager
async def received(request: web.Request) -> AsyncIterator[Package]:
    """Read the body into staged bytes, for the block that judges them; whatever happens, none is left unless it was kept.

    Raises `media-type-unsupported`, `content-encoding-refused`, `malformed-multipart`, `too-large` or `body-too-slow`.
    """
    staged = request[STAGED] = []
    try:
        demand_uncompressed(request)
        async with arriving(request.content, hub(request).patience):
            package = await _read(request, staged)
        yield package
    finally:
        for each in staged:
            await each.discard()


@asynccontextmanager
async def audited(request: web.Request) -> AsyncIterator[Package]:
    """Read the body as `received` does; a refusal, here or in the block, leaves its audit row."""
    try:
        async with received(request) as package:
            yield package
    except Fault as fault:
        first = next(iter(request.get(STAGED, ())), None)
        await refuse(
            hub(request).ports,
            fault,
            source=request[SOURCE],
            caller=caller(request),
            sha256=first.sha256 if first else "",
            size=first.size if first else 0,
            trace_id=request[TRACE_ID],
        )
        raise


async def _read(request: web.Request, staged: list[Staged]) -> Package:
    vault, limits = hub(request).ports.vault, hub(request).rules().limits
    if request.content_type in XML_TYPES:
        _announced(request, limits.envelope)
        envelope = _stage(vault, staged)
        await _fill(envelope, request.content.iter_chunked(CHUNK), limits.envelope)
        return Package(envelope=envelope, parts={})
    if request.content_type == MULTIPART:
        try:
            return await _read_multipart(request, vault, limits, staged)
        except (ValueError, AssertionError, LookupError, aiohttp.ClientError, aiohttp.http.HttpProcessingError) as error:
            raise Rejected("malformed-multipart", detail=type(error).__name__) from error
    raise Rejected(
        "media-type-unsupported",
        detail="Nhận application/xml hoặc multipart/related.",
        detail_en="application/xml or multipart/related is taken.",
    )


async def _read_multipart(request: web.Request, vault: Vault, limits: Limits, staged: list[Staged]) -> Package:
    """Read multipart/related (RFC 2387): the first part is the root, the others are octets named by Content-ID."""
    _announced(request, limits.envelope + limits.parts * limits.attachment)
    reader = await request.multipart()
    root = await _next_part(reader)
    if root is None or _media(root.headers) not in XML_TYPES:
        raise Rejected("malformed-multipart", detail="Phần đầu phải là edXML.", detail_en="The first part must be the edXML.")
    start = request.headers.get(hdrs.CONTENT_TYPE, "")
    _check_start(aiohttp.helpers.parse_mimetype(start).parameters.get("start"), root)
    envelope = _stage(vault, staged)
    await _fill(envelope, _chunks(root), limits.envelope)
    parts: dict[str, Staged] = {}
    while (part := await _next_part(reader)) is not None:
        name = _content_id(part.headers)
        if not _VISIBLE.fullmatch(name) or name in parts or len(parts) >= limits.parts:
            raise Rejected(
                "malformed-multipart",
                detail=f"Content-ID thiếu, trùng hoặc quá {limits.parts} phần.",
                detail_en=f"Content-ID missing, repeated, or more than {limits.parts} parts.",
            )
        octets = _stage(vault, staged)
        await _fill(octets, _chunks(part), limits.attachment)
        parts[name] = octets
    return Package(envelope=envelope, parts=parts)


async def _next_part(reader: aiohttp.MultipartReader) -> BodyPartReader | None:
    part = await reader.next()
    if part is None:
        return None
    if not isinstance(part, BodyPartReader):
        raise Rejected(
            "malformed-multipart", detail="Không nhận multipart lồng nhau.", detail_en="Nested multiparts are refused."
        )
    encoding = part.headers.get(hdrs.CONTENT_TRANSFER_ENCODING, "binary").lower()
    if encoding not in {"binary", "8bit", "7bit"} or hdrs.CONTENT_ENCODING in part.headers:
        raise Rejected(
            "malformed-multipart",
            detail="Các phần phải là octet nguyên gốc (binary).",
            detail_en="Parts must be plain octets (binary).",
        )
    return part


async def _chunks(part: BodyPartReader) -> AsyncIterator[bytes]:
    while chunk := await part.read_chunk(CHUNK):
        yield bytes(chunk)


async def _fill(staged: Staged, chunks: AsyncIterator[bytes], limit: int) -> None:
    async for chunk in chunks:
        if staged.size + len(chunk) > limit:
            raise too_large(limit)
        await staged.write(chunk)


def _stage(vault: Vault, staged: list[Staged]) -> Staged:
    staged.append(vault.stage())
    return staged[-1]


def _announced(request: web.Request, limit: int) -> None:
    """Refuse by Content-Length before a byte is read."""
    if request.content_length is not None and request.content_length > limit:
        raise too_large(limit)


def _media(headers: CIMultiDictProxy[str]) -> str:
    parsed = aiohttp.helpers.parse_mimetype(headers.get(hdrs.CONTENT_TYPE, ""))
    return f"{parsed.type}/{parsed.subtype}" if parsed.type else "application/octet-stream"


def _content_id(headers: CIMultiDictProxy[str]) -> str:
    """Content-ID is written in angle brackets (RFC 2392); some vendors omit them or keep ``cid:``."""
    return headers.get("Content-ID", "").strip().removeprefix("<").removesuffix(">").removeprefix("cid:")


def _check_start(start: str | None, root: BodyPartReader) -> None:
    if start and start.strip("<>") != _content_id(root.headers):
        raise Rejected(
            "malformed-multipart", detail="Phần gốc (start) phải đứng đầu.", detail_en="The root part (start) must come first."
        )
