"""/documents/{id}/recall: a sender asks a document back."""

from aiohttp import web

from gateway.entry.api import links, rendering
from gateway.entry.api.hub import caller, hub
from gateway.entry.api.inputs import RecallRequest
from gateway.entry.api.requests import body
from gateway.flows import revise


async def post(request: web.Request) -> web.Response:
    """Ask back from all receivers or from those named: 202 where somebody is newly asked, 200 where all had been."""
    asked, at, mine = await body(request, RecallRequest), hub(request), caller(request)
    recalled = await revise.recall(at.ports, at.rules(), mine.organs, request.match_info["id"], reason=asked.reason, to=asked.to)
    shown = await links.shown(request, recalled.view.document.id)
    return web.json_response(shown, status=202 if recalled.created else 200, dumps=rendering.dumps)
