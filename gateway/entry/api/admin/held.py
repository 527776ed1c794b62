"""/admin/held, /admin/audit: what the policy holds, and what operators decided."""

from aiohttp import web

from gateway.entry.api.admin import rendering
from gateway.entry.api.admin.inputs import ReasonRequest
from gateway.entry.api.admin.requests import answer, decision
from gateway.entry.api.hub import hub, operator
from gateway.entry.api.inputs import Paging
from gateway.entry.api.requests import body, query
from gateway.flows import oversee


async def listing(request: web.Request) -> web.Response:
    """List what is held, oldest first."""
    views = await hub(request).ports.ledger.held()
    return answer({"items": [rendering.letter(each) for each in views]})


async def release(request: web.Request) -> web.Response:
    """Let a document go on."""
    asked, at, document = await body(request, ReasonRequest), hub(request), request.match_info["document"]
    views = await oversee.release(at.ports.ledger, at.rules(), document, decision(request, asked.reason))
    at.ports.telemetry.record("held.released", document=document, by=operator(request).id)
    return answer({"items": [rendering.decided(each) for each in views]})


async def turn_back(request: web.Request) -> web.Response:
    """Give a document back to its sender."""
    asked, at, document = await body(request, ReasonRequest), hub(request), request.match_info["document"]
    views = await oversee.refuse(at.ports.ledger, document, decision(request, asked.reason))
    at.ports.telemetry.record("held.turned_back", document=document, by=operator(request).id)
    return answer({"items": [rendering.decided(each) for each in views]})


async def audit(request: web.Request) -> web.Response:
    """List what operators decided, newest first."""
    asked = query(request, Paging)
    page = await hub(request).ports.audit.listing(after=asked.after, limit=asked.limit)
    return answer({"items": [rendering.audited(each) for each in page.items], "next": page.next})
