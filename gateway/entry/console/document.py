"""Chi tiết văn bản · A document: where it is at each receiver, how it came there, and why it is not further."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from aiohttp import hdrs, web

from gateway.core.deadlines import RUNNING, Deadline
from gateway.core.faults import Rejected
from gateway.core.findings import trusted_as
from gateway.core.lifecycle import FINAL
from gateway.core.model import Delivery, Event, State
from gateway.entry.api.door import CONSOLE
from gateway.entry.console import signatures
from gateway.entry.console.pages import page
from gateway.entry.console.signatures import Checked
from gateway.entry.console.standing import Standing, standing, surroundings
from gateway.entry.console.telling import leader
from gateway.entry.console.visit import Form, Visit
from gateway.flows import oversee, revise
from gateway.flows.keep_time import keep_time
from gateway.ports import Filter

REMARKS: Final = 100
"""Notes of one page, the newest: no officer reads more of one document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something that happened, how long after what was before it, and how much of that was working time of the receiver."""

    event: Event
    after: timedelta
    worked: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How the document fares at one receiver."""

    delivery: Delivery
    standing: Standing
    steps: tuple[Step, ...]
    deadlines: tuple[Deadline, ...]


async def show(visit: Visit) -> web.Response:
    """Show a document with all its deliveries."""
    return await _draw(visit, None)


async def check(visit: Visit, _form: Form) -> web.Response:
    """Show it with what its signature proves when the envelope is read again."""
    document = (await visit.ports.province.history(visit.request.match_info["id"])).view.document
    return await _draw(visit, await signatures.check(visit, document))


async def _draw(visit: Visit, checked: Checked | None) -> web.Response:
    history = await visit.ports.province.history(visit.request.match_info["id"])
    document, deliveries = history.view.document, history.view.deliveries
    parties = {document.sender, *(each.receiver for each in deliveries)}
    await keep_time(visit.ports.deadlines, visit.rules)
    owed = await visit.ports.deadlines.of({document.id}, parties)
    linked = await visit.ports.links.linked(document.id, parties)
    around = await surroundings(visit)
    courses = []
    for each in deliveries:
        steps = _steps(visit, each, history.events, document.accepted_at)
        since = steps[-1].event.at if steps else document.accepted_at
        courses.append(
            Course(
                delivery=each,
                standing=standing(visit, each, since, around),
                steps=steps,
                deadlines=tuple(deadline for deadline in owed if deadline.delivery == each.id),
            )
        )
    return page(
        visit,
        "document.html",
        title=f"{document.number}/{document.notation}",
        document=document,
        courses=courses,
        own=[each for each in owed if each.delivery is None],
        linked=linked,
        remarks=await visit.ports.remarks.of(document.id, limit=REMARKS),
        remark_characters=oversee.REMARK_CHARACTERS,
        receipts=await visit.ports.province.receipts(document.id),
        working_left=visit.working_left,
        running=RUNNING,
        recallable=any(each.state not in FINAL | {State.RECALL_REQUESTED} for each in deliveries),
        leader=lambda organ: leader(visit, organ),
        trusted_as=trusted_as(document),
        checked=checked,
        here=_place(document.id),
    )


def _steps(visit: Visit, delivery: Delivery, events: Iterable[Event], accepted_at: datetime) -> tuple[Step, ...]:
    schedule, before, steps = visit.rules.timekeeping.working_time.of(delivery.receiver), accepted_at, []
    for event in events:
        if event.delivery in {None, delivery.id}:
            steps.append(Step(event=event, after=event.at - before, worked=schedule.working_between(before, event.at)))
            before = event.at
    return tuple(steps)


async def requeue(visit: Visit, form: Form) -> web.Response:
    """Let one delivery that failed go on."""
    which = Filter(ids=(visit.request.match_info["delivery"],))
    done = await oversee.requeue(visit.ports.dead_letters, visit.rules, which, visit.decision(form))
    if done.failed:
        raise Rejected(done.failed[0].code, path=done.failed[0].delivery)
    return _back(visit)


async def release(visit: Visit, form: Form) -> web.Response:
    """Let go on what the policy holds."""
    await oversee.release(visit.ports.ledger, visit.rules, visit.request.match_info["id"], visit.decision(form))
    return _back(visit)


async def give_back(visit: Visit, form: Form) -> web.Response:
    """Give back to its sender what the policy holds."""
    await oversee.refuse(visit.ports.ledger, visit.request.match_info["id"], visit.decision(form))
    return _back(visit)


async def recall(visit: Visit, form: Form) -> web.Response:
    """Ask it back from all its receivers, in the name of its sender who asked for that. Raises `not-found`, `status-conflict`."""
    own, decided = visit.request.match_info["id"], visit.decision(form)
    document = (await visit.ports.province.history(own)).view.document
    subject = {"document": own, "sender": document.sender}
    await visit.ports.audit.record("document.recalled", subject, by=decided.by, reason=decided.reason, now=decided.now)
    await revise.recall(visit.ports, visit.rules, {document.sender}, own, reason=decided.reason, to=None)
    return _back(visit)


async def remark(visit: Visit, form: Form) -> web.Response:
    """Write a note about it, which other officers see and no agency."""
    own = visit.request.match_info["id"]
    await oversee.remark(visit.ports.remarks, own, form.get("text"), by=visit.officer.id, now=visit.now)
    return _back(visit)


def _back(visit: Visit) -> web.Response:
    return web.Response(status=303, headers={hdrs.LOCATION: _place(visit.request.match_info["id"])})


def _place(document: str) -> str:
    return f"{CONSOLE}/documents/{document}"
