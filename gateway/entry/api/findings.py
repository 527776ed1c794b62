"""/findings: which rules the caller's documents break, and how often."""

from datetime import date, datetime, time

from aiohttp import web

from gateway.core.model import VIETNAM
from gateway.entry.api import rendering
from gateway.entry.api.hub import caller, hub
from gateway.entry.api.inputs import FindingsQuery
from gateway.entry.api.requests import query


async def counts(request: web.Request) -> web.Response:
    """Count the findings of the documents that the caller sent, the most frequent first."""
    asked = query(request, FindingsQuery)
    found = await hub(request).ports.ledger.finding_counts(
        caller(request).organs, since=_midnight(asked.since), until=_midnight(asked.until)
    )
    return web.json_response({"items": [rendering.finding_count(each) for each in found]}, dumps=rendering.dumps)


def _midnight(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), tzinfo=VIETNAM)
