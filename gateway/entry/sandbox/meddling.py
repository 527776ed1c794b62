"""What the switches do to an answer. The hub behind stays honest: nothing here writes to its ledger."""

import asyncio
import json
import re
import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from aiohttp import web

from gateway.core.directory import System
from gateway.core.faults import Transient
from gateway.core.model import VIETNAM
from gateway.entry.api import content
from gateway.entry.api.door import Handler, answer_faults, new_trace_id
from gateway.entry.api.hub import hub
from gateway.entry.api.inputs import AckRequest, LeaseRequest, RenewRequest
from gateway.entry.api.problems import prefers_english, problem
from gateway.entry.api.rendering import dumps
from gateway.entry.api.requests import body
from gateway.entry.api.route import BASE
from gateway.entry.sandbox.habits import request_key
from gateway.entry.sandbox.overhearing import BODY
from gateway.entry.sandbox.switches import Switches

LEASES: Final = f"{BASE}/inbox/leases"
DOUBLED: Final = "sandbox-"
"""Begins the token of a lease that the sandbox made up."""
REMEMBERED: Final = 1000
_ENVELOPE: Final = re.compile(rf"{BASE}/documents/([^/]+)/envelope")
_SETTLING: Final = re.compile(rf"{LEASES}/({DOUBLED}[^/]+)/(ack|nack|renew)")
_SUBJECT: Final = re.compile(rb"(<(?:\w+:)?Subject>)")
_VALUE: Final = re.compile(rb"(<(?:\w+:)?SignatureValue>\s*)(.)")


def json_of(response: web.StreamResponse | None) -> dict[str, Any]:
    """Give the JSON object of an answer; nothing where it is none."""
    if not isinstance(response, web.Response) or "json" not in response.content_type or not isinstance(response.body, bytes):
        return {}
    found = json.loads(response.body)
    return found if isinstance(found, dict) else {}


def altered(envelope: bytes, how: str) -> bytes:
    """Break an envelope as a bad line or a bad man would: in its content, or in the value of its signature."""
    if how == "content":
        return _SUBJECT.sub(rb"\1" + "[ĐÃ BỊ SỬA] ".encode(), envelope, count=1)
    return _VALUE.sub(lambda found: found[1] + (b"B" if found[2] == b"A" else b"A"), envelope, count=1)


@dataclass(slots=True)
class Meddling:
    """The faults, as the switches have them now. Each call of `answer` tells in `injected` what it did."""

    switches: Callable[[], Switches]
    _calls: int = 0
    _lost: "OrderedDict[str, None]" = field(default_factory=OrderedDict)
    _leased: "OrderedDict[str, dict[str, Any]]" = field(default_factory=OrderedDict)
    _again: dict[str, dict[str, Any]] = field(default_factory=dict)
    _doubles: dict[str, list[str]] = field(default_factory=dict)

    async def answer(self, request: web.Request, handler: Handler, system: System, injected: list[str]) -> web.StreamResponse:
        """Answer a call of my system."""
        switches = self.switches()
        if switches.slow:
            injected.append("slow")
            await asyncio.sleep(switches.slow_seconds)
        if switches.busy and self._is_busy(switches):
            injected.append("busy")
            return _busy(request, switches)
        own = self._own(request, system, switches, injected)
        response = await (handler(request) if own is None else answer_faults(request, own))
        told = json_of(response)
        self._remember(request, response, told)
        if switches.lost_answer and request.method == "POST" and response.status < 400 and self._is_first(request, told):
            injected.append("lost-answer")
            if request.transport is not None:
                request.transport.abort()
        return response

    def _is_busy(self, switches: Switches) -> bool:
        self._calls += 1
        return self._calls % switches.busy_every == 0

    def _is_first(self, request: web.Request, told: Mapping[str, Any]) -> bool:
        """Tell whether an answer is to be lost: each once; an empty lease never."""
        if request.path == LEASES and not told.get("deliveries"):
            return False
        path = f"{BASE}/statuses" if request.path == f"{BASE}/statuses" else request.path
        heard = request.get(BODY)
        key = path if path.startswith(LEASES) else request_key(path, heard.sha256 if heard else None, dict(told))
        if key in self._lost:
            if path == LEASES:  # its answer differs each time: every other one is lost
                del self._lost[key]
            return False
        self._lost[key] = None
        _bound(self._lost)
        return True

    def _own(self, request: web.Request, system: System, switches: Switches, injected: list[str]) -> Handler | None:
        """Give the handler that answers in the hub's place, where a switch wants it; it reads, and never writes."""
        settling = _SETTLING.fullmatch(request.path)
        if settling is not None and settling.group(1) in self._doubles:
            return lambda asked: self._settle(asked, settling.group(1), settling.group(2))
        if switches.duplicate and request.method == "POST" and request.path == LEASES and self._again:
            injected.append("duplicate")
            return self._lease_again
        envelope = _ENVELOPE.fullmatch(request.path)
        if switches.bad_signature and request.method == "GET" and envelope is not None:
            return lambda asked: _alter(asked, envelope.group(1), system, switches, injected)
        return None

    def _remember(self, request: web.Request, response: web.StreamResponse, told: Mapping[str, Any]) -> None:
        """Keep what was leased, and note what was acknowledged: it may be offered once more."""
        if request.method != "POST" or response.status >= 400 or not request.path.startswith(LEASES) or self._is_double(told):
            return
        for each in told.get("deliveries") or ():
            self._leased[each["id"]] = each
        _bound(self._leased)
        for delivery in told.get("acked") or ():
            known = self._leased.pop(delivery, None)
            if known is not None and self.switches().duplicate:
                self._again[delivery] = known

    def _is_double(self, told: Mapping[str, Any]) -> bool:
        return str(told.get("token", "")).startswith(DOUBLED)

    async def _lease_again(self, request: web.Request) -> web.Response:
        asked = await body(request, LeaseRequest)
        token, names = DOUBLED + secrets.token_urlsafe(16), list(self._again)[: asked.max]
        deliveries = [self._again.pop(name) for name in names]
        self._doubles[token] = names
        said = {"token": token, "expires_at": _until(request, asked.seconds), "deliveries": deliveries}
        return web.json_response(said, status=201, dumps=dumps)

    async def _settle(self, request: web.Request, token: str, what: str) -> web.Response:
        """Settle a doubled lease as the hub would, without it."""
        if what == "renew":
            renewed = await body(request, RenewRequest)
            return web.json_response({"token": token, "expires_at": _until(request, renewed.seconds), "deliveries": []})
        asked = await body(request, AckRequest)
        named = self._doubles[token]
        wanted = named if asked.deliveries is None else [each for each in asked.deliveries if each in named]
        return web.json_response({"acked" if what == "ack" else "nacked": wanted})


def _busy(request: web.Request, switches: Switches) -> web.Response:
    fault = Transient("busy", retry_after=switches.busy_retry_after)
    return problem(fault, trace_id=new_trace_id(), english=prefers_english(request.headers))


async def _alter(
    request: web.Request, document: str, system: System, switches: Switches, injected: list[str]
) -> web.StreamResponse:
    """Answer with a changed envelope; with the true one where it is the caller's own document."""
    ports = hub(request).ports
    known = (await ports.ledger.document(document, system.organs)).document
    envelope = await ports.vault.read(known.sha256)
    if known.sender not in system.organs:
        injected.append("bad-signature")
        envelope = altered(envelope, switches.bad_signature_how)
    return await content.give(request, envelope, "application/xml")


def _until(request: web.Request, seconds: int) -> str:
    return (hub(request).ports.clock.now() + timedelta(seconds=seconds)).astimezone(VIETNAM).isoformat()


def _bound(memory: "OrderedDict[str, Any]") -> None:
    while len(memory) > REMEMBERED:
        memory.popitem(last=False)
