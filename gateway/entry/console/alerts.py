"""Cảnh báo · Alerts: what is wrong with the hub itself, who deals with it, what is silenced, and by which rules it is told."""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import timedelta
from typing import Final
from urllib.parse import quote, urlencode

from aiohttp import hdrs, web

from gateway.core.alert_rules import Severity, Trouble
from gateway.core.alerts import Alert, AlertList, listed
from gateway.core.faults import Rejected
from gateway.entry.api.door import CONSOLE
from gateway.entry.console.alert_rules import UNITS
from gateway.entry.console.pages import page
from gateway.entry.console.sheet import Row, sheet
from gateway.entry.console.visit import Form, Visit
from gateway.flows import alarm

RULES: Final = "rules"
DIGITS: Final = 4
"""Of a number of hours; a silence is of a month at most."""
PLACES: Final[Mapping[Trouble, Callable[[str], str]]] = {
    Trouble.URGENT_WAITS: lambda system: f"/queues?system={quote(system)}",
    Trouble.QUEUE_WAITS: lambda system: f"/queues?system={quote(system)}",
    Trouble.SYSTEM_PARKED: lambda system: f"/queues?system={quote(system)}",
    Trouble.UNDELIVERABLE: lambda cause: f"/undelivered?{urlencode({'cause': cause})}",
    Trouble.BROKER_DOWN: lambda _: "/queues",
    Trouble.OVERDUE_EXPRESS: lambda organ: f"/answers?{urlencode({'organ': organ})}",
    Trouble.SILENT_AGENCIES: lambda _: "/queues?view=fetched&state=stuck",
    Trouble.CERTIFICATE_ENDING: lambda organ: f"/certificates?{urlencode({'q': organ})}",
    Trouble.STATUSES_UNMATCHED: lambda _: "/statuses",
}
"""Where an officer looks further; a full disk is mended elsewhere."""


async def show(visit: Visit) -> web.Response:
    """Show the alerts of one state, or the rules."""
    chosen = RULES if visit.asked("view") == RULES else _list(visit)
    found = await visit.ports.alerts.listing(now=visit.now)
    views = {which.value: _of(visit, found, which) for which in AlertList}
    return page(
        visit,
        "alerts.html",
        title=visit.say("Cảnh báo", "Alerts"),
        chosen=chosen,
        alerts=views.get(chosen, []),
        counts={view: len(each) for view, each in views.items()},
        rules=visit.rules.alerts,
        units=UNITS,
        place=_place,
        channels=alarm.channels(visit.ports, visit.rules),
    )


async def export(visit: Visit) -> web.Response:
    """Give one list as a sheet."""
    which = _list(visit)
    found = _of(visit, await visit.ports.alerts.listing(now=visit.now), which)
    return await sheet(visit, f"canh-bao-{which}", visit.say("Cảnh báo", "Alerts"), _COLUMNS, _rows(visit, found))


async def acknowledge(visit: Visit, form: Form) -> web.Response:
    """Say that somebody deals with one."""
    await alarm.acknowledge(visit.ports.alerts, visit.request.match_info["id"], visit.decision(form))
    return _back(AlertList.ACKNOWLEDGED)


async def silence(visit: Visit, form: Form) -> web.Response:
    """Have nothing told of one for some hours."""
    until = visit.now + timedelta(hours=_hours(form.get("hours")))
    await alarm.silence(visit.ports.alerts, visit.request.match_info["id"], until, visit.decision(form))
    return _back(AlertList.SILENCED)


async def unsilence(visit: Visit, form: Form) -> web.Response:
    """Have one told again."""
    await alarm.silence(visit.ports.alerts, visit.request.match_info["id"], None, visit.decision(form))
    return _back(AlertList.OPEN)


def _list(visit: Visit) -> AlertList:
    """Read which list is asked for. Raises `malformed-request`."""
    asked = visit.asked("view") or AlertList.OPEN
    try:
        return AlertList(asked)
    except ValueError as error:
        raise Rejected("malformed-request", path="view", detail=asked) from error


def _of(visit: Visit, found: tuple[Alert, ...], which: AlertList) -> list[Alert]:
    """Choose those of one list, what somebody is woken for first; of what is over the last first."""
    chosen = list(listed(found, which, visit.now))
    if which is AlertList.CLOSED:
        return chosen
    return sorted(chosen, key=lambda each: (visit.rules.alerts[each.trouble].severity is not Severity.PAGE, each.since))


async def _rows(visit: Visit, found: list[Alert]) -> AsyncIterator[Row]:
    for each in found:
        rule = visit.rules.alerts[each.trouble]
        urgent = visit.say("KHẨN", "Page") if rule.severity is Severity.PAGE else visit.say("Thường", "Ticket")
        what = (visit.say(rule.vi, rule.en), visit.say(each.vi, each.en), urgent)
        times = (each.since, each.closed_at, each.silenced_until, each.decided_at)
        yield [*what, *(time and time.replace(tzinfo=None) for time in times), each.by, each.reason]


def _place(alert: Alert) -> str | None:
    place = PLACES.get(alert.trouble)
    return CONSOLE + place(alert.subject) if place else None


def _hours(written: str) -> int:
    """Read how long. Raises `malformed-request`."""
    if not (written.isascii() and written.isdigit() and len(written) <= DIGITS):
        raise Rejected("malformed-request", path="hours", detail=f"Số giờ: {written}", detail_en=f"Hours: {written}")
    return int(written)


def _back(view: AlertList) -> web.Response:
    return web.Response(status=303, headers={hdrs.LOCATION: f"{CONSOLE}/alerts?{urlencode({'view': view})}"})


_COLUMNS: Final = (
    ("Luật", "Rule", 34),
    ("Cảnh báo", "Alert", 80),
    ("Mức", "Severity", 10),
    ("Từ", "Since", 18),
    ("Hết lúc", "Over at", 18),
    ("Tắt tiếng tới", "Silenced until", 18),
    ("Quyết định lúc", "Decided at", 18),
    ("Người quyết định", "Who decided", 20),
    ("Lý do", "Reason", 40),
)
