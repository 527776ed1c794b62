"""/papers: the paper copies that follow some documents (article 5), awaited and arrived."""

from aiohttp import web

from gateway.entry.api import rendering
from gateway.entry.api.hub import caller, hub
from gateway.entry.api.inputs import Paging, PaperRequest
from gateway.entry.api.requests import body, query


async def post(request: web.Request) -> web.Response:
    """Record that a paper copy arrived: 202 when new, 200 with the first time when it was said before."""
    asked, ports = await body(request, PaperRequest), hub(request).ports
    now = ports.clock.now()
    outcome = await ports.ledger.paper_arrived(
        asked.delivery, caller(request).organs, at=asked.at or now, note=asked.note, now=now
    )
    said = {"delivery": outcome.delivery, "arrived_at": outcome.arrived_at.isoformat()}
    return web.json_response(said, status=202 if outcome.created else 200)


async def listing(request: web.Request) -> web.Response:
    """List the deliveries whose paper copy has not arrived, oldest first."""
    asked = query(request, Paging)
    page = await hub(request).ports.ledger.paper_awaited(caller(request).organs, after=asked.after, limit=asked.limit)
    items = [rendering.awaited_paper(view) for view in page.items]
    return web.json_response({"items": items, "next": page.next}, dumps=rendering.dumps)
