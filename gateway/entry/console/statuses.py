"""Trạng thái chờ ghép · Statuses that wait: what agencies report, of which document is not certain, and which is meant."""

from typing import Final

from aiohttp import hdrs, web

from gateway.core.faults import Rejected
from gateway.entry.api.door import CONSOLE
from gateway.entry.console.pages import page
from gateway.entry.console.visit import Form, Visit
from gateway.flows import oversee
from gateway.flows.acknowledge import PATIENCE, is_quarantined
from gateway.ports import HeldStatus

READ: Final = 200
"""Statuses of one page: a province has a handful that wait; more is one vendor's mistake, seen at once."""
VIEWS: Final = {"hand": True, "waiting": False}
"""Whether only an officer can help those that are shown."""


async def show(visit: Visit) -> web.Response:
    """Show what waits, the longest first."""
    chosen, organ = visit.asked("view") or "hand", visit.asked("organ")
    if chosen not in VIEWS:
        raise Rejected("malformed-request", path="view", detail=chosen)
    found = await visit.ports.held_statuses.held(after=visit.asked("after") or None, limit=READ)
    shown = [each for each in found.items if is_quarantined(each, visit.now) is VIEWS[chosen]]
    return page(
        visit,
        "statuses.html",
        title=visit.say("Trạng thái chờ ghép", "Statuses that wait"),
        chosen=chosen,
        organ=organ,
        statuses=[each for each in shown if not organ or each.report.reporter == organ],
        others=len(found.items) - len(shown),
        next=found.next,
        patience=PATIENCE,
    )


async def apply(visit: Visit, form: Form) -> web.Response:
    """Record one on the delivery that is chosen, or on that of a document that is named."""
    delivery = form.get("delivery") or await _delivery(visit, form.get("document"), form.get("receiver"))
    await _resolve(visit, form, delivery)
    return _back()


async def drop(visit: Visit, form: Form) -> web.Response:
    """Give one up."""
    await _resolve(visit, form, None)
    return _back()


async def needing_a_hand(visit: Visit) -> tuple[HeldStatus, ...]:
    """Give the statuses that only an officer can help, as far as one page goes."""
    found = await visit.ports.held_statuses.held(after=None, limit=READ)
    return tuple(each for each in found.items if is_quarantined(each, visit.now))


async def _resolve(visit: Visit, form: Form, delivery: str | None) -> None:
    own, decided = visit.request.match_info["id"], visit.decision(form)
    await oversee.resolve_status(visit.ports.held_statuses, visit.ports.signer.seal, own, delivery, decided)
    outcome = "dropped" if delivery is None else "applied"
    visit.ports.telemetry.record("status.resolved", status=own, outcome=outcome, by=decided.by)


async def _delivery(visit: Visit, named: str, receiver: str) -> str:
    """Find the delivery to a receiver of the document whose page, or id, is named. Raises `malformed-request`, `not-found`."""
    if not named:
        detail = "Chưa chọn văn bản."
        raise Rejected("malformed-request", path="delivery", detail=detail, detail_en="No document was chosen.")
    history = await visit.ports.province.history(named.partition("?")[0].rstrip("/").rpartition("/")[2])
    found = next((each.id for each in history.view.deliveries if each.receiver == receiver), None)
    if found is None:
        detail = f"{visit.agency(receiver)} không nhận văn bản này."
        raise Rejected("malformed-request", path="document", detail=detail, detail_en=f"{receiver} is no receiver of it.")
    return found


def _back() -> web.Response:
    return web.Response(status=303, headers={hdrs.LOCATION: f"{CONSOLE}/statuses"})
