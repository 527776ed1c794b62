"""Reading what a caller asks: query and JSON body by their shapes, with every mistake named at once."""

import json
import re
from typing import TypeVar

from aiohttp import web
from pydantic import BaseModel, ValidationError

from gateway.core.faults import Rejected
from gateway.core.model import Problem
from gateway.entry.api.hub import hub
from gateway.entry.api.pace import arriving

JSON_BYTES = 1024 * 1024
"""The largest JSON request is a list of leased deliveries: a few dozen kilobytes."""

_VISIBLE = re.compile(r"[ -~]{1,255}")

Model = TypeVar("Model", bound=BaseModel)


def query(request: web.Request, model: type[Model]) -> Model:
    """Read the query string; a parameter without a value is absent. Raises `malformed-request`."""
    return _validated(model, {name: value for name, value in request.query.items() if value})


async def body(request: web.Request, model: type[Model]) -> Model:
    """Read the JSON body; an empty one means all defaults. Raises `malformed-request`, `media-type-unsupported`, `too-large`."""
    if request.content_type not in {"application/json", "application/octet-stream"}:
        raise Rejected("media-type-unsupported", detail="application/json")
    raw = await bounded(request, JSON_BYTES)
    try:
        given = json.loads(raw) if raw.strip() else {}
    except (ValueError, RecursionError) as error:
        raise Rejected("malformed-request", detail="Thân yêu cầu không phải JSON.", detail_en="The body is not JSON.") from error
    return _validated(model, given)


def idempotency_key(request: web.Request) -> str | None:
    """Read the Idempotency-Key. Raises `malformed-request` unless it is up to 255 visible ASCII characters."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and not _VISIBLE.fullmatch(key):
        detail = "Idempotency-Key: 1–255 ký tự ASCII."
        raise Rejected("malformed-request", path="Idempotency-Key", detail=detail, detail_en="1 to 255 ASCII characters.")
    return key


async def bounded(request: web.Request, limit: int) -> bytes:
    """Read a whole body of at most `limit` bytes. Raises `too-large` and `body-too-slow`."""
    demand_uncompressed(request)
    read = bytearray()
    async with arriving(request.content, hub(request).patience):
        async for chunk in request.content.iter_chunked(64 * 1024):
            read += chunk
            if len(read) > limit:
                raise too_large(limit)
    return bytes(read)


def demand_uncompressed(request: web.Request) -> None:
    """Raise `content-encoding-refused` for a compressed body: a small one may unpack to anything."""
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Rejected("content-encoding-refused")


def too_large(limit: int) -> Rejected:
    """Make the refusal of a body over its limit in bytes."""
    return Rejected("too-large", detail=f"Giới hạn: {limit:,} byte.", detail_en=f"Limit: {limit:,} bytes.")


def _validated(model: type[Model], given: object) -> Model:
    try:
        json.dumps(given, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        detail = "Có ký tự không phải Unicode hợp lệ."
        raise Rejected("malformed-request", detail=detail, detail_en="There is a lone surrogate.") from error
    try:
        return model.model_validate(given)
    except ValidationError as error:
        problems = [_problem(str(item["msg"]), ".".join(map(str, item["loc"]))) for item in error.errors(include_url=False)]
        raise Rejected("malformed-request", problems=problems) from error


def _problem(message: str, path: str) -> Problem:
    return Problem(code="malformed-request", path=path, vi=f"Giá trị không hợp lệ: {message}", en=message)
