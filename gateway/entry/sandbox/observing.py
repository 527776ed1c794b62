"""The sandbox at the door: who calls is known, a switch may meddle, and each call of my system is logged and explained."""

import hashlib
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import quote

from aiohttp import hdrs, web

from gateway.core.directory import System
from gateway.core.faults import Rejected
from gateway.core.model import SystemId
from gateway.entry.api.door import DOCS, FACES, PUBLIC, Handler, identify, identify_operator
from gateway.entry.api.hub import HUB, TRACE_ID
from gateway.entry.api.route import BASE
from gateway.entry.sandbox import explained
from gateway.entry.sandbox.calls import Call, CallLog
from gateway.entry.sandbox.clock import MovableClock
from gateway.entry.sandbox.habits import Habits, Seen
from gateway.entry.sandbox.hints import HINTS
from gateway.entry.sandbox.meddling import Meddling, json_of
from gateway.entry.sandbox.overhearing import BODY
from gateway.entry.sandbox.switches import Switches

_LEASE_TOKEN: Final = re.compile(r"(/inbox/leases/)[^/]+")
_SECRET: Final = re.compile(r"((?:^|&)[^=&]*(?:token|key|secret|auth|password)[^=&]*=)[^&]*", re.IGNORECASE)
_PATH: Final = 300
"""Characters of a path that are kept."""


@dataclass(slots=True)
class Observing:
    """`me` is my system; what others call is let through unseen."""

    me: SystemId
    clock: MovableClock
    log: CallLog
    switches: Callable[[], Switches]
    habits: Habits = field(default_factory=Habits)
    _meddling: Meddling = field(init=False)

    def __post_init__(self) -> None:
        self._meddling = Meddling(self.switches)

    async def observe(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer a request, and log it where it is my system's, or nobody's: that is my system with a wrong token."""
        if request.path in PUBLIC or request.path.startswith(DOCS):
            return await handler(request)
        system = _caller(request)
        if system is None and (not request.path.startswith((BASE, FACES)) or _is_operator(request)):
            return await handler(request)
        if system is not None and system.id != self.me:
            return await handler(request)
        return await self._logged(request, handler, system)

    def overdue(self) -> None:
        """Say what my system has not done in time."""
        for number, code in self.habits.late(self.clock.now()):
            self.log.hint(number, HINTS[code])

    async def _logged(self, request: web.Request, handler: Handler, system: System | None) -> web.StreamResponse:
        self.overdue()
        number, at, began, injected = self.log.number(), self.clock.now(), time.monotonic(), list[str]()
        response: web.StreamResponse | None = None
        try:
            if system is None:
                response = await handler(request)
            else:
                response = await self._meddling.answer(request, handler, system, injected)
            return response
        finally:
            heard = request.get(BODY)
            call = Call(
                number=number,
                at=at,
                method=request.method,
                path=shown_path(request),
                status=None if response is None or "lost-answer" in injected else response.status,
                milliseconds=round((time.monotonic() - began) * 1000),
                sent_bytes=heard.size if heard else 0,
                sent_sha256=heard.sha256 if heard and heard.size else None,
                got_bytes=len(response.body) if isinstance(response, web.Response) and isinstance(response.body, bytes) else None,
                trace_id=request.get(TRACE_ID, ""),
                injected=tuple(injected),
            )
            self._add(_seen(request, response, call))

    def _add(self, seen: Seen) -> None:
        call, status = seen.call, seen.call.status
        if status is not None and status >= 400 and "busy" not in call.injected:
            call = replace(call, problems=explained.problems(seen.answer, status))
        elif call.method == "POST" and seen.route in {"/documents", "/validations"}:
            call = replace(call, findings=explained.findings(seen.answer))
        self.log.add(call)
        for number, code in self.habits.see(seen):
            self.log.hint(number, HINTS[code])


def shown_path(request: web.Request) -> str:
    """Give path and query as the log may keep them: no token of a lease or of a system."""
    path, query = _LEASE_TOKEN.sub(r"\1…", request.path), request.query_string
    for each in _tokens_shown(request):
        query = query.replace(quote(each, safe=""), "…").replace(each, "…")
    query = _SECRET.sub(r"\1…", query)
    return (f"{path}?{query}" if query else path)[:_PATH]


def _tokens_shown(request: web.Request) -> list[str]:
    """Give the values of the query that are a system's token, under whatever name."""
    systems = request.app[HUB].rules().systems
    return [each for each in request.query.values() if systems.by_token(hashlib.sha256(each.encode()).hexdigest())]


def _seen(request: web.Request, response: web.StreamResponse | None, call: Call) -> Seen:
    heard = request.get(BODY)
    asked: dict[str, Any] = heard.json() if heard and "json" in request.content_type else {}
    return Seen(
        call=call,
        route=request.path.removeprefix(BASE),
        asked=asked,
        answer=json_of(response),
        key="Idempotency-Key" in request.headers,
        conditional=hdrs.IF_NONE_MATCH in request.headers or hdrs.RANGE in request.headers,
        token_shown=bool(_SECRET.search(request.query_string) or _tokens_shown(request)),
        retry_after=_seconds(response) if response is not None and response.status in {429, 503} else 0,
    )


def _seconds(response: web.StreamResponse) -> int:
    said = response.headers.get(hdrs.RETRY_AFTER, "")
    return int(said) if said.isdigit() else 0


def _caller(request: web.Request) -> System | None:
    at = request.app[HUB]
    try:
        return identify(request, at.rules(), at.proxy)
    except Rejected:
        return None


def _is_operator(request: web.Request) -> bool:
    return identify_operator(request, request.app[HUB].rules()) is not None
