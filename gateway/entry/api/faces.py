"""/faces/<adapter>: vendors' systems call the hub in their own protocols, which adapters answer (`face.py`)."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

from aiohttp import hdrs, web

from gateway.core.faults import Fault, Rejected, Transient
from gateway.entry.api.door import FACES
from gateway.entry.api.hub import SOURCE, TRACE_ID, Hub, caller, hub
from gateway.entry.api.pace import arriving
from gateway.entry.api.requests import demand_uncompressed, too_large
from gateway.entry.desk import HubDesk
from gateway.entry.places import place
from gateway.infra.compute import ThreadCompute
from gateway.ports import Staged
from gateway.sdk.face import Desk, Request, Response

Answer = Callable[[Request, Desk], Awaitable[Response]]
Expect = Callable[[web.Request], Awaitable[web.StreamResponse | None]]

FACE_SECONDS: Final = 60.0
"""For the answer to one call, once its body is there: vendors' systems wait that long."""
OVERHEAD: Final = 64 * 1024
"""Bytes of a body around the base64 of an envelope."""
CHUNK: Final = 256 * 1024
WITHHELD: Final = ("authorization", "cookie", "x-lienthong-")
"""Headers that are the door's business: their names begin with these."""
ROOM: web.AppKey[ThreadCompute] = web.AppKey("room", ThreadCompute)
"""Bodies wait on disk until there is room for them in memory: so many bytes at once, of all callers together."""


def add_faces(app: web.Application, expect: Expect) -> None:
    """Serve all faces, for every method."""
    app[ROOM] = ThreadCompute()
    for path in ("{adapter}", "{adapter}/{path:.*}"):
        app.router.add_route(hdrs.METH_ANY, f"{FACES}{path}", _call, expect_handler=expect)


async def _call(request: web.Request) -> web.Response:
    """Have a face answer one call."""
    at, name = hub(request), request.match_info["adapter"]
    answer = await _face(at, name)
    desk = HubDesk(ports=at.ports, rules=at.rules(), caller=caller(request), source=request[SOURCE], trace_id=request[TRACE_ID])
    staged = at.ports.vault.stage()
    try:
        await _receive(request, staged, at.rules().limits.envelope, desk)
        async with request.app[ROOM].room(staged.size):
            response = await _answered(at, name, answer(_asked(request, at, staged.read()), desk))
        if staged.size and 400 <= response.status < 500 and not desk.refused:  # the face could make nothing of it
            await desk.refuse(Rejected("malformed-request"), sha256=staged.sha256, size=staged.size)
    finally:
        await staged.discard()
    headers = {"X-Content-Type-Options": "nosniff", **response.headers, hdrs.CONTENT_TYPE: response.content_type}
    return web.Response(status=response.status, body=response.body, headers=headers)


async def _face(at: Hub, name: str) -> Answer:
    """Find what a face answers with. Raises `not-found`, `link-misconfigured`."""
    found = at.ports.catalogue.found.get(name)
    if found is None or not found.manifest.face:
        raise Rejected("not-found", path=f"{FACES}{name}")
    answer: Answer = await asyncio.to_thread(found.face)  # the first time it is imported
    return answer


async def _receive(request: web.Request, staged: Staged, envelope: int, desk: HubDesk) -> None:
    """Read the body; as base64 with line ends an envelope is three eighths larger. A refusal leaves its audit row.

    Raises `content-encoding-refused`, `too-large` or `body-too-slow`.
    """
    limit = envelope + envelope * 3 // 8 + OVERHEAD
    try:
        demand_uncompressed(request)
        if request.content_length is not None and request.content_length > limit:
            raise too_large(limit)
        async with arriving(request.content, hub(request).patience):
            async for chunk in request.content.iter_chunked(CHUNK):
                if staged.size + len(chunk) > limit:
                    raise too_large(limit)
                await staged.write(chunk)
    except Rejected as fault:
        await desk.refuse(fault, sha256=staged.sha256, size=staged.size)
        raise


def _asked(request: web.Request, at: Hub, body: bytes) -> Request:
    secure = request.secure or at.proxy.speaks(request)
    path = request.match_info.get("path")
    named = {name.lower(): value for name, value in request.headers.items()}
    return Request(
        method=request.method,
        url=f"{'https' if secure else 'http'}://{request.host}{FACES}{request.match_info['adapter']}",
        path="" if path is None else f"/{path}",
        query=dict(request.query),
        headers={name: value for name, value in named.items() if not name.startswith(WITHHELD)},
        body=body,
    )


async def _answered(at: Hub, name: str, answer: Awaitable[Any]) -> Response:
    """Await a face, within its time. What it raises but for the desk's faults is a mistake of the adapter's."""
    try:
        async with asyncio.timeout(FACE_SECONDS):
            given = await answer
        if not isinstance(given, Response):
            raise TypeError(f"a face answers with {Response.__name__}")
    except Fault:
        raise
    except TimeoutError as error:
        raise Transient("adapter-failed", detail=f"{name}: > {FACE_SECONDS:g} s") from error
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        raise _failed(at, name, error) from error  # a library's own
    except Exception as error:
        raise _failed(at, name, error) from error
    return given


def _failed(at: Hub, name: str, error: BaseException) -> Transient:
    at.ports.telemetry.record("face.failed", adapter=name, error=place(error))
    return Transient("adapter-failed", detail=f"{name}: {type(error).__name__}")
