"""Oversee: what operators see of the hub and decide about it. Every decision has a reason and a name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gateway.core import routing
from gateway.core.circuit import Circuit
from gateway.core.directory import System
from gateway.core.envelope import Organisation
from gateway.core.faults import Rejected
from gateway.core.model import Lane, OrganId, SystemId
from gateway.core.rules import Rules
from gateway.ports import (
    AuditLog,
    Bulk,
    DeadLetters,
    DocumentView,
    Filter,
    HeldStatuses,
    Ledger,
    Notices,
    Outbox,
    QueueId,
    QueueTally,
    Remarks,
    Seal,
)

REMARK_CHARACTERS: Final = 1_000
"""A page of a document is read at a glance; what is longer belongs into a file of its own."""
AT_ONCE: Final = 10_000
"""Dead letters that one decision is carried out on: fifty transactions, which take some seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Who decides, when and why."""

    by: str
    reason: str
    now: datetime

    def __post_init__(self) -> None:
        """Raise `malformed-request` where there is no reason."""
        if not self.reason.strip():
            raise Rejected("malformed-request", path="reason", detail="Cần nêu lý do.", detail_en="A reason is needed.")


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueStanding:
    """How a queue stands, and the circuit of its system."""

    tally: QueueTally
    circuit: Circuit


def named(rules: Rules, organ: str | None) -> OrganId | None:
    """Give the canonical id of an agency that is named by any of its ids; one that is not known stays as it is."""
    if organ is None:
        return None
    found = rules.directory.find(organ)
    return found.id if found else OrganId(organ)


async def requeue(letters: DeadLetters, rules: Rules, which: Filter, decision: Decision) -> Bulk:
    """Let dead letters go on to where their receivers are reached now."""
    return await letters.requeue(
        which, route=rules.systems.route, by=decision.by, reason=decision.reason, now=decision.now, limit=AT_ONCE
    )


async def park(letters: DeadLetters, which: Filter, decision: Decision) -> Bulk:
    """Put dead letters aside."""
    return await letters.park(which, by=decision.by, reason=decision.reason, now=decision.now, limit=AT_ONCE)


async def turn_back(letters: DeadLetters, which: Filter, decision: Decision) -> Bulk:
    """Give dead letters back to their senders."""
    return await letters.turn_back(which, by=decision.by, reason=decision.reason, now=decision.now, limit=AT_ONCE)


async def redirect(letters: DeadLetters, rules: Rules, which: Filter, to: str, decision: Decision) -> Bulk:
    """Send dead letters to another receiver, which the directory must know by this id or an alias.

    Raises `receiver-unknown`, `receiver-locked` or `receiver-dissolved`.
    """
    organ = instead(rules, to, decision.now)
    return await letters.redirect(
        which, organ, route=rules.systems.route, by=decision.by, reason=decision.reason, now=decision.now, limit=AT_ONCE
    )


def instead(rules: Rules, to: str, now: datetime) -> OrganId:
    """Give the agency that takes the place of a receiver. Raises `receiver-unknown`, `receiver-locked`, `receiver-dissolved`."""
    (organ,), _ = routing.plan((Organisation(organ_id=to),), rules.directory, now.date())
    return organ


async def release(ledger: Ledger, rules: Rules, document: str, decision: Decision) -> tuple[DocumentView, ...]:
    """Let go on what the policy held. Raises `not-found` where nothing of the document is held."""
    return await ledger.release(document, route=rules.systems.route, by=decision.by, reason=decision.reason, now=decision.now)


async def refuse(ledger: Ledger, document: str, decision: Decision) -> tuple[DocumentView, ...]:
    """Give back to its sender what the policy held. Raises `not-found` where nothing of the document is held."""
    return await ledger.turn_back(document, by=decision.by, reason=decision.reason, now=decision.now)


async def open_content(audit: AuditLog, document: str, what: str, decision: Decision) -> None:
    """Write down that an officer opens a part of a document's content: before anything of it is given out."""
    subject = {"document": document, "what": what}
    await audit.record("document.opened", subject, by=decision.by, reason=decision.reason, now=decision.now)


async def remark(remarks: Remarks, document: str, text: str, *, by: str, now: datetime) -> None:
    """Write about a document, for other officers alone. Raises `not-found`, `malformed-request` for nothing or too much."""
    written = text.replace("\r\n", "\n").replace("\0", "").strip()
    if not 0 < len(written) <= REMARK_CHARACTERS:
        detail = f"Ghi chú có từ 1 đến {REMARK_CHARACTERS} ký tự."
        detail_en = f"A note has from 1 to {REMARK_CHARACTERS} characters."
        raise Rejected("malformed-request", path="text", detail=detail, detail_en=detail_en)
    await remarks.write(document, written, by=by, now=now)


async def resolve_status(statuses: HeldStatuses, seal: Seal, status: str, delivery: str | None, decision: Decision) -> None:
    """Record a status that waits on the delivery that is meant; give it up where none is.

    Raises `not-found`, `status-unmatched` or `status-conflict`.
    """
    if delivery is None:
        await statuses.drop(status, by=decision.by, reason=decision.reason, now=decision.now)
    else:
        await statuses.apply(status, delivery, by=decision.by, reason=decision.reason, now=decision.now, seal=seal)


async def pause(outbox: Outbox, rules: Rules, system: str, decision: Decision, until: datetime | None) -> Circuit:
    """Push nothing to a system until a moment, or until it is resumed. Raises `entry-unknown` and `malformed-request`."""
    if until is not None and until <= decision.now:
        detail = "Thời điểm phải ở tương lai."
        raise Rejected("malformed-request", path="until", detail=detail, detail_en="It must be in the future.")
    own = linked(rules, system).id
    return await outbox.pause(own, by=decision.by, reason=decision.reason, until=until, now=decision.now)


async def resume(outbox: Outbox, rules: Rules, system: str, decision: Decision) -> Circuit:
    """Push to a system again. Raises `entry-unknown`."""
    return await outbox.resume(linked(rules, system).id, by=decision.by, reason=decision.reason, now=decision.now)


async def replay(notices: Notices, rules: Rules, system: str, decision: Decision, since: datetime) -> None:
    """Have a system told again all news since a moment. Raises `entry-unknown` and `malformed-request`."""
    if since > decision.now:
        detail = "Thời điểm phải ở quá khứ."
        raise Rejected("malformed-request", path="since", detail=detail, detail_en="It must be in the past.")
    own = linked(rules, system).id
    await notices.replay(own, since=since, by=decision.by, reason=decision.reason, now=decision.now)


async def queues(outbox: Outbox, rules: Rules) -> tuple[QueueStanding, ...]:
    """Say how each queue stands: both lanes of each linked system, and whatever still waits for one that is no longer."""
    tallies = {each.queue: each for each in await outbox.queues()}
    circuits = {each.system: each for each in await outbox.circuits()}
    systems = {*(each.id for each in rules.systems.linked()), *circuits}
    named = {*_lanes(systems), *tallies}
    return tuple(
        QueueStanding(
            tally=tallies.get(queue) or QueueTally(queue=queue, waiting=0, published=0, attempted=0, oldest_at=None),
            circuit=circuits.get(queue.system) or Circuit(system=queue.system),
        )
        for queue in sorted(named, key=lambda queue: (queue.system, queue.lane is not Lane.URGENT))
    )


def waiting(queues: Iterable[QueueStanding]) -> Mapping[SystemId, int]:
    """Count what waits for each system, in both lanes."""
    found: dict[SystemId, int] = {}
    for each in queues:
        found[each.circuit.system] = found.get(each.circuit.system, 0) + each.tally.waiting
    return found


def _lanes(systems: Iterable[SystemId]) -> Iterable[QueueId]:
    return (QueueId(system=system, lane=lane) for system in systems for lane in Lane)


def linked(rules: Rules, system: str) -> System:
    """Give a system that the hub reaches by itself. Raises `entry-unknown`."""
    found = rules.systems.find(SystemId(system))
    if found is None or found.link is None:
        detail = f"{system}: không phải hệ thống mà trục tự nối tới."
        raise Rejected("entry-unknown", path="system", detail=detail, detail_en=f"{system}: no system that the hub pushes to.")
    return found
