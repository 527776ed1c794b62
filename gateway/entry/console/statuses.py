"""Trạng thái chờ ghép · Statuses that wait: what agencies report, of which document is not certain, and which is meant."""

from collections.abc import AsyncIterator
from typing import Final

from aiohttp import hdrs, web

from gateway.core.faults import Rejected
from gateway.core.search import sought
from gateway.entry.api.door import CONSOLE
from gateway.entry.console.listing import is_found
from gateway.entry.console.pages import page
from gateway.entry.console.sheet import Row, sheet
from gateway.entry.console.visit import Form, Visit
from gateway.entry.console.words import Sayer
from gateway.flows import oversee
from gateway.flows.acknowledge import PATIENCE, is_quarantined
from gateway.ports import HeldStatus

READ: Final = 200
"""Statuses of one page: a province has a handful that wait; more is one vendor's mistake, seen at once."""
VIEWS: Final = {"hand": True, "waiting": False}
"""Whether only an officer can help those that are shown."""


async def show(visit: Visit) -> web.Response:
    """Show what waits, the longest first."""
    chosen = _view(visit)
    found = await visit.ports.held_statuses.held(after=visit.asked("after") or None, limit=READ)
    shown = [each for each in found.items if is_quarantined(each, visit.now) is VIEWS[chosen]]
    return page(
        visit,
        "statuses.html",
        title=visit.say("Trạng thái chờ ghép", "Statuses that wait"),
        chosen=chosen,
        asked=visit.asked,
        organ=visit.asked("organ"),
        statuses=[each for each in shown if _fits(visit, each)],
        others=len(found.items) - len(shown),
        next=found.next,
        patience=PATIENCE,
    )


async def export(visit: Visit) -> web.Response:
    """Give all that fit as a sheet."""
    return await sheet(visit, "cho-ghep", visit.say("Trạng thái chờ ghép", "Statuses that wait"), _COLUMNS, _rows(visit))


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


def _view(visit: Visit) -> str:
    chosen = visit.asked("view") or "hand"
    if chosen not in VIEWS:
        raise Rejected("malformed-request", path="view", detail=chosen)
    return chosen


def _fits(visit: Visit, status: HeldStatus) -> bool:
    """Tell whether a status is asked for: by who reports it, and by words of both agencies and of the document's code."""
    named, reporter = status.named, status.report.reporter
    if visit.asked("organ") not in {"", reporter}:
        return False
    said = (visit.agency(reporter), reporter, visit.agency(named.owner), named.owner, named.number, named.notation)
    return is_found(said, sought(visit.asked("q")))


async def _rows(visit: Visit) -> AsyncIterator[Row]:
    chosen, say, after = _view(visit), Sayer(visit.english), None
    while True:
        found = await visit.ports.held_statuses.held(after=after, limit=READ)
        for each in found.items:
            if is_quarantined(each, visit.now) is VIEWS[chosen] and _fits(visit, each):
                yield [
                    visit.agency(each.report.reporter),
                    say.code(each.report.code),
                    each.report.description or "",
                    f"{each.named.number}/{each.named.notation}",
                    visit.agency(each.named.owner),
                    each.received_at.replace(tzinfo=None),
                    say.obstacle(each.obstacle),
                    say.remedy(each.obstacle),
                ]
        if found.next is None:
            return
        after = found.next


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


_COLUMNS: Final = (
    ("Đơn vị báo", "Reported by", 36),
    ("Trạng thái", "Status", 20),
    ("Ý kiến", "Remark", 40),
    ("Số, ký hiệu", "Code", 18),
    ("Của", "Of", 36),
    ("Trục nhận lúc", "Received", 18),
    ("Vì sao chờ", "Why it waits", 36),
    ("Việc cần làm", "What to do", 48),
)
