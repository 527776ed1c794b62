"""How each agency fares: whether it is reached, whether it looks, and what it owes."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from gateway.core.circuit import Circuit, CircuitState
from gateway.core.directory import Agency, System
from gateway.core.model import OrganId, SystemId
from gateway.entry.console import writing
from gateway.entry.console.visit import Visit
from gateway.entry.console.words import Condition, Sayer
from gateway.flows import oversee
from gateway.flows.attend import Attendance, Silent, attendance
from gateway.flows.keep_time import keep_time
from gateway.flows.oversee import QueueStanding
from gateway.ports import Backlog, OverdueTally

LATELY: Final = timedelta(days=30)
"""Who sent something within is no stranger, though it never looks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What conditions depend on. `pushed` counts what waits for a system, whichever of its agencies it is for.

    `sent` counts what was sent lately by agencies whose systems never looked for anything.
    """

    systems: Mapping[OrganId, tuple[System, ...]]
    seen: Mapping[SystemId, datetime]
    backlogs: Mapping[OrganId, Backlog]
    circuits: Mapping[SystemId, Circuit]
    pushed: Mapping[SystemId, int]
    overdue: Mapping[OrganId, int]
    owed_since: Mapping[OrganId, datetime]
    silent: Mapping[OrganId, Silent]
    sent: Mapping[OrganId, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Faring:
    """How an agency fares and why; `queue` is the system in whose queue its documents wait; None: they wait to be fetched."""

    agency: Agency
    condition: Condition
    why: str
    systems: tuple[System, ...]
    seen_at: datetime | None
    waiting: int
    queue: SystemId | None
    overdue: int


async def surroundings(visit: Visit) -> Surroundings:
    """Read what conditions depend on."""
    await keep_time(visit.ports.deadlines, visit.rules)
    return await surrounded(
        visit,
        queues=await oversee.queues(visit.ports.outbox, visit.rules),
        attended=await attendance(visit.ports.presence, visit.rules, visit.now),
        owed=await visit.ports.province.overdue(),
    )


async def surrounded(
    visit: Visit,
    *,
    queues: Collection[QueueStanding],
    attended: Attendance,
    owed: Collection[OverdueTally],
) -> Surroundings:
    """Read the rest of what conditions depend on, where most of it is known already."""
    systems: dict[OrganId, list[System]] = {}
    for system in visit.rules.systems:
        for organ in system.organs:
            systems.setdefault(organ, []).append(system)
    overdue: dict[OrganId, int] = {}
    owed_since: dict[OrganId, datetime] = {}
    for tally in owed:
        overdue[tally.organ] = overdue.get(tally.organ, 0) + tally.count
        owed_since[tally.organ] = min(tally.oldest_due_at, owed_since.get(tally.organ, tally.oldest_due_at))
    unseen = [organ for organ, own in systems.items() if not any(each.link or each.id in attended.seen for each in own)]
    return Surroundings(
        systems={organ: tuple(own) for organ, own in systems.items()},
        seen=attended.seen,
        backlogs=attended.backlogs,
        circuits={each.circuit.system: each.circuit for each in queues},
        pushed=oversee.waiting(queues),
        overdue=overdue,
        owed_since=owed_since,
        sent=await visit.ports.province.sent(unseen, visit.now - LATELY),
        silent={each.agency.id: each for each in attended.silent},
    )


def faring(visit: Visit, agency: Agency, around: Surroundings) -> Faring:
    """Say how one agency fares."""
    systems = around.systems.get(agency.id, ())
    queue = visit.rules.systems.route(agency.id)
    backlog = around.backlogs.get(agency.id)
    condition, why = _condition(visit, agency, around)
    return Faring(
        agency=agency,
        condition=condition,
        why=why,
        systems=systems,
        seen_at=max((around.seen[each.id] for each in systems if each.id in around.seen), default=None),
        waiting=around.pushed.get(queue, 0) if queue else backlog.waiting if backlog else 0,
        queue=queue,
        overdue=around.overdue.get(agency.id, 0),
    )


def _condition(visit: Visit, agency: Agency, around: Surroundings) -> tuple[Condition, str]:
    if not agency.in_force(visit.now.date()):
        return Condition.ENDED, _ended(visit, agency)
    circuit = around.circuits.get(visit.rules.systems.route(agency.id) or SystemId(""))
    quiet = around.silent.get(agency.id)
    if circuit is not None and circuit.state is CircuitState.PARKED:
        return Condition.DISCONNECTED, Sayer(visit.english).cause(circuit.cause)
    if agency.id in around.owed_since:
        age = writing.lasting(visit.now - around.owed_since[agency.id], english=visit.english)
        return Condition.LATE, visit.say(f"lâu nhất {age}", f"the longest by {age}")
    if quiet is not None and (quiet.since or quiet.backlog):
        return Condition.SILENT, _quiet(visit, quiet)
    if agency.locked or (circuit is not None and circuit.state is CircuitState.PAUSED):
        return Condition.PAUSED, agency.locked or (circuit.why if circuit else None) or ""
    return _settled(visit, agency, around)


def _settled(visit: Visit, agency: Agency, around: Surroundings) -> tuple[Condition, str]:
    """Tell an agency that was never connected from one that is well."""
    systems = around.systems.get(agency.id, ())
    if not systems:
        return Condition.NEW, visit.say("chưa có hệ thống nào", "it has no system")
    if not any(each.link or each.id in around.seen for each in systems) and agency.id not in around.sent:
        return Condition.NEW, visit.say("hệ thống chưa gửi, chưa lấy gì", "its system has neither sent nor fetched")
    return Condition.GOOD, ""


def _quiet(visit: Visit, quiet: Silent) -> str:
    if quiet.since is None:
        return visit.say("chưa lần nào hỏi trục", "it has never asked the hub")
    return visit.say(f"từ {writing.moment(quiet.since)}", f"since {writing.moment(quiet.since)}")


def _ended(visit: Visit, agency: Agency) -> str:
    if agency.valid_from is not None and visit.now.date() < agency.valid_from:
        return visit.say(f"có hiệu lực từ {writing.day(agency.valid_from)}", f"in force from {writing.day(agency.valid_from)}")
    heir = visit.rules.directory.successor_of(agency, visit.now.date())
    return visit.say(f"kế thừa: {heir.name}", f"succeeded by {heir.name}") if heir else ""
