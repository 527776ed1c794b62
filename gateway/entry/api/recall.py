"""/documents/{id}/recall: a sender asks a document back."""

from aiohttp import web

from gateway.entry.api import rendering
from gateway.entry.api.hub import caller, hub
from gateway.entry.api.inputs import RecallRequest
from gateway.entry.api.requests import body
from gateway.flows import revise


async def post(request: web.Request) -> web.Response:
    """Ask back from all receivers or from those named: 202 where somebody is newly asked, 200 where all had been."""
    asked, at, mine = await body(request, RecallRequest), hub(request), caller(request)
    recalled = await revise.recall(at.ports, at.rules(), mine, request.match_info["id"], reason=asked.reason, to=asked.to)
    timeline = await at.ports.ledger.timeline(recalled.view.document.id, mine.organs)
    return web.json_response(
        rendering.document(recalled.view, timeline), status=202 if recalled.created else 200, dumps=rendering.dumps
    )
