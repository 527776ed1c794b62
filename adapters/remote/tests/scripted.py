"""A service that answers as it is told, and records what it was asked."""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from aiohttp import web

from gateway.sdk import Adapter
from gateway.sdk.conformance import golden
from gateway.sdk.opening import find

FOLDER: Final = Path(__file__).parents[1]
TOKEN: Final = "token-of-the-service"
MANIFEST: Final[dict[str, Any]] = {
    "name": "scripted",
    "version": "1",
    "contract": 1,
    "description": {"vi": "Thử", "en": "Try"},
    "push": True,
    "collect": True,
    "statuses": True,
    "recall": True,
    "separate": True,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer. `stream` is a body that is given piece by piece."""

    status: int = 200
    media_type: str = "application/json"
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)
    stream: Callable[[], AsyncIterator[bytes]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


DONE: Final = Reply(status=204, body=b"")


def said(value: object, **changes: Any) -> Reply:
    return Reply(body=json.dumps(value).encode(), **changes)


def problem(status: int, code: str, detail: str = "", **headers: str) -> Reply:
    body = json.dumps({"code": code, "status": status, "detail": detail}).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status=status, media_type="application/problem+json", body=body, headers=named)


def listed(*items: object) -> Reply:
    return Reply(media_type="application/x-ndjson", body=b"".join(json.dumps(each).encode() + b"\n" for each in items))


class Service:
    """`replies` by path; `url` is where it is while it is served."""

    def __init__(self, replies: Mapping[str, Reply]) -> None:
        usual = {
            "/manifest": said(MANIFEST),
            "/health": DONE,
            "/deliver": said({"reference": "VB-1"}),
            "/report": DONE,
            "/collect": listed(),
            "/acknowledge": DONE,
        }
        self.replies = {**usual, **replies}
        self.asked: list[Asked] = []
        self.url = ""

    @property
    def paths(self) -> list[str]:
        return [each.path for each in self.asked]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        self.asked.append(
            Asked(method=request.method, path=request.path, query=dict(request.query), headers=dict(request.headers), body=body)
        )
        reply = self.replies.get(request.path, Reply(status=404))
        headers = {**reply.headers, "Content-Type": reply.media_type}
        if reply.stream is None:
            return web.Response(status=reply.status, body=reply.body, headers=headers)
        response = web.StreamResponse(status=reply.status, headers=headers)
        await response.prepare(request)
        async for piece in reply.stream():
            await response.write(piece)
        return response


@asynccontextmanager
async def served(replies: Mapping[str, Reply] | None = None) -> AsyncGenerator[Service, None]:
    """Serve on a port of loopback."""
    service = Service(replies or {})
    application = web.Application(client_max_size=16 * 1024 * 1024)
    application.router.add_route("*", "/{path:.*}", service.answer)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        service.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield service
    finally:
        await runner.cleanup()


@asynccontextmanager
async def opened(
    folder: Path, url: str, now: Callable[[], datetime] = lambda: datetime.now(UTC), **settings: object
) -> AsyncGenerator[Adapter, None]:
    """Open the adapter as the hub does."""
    (folder / "token").write_text(f"{TOKEN}\n", "ascii")
    usual: dict[str, object] = {"url": url, "token_file": "token", "networks": ["127.0.0.0/8"]}
    async with find(FOLDER).opened({**usual, **settings}, golden.context(folder, now=now)) as adapter:
        yield adapter


@asynccontextmanager
async def linked(
    folder: Path, replies: Mapping[str, Reply] | None = None, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> AsyncGenerator[tuple[Adapter, Service], None]:
    """Open the adapter on a service that answers so."""
    async with served(replies) as service, opened(folder, service.url, now) as adapter:
        yield adapter, service
