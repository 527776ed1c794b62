"""A receiver of webhooks that checks each signature, has one effect for each Idempotency-Key, and answers as it is told."""

import asyncio
import base64
import hashlib
import hmac
import json
import ssl
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from aiohttp import web
from standardwebhooks import Webhook, WebhookVerificationError

from .splitting import Split

SECRET: Final = "whsec_" + base64.b64encode(b"the secret of a test, 32 octets.").decode()
DIGEST: Final = "X-Lienthong-Sha256"
"""The header that a document has, and news has not."""
KEPT: Final = 4 * 1024 * 1024
"""Octets of a body, and of an envelope, that are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a request gets, after `seconds`. With a 2xx status what it brings is taken, even where no answer gets through.

    `held`: not before `release`. `hang`: none ever comes. `cut`: the connection is cut instead. `body`: None is JSON with the
    reference. `takes`: False, and nothing is taken.
    """

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: str | None = None
    seconds: float = 0
    held: bool = False
    hang: bool = False
    cut: bool = False
    takes: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One request. `sha256` is of the envelope, `parts` of each attachment by content id; `octets` counts the whole body.

    `news`: it brought no document.
    """

    at: str
    news: bool
    key: str
    document: str
    to: str
    priority: str
    attempt: str
    sha256: str
    parts: dict[str, str]
    octets: int
    signed: bool
    status: int
    taken: bool
    repeat: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A body that came: its envelope or its JSON, as far as it is kept, and its digests."""

    kept: bytes
    sha256: str
    parts: dict[str, str]
    octets: int
    signed: bool


class Receiver:
    """The other side. `script` has the answers to the next documents; those after them, and news, get `usual`; /health, `health`.

    `effects` has the reference of each key that was taken, `contents` what it brought.
    """

    def __init__(self, *secrets: str) -> None:
        self.secrets = secrets or (SECRET,)
        self.script: deque[Answer] = deque()
        self.usual = Answer()
        self.health = Answer()
        self.requests: list[Received] = []
        self.headers: list[dict[str, str]] = []
        self.effects: dict[str, str] = {}
        self.contents: dict[str, Content] = {}
        self._released = asyncio.Event()
        self._runner: web.AppRunner | None = None

    @property
    def serves(self) -> bool:
        return self._runner is not None

    @property
    def repeats(self) -> int:
        """How often came what had been taken already."""
        return sum(each.repeat for each in self.requests)

    def application(self) -> web.Application:
        app = web.Application()
        self.route(app)
        return app

    def route(self, app: web.Application) -> None:
        """Answer at /health, and at every other address to what is posted there."""
        app.add_routes([web.get("/health", self._healthy), web.post("/{path:.*}", self._receive)])

    async def start(self, port: int = 0, tls: ssl.SSLContext | None = None) -> int:
        """Serve on a port of loopback; give it."""
        self._runner = web.AppRunner(self.application(), handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port, ssl_context=tls).start()
        given: int = self._runner.addresses[0][1]
        return given

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @asynccontextmanager
    async def serving(self, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
        """Serve; give the address, without a slash at its end."""
        try:
            yield f"{'https' if tls else 'http'}://127.0.0.1:{await self.start(tls=tls)}"
        finally:
            await self.stop()

    async def recorded(self, received: Received) -> None:
        """Record a request before it is answered."""

    async def _receive(self, request: web.Request) -> web.StreamResponse:
        news = DIGEST not in request.headers
        answer = self.script.popleft() if self.script and not news else self.usual
        content = await self._read(request)
        answer = answer if content.signed else Answer(status=401, body="webhook-signature")
        key = request.headers.get("Idempotency-Key", "")
        received = Received(
            at=datetime.now(UTC).isoformat(),
            news=news,
            key=key,
            document=request.headers.get("X-Lienthong-Document", ""),
            to=request.headers.get("X-Lienthong-To", ""),
            priority=request.headers.get("X-Lienthong-Priority", ""),
            attempt=request.headers.get("X-Lienthong-Attempt", ""),
            sha256=content.sha256,
            parts=content.parts,
            octets=content.octets,
            signed=content.signed,
            status=answer.status,
            taken=answer.takes and 200 <= answer.status < 300,
            repeat=key in self.effects,
        )
        if received.taken:
            self.take(key)
            self.contents.setdefault(key, content)
        self.requests.append(received)
        self.headers.append(dict(request.headers))
        await self.recorded(received)
        if answer.held:
            await self._released.wait()
        return await _answered(request, answer, {"reference": self.effects.get(key)})

    def release(self) -> None:
        """Give the answers that are held back."""
        self._released.set()
        self._released = asyncio.Event()

    def take(self, key: str) -> None:
        """Have the effect of a key, once."""
        self.effects.setdefault(key, f"R-{len(self.effects) + 1}")

    async def _healthy(self, request: web.Request) -> web.StreamResponse:
        self.headers.append(dict(request.headers))
        return await _answered(request, self.health, {})

    async def _read(self, request: web.Request) -> Content:
        """Read a body as it streams in, however large it is."""
        split, octets, kept = Split(request.headers.get("Content-Type", ""), KEPT), 0, bytearray()
        signed = f"{request.headers.get('webhook-id')}.{request.headers.get('webhook-timestamp')}.".encode()
        digests = [hmac.new(_key(secret), signed, hashlib.sha256) for secret in self.secrets]
        async for chunk in request.content.iter_any():
            octets += len(chunk)
            kept += chunk if octets <= KEPT else b""
            split.feed(chunk)
            for digest in digests:
                digest.update(chunk)
        parts = split.digests()
        return Content(
            kept=split.root,
            sha256=parts.pop(""),
            parts=parts,
            octets=octets,
            signed=self._verified(request, bytes(kept) if octets <= KEPT else b"\xff", [each.digest() for each in digests]),
        )

    def _verified(self, request: web.Request, body: bytes, digests: list[bytes]) -> bool:
        """Say whether one of the signatures is right; where the library of Standard Webhooks can read the body, it agrees."""
        given = request.headers.get("webhook-signature", "").split()
        right = any(f"v1,{base64.b64encode(each).decode()}" in given for each in digests)
        try:
            body.decode()
        except UnicodeDecodeError:  # the library takes text alone
            return right
        assert right == any(_by_library(secret, body, dict(request.headers)) for secret in self.secrets)
        return right


def _by_library(secret: str, body: bytes, headers: dict[str, str]) -> bool:
    try:
        Webhook(secret).verify(body, headers, json_parse=False)
    except WebhookVerificationError:
        return False
    return True


def _key(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix("whsec_") + "==")  # padding may be absent


async def _answered(request: web.Request, answer: Answer, usual: dict[str, Any]) -> web.StreamResponse:
    await asyncio.sleep(answer.seconds)
    if answer.hang:
        await asyncio.Event().wait()
    if answer.cut and request.transport is not None:
        request.transport.abort()
    body = json.dumps(usual) if answer.body is None else answer.body
    return web.Response(status=answer.status, headers=answer.headers, text=body)
