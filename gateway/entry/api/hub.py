"""What a request handler has at hand: ports, the rules in force, and who is calling."""

from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web

from gateway.core.directory import System
from gateway.core.rules import Rules
from gateway.entry.api.pace import Patience
from gateway.entry.api.proxy import Proxy
from gateway.entry.api.quotas import Quotas
from gateway.ports import Ports, Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """Ports and rules for the entry. `rules()` gives the rules in force now: a reload swaps them between requests.

    `metrics` renders the counters, and the ledger's tally beside them, as Prometheus text.
    """

    ports: Ports
    rules: Callable[[], Rules]
    metrics: Callable[[Tally], bytes]
    patience: Patience = field(default_factory=Patience)
    quotas: Quotas = field(default_factory=Quotas)
    proxy: Proxy = field(default_factory=Proxy)


HUB: web.AppKey[Hub] = web.AppKey("hub", Hub)
CALLER: web.RequestKey[System] = web.RequestKey("caller", System)
TRACE_ID: web.RequestKey[str] = web.RequestKey("trace_id", str)
SOURCE: web.RequestKey[str] = web.RequestKey("source", str)
"""The client's address; the door found it before anything else."""


def hub(request: web.Request) -> Hub:
    """Give the hub of this application."""
    return request.app[HUB]


def caller(request: web.Request) -> System:
    """Give the authenticated system; the door checked it before the handler ran."""
    return request[CALLER]
