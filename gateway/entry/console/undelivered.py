"""Không gửi được · Undeliverable: grouped by cause, with what it means, what to do, and doing it to the whole group."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

from aiohttp import web

from gateway.core.faults import Rejected
from gateway.core.model import OrganId
from gateway.entry.console.pages import page
from gateway.entry.console.sheet import Row, sheet
from gateway.entry.console.visit import Form, Visit
from gateway.entry.console.words import Sayer
from gateway.flows import oversee
from gateway.ports import Bulk, DeadLetter, Filter

PAGE_SIZE: Final = 50


async def show(visit: Visit) -> web.Response:
    """Show the groups, and the dead letters of the one that is chosen."""
    which = _filter(visit.asked)
    letters = visit.ports.dead_letters
    found = await letters.dead_letters(which, after=visit.asked("after") or None, limit=PAGE_SIZE)
    return page(
        visit,
        "undelivered.html",
        title=visit.say("Không gửi được", "Undeliverable"),
        groups=await letters.groups(Filter(parked=which.parked)),
        letters=found.items,
        next=found.next,
        which=which,
        agencies=visit.rules.directory,
    )


async def export(visit: Visit) -> web.Response:
    """Give the whole group as a sheet."""
    return await sheet(visit, "khong-gui-duoc", visit.say("Không gửi được", "Undeliverable"), _COLUMNS, _rows(visit))


async def preview(visit: Visit, form: Form) -> web.Response:
    """Say what a decision would be about, before it is made."""
    which = _chosen(form)
    decision = _decision(form)
    return page(
        visit,
        "undelivered_preview.html",
        title=visit.say("Xác nhận", "Confirm"),
        count=await visit.ports.dead_letters.preview(which),
        decision=decision,
        form=form,
    )


async def decide(visit: Visit, form: Form) -> web.Response:
    """Carry a decision out; show what it did, and what it could not do and why."""
    decision = _decision(form)
    done = await _DECISIONS[decision](visit, form, _chosen(form))
    visit.ports.telemetry.record(f"deadletters.{decision}", by=visit.officer.id, matched=done.matched, done=done.done)
    title = visit.say("Kết quả", "Result")
    return page(visit, "undelivered_done.html", title=title, done=done, decision=decision)


async def _requeue(visit: Visit, form: Form, which: Filter) -> Bulk:
    return await oversee.requeue(visit.ports.dead_letters, visit.rules, which, visit.decision(form))


async def _park(visit: Visit, form: Form, which: Filter) -> Bulk:
    return await oversee.park(visit.ports.dead_letters, which, visit.decision(form))


async def _turn_back(visit: Visit, form: Form, which: Filter) -> Bulk:
    return await oversee.turn_back(visit.ports.dead_letters, which, visit.decision(form))


async def _redirect(visit: Visit, form: Form, which: Filter) -> Bulk:
    return await oversee.redirect(visit.ports.dead_letters, visit.rules, which, form.get("to"), visit.decision(form))


_DECISIONS: Final[dict[str, Callable[[Visit, Form, Filter], Awaitable[Bulk]]]] = {
    "requeued": _requeue,
    "parked": _park,
    "turned_back": _turn_back,
    "redirected": _redirect,
}


def _decision(form: Form) -> str:
    decision = form.get("decision")
    if decision not in _DECISIONS:
        raise Rejected("malformed-request", path="decision", detail=decision)
    return decision


def _chosen(form: Form) -> Filter:
    """Give what a form is about: the deliveries that it names, else the whole group."""
    which = _filter(form.get)
    ids = form.all("id")
    if not ids and which.cause is None and which.receiver is None:
        detail = "Chưa chọn văn bản hay nhóm nào."
        raise Rejected("malformed-request", path="id", detail=detail, detail_en="Nothing was chosen.")
    return Filter(receiver=which.receiver, cause=which.cause, parked=which.parked, ids=ids or None)


def _filter(asked: Callable[[str], str]) -> Filter:
    receiver, cause = asked("receiver"), asked("cause")
    return Filter(receiver=OrganId(receiver) if receiver else None, cause=cause or None, parked=asked("parked") == "1")


async def _rows(visit: Visit) -> AsyncIterator[Row]:
    after, which = None, _filter(visit.asked)
    while True:
        found = await visit.ports.dead_letters.dead_letters(which, after=after, limit=500)
        for each in found.items:
            yield _row(visit, each)
        if found.next is None:
            return
        after = found.next


def _row(visit: Visit, letter: DeadLetter) -> Row:
    document, delivery, say = letter.view.document, letter.view.deliveries[0], Sayer(visit.english)
    return [
        f"{document.number}/{document.notation}",
        document.subject,
        say.priority(document.priority),
        visit.agency(document.sender),
        visit.agency(delivery.receiver),
        delivery.attempts,
        letter.failed_at.replace(tzinfo=None) if letter.failed_at else None,
        say.cause(delivery.cause),
        delivery.answer or delivery.why or "",
        document.id,
    ]


_COLUMNS: Final = (
    ("Số, ký hiệu", "Code", 18),
    ("Trích yếu", "Subject", 60),
    ("Độ khẩn", "Priority", 12),
    ("Nơi gửi", "From", 32),
    ("Nơi nhận", "To", 32),
    ("Lần thử", "Attempts", 10),
    ("Lần cuối", "Last tried", 18),
    ("Nguyên nhân", "Cause", 40),
    ("Bên kia trả lời", "The other side said", 60),
    ("Mã văn bản", "Document", 34),
)
