"""How each system is reached and how it fares: what waits for it, whether it takes it, and whether it looks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from gateway.core.circuit import Circuit, CircuitState
from gateway.core.directory import System
from gateway.core.faults import Misconfigured
from gateway.core.model import OrganId, SystemId
from gateway.entry.console import writing
from gateway.entry.console.visit import Visit
from gateway.entry.console.words import Condition, Sayer
from gateway.flows import oversee
from gateway.flows.attend import Silent, attendance
from gateway.flows.oversee import QueueStanding
from gateway.ports import Backlog, Filter, Group, Untold


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What the ledger says of all systems, read once for a page."""

    seen: Mapping[SystemId, datetime]
    silent: Mapping[OrganId, Silent]
    backlogs: Mapping[OrganId, Backlog]
    queues: Mapping[SystemId, tuple[QueueStanding, ...]]
    groups: tuple[Group, ...]
    untold: Mapping[SystemId, Untold]


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """One system. `lanes` are its queues where the hub reaches it; `inboxes` are those of its agencies that fetch.

    `failures` are the dead letters that need a hand, by cause: to its agencies but those that another system is pushed to for.
    """

    system: System
    condition: Condition
    why: str
    ways: tuple[str, ...]
    seen_at: datetime | None
    circuit: Circuit | None
    lanes: tuple[QueueStanding, ...]
    inboxes: Mapping[OrganId, Backlog]
    failures: tuple[Group, ...]
    untold: Untold | None

    @property
    def waiting(self) -> int:
        """Count what is not handed over."""
        return sum(each.tally.waiting for each in self.lanes) + sum(each.waiting for each in self.inboxes.values())

    @property
    def oldest_at(self) -> datetime | None:
        """Tell when the oldest of what waits was accepted."""
        pushed = (each.tally.oldest_at for each in self.lanes if each.tally.oldest_at is not None)
        return min((*pushed, *(each.oldest_at for each in self.inboxes.values())), default=None)

    @property
    def in_flight(self) -> int:
        """Count the attempts that are being made."""
        return sum(each.tally.attempted for each in self.lanes)

    @property
    def failed(self) -> int:
        """Count what could not be delivered."""
        return sum(each.count for each in self.failures)


async def around(visit: Visit) -> Around:
    """Read what the ledger says of all systems."""
    attended = await attendance(visit.ports.presence, visit.rules, visit.now)
    queues: dict[SystemId, list[QueueStanding]] = {}
    for each in await oversee.queues(visit.ports.outbox, visit.rules):
        queues.setdefault(each.circuit.system, []).append(each)
    return Around(
        seen=attended.seen,
        silent={each.agency.id: each for each in attended.silent},
        backlogs=attended.backlogs,
        queues={system: tuple(lanes) for system, lanes in queues.items()},
        groups=await visit.ports.dead_letters.groups(Filter(parked=False)),
        untold={each.system: each for each in await visit.ports.notices.untold()},
    )


def connection(visit: Visit, system: System, known: Around) -> Connection:
    """Say how one system fares."""
    condition, why = _condition(visit, system, known)
    lanes = known.queues.get(system.id, ()) if system.link else ()
    own = {each for each in system.organs if visit.rules.systems.route(each) in {None, system.id}}
    fetching = sorted(each for each in own if visit.rules.systems.route(each) is None)
    return Connection(
        system=system,
        condition=condition,
        why=why,
        ways=tuple(_ways(visit, system)),
        seen_at=known.seen.get(system.id),
        circuit=lanes[0].circuit if lanes else None,
        lanes=lanes,
        inboxes={each: known.backlogs[each] for each in fetching if each in known.backlogs},
        failures=tuple(each for each in known.groups if each.receiver in own),
        untold=known.untold.get(system.id),
    )


def _condition(visit: Visit, system: System, known: Around) -> tuple[Condition, str]:
    say, lanes = Sayer(visit.english), known.queues.get(system.id, ()) if system.link else ()
    circuit = lanes[0].circuit if lanes else None
    if circuit is not None and circuit.holds_back:
        return _held_back(circuit, say)
    if system.link is not None and system.id in known.untold:
        since = writing.moment(known.untold[system.id].oldest_at)
        return Condition.LATE, visit.say(f"chưa nghe được tin từ {since}", f"could not be told its news since {since}")
    return _looking(visit, system, known)


def _held_back(circuit: Circuit, say: Sayer) -> tuple[Condition, str]:
    if circuit.state is CircuitState.PAUSED:
        return Condition.PAUSED, f"{circuit.by}: {circuit.why or ''}"
    if circuit.state is CircuitState.RECOVERING:
        return Condition.LATE, say.circuit(circuit.state)
    return Condition.DISCONNECTED, say.cause(circuit.cause)


def _looking(visit: Visit, system: System, known: Around) -> tuple[Condition, str]:
    """Tell how a system fares whose documents flow, or that fetches them."""
    quiet = next((known.silent[each] for each in sorted(system.organs) if each in known.silent), None)
    if quiet is not None and (quiet.since or quiet.backlog):
        since = writing.moment(quiet.since) if quiet.since else None
        never = visit.say("chưa lần nào hỏi trục", "it has never asked the hub")
        return Condition.SILENT, visit.say(f"từ {since}", f"since {since}") if since else never
    if system.link is None and system.id not in known.seen:
        return Condition.NEW, visit.say("chưa lần nào hỏi trục", "it has never asked the hub")
    return Condition.GOOD, ""


def _ways(visit: Visit, system: System) -> Iterator[str]:
    """Say how documents go to it and come from it."""
    link = system.link
    if link is not None and link.push:
        yield visit.say(f"trục chuyển tới, bộ nối {link.adapter}", f"pushed to by the adapter {link.adapter}")
    if link is not None and _collects(visit, system):
        yield visit.say(f"trục lấy văn bản đi, bộ nối {link.adapter}", f"collected from by the adapter {link.adapter}")
    if system.vxp is not None:
        yield visit.say("gọi bằng SDK trục quốc gia", "calls by the national SDK")
    if system.token_sha256 or system.certificate_sha256:
        yield visit.say("tự gọi API", "calls the API")


def _collects(visit: Visit, system: System) -> bool:
    try:
        return visit.ports.catalogue.manifest(system).collect
    except Misconfigured:  # trying the link says so
        return False
