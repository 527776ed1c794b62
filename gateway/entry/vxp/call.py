"""One call of the national SDK, from its proof to its answer."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import aiohttp
from aiohttp import web

from gateway.core.directory import System
from gateway.core.faults import Fault, Misconfigured, Rejected, Transient
from gateway.core.model import VIETNAM
from gateway.core.rules import Rules
from gateway.entry.api.door import within_quota
from gateway.entry.api.hub import CALLER, SOURCE, TRACE_ID, Hub, hub
from gateway.entry.places import place
from gateway.entry.vxp.answers import failed
from gateway.entry.vxp.codes import CODES
from gateway.entry.vxp.proof import Signed, prove
from gateway.flows.refuse import refuse

BINARY: Final = "downloadEdoc"
"""The verb whose answer is no JSON: a refusal must not look like a file."""
_DATE: Final = re.compile(r"(\d{4})[/-](\d{1,2})[/-](\d{1,2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2}))?)?", re.ASCII)
_STATUS: Final = {"15": 403, "20": 503}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call whose caller is proven. `signed` are its parameters."""

    request: web.Request
    at: Hub
    rules: Rules
    signed: Signed

    @property
    def system(self) -> System:
        return self.signed.system

    def demanded(self, name: str) -> str:
        """Give a parameter. Raises `malformed-request` where it is not among the signed ones."""
        value = self.signed.get(name).strip()
        if not value:
            detail = f"Thiếu tham số {name} trong các tiêu đề đã ký."
            raise Rejected("malformed-request", path=name, detail=detail, detail_en=f"{name} is not among the signed headers.")
        return value

    def bound(self, name: str) -> datetime | None:
        """Read a bound of time, Vietnam's; a day that ends a range is in it. Raises `malformed-request`."""
        given = self.signed.get(name).strip()
        if not given:
            return None
        read = _DATE.fullmatch(given)
        try:
            if read is None:
                raise ValueError(given)
            at = datetime(*(int(each or 0) for each in read.groups()), tzinfo=VIETNAM)  # type: ignore[misc,arg-type]
            if name == "toDate":
                at += timedelta(days=1) if read.group(4) is None else timedelta(seconds=1)
        except (ValueError, OverflowError) as error:
            raise Rejected("malformed-request", path=name, detail="yyyy/MM/dd HH:mm:ss.") from error
        return at


Verb = Callable[[Call], Awaitable[web.StreamResponse]]


def answered(verb: Verb, name: str) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Make the handler of a verb: it proves the caller, remembers the request, and answers faults in the SDK's codes."""

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            return await _run(request, verb)
        except Fault as fault:
            found = fault
        except (aiohttp.ClientError, aiohttp.http.HttpProcessingError) as error:
            found = Rejected("malformed-request", detail=type(error).__name__)
        except (web.HTTPException, ConnectionError):
            raise
        except Exception as error:  # noqa: BLE001  the SDK reads its own answers only; the log gets the cause
            hub(request).ports.telemetry.record(
                "request.failed", path=request.path, trace_id=request[TRACE_ID], error=place(error)
            )
            found = Misconfigured("internal")
        response = failed(found, request[TRACE_ID])
        if name == BINARY:
            response.set_status(_STATUS.get(CODES[found.code], 404))
        return response

    return handle


async def _run(request: web.Request, verb: Verb) -> web.StreamResponse:
    """Carry a verb out, within the caller's quota. Where nothing was done the SDK's HTTP client may repeat the very request."""
    call = await _proven(request)
    request[CALLER] = call.system
    try:
        return await within_quota(request, lambda _request: verb(call))
    except (Transient, ConnectionError, aiohttp.ClientError):
        await call.at.ports.vxp.forget(call.signed.mac)
        raise


async def _proven(request: web.Request) -> Call:
    """Prove the caller. Raises `not-found` where no system calls by the SDK, `unauthenticated` for a request seen before."""
    at = hub(request)
    rules, now = at.rules(), at.ports.clock.now()
    if not any(each.vxp is not None and each.vxp.secrets for each in rules.systems):
        raise web.HTTPNotFound
    try:
        signed = prove(request, rules, timedelta(seconds=at.settings.vxp.window_seconds), now)
        if not await at.ports.vxp.is_first(signed.mac, until=signed.until, now=now):
            raise Rejected("unauthenticated", detail="Yêu cầu này đã được gửi.", detail_en="This very request came before.")
    except Rejected as fault:
        at.quotas.failed(request[SOURCE])
        await refuse(at.ports, fault, source=request[SOURCE], caller=None, sha256="", size=0, trace_id=request[TRACE_ID])
        raise
    return Call(request=request, at=at, rules=rules, signed=signed)
