"""Signs: what is measured of the hub at one look, for each rule of alerts, in words that say where to look.

Whether it is a matter is decided by `alert_rules.reached`; less is measured too, so that other thresholds can be tried on it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from gateway.core.alert_rules import AlertRule, Trouble
from gateway.core.alerts import Sign
from gateway.core.circuit import CircuitState
from gateway.core.fault_codes import FAULTS
from gateway.core.holdings import Holding, ending
from gateway.core.model import Lane
from gateway.core.rules import Rules
from gateway.core.vietnamese import moment
from gateway.flows.acknowledge import PATIENCE, is_quarantined
from gateway.flows.attend import silent
from gateway.flows.measure import broker_fault
from gateway.ports import Chore, Filter, HeldStatus, Ports, QueueTally

STATUSES: Final = 200
"""Statuses that are looked through, the oldest first: more is one vendor's mistake, and told by these."""
AHEAD: Final = 60.0
"""Working days before their end from which certificates are measured, also where the rule begins later."""
NAMED: Final = 5
"""Names in one sentence."""


@dataclass(frozen=True, slots=True)
class _Look:
    """One look by one rule."""

    ports: Ports
    rules: Rules
    rule: AlertRule
    now: datetime

    @property
    def at(self) -> float:
        return self.rule.at or 0.0


async def signs(ports: Ports, rules: Rules) -> tuple[Sign, ...]:
    """Measure for every rule. Raises Transient where the ledger cannot be asked."""
    now = ports.clock.now()
    looks = {trouble: _Look(ports, rules, rule, now) for trouble, rule in rules.alerts.items()}
    return tuple([sign for trouble, look in looks.items() for sign in await _LOOKS[trouble](look)])


async def _urgent_waits(look: _Look) -> list[Sign]:
    return await _waiting(look, Trouble.URGENT_WAITS, Lane.URGENT)


async def _queue_waits(look: _Look) -> list[Sign]:
    return await _waiting(look, Trouble.QUEUE_WAITS, Lane.NORMAL)


async def _waiting(look: _Look, trouble: Trouble, lane: Lane) -> list[Sign]:
    """Name the systems for which one waits, since when that is for over `at` minutes."""
    late = timedelta(minutes=look.at)
    return [
        Sign(
            trouble=trouble,
            subject=each.queue.system,
            since=oldest + late,
            vi=f"{each.queue.system}: {each.waiting} văn bản, lâu nhất từ {moment(oldest)}",
            en=f"{each.queue.system}: {each.waiting} documents, the oldest since {moment(oldest)}",
            count=each.waiting,
            value=(look.now - oldest) / timedelta(minutes=1),
        )
        for each, oldest in _aged(await look.ports.outbox.queues())
        if each.queue.lane is lane
    ]


def _aged(queues: tuple[QueueTally, ...]) -> Iterator[tuple[QueueTally, datetime]]:
    return ((each, each.oldest_at) for each in queues if each.oldest_at is not None)


async def _parked(look: _Look) -> list[Sign]:
    return [
        Sign(
            trouble=Trouble.SYSTEM_PARKED,
            subject=each.system,
            since=each.since,
            vi=f"{each.system}: {_cause(each.cause)[0]} {each.why or ''}".strip(),
            en=f"{each.system}: {_cause(each.cause)[1]} {each.why or ''}".strip(),
        )
        for each in await look.ports.outbox.circuits()
        if each.state is CircuitState.PARKED
    ]


async def _undeliverable(look: _Look) -> list[Sign]:
    """Name causes: a hundred receivers that refuse for one cause are one trouble."""
    counts: dict[str, int] = {}
    receivers: dict[str, list[str]] = {}
    for each in await look.ports.dead_letters.groups(Filter(parked=False)):
        cause = each.cause or ""
        counts[cause] = counts.get(cause, 0) + each.count
        receivers.setdefault(cause, []).append(look.rules.directory.name_of(each.receiver))
    return [
        Sign(
            trouble=Trouble.UNDELIVERABLE,
            subject=cause,
            vi=f"{count} văn bản tới {_names(receivers[cause])}: {_cause(cause)[0]}",
            en=f"{count} documents to {_names(receivers[cause])}: {_cause(cause)[1]}",
            count=count,
            value=count,
        )
        for cause, count in counts.items()
    ]


async def _broker_down(look: _Look) -> list[Sign]:
    fault = await broker_fault(look.ports)
    if fault is None:
        return []
    vi, en = _cause(fault.code)
    return [Sign(trouble=Trouble.BROKER_DOWN, vi=vi, en=en)]


async def _overdue_express(look: _Look) -> list[Sign]:
    counts: dict[str, int] = {}
    for each in await look.ports.province.overdue():
        counts[each.organ] = counts.get(each.organ, 0) + each.express
    return [
        Sign(
            trouble=Trouble.OVERDUE_EXPRESS,
            subject=organ,
            vi=f"{look.rules.directory.name_of(organ)}: {count} việc quá hạn",
            en=f"{look.rules.directory.name_of(organ)}: {count} overdue",
            count=count,
            value=count,
        )
        for organ, count in counts.items()
        if count
    ]


async def _silent(look: _Look) -> list[Sign]:
    found = await silent(look.ports.presence, look.rules, look.now)
    if not found:
        return []
    names = _names([each.agency.name for each in found])
    words = (f"{len(found)} đơn vị: {names}", f"{len(found)} agencies: {names}")
    return [Sign(trouble=Trouble.SILENT_AGENCIES, vi=words[0], en=words[1], count=len(found), value=len(found))]


async def _certificates(look: _Look) -> list[Sign]:
    """Name agencies none of whose certificates will hold for long; one without any signs nothing."""
    found = await asyncio.to_thread(lambda: list(ending(look.rules, look.now, max(look.at, AHEAD))))
    return [
        Sign(
            trouble=Trouble.CERTIFICATE_ENDING,
            subject=each.agency.id,
            vi=f"{each.agency.name}: {_ends(each, days, look.now)[0]}",
            en=f"{each.agency.name}: {_ends(each, days, look.now)[1]}",
            value=-days,
        )
        for each, days in found
    ]


def _ends(found: Holding, days: int, now: datetime) -> tuple[str, str]:
    """Say that what an agency signs with is over, or when it will be."""
    if found.until is None:
        return "đã bị thu hồi", "revoked"
    until = moment(found.until)
    if found.ended(now):
        return f"đã hết hạn lúc {until}", f"ended at {until}"
    return f"còn {days} ngày làm việc, tới {until}", f"{days} working days left, until {until}"


async def _unmatched(look: _Look) -> list[Sign]:
    page = await look.ports.held_statuses.held(after=None, limit=STATUSES)
    found = [each for each in page.items if is_quarantined(each, look.now)]
    if not found:
        return []
    oldest = min(each.received_at for each in found)
    return [
        Sign(
            trouble=Trouble.STATUSES_UNMATCHED,
            since=min(_quarantined_at(each, look.now) for each in found),
            vi=f"{len(found)} trạng thái, lâu nhất từ {moment(oldest)}",
            en=f"{len(found)} statuses, the oldest since {moment(oldest)}",
            count=len(found),
            value=len(found),
        )
    ]


def _quarantined_at(status: HeldStatus, now: datetime) -> datetime:
    """Say since when at least only an officer can help it."""
    ripe = status.received_at + PATIENCE
    return ripe if ripe <= now else status.received_at


async def _disk(look: _Look) -> list[Sign]:
    filled = await asyncio.to_thread(look.ports.disk.filled)
    return [Sign(trouble=Trouble.DISK_NEARLY_FULL, vi=f"đã dùng {filled:.0f} %", en=f"{filled:.0f} % are used", value=filled)]


async def _clock(look: _Look) -> list[Sign]:
    found = await look.ports.clock_check.compare()
    off = abs(found.ahead.total_seconds())
    ahead, against = found.ahead > timedelta(), "PostgreSQL" if found.against == "postgresql" else ""
    vi = f"{'nhanh' if ahead else 'chậm'} {off:.0f} giây so với {against or 'việc cuối cùng trong sổ cái'}"
    en = f"{off:.0f} seconds {'ahead of' if ahead else 'behind'} {against or 'the last event of the ledger'}"
    return [Sign(trouble=Trouble.CLOCK_OFF, vi=vi, en=en, value=off)]


async def _backup(look: _Look) -> list[Sign]:
    """Tell how old the last backup is; one that failed is too old. Where none was ever made none is due."""
    last = (await look.ports.upkeep.last()).get(Chore.BACKUP)
    if last is None:
        return []
    hours = (look.now - last.at) / timedelta(hours=1)
    at = moment(last.at)
    vi, en = (f"lần cuối {at}", f"the last was at {at}") if last.well else (f"hỏng lúc {at}", f"it failed at {at}")
    return [Sign(trouble=Trouble.BACKUP_LATE, vi=vi, en=en, value=hours if last.well else max(hours, look.at))]


_LOOKS: Final[Mapping[Trouble, Callable[[_Look], Awaitable[list[Sign]]]]] = {
    Trouble.URGENT_WAITS: _urgent_waits,
    Trouble.QUEUE_WAITS: _queue_waits,
    Trouble.SYSTEM_PARKED: _parked,
    Trouble.UNDELIVERABLE: _undeliverable,
    Trouble.BROKER_DOWN: _broker_down,
    Trouble.OVERDUE_EXPRESS: _overdue_express,
    Trouble.SILENT_AGENCIES: _silent,
    Trouble.CERTIFICATE_ENDING: _certificates,
    Trouble.STATUSES_UNMATCHED: _unmatched,
    Trouble.DISK_NEARLY_FULL: _disk,
    Trouble.CLOCK_OFF: _clock,
    Trouble.BACKUP_LATE: _backup,
}


def _cause(code: str | None) -> tuple[str, str]:
    """Say what a fault code means, in both languages."""
    known = FAULTS.get(code or "")
    return (known.vi, known.en) if known else ("chưa rõ nguyên nhân.", "no reason is recorded.")


def _names(names: list[str]) -> str:
    more = f" … (+{len(names) - NAMED})" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
