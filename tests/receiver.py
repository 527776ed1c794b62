"""A receiver of http_push that records what it is sent, has one effect per Idempotency-Key, and answers as it is told.

In a test: `async with Receiver().serving() as url`. As a process: `python -m tests.receiver --port N --log FILE`; each request
then is a line of FILE before it is answered, and the effects outlive the process.
"""

import argparse
import asyncio
import hashlib
import json
import os
import ssl
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a request gets, after `seconds`. With a 2xx status the document is taken, even where no answer gets through.

    `hang`: none ever comes. `cut`: the connection is cut instead. `body`: None is JSON with the reference.
    """

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: str | None = None
    seconds: float = 0
    hang: bool = False
    cut: bool = False

    @property
    def takes(self) -> bool:
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One request. `sha256` is of the envelope, `parts` of each attachment by content id; `octets` counts the whole body."""

    at: str
    key: str
    document: str
    to: str
    priority: str
    attempt: str
    sha256: str
    parts: dict[str, str]
    octets: int
    status: int
    taken: bool
    repeat: bool


class Receiver:
    """The other side. `script` has the answers to the next requests; those after them get `usual`, and /health gets `health`."""

    def __init__(self, log: Path | None = None) -> None:
        self.script: deque[Answer] = deque()
        self.usual = Answer()
        self.health = Answer()
        self.requests: list[Received] = []
        self.headers: list[dict[str, str]] = []
        self.effects: dict[str, str] = {}
        self._log = log
        if log is not None and log.exists():
            for line in map(json.loads, log.read_text("utf-8").splitlines()):
                if line["taken"]:
                    self._take(line["key"])

    @property
    def repeats(self) -> int:
        """How often a document came that had been taken already."""
        return sum(each.repeat for each in self.requests)

    def application(self) -> web.Application:
        app = web.Application()
        app.add_routes(
            [
                web.get("/health", self._healthy),
                web.get("/seen", self._seen),
                web.post("/script", self._scripted),
                web.post("/{path:.*}", self._receive),
            ]
        )
        return app

    @asynccontextmanager
    async def serving(self, port: int = 0, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
        """Serve on a port of loopback; give the address, without a slash at its end."""
        runner = web.AppRunner(self.application(), handler_cancellation=True, shutdown_timeout=0.1)
        await runner.setup()
        try:
            site = web.TCPSite(runner, "127.0.0.1", port, ssl_context=tls)
            await site.start()
            yield f"{'https' if tls else 'http'}://127.0.0.1:{runner.addresses[0][1]}"
        finally:
            await runner.cleanup()

    async def _receive(self, request: web.Request) -> web.StreamResponse:
        answer = self.script.popleft() if self.script else self.usual
        sha256, parts, octets = await _digests(request)
        key = request.headers.get("Idempotency-Key", "")
        received = Received(
            at=datetime.now(UTC).isoformat(),
            key=key,
            document=request.headers.get("X-Lienthong-Document", ""),
            to=request.headers.get("X-Lienthong-To", ""),
            priority=request.headers.get("X-Lienthong-Priority", ""),
            attempt=request.headers.get("X-Lienthong-Attempt", ""),
            sha256=sha256,
            parts=parts,
            octets=octets,
            status=answer.status,
            taken=answer.takes,
            repeat=key in self.effects,
        )
        if answer.takes:
            self._take(key)
        self.requests.append(received)
        self.headers.append(dict(request.headers))
        await self._write(received)
        return await _answered(request, answer, {"reference": self.effects.get(key)})

    def _take(self, key: str) -> None:
        self.effects.setdefault(key, f"R-{len(self.effects) + 1}")

    async def _write(self, received: Received) -> None:
        """Make a request durable before it is answered."""
        if self._log is None:
            return
        with self._log.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(received)) + "\n")
            file.flush()
            await asyncio.to_thread(os.fsync, file.fileno())

    async def _healthy(self, request: web.Request) -> web.StreamResponse:
        self.headers.append(dict(request.headers))
        return await _answered(request, self.health, {})

    async def _scripted(self, request: web.Request) -> web.Response:
        """Take `{"next": [answer, …], "usual": answer, "health": answer}`, of which any may be absent."""
        told: dict[str, Any] = await request.json()
        self.script.extend(Answer(**each) for each in told.get("next", ()))
        self.usual = Answer(**told["usual"]) if "usual" in told else self.usual
        self.health = Answer(**told["health"]) if "health" in told else self.health
        return web.Response(status=204)

    async def _seen(self, _: web.Request) -> web.Response:
        seen = {"requests": len(self.requests), "effects": len(self.effects), "repeats": self.repeats}
        return web.json_response(seen)


async def _answered(request: web.Request, answer: Answer, usual: dict[str, Any]) -> web.StreamResponse:
    await asyncio.sleep(answer.seconds)
    if answer.hang:
        await asyncio.Event().wait()
    if answer.cut and request.transport is not None:
        request.transport.abort()
    body = json.dumps(usual) if answer.body is None else answer.body
    return web.Response(status=answer.status, headers=answer.headers, text=body)


async def _digests(request: web.Request) -> tuple[str, dict[str, str], int]:
    """Digest the envelope and the parts as they stream in, and count the octets of the body."""
    if request.content_type != "multipart/related":
        digest = hashlib.sha256()
        octets = 0
        async for chunk in request.content.iter_any():
            digest.update(chunk)
            octets += len(chunk)
        return digest.hexdigest(), {}, octets
    digests: dict[str, str] = {}
    async for part in await request.multipart():
        assert isinstance(part, aiohttp.BodyPartReader)
        digest = hashlib.sha256()
        while chunk := await part.read_chunk(256 * 1024):
            digest.update(chunk)
        digests[part.headers.get("Content-ID", "").strip("<>")] = digest.hexdigest()
    return digests.pop(""), digests, request.content_length or 0


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.receiver", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--log", type=Path)
    given = parser.parse_args()
    receiver = Receiver(given.log)
    web.run_app(receiver.application(), host="127.0.0.1", port=given.port, handler_cancellation=True, shutdown_timeout=0.1)


if __name__ == "__main__":
    main()
