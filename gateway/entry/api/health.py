"""/healthz, /readyz, /metrics: is the process alive, can it work, what does it count."""

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from gateway.entry.api.hub import hub


async def alive(_request: web.Request) -> web.Response:
    """Answer while the process lives."""
    return web.json_response({"status": "ok"})


async def ready(request: web.Request) -> web.Response:
    """Answer 200 when ledger, vault and rules can work; else the `not-ready` problem that names what cannot."""
    at = hub(request)
    await at.ports.ledger.ready()
    await at.ports.vault.ready()
    return web.json_response({"status": "ready", "agencies": len(at.rules().directory.agencies)})


async def metrics(request: web.Request) -> web.Response:
    """Give the counters in the Prometheus text format."""
    at = hub(request)
    return web.Response(body=at.metrics(await at.ports.ledger.tally()), headers={"Content-Type": CONTENT_TYPE_LATEST})
