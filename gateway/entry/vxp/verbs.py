"""The verbs of the national SDK, as a table."""

from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from gateway.entry.vxp import agencies, receiving, sending
from gateway.entry.vxp.call import Verb, answered

Expect = Callable[[web.Request], Awaitable[web.StreamResponse | None]]

VERBS: Final[dict[str, tuple[str, Verb]]] = {
    "sendEdoc": ("POST", sending.send),
    "updateStatus": ("POST", sending.update),
    "getReceivedEdocList": ("POST", receiving.received),
    "getSentEdocList": ("POST", receiving.sent),
    "getEdoc": ("POST", receiving.fetch),
    "downloadEdoc": ("GET", receiving.download),
    "countReceiveEdoc": ("POST", receiving.count_documents),
    "countReceiveStatus": ("POST", receiving.count_statuses),
    "getAgenciesList": ("POST", agencies.listing),
    "getAgenciesListQD20": ("POST", agencies.listing_by_level),
    "getSynchronizeUnit": ("POST", agencies.synchronise),
    "registerAgency": ("POST", agencies.register),
    "deleteAgency": ("POST", agencies.delete),
}
BOTH: Final = frozenset({"countReceiveEdoc", "countReceiveStatus"})
"""Verbs that older SDKs call by GET."""


def add_vxp(app: web.Application, prefix: str, expect: Expect) -> None:
    """Serve the verbs below a prefix."""
    for name, (method, verb) in VERBS.items():
        for each in {method, "GET"} if name in BOTH else {method}:
            app.router.add_route(each, f"{prefix}/{name}", answered(verb, name), expect_handler=expect)
