"""What a request handler has at hand: ports, the rules in force, and who is calling."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web

from gateway.config import Settings
from gateway.core.directory import Operator, System
from gateway.core.rules import Rules
from gateway.entry.api.pace import Patience
from gateway.entry.api.proxy import Proxy
from gateway.entry.api.quotas import Quotas
from gateway.ports import Ports
from gateway.wiring import Parts


@dataclass(slots=True, kw_only=True)
class Hub:
    """Ports and rules for the entry. `rules()` gives the rules in force now: a reload swaps them between requests.

    `refresh()` puts in force at once what was written into their files.

    `counters` renders the counters of this process as Prometheus text. `settings` and `patience` are replaced when the settings
    are reloaded.
    """

    ports: Ports
    rules: Callable[[], Rules]
    refresh: Callable[[], Awaitable[None]]
    counters: Callable[[], bytes]
    settings: Settings
    patience: Patience = field(default_factory=Patience)
    quotas: Quotas = field(default_factory=Quotas)
    proxy: Proxy = field(default_factory=Proxy)

    @classmethod
    def of(cls, parts: Parts, **more: Any) -> Self:
        """Make the hub of the parts that its settings name."""
        own: dict[str, Any] = {
            "ports": parts.ports,
            "rules": parts.rules,
            "refresh": parts.rules.refresh,
            "counters": parts.telemetry.exposition,
            "settings": parts.settings,
        }
        return cls(**own | more)


HUB: web.AppKey[Hub] = web.AppKey("hub", Hub)
CALLER: web.RequestKey[System] = web.RequestKey("caller", System)
OPERATOR: web.RequestKey[Operator] = web.RequestKey("operator", Operator)
TRACE_ID: web.RequestKey[str] = web.RequestKey("trace_id", str)
SOURCE: web.RequestKey[str] = web.RequestKey("source", str)
"""The client's address; the door found it before anything else."""


def hub(request: web.Request) -> Hub:
    """Give the hub of this application."""
    return request.app[HUB]


def caller(request: web.Request) -> System:
    """Give the authenticated system; the door checked it before the handler ran."""
    return request[CALLER]


def operator(request: web.Request) -> Operator:
    """Give the authenticated operator; the door lets nobody else through to the calls for operators."""
    return request[OPERATOR]
