"""Reminding who owes and telling their leaders: of one deadline at once, of those that were chosen after a look at them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from aiohttp import hdrs, web

from gateway.core.deadlines import DeadlineState
from gateway.core.faults import Rejected
from gateway.core.ladder import ByHand
from gateway.core.model import OrganId
from gateway.entry.console.owing import ANSWERS
from gateway.entry.console.pages import page
from gateway.entry.console.visit import Form, Visit, own_place
from gateway.flows import keep_time
from gateway.ports import Owed, Owing

MOST: Final = 500
"""Deadlines that are told of at once; a page has fewer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """One that nobody was told of, and why not."""

    owed: Owed | None
    fault: Rejected


async def remind(visit: Visit, form: Form) -> web.Response:
    """Remind who owes it."""
    await keep_time.remind(visit.ports.deadlines, visit.rules, visit.request.match_info["deadline"], visit.decision(form))
    return back(form)


async def escalate(visit: Visit, form: Form) -> web.Response:
    """Tell the leader of who owes it."""
    await keep_time.escalate(visit.ports.deadlines, visit.rules, visit.request.match_info["deadline"], visit.decision(form))
    return back(form)


async def preview(visit: Visit, form: Form) -> web.Response:
    """Say who would be told of what, before anybody is."""
    chosen = await _chosen(visit, form)
    return page(
        visit,
        "answers_preview.html",
        title=visit.say("Xác nhận", "Confirm"),
        step=_step(form),
        owed=tuple(chosen.values()),
        to=own_place(form.get("here"), ANSWERS),
        leader=lambda organ: leader(visit, organ),
        working_left=visit.working_left,
    )


async def decide(visit: Visit, form: Form) -> web.Response:
    """Tell of each; show of which it was done, and why not of others."""
    step, chosen = _step(form), await _chosen(visit, form)
    told, refused = await keep_time.tell_each(visit.ports.deadlines, visit.rules, step, form.all("id"), visit.decision(form))
    visit.ports.telemetry.record(f"deadlines.{step}", by=visit.officer.id, matched=len(told) + len(refused), done=len(told))
    return page(
        visit,
        "answers_done.html",
        title=visit.say("Kết quả", "Result"),
        step=step,
        told=told,
        refused=[Refused(owed=chosen.get(each.path or ""), fault=each) for each in refused],
        to=own_place(form.get("here"), ANSWERS),
    )


def back(form: Form) -> web.Response:
    """Go back to the list that the form was on."""
    return web.Response(status=303, headers={hdrs.LOCATION: own_place(form.get("here"), ANSWERS)})


def leader(visit: Visit, organ: OrganId) -> str:
    """Say whom telling the leader of an agency reaches."""
    agency = visit.rules.directory.find(organ)
    if not visit.rules.timekeeping.by_mail:
        return visit.say(
            "Trục chưa gửi thư: chỉ hệ thống của đơn vị được báo.", "The hub writes no letters: only the agency's system is told."
        )
    if agency is None or not agency.leader_email:
        return visit.say(
            "Chưa có thư của lãnh đạo: thư tới đơn vị vận hành trục.",
            "No address of the leader: the hub's officers are written to.",
        )
    return visit.say(f"Thư tới {agency.leader_email}.", f"A letter to {agency.leader_email}.")


def _step(form: Form) -> ByHand:
    try:
        return ByHand(form.get("decision"))
    except ValueError as error:
        raise Rejected("malformed-request", path="decision", detail=form.get("decision")) from error


async def _chosen(visit: Visit, form: Form) -> Mapping[str, Owed]:
    """Find those that the form names, in the order of their due times. Raises `malformed-request` where it names none."""
    ids = form.all("id")
    if not ids or len(ids) > MOST:
        detail, detail_en = f"Chọn từ 1 đến {MOST} thời hạn.", f"Choose 1 to {MOST} deadlines."
        raise Rejected("malformed-request", path="id", detail=detail, detail_en=detail_en)
    found = await visit.ports.deadlines.owed(Owing(ids=ids, states=tuple(DeadlineState)), after=None, limit=MOST)
    return {each.deadline.id: each for each in found.items}
