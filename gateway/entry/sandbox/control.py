"""What the sandbox itself answers under /sandbox: its page, its state and log as JSON, and what moves and switches it."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from aiohttp import hdrs, web
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from gateway.core.faults import Rejected
from gateway.core.model import Problem
from gateway.entry.api.door import Handler, answer_faults
from gateway.entry.api.rendering import document, dumps
from gateway.entry.api.requests import too_large
from gateway.entry.sandbox.layout import is_loopback
from gateway.entry.sandbox.office import Errand
from gateway.entry.sandbox.page import parts, whole
from gateway.entry.sandbox.sandbox import Sandbox
from gateway.entry.sandbox.switches import SWITCHES

ROOT: Final = "/sandbox"
BODY_BYTES: Final = 16 * 1024
PAGE: Final = 200
DOCUMENTS: Final = 50
"""The newest of my documents that are shown."""
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_FILES: Final = {"sandbox.css": "text/css", "sandbox.js": "text/javascript", "sandbox.svg": "image/svg+xml"}


class Asked(BaseModel):
    """A JSON body of the sandbox's own calls."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class ClockAsked(Asked):
    """One of: minutes to go forward, a moment (with its zone) to go to, or back to the machine's time."""

    advance_minutes: Annotated[float, Field(ge=0, le=300 * 24 * 60)] | None = None
    at: AwareDatetime | None = None
    real: bool = False


class SendAsked(Asked):
    """Which peer sends what; without `from` the first one."""

    sender: str | None = Field(default=None, alias="from")
    kind: Errand = Errand.DOCUMENT


def control(app: web.Application, sandbox: Sandbox) -> None:
    """Add the sandbox's own calls to the hub's application, and let it watch the others."""
    calls = _Calls(sandbox)
    for method, path, handler in (
        ("GET", "", calls.page),
        ("GET", "/parts", calls.fragment),
        ("GET", "/files/{name}", calls.file),
        ("GET", "/state", calls.state),
        ("GET", "/calls", calls.listing),
        ("DELETE", "/calls", calls.clear),
        ("POST", "/clock", calls.clock),
        ("POST", "/switches", calls.switch),
        ("POST", "/send", calls.send),
    ):
        app.router.add_route(method, ROOT + path, handler)

    @web.middleware
    async def sandboxed(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path == "/":
            raise web.HTTPFound(ROOT)
        if request.path == ROOT or request.path.startswith(f"{ROOT}/"):
            return await answer_faults(request, _guarded(request.match_info.handler))
        return await sandbox.observing.observe(request, handler)

    app.middlewares.insert(0, sandboxed)
    app.on_response_prepare.append(_say_so)


async def _say_so(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers["Lienthong-Sandbox"] = "for trials only"  # whoever takes it for a real hub can see that it is none


def _guarded(handler: Callable[..., Any]) -> Handler:
    """Answer only this machine's own pages and programs: another site's page could otherwise call us through the browser."""

    async def guarded(request: web.Request) -> web.StreamResponse:
        origin = request.headers.get(hdrs.ORIGIN)
        if not is_loopback(_host(f"//{request.host}")) or (origin is not None and not is_loopback(_host(origin))):
            vi, en = "Hộp cát chỉ trả lời 127.0.0.1 và localhost.", "The sandbox answers 127.0.0.1 and localhost only."
            raise Rejected("malformed-request", path=hdrs.HOST, detail=vi, detail_en=en)
        response: web.StreamResponse = await handler(request)
        return response

    return guarded


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


class _Calls:
    """The handlers, over one sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    async def page(self, _request: web.Request) -> web.Response:
        return _html(whole(await self._state(), self._shown(PAGE)))

    async def fragment(self, _request: web.Request) -> web.Response:
        return _html(parts(await self._state(), self._shown(PAGE)))

    async def file(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in _FILES:
            raise Rejected("not-found", path=request.path)
        octets = files("gateway.entry.sandbox").joinpath("files", name).read_bytes()
        return web.Response(body=octets, content_type=_FILES[name], charset="utf-8", headers=_headers())

    async def state(self, _request: web.Request) -> web.Response:
        return web.json_response(await self._state(), dumps=dumps)

    async def listing(self, request: web.Request) -> web.Response:
        self._sandbox.observing.overdue()
        after, limit = (_natural(request, name, default) for name, default in (("after", 0), ("limit", PAGE)))
        troubled = request.query.get("troubled", "") in {"1", "true"}
        found = self._sandbox.log.newest(limit=limit, after=after, troubled=troubled)
        said = {"summary": self._sandbox.log.summary(), "items": [call.shown() for call in found]}
        return web.json_response(said, dumps=dumps)

    async def clear(self, _request: web.Request) -> web.Response:
        self._sandbox.log.clear()
        return web.json_response({"summary": self._sandbox.log.summary()})

    async def clock(self, request: web.Request) -> web.Response:
        asked, clock = await _asked(request, ClockAsked), self._sandbox.clock
        if asked.real:
            clock.back()
        if asked.at is not None:
            clock.move_to(asked.at)
        if asked.advance_minutes is not None:
            clock.advance(timedelta(minutes=asked.advance_minutes))
        self._sandbox.observing.overdue()
        return web.json_response(self._time(), dumps=dumps)

    async def switch(self, request: web.Request) -> web.Response:
        self._sandbox.switches = self._sandbox.switches.changed(await _json(request))
        return web.json_response(self._sandbox.switches.shown(), dumps=dumps)

    async def send(self, request: web.Request) -> web.Response:
        asked = await _asked(request, SendAsked)
        sender = asked.sender or self._sandbox.laid.peers[0].organ
        return web.json_response(await self._sandbox.office.send(sender, asked.kind), status=202, dumps=dumps)

    def _time(self) -> dict[str, Any]:
        clock = self._sandbox.clock
        return {
            "now": _moment(clock.now()),
            "real": _moment(clock.real()),
            "ahead_minutes": round(clock.offset.total_seconds() / 60, 2),
        }

    def _shown(self, limit: int) -> list[dict[str, Any]]:
        return [call.shown() for call in self._sandbox.log.newest(limit=limit)]

    async def _state(self) -> dict[str, Any]:
        sandbox = self._sandbox
        sandbox.observing.overdue()
        ledger, mine = sandbox.hub.ports.ledger, sandbox.laid.mine
        page = await ledger.documents(sandbox.organs, role=None, state=None, after=None, limit=DOCUMENTS)
        switches = sandbox.switches.shown()
        return {
            "clock": self._time(),
            "me": {
                "organ": mine.organ,
                "name": mine.name,
                "folder": str(sandbox.laid.own(mine.organ)),
                "api": f"{sandbox.url}/api/v1",
                "reference": f"{sandbox.url}/api/v1/docs",
            },
            "switches": switches,
            "on": [name for name in SWITCHES if switches[name]],
            "peers": [
                {"organ": peer.agency.organ, "name": peer.agency.name, **peer.told} for peer in sandbox.office.peers.values()
            ],
            "documents": [document(each) for each in page.items],
            "summary": sandbox.log.summary(),
        }


async def _asked(request: web.Request, model: type[Any]) -> Any:
    """Read a JSON body by its shape. Raises `malformed-request`."""
    try:
        return model.model_validate(await _json(request))
    except ValidationError as error:
        wrong = [(".".join(map(str, item["loc"])), str(item["msg"])) for item in error.errors(include_url=False)]
        problems = [Problem(code="malformed-request", path=path, vi=f"Không hợp lệ: {said}", en=said) for path, said in wrong]
        raise Rejected("malformed-request", problems=problems) from error


async def _json(request: web.Request) -> Any:
    """Read a JSON body; the media type is asked for since a form of another site cannot send it."""
    if request.content_type != "application/json":
        raise Rejected("media-type-unsupported", detail="application/json")
    raw = bytearray()
    async for chunk in request.content.iter_chunked(BODY_BYTES):
        raw += chunk
        if len(raw) > BODY_BYTES:
            raise too_large(BODY_BYTES)
    try:
        return json.loads(raw or b"{}")
    except (ValueError, RecursionError) as error:
        raise Rejected("malformed-request", detail="JSON") from error


def _natural(request: web.Request, name: str, default: int) -> int:
    said = request.query.get(name, "")
    return int(said) if said.isdecimal() else default


def _moment(value: datetime) -> str:
    return value.isoformat(timespec="seconds")


def _headers() -> dict[str, str]:
    return {
        "Content-Security-Policy": _POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }


def _html(text: str) -> web.Response:
    return web.Response(text=text, content_type="text/html", charset="utf-8", headers=_headers())
