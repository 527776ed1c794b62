"""/admin/alerts: what the hub sees wrong with itself, and what operators decide about it."""

from datetime import datetime
from typing import Any

from aiohttp import web

from gateway.core.alert_rules import AlertRules, Severity, Trouble
from gateway.core.alerts import Alert, AlertList, AlertState, listed
from gateway.entry.api.admin.inputs import ReasonRequest
from gateway.entry.api.admin.requests import answer, decision
from gateway.entry.api.hub import hub, operator
from gateway.entry.api.inputs import Moment
from gateway.entry.api.requests import body, query
from gateway.entry.api.shapes import Shape
from gateway.flows import alarm


class AlertsQuery(Shape):
    """Query of `GET /admin/alerts`; without `state` all of them."""

    state: AlertList | None = None


class SilenceRequest(ReasonRequest):
    """Have nothing told of an alert until a moment, within 30 days."""

    until: Moment


class AlertShape(Shape):
    """One rule's trouble with one subject: a system, an agency, a cause; empty: the hub. Who decided last is `by`."""

    id: str
    rule: Trouble
    subject: str
    severity: Severity
    state: AlertState
    vi: str
    en: str
    count: int
    by: str | None
    reason: str | None
    since: datetime
    opened_at: datetime | None
    closed_at: datetime | None
    silenced_until: datetime | None
    decided_at: datetime | None


class AlertsPage(Shape):
    """At most 500, what stands first, then the newest."""

    items: list[AlertShape]


async def listing(request: web.Request) -> web.Response:
    """List alerts."""
    asked, at = query(request, AlertsQuery), hub(request)
    now = at.ports.clock.now()
    found = await at.ports.alerts.listing(now=now)
    chosen = found if asked.state is None else listed(found, asked.state, now)
    return answer({"items": [rendered(each, at.rules().alerts) for each in chosen]})


async def acknowledge(request: web.Request) -> web.Response:
    """Say that somebody deals with one."""
    asked, at, alert = await body(request, ReasonRequest), hub(request), request.match_info["id"]
    decided = await alarm.acknowledge(at.ports.alerts, alert, decision(request, asked.reason))
    at.ports.telemetry.record("alert.acknowledged", alert=alert, by=operator(request).id)
    return answer(rendered(decided, at.rules().alerts))


async def silence(request: web.Request) -> web.Response:
    """Have nothing told of one for a while."""
    asked, at, alert = await body(request, SilenceRequest), hub(request), request.match_info["id"]
    decided = await alarm.silence(at.ports.alerts, alert, asked.until, decision(request, asked.reason))
    at.ports.telemetry.record("alert.silenced", alert=alert, by=operator(request).id)
    return answer(rendered(decided, at.rules().alerts))


async def unsilence(request: web.Request) -> web.Response:
    """Have one told again."""
    asked, at, alert = await body(request, ReasonRequest), hub(request), request.match_info["id"]
    decided = await alarm.silence(at.ports.alerts, alert, None, decision(request, asked.reason))
    at.ports.telemetry.record("alert.unsilenced", alert=alert, by=operator(request).id)
    return answer(rendered(decided, at.rules().alerts))


def rendered(alert: Alert, rules: AlertRules) -> dict[str, Any]:
    """Shape an alert."""
    rule = rules[alert.trouble]
    moments = {name: getattr(alert, name) for name in ("since", "opened_at", "closed_at", "silenced_until", "decided_at")}
    return {
        "id": alert.id,
        "rule": alert.trouble,
        "subject": alert.subject,
        "severity": rule.severity,
        "state": alert.state,
        "vi": f"{rule.vi}: {alert.vi}",
        "en": f"{rule.en}: {alert.en}",
        "count": alert.count,
        "by": alert.by,
        "reason": alert.reason,
        **{name: moment.isoformat() if moment else None for name, moment in moments.items()},
    }
