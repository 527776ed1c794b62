"""/healthz, /readyz, /metrics: is the process alive, can it work, what does it count."""

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from gateway.entry import metrics as standing
from gateway.entry.api.hub import hub
from gateway.flows.measure import broker_fault, measure


async def alive(_request: web.Request) -> web.Response:
    """Answer while the process lives."""
    return web.json_response({"status": "ok"})


async def ready(request: web.Request) -> web.Response:
    """Answer 200 when ledger, vault and rules can work; else the `not-ready` problem that names what cannot.

    Without the broker documents are still accepted: they wait in the ledger, and the answer says so.
    """
    at = hub(request)
    await at.ports.ledger.ready()
    await at.ports.vault.ready()
    fault = await broker_fault(at.ports)
    broker = "ready" if fault is None else fault.code
    return web.json_response({"status": "ready", "agencies": len(at.rules().directory.agencies), "broker": broker})


async def metrics(request: web.Request) -> web.Response:
    """Give the counters of this process and how the whole ledger stands, in the Prometheus text format."""
    at = hub(request)
    text = at.counters() + standing.exposition(await measure(at.ports, at.rules()))
    return web.Response(body=text, headers={"Content-Type": CONTENT_TYPE_LATEST})
