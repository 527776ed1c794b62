"""Inform: what happened to documents is told to the systems that have to do with it, through their adapters, in order."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from gateway.core import retry
from gateway.core.deadlines import RULES, Rule
from gateway.core.directory import Link, System
from gateway.core.fault_codes import FAULTS
from gateway.core.faults import Fault, Undeliverable
from gateway.core.lifecycle import HOLDING
from gateway.core.model import BusinessType, OrganId, State, StatusCode
from gateway.core.retry import Backoff
from gateway.flows.within import within
from gateway.ports import Bulletin, News, Ports, Telling
from gateway.sdk import Adapter, Notice

LIMIT: Final = 100
TELLING_SECONDS: Final = 30.0
"""No call is begun later than this after the claim, so that each ends before the claim does."""
MARGIN_SECONDS: Final = 30.0
PATIENCE: Final = Backoff(first=2.0, longest=300.0, attempts=900)
"""Of news: three days, as of documents; a system that is back hears within five minutes."""
_STATES: Final = {
    "delivery.collected": State.COLLECTED,
    "delivery.failed": State.FAILED,
    "delivery.turned_back": State.REJECTED,
    "delivery.redirected": State.REPLACED,
}
"""What the hub itself knows, by the type of its event."""


async def inform(ports: Ports, system: System, link: Link) -> Telling | None:
    """Tell a system its next news; give what came of it, None where there was nothing to tell.

    What could not be told waits, and is told again, in order.
    """
    now = ports.clock.now()
    until = now + timedelta(seconds=TELLING_SECONDS + link.seconds + MARGIN_SECONDS)
    bulletin = await ports.notices.claim(system.id, system.organs, limit=LIMIT, until=until, now=now)
    if bulletin is None:
        return None
    told = _Told()
    try:
        adapter = await within(link.seconds, ports.catalogue.adapter(system))
    except Fault as fault:
        told.failed[bulletin.news[0].event.seq] = fault
    else:
        recall = ports.catalogue.manifest(system).recall
        await _tell_all(adapter, bulletin, system, link, told, recall=recall)
    telling = _telling(bulletin, told, ports.clock.now())
    await ports.notices.settle(bulletin, telling, now=ports.clock.now())
    for _, refusal in telling.refused:
        ports.telemetry.record("notice.refused", system=system.id, code=refusal.code)
    if telling.fault is not None:
        ports.telemetry.record("notice.deferred", system=system.id, code=telling.fault.code, attempts=telling.attempts)
    return telling


@dataclass(slots=True)
class _Told:
    """What came of each event of a bulletin, by its number."""

    settled: set[int] = field(default_factory=set)
    refused: dict[int, Fault] = field(default_factory=dict)
    failed: dict[int, Fault] = field(default_factory=dict)


async def _tell_all(adapter: Adapter, bulletin: Bulletin, system: System, link: Link, told: _Told, *, recall: bool) -> None:
    """Tell the news of each delivery in order, of several deliveries at once where the link allows it."""
    room = asyncio.Semaphore(link.in_flight)
    end = asyncio.get_running_loop().time() + TELLING_SECONDS
    threads: dict[str | None, list[News]] = {}
    for each in bulletin.news:
        threads.setdefault(each.event.delivery, []).append(each)

    async def tell(thread: list[News]) -> None:
        for news in thread:
            async with room:
                if told.failed or asyncio.get_running_loop().time() > end:
                    return
                await _tell(adapter, news, system, link, told, recall=recall)

    await asyncio.gather(*(tell(thread) for thread in threads.values()))


async def _tell(adapter: Adapter, news: News, system: System, link: Link, told: _Told, *, recall: bool) -> None:
    seq, wanted = news.event.seq, notice(news, system.organs)
    try:
        if wanted is not None and (recall or wanted.code is not StatusCode.RECALL_REQUESTED):
            await within(link.seconds, adapter.report(wanted))
    except Undeliverable as fault:
        told.refused[seq] = fault
    except Fault as fault:
        told.failed[seq] = fault
        return
    told.settled.add(seq)


def _telling(bulletin: Bulletin, told: _Told, now: datetime) -> Telling:
    """Sum up: all before the first that was not told is done with. One that can never be told does not keep the others."""
    before, after = _parted(bulletin, told)
    refused = tuple((each, told.refused[each.event.seq]) for each in before if each.event.seq in told.refused)
    last = before[-1].event.seq if before else bulletin.news[0].event.seq - 1
    if not after or not told.failed:
        return Telling(told=last, refused=refused)
    fault = told.failed[min(told.failed)]
    attempts = 1 if before else bulletin.attempts + 1
    again = retry.following(fault, f"{bulletin.system}/{after[0].event.seq}", attempts, now, PATIENCE)
    if again is None:
        return Telling(told=after[0].event.seq, refused=(*refused, (after[0], fault)))
    return Telling(told=last, refused=refused, fault=fault, attempts=attempts, again=again)


def _parted(bulletin: Bulletin, told: _Told) -> tuple[list[News], list[News]]:
    """Part what is settled without a gap from the rest."""
    count = next((at for at, each in enumerate(bulletin.news) if each.event.seq not in told.settled), len(bulletin.news))
    return list(bulletin.news[:count]), list(bulletin.news[count:])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What an event says to one side. `by` names the document that did it in the event's data, as `<by>` and `<by>_code`."""

    code: StatusCode | None = None
    state: State
    words: str
    business_type: BusinessType | None = None
    by: str = ""


def notice(news: News, organs: Collection[OrganId]) -> Notice | None:
    """Give the notice that an event is to a system that acts for `organs`; None where it is no news to it."""
    event, document, data = news.event, news.document, news.event.data
    said = _said(news, organs)
    if said is None or event.delivery is None:
        return None
    return Notice(
        key=f"{event.delivery}-{event.seq}",
        sequence=event.seq,
        delivery=event.delivery,
        document=document.id,
        document_id=document.document_id,
        number=document.number,
        notation=document.notation,
        promulgated_on=document.promulgated_on,
        sender=document.sender,
        receiver=OrganId(data["to"]),
        code=said.code,
        state=said.state,
        description=said.words,
        staff=data.get("staff") or {},
        at=datetime.fromisoformat(data["reported_at"]) if data.get("reported_at") else event.at,
        business_type=said.business_type,
        by_document=data.get(said.by),
        by_code=data.get(f"{said.by}_code") if said.by else None,
    )


def _said(news: News, organs: Collection[OrganId]) -> _Said | None:
    happened, data = news.event.type, news.event.data
    if happened in {"deadline.reminder", "deadline.overdue", "deadline.escalated"}:
        return _reminder(data, organs)
    said = _to_sender(happened, data) if news.document.sender in organs else None
    if said is None and data.get("to") in organs:
        said = _to_receiver(happened, data)
    return said


def _to_sender(happened: str, data: dict[str, Any]) -> _Said | None:
    """Say an event to the document's sender: what he did himself is no news, but what came of it."""
    if happened == "status.received" and data["status_code"] != StatusCode.RECALL_REQUESTED:
        said = _Said(code=StatusCode(data["status_code"]), state=State(data["state"]), words=data["description"])
        return replace(said, business_type=BusinessType.UPDATE, by="updated_by") if "updated_by" in data else said
    if happened == "recall.requested" and data["state"] == State.RECALLED:
        return _Said(state=State.RECALLED, words=data["description"])
    if happened == "recall.answered" and "cause" in data:  # the hub itself: no attempt had reached the receiver
        return _Said(state=State.RECALLED, words=FAULTS[data["cause"]].vi)
    if happened in _STATES:
        return _Said(state=_STATES[happened], words=_words(data))
    return None


def _to_receiver(happened: str, data: dict[str, Any]) -> _Said | None:
    """Say to a receiver what the sender asks of him, or has done. What he never had is no news to him."""
    if happened == "recall.requested" and data["state"] != State.RECALLED:
        said = _Said(code=StatusCode.RECALL_REQUESTED, state=State(data["state"]), words=data["description"])
        return replace(said, business_type=BusinessType.RECALL, by="recalled_by") if "recalled_by" in data else said
    if happened == "update.requested":
        words = _revised("Đề nghị cập nhật theo văn bản", data["updated_by_code"], data["reason"])
        return _Said(state=State(data["state"]), words=words, business_type=BusinessType.UPDATE, by="updated_by")
    if happened == "document.replaced" and data["previous"] in HOLDING:
        words = _revised("Đã được thay thế bằng văn bản", data["replaced_by_code"], data["reason"])
        return _Said(state=State.REPLACED, words=words, business_type=BusinessType.REPLACE, by="replaced_by")
    return None


def _revised(what: str, code: str, reason: str) -> str:
    """Name the document that does it, and why, where it says more than its code."""
    return f"{what} {code}" if reason == code else f"{what} {code}: {reason}"


_LATE: Final = ("overdue", "day_later", "three_days_later", "asked_late")
_STEPS: Final = {"asked": "Nhắc", "escalated": "Quá hạn, đã báo lãnh đạo", **dict.fromkeys(_LATE, "Quá hạn")}
"""What a step of a deadline is called; the others come before it is due."""


def _reminder(data: dict[str, Any], organs: Collection[OrganId]) -> _Said | None:
    """Say a step of a deadline to those whom it tells; its delivery stands where it stood."""
    tells = {"agency": data["to"], "sender": data["from"]}
    if data["delivery_state"] is None or not any(tells.get(each) in organs for each in data["tells"]):
        return None
    due_at = datetime.fromisoformat(data["due_at"])
    said = _STEPS.get(data["step"], "Sắp đến hạn")
    return _Said(
        state=State(data["delivery_state"]), words=f"{said}: {RULES[Rule(data['rule'])].vi} (hạn {due_at:%H:%M %d/%m/%Y})"
    )


def _words(data: dict[str, Any]) -> str:
    cause = FAULTS[data["cause"]].vi if data.get("cause") in FAULTS else ""
    return " ".join(filter(None, (cause, data.get("answer"), data.get("reason"))))
