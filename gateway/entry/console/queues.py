"""Hàng đợi · Queues: what waits for which system, since when, and whether it flows."""

from datetime import datetime, timedelta

from aiohttp import hdrs, web

from gateway.core.circuit import CircuitState
from gateway.core.faults import Rejected
from gateway.entry.api.door import CONSOLE
from gateway.entry.console.pages import page
from gateway.entry.console.visit import Form, Visit, own_place
from gateway.flows import oversee
from gateway.flows.attend import attendance

LONGEST_HOURS = 24 * 30
"""Of a pause: a month; longer is another decision."""


async def show(visit: Visit) -> web.Response:
    """Show the queues of the systems that are pushed to, and the inboxes of those that fetch."""
    standings = await oversee.queues(visit.ports.outbox, visit.rules)
    attended = await attendance(visit.ports.presence, visit.rules, visit.now)
    inboxes = sorted(attended.backlogs.items(), key=lambda each: each[1].oldest_at)
    return page(
        visit,
        "queues.html",
        title=visit.say("Hàng đợi", "Queues"),
        standings=standings,
        inboxes=inboxes,
        silent={each.agency.id: each for each in attended.silent},
        broken=[each for each in standings if each.circuit.state is not CircuitState.CLOSED],
        organs={each.id: sorted(each.organs) for each in visit.rules.systems},
    )


async def pause(visit: Visit, form: Form) -> web.Response:
    """Push nothing to a system for some hours, or until it is resumed."""
    until = _until(form.get("hours"), visit.now)
    await oversee.pause(visit.ports.outbox, visit.rules, visit.request.match_info["system"], visit.decision(form), until)
    return _back(form)


async def resume(visit: Visit, form: Form) -> web.Response:
    """Push to a system again."""
    await oversee.resume(visit.ports.outbox, visit.rules, visit.request.match_info["system"], visit.decision(form))
    return _back(form)


def _until(hours: str, now: datetime) -> datetime | None:
    """Read how long; empty is until it is resumed. Raises `malformed-request`."""
    if not hours:
        return None
    if not (hours.isascii() and hours.isdigit() and 0 < int(hours) <= LONGEST_HOURS):
        detail = f"Số giờ từ 1 đến {LONGEST_HOURS}."
        raise Rejected("malformed-request", path="hours", detail=detail, detail_en=f"Hours from 1 to {LONGEST_HOURS}.")
    return now + timedelta(hours=int(hours))


def _back(form: Form) -> web.Response:
    """Go back to the page that it was decided on."""
    return web.Response(status=303, headers={hdrs.LOCATION: own_place(form.get("to"), f"{CONSOLE}/queues")})
