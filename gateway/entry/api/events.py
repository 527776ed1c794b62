"""/events: everything that happened to the caller's documents, in order, from a cursor that the caller owns."""

from aiohttp import web

from gateway.entry.api import rendering
from gateway.entry.api.hub import caller, hub
from gateway.entry.api.inputs import EventsQuery
from gateway.entry.api.requests import query
from gateway.flows.hand_over import SAFETY_POLL_SECONDS


async def listing(request: web.Request) -> web.Response:
    """List events after the cursor; wait up to `wait` seconds for one to happen."""
    asked, ports, organs = query(request, EventsQuery), hub(request).ports, caller(request).organs
    started = ports.clock.now()
    with ports.waiting.watch(organs) as watch:
        while True:
            found, cursor = await ports.ledger.events(organs, after=asked.after, limit=asked.limit)
            left = asked.wait - (ports.clock.now() - started).total_seconds()
            if found or left <= 0:
                break
            await watch.changed(min(left, SAFETY_POLL_SECONDS))
    return web.json_response({"events": [rendering.event(each) for each in found], "next": cursor}, dumps=rendering.dumps)
