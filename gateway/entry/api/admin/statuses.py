"""/admin/statuses: statuses that wait for their document, or for an operator who says which is meant."""

from datetime import datetime
from typing import Any

from aiohttp import web

from gateway.entry.api.admin.inputs import ResolveRequest
from gateway.entry.api.admin.requests import answer, decision
from gateway.entry.api.hub import hub
from gateway.entry.api.inputs import Paging
from gateway.entry.api.requests import body, query
from gateway.flows import oversee
from gateway.flows.acknowledge import is_quarantined
from gateway.ports import DocumentView, HeldStatus


async def listing(request: web.Request) -> web.Response:
    """List what waits, oldest first."""
    asked, at = query(request, Paging), hub(request)
    page = await at.ports.held_statuses.held(after=asked.after, limit=asked.limit)
    now = at.ports.clock.now()
    return answer({"items": [held_status(each, now) for each in page.items], "next": page.next})


async def resolve(request: web.Request) -> web.Response:
    """Record one on a delivery, or give it up."""
    asked, at, own = await body(request, ResolveRequest), hub(request), request.match_info["id"]
    decided = decision(request, asked.reason)
    await oversee.resolve_status(at.ports.held_statuses, at.ports.signer.seal, own, asked.delivery, decided)
    outcome = "dropped" if asked.drop else "applied"
    at.ports.telemetry.record("status.resolved", status=own, outcome=outcome, by=decided.by)
    return answer({"id": own, "outcome": outcome, "delivery": asked.delivery})


def held_status(value: HeldStatus, now: datetime) -> dict[str, Any]:
    """Shape a status that waits; the command line prints the same."""
    named, report = value.named, value.report
    return {
        "id": value.id,
        "state": "quarantined" if is_quarantined(value, now) else "waiting",
        "reason": value.obstacle,
        "status_code": report.code,
        "description": report.description,
        "reporter": report.reporter,
        "owner": named.owner,
        "document_id": named.document_id,
        "code": f"{named.number}/{named.notation}",
        "promulgated_on": named.promulgated_on.isoformat(),
        "received_at": value.received_at.isoformat(),
        "candidates": [_candidate(each) for each in value.candidates],
    }


def _candidate(view: DocumentView) -> dict[str, str]:
    value, (own,) = view.document, view.deliveries
    return {
        "delivery": own.id,
        "document": value.id,
        "document_id": value.document_id,
        "code": f"{value.number}/{value.notation}",
        "to": own.receiver,
        "subject": value.subject,
    }
