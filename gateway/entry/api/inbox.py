"""/inbox: peek, claim by lease, acknowledge, give back, prolong."""

from aiohttp import web

from gateway.entry.api import rendering
from gateway.entry.api.deadlines import of_views
from gateway.entry.api.hub import caller, hub
from gateway.entry.api.inputs import AckRequest, LeaseRequest, NackRequest, Paging, RenewRequest
from gateway.entry.api.requests import body, query
from gateway.flows import hand_over


async def peek(request: web.Request) -> web.Response:
    """List what waits for the caller, urgent first; nothing changes."""
    asked = query(request, Paging)
    page = await hub(request).ports.ledger.inbox(caller(request).organs, after=asked.after, limit=asked.limit)
    due = await of_views(request, page.items)
    items = [rendering.waiting(view, due) for view in page.items]
    return web.json_response({"items": items, "next": page.next}, dumps=rendering.dumps)


async def lease(request: web.Request) -> web.Response:
    """Claim deliveries, urgent first; long-poll up to `wait` seconds."""
    asked = await body(request, LeaseRequest)
    claimed = await hand_over.lease(hub(request).ports, caller(request), limit=asked.max, seconds=asked.seconds, wait=asked.wait)
    due = await of_views(request, claimed.items) if claimed else {}
    return web.json_response(rendering.lease(claimed, due), status=201, dumps=rendering.dumps)


async def ack(request: web.Request) -> web.Response:
    """Take the leased deliveries as handed over."""
    asked = await body(request, AckRequest)
    acked = await hand_over.acknowledge(hub(request).ports, caller(request), request.match_info["token"], asked.deliveries)
    return web.json_response({"acked": list(acked)})


async def nack(request: web.Request) -> web.Response:
    """Give leased deliveries back."""
    asked = await body(request, NackRequest)
    returned = await hand_over.give_back(
        hub(request).ports,
        caller(request),
        request.match_info["token"],
        asked.deliveries,
        reason=asked.reason,
        retry_after=asked.retry_after,
    )
    return web.json_response({"nacked": list(returned)})


async def renew(request: web.Request) -> web.Response:
    """Prolong a live lease."""
    asked = await body(request, RenewRequest)
    prolonged = await hand_over.renew(hub(request).ports, caller(request), request.match_info["token"], asked.seconds)
    due = await of_views(request, prolonged.items)
    return web.json_response(rendering.lease(prolonged, due), dumps=rendering.dumps)
