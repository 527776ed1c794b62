"""/admin/agencies: who does not look for documents."""

from datetime import datetime
from typing import Any

from aiohttp import web

from gateway.entry.api.admin.requests import answer
from gateway.entry.api.hub import hub
from gateway.entry.api.shapes import Shape
from gateway.flows.attend import Silent
from gateway.flows.attend import silent as silent_agencies


class SilentShape(Shape):
    """An agency that has not looked for its documents. `since` null: it never did; `systems` empty: nobody can for it."""

    id: str
    name: str
    systems: list[str]
    seen_at: datetime | None
    since: datetime | None
    waiting: int
    oldest_at: datetime | None


class SilentPage(Shape):
    """Those for whom documents have waited longest first."""

    items: list[SilentShape]


async def silent(request: web.Request) -> web.Response:
    """List the silent agencies."""
    at = hub(request)
    found = await silent_agencies(at.ports.presence, at.rules(), at.ports.clock.now())
    return answer({"items": [rendered(each) for each in found]})


def rendered(value: Silent) -> dict[str, Any]:
    """Shape a silent agency."""
    backlog = value.backlog
    return {
        "id": value.agency.id,
        "name": value.agency.name,
        "systems": list(value.systems),
        "seen_at": value.seen_at.isoformat() if value.seen_at else None,
        "since": value.since.isoformat() if value.since else None,
        "waiting": backlog.waiting if backlog else 0,
        "oldest_at": backlog.oldest_at.isoformat() if backlog else None,
    }
