"""/admin/dead-letters: what could not be delivered, and what becomes of it."""

from aiohttp import web

from gateway.entry.api.admin import rendering
from gateway.entry.api.admin.inputs import DeadLettersQuery, DecisionRequest, GroupsQuery, PreviewRequest, RedirectRequest, meant
from gateway.entry.api.admin.requests import answer, decision
from gateway.entry.api.hub import hub, operator
from gateway.entry.api.requests import body, query
from gateway.flows import oversee
from gateway.ports import Bulk


async def listing(request: web.Request) -> web.Response:
    """List dead letters, oldest first."""
    asked, at = query(request, DeadLettersQuery), hub(request)
    page = await at.ports.dead_letters.dead_letters(meant(at.rules(), asked), after=asked.after, limit=asked.limit)
    return answer({"items": [rendering.dead_letter(each) for each in page.items], "next": page.next})


async def groups(request: web.Request) -> web.Response:
    """Count dead letters by cause and receiver."""
    at = hub(request)
    found = await at.ports.dead_letters.groups(meant(at.rules(), query(request, GroupsQuery)))
    return answer({"items": [rendering.group(each) for each in found]})


async def preview(request: web.Request) -> web.Response:
    """Count what a decision would be about."""
    asked, at = await body(request, PreviewRequest), hub(request)
    return answer({"count": await at.ports.dead_letters.preview(meant(at.rules(), asked.filter))})


async def requeue(request: web.Request) -> web.Response:
    """Let dead letters go on."""
    asked, at = await body(request, DecisionRequest), hub(request)
    rules, why = at.rules(), decision(request, asked.reason)
    return _told(request, await oversee.requeue(at.ports.dead_letters, rules, meant(rules, asked.filter), why), "requeued")


async def park(request: web.Request) -> web.Response:
    """Put dead letters aside."""
    asked, at = await body(request, DecisionRequest), hub(request)
    which, why = meant(at.rules(), asked.filter), decision(request, asked.reason)
    return _told(request, await oversee.park(at.ports.dead_letters, which, why), "parked")


async def turn_back(request: web.Request) -> web.Response:
    """Give dead letters back to their senders."""
    asked, at = await body(request, DecisionRequest), hub(request)
    which, why = meant(at.rules(), asked.filter), decision(request, asked.reason)
    return _told(request, await oversee.turn_back(at.ports.dead_letters, which, why), "turned_back")


async def redirect(request: web.Request) -> web.Response:
    """Send dead letters to another receiver."""
    asked, at = await body(request, RedirectRequest), hub(request)
    rules, why = at.rules(), decision(request, asked.reason)
    done = await oversee.redirect(at.ports.dead_letters, rules, meant(rules, asked.filter), asked.to, why)
    return _told(request, done, "redirected")


def _told(request: web.Request, done: Bulk, what: str) -> web.Response:
    by = operator(request).id
    hub(request).ports.telemetry.record(f"deadletters.{what}", by=by, matched=done.matched, done=done.done)
    return answer(rendering.bulk(done))
