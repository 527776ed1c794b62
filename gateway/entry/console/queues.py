"""Hàng đợi · Queues: what waits for which system or agency, since when, how fast it moves, and whether it flows."""

from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from aiohttp import hdrs, web

from gateway.core.circuit import Circuit, CircuitState
from gateway.core.faults import Rejected
from gateway.core.model import Lane, OrganId, SystemId
from gateway.core.search import sought
from gateway.entry.api.door import CONSOLE
from gateway.entry.console.listing import is_found, part
from gateway.entry.console.outlook import Outlook, Passing, flows, outlook, passing
from gateway.entry.console.pages import page
from gateway.entry.console.sheet import Row, sheet
from gateway.entry.console.strip import broker
from gateway.entry.console.visit import Form, Visit, own_place
from gateway.entry.console.words import Sayer
from gateway.flows import oversee
from gateway.flows.attend import Silent, attendance
from gateway.ports import Flow

VIEWS: Final = ("pushed", "fetched")
STATES: Final = ("", "waiting", "stuck")
LONGEST_HOURS: Final = 24 * 30
"""Of a pause: a month; longer is another decision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A queue: a lane of a system that is pushed to, or the inbox of an agency that fetches (no circuit, no lane).

    `silent` says that the agency does not look for its documents; `first` marks the line of a system that has its buttons.
    """

    name: str
    organs: tuple[OrganId, ...]
    lane: Lane | None
    waiting: int
    oldest_at: datetime | None
    moved: Passing
    outlook: Outlook | None
    circuit: Circuit | None = None
    silent: Silent | None = None
    first: bool = True

    @property
    def stuck(self) -> bool:
        """Tell whether nothing flows here."""
        return self.silent is not None or (self.circuit is not None and self.circuit.state is not CircuitState.CLOSED)


async def show(visit: Visit) -> web.Response:
    """Show the queues, those that are stuck and the longest first."""
    view, state = _chosen(visit, "view", VIEWS), _chosen(visit, "state", STATES)
    moved = await flows(visit)
    found = {"pushed": await _pushed(visit, moved), "fetched": await _fetched(visit, moved)}
    rows, after = part(visit, [each for each in found[view] if _fits(visit, each, state)])
    both = [*found["pushed"], *found["fetched"]]
    return page(
        visit,
        "queues.html",
        title=visit.say("Hàng đợi", "Queues"),
        asked=visit.asked,
        view=view,
        state=state,
        counts={name: sum(each.waiting for each in lines) for name, lines in found.items()},
        stuck=sum(each.stuck for each in both),
        waiting=sum(each.waiting for each in both),
        came=sum(each.moved.came for each in both),
        went=sum(each.moved.went for each in both),
        broker=await broker(visit),
        rows=rows,
        next=after,
    )


async def export(visit: Visit) -> web.Response:
    """Give all that fit as a sheet."""
    return await sheet(visit, "hang-doi", visit.say("Hàng đợi", "Queues"), _COLUMNS, _rows(visit))


async def pause(visit: Visit, form: Form) -> web.Response:
    """Push nothing to a system for some hours, or until it is resumed."""
    until = _until(form.get("hours"), visit.now)
    await oversee.pause(visit.ports.outbox, visit.rules, visit.request.match_info["system"], visit.decision(form), until)
    return _back(form)


async def resume(visit: Visit, form: Form) -> web.Response:
    """Push to a system again."""
    await oversee.resume(visit.ports.outbox, visit.rules, visit.request.match_info["system"], visit.decision(form))
    return _back(form)


async def _pushed(visit: Visit, flowed: Collection[Flow]) -> list[Line]:
    """Give the lanes of systems; both lanes of a system stand together."""
    standings = await oversee.queues(visit.ports.outbox, visit.rules)
    route = visit.rules.systems.route
    moved = passing(flowed, lambda organ, lane: (system, lane) if (system := route(organ)) else None)
    organs = {each.id: tuple(sorted(each.organs)) for each in visit.rules.systems}
    total = oversee.waiting(standings)
    seen: set[SystemId] = set()
    lines = []
    for each in sorted(standings, key=lambda one: (not one.circuit.holds_back, -total[one.circuit.system], one.circuit.system)):
        system, lane, waiting = each.circuit.system, each.tally.queue.lane, each.tally.waiting
        own = moved.get((system, lane), Passing())
        lines.append(
            Line(
                name=system,
                organs=organs.get(system, ()),
                lane=lane,
                waiting=waiting,
                oldest_at=each.tally.oldest_at,
                moved=own,
                outlook=outlook(visit, waiting, own, stopped=each.circuit.holds_back),
                circuit=each.circuit,
                first=system not in seen,
            )
        )
        seen.add(system)
    return lines


async def _fetched(visit: Visit, flowed: Collection[Flow]) -> list[Line]:
    """Give the inboxes in which something waits."""
    attended = await attendance(visit.ports.presence, visit.rules, visit.now)
    silent = {each.agency.id: each for each in attended.silent}
    route = visit.rules.systems.route
    moved = passing(flowed, lambda organ, _lane: None if route(organ) else organ)
    return [
        Line(
            name=visit.agency(organ),
            organs=(organ,),
            lane=None,
            waiting=backlog.waiting,
            oldest_at=backlog.oldest_at,
            moved=moved.get(organ, Passing()),
            outlook=outlook(visit, backlog.waiting, moved.get(organ, Passing()), stopped=False),
            silent=silent.get(organ),
        )
        for organ, backlog in sorted(attended.backlogs.items(), key=lambda each: (each[0] not in silent, each[1].oldest_at))
    ]


def _fits(visit: Visit, line: Line, state: str) -> bool:
    if (state == "waiting" and not line.waiting) or (state == "stuck" and not line.stuck):
        return False
    if visit.asked("system") not in {"", line.name}:
        return False
    return is_found((line.name, *line.organs, *(visit.agency(each) for each in line.organs)), sought(visit.asked("q")))


def _chosen(visit: Visit, name: str, known: tuple[str, ...]) -> str:
    chosen = visit.asked(name) or known[0]
    if chosen not in known:
        raise Rejected("malformed-request", path=name, detail=chosen)
    return chosen


async def _rows(visit: Visit) -> AsyncIterator[Row]:
    view, state, say = _chosen(visit, "view", VIEWS), _chosen(visit, "state", STATES), Sayer(visit.english)
    for each in await (_pushed if view == "pushed" else _fetched)(visit, await flows(visit)):
        if _fits(visit, each, state):
            yield [
                each.name,
                ", ".join(each.organs),
                say.lane(each.lane) if each.lane else "",
                each.waiting,
                each.oldest_at.replace(tzinfo=None) if each.oldest_at else None,
                each.moved.came,
                each.moved.went,
                each.outlook.text if each.outlook else "",
                say.circuit(each.circuit.state) if each.circuit else visit.say("im lặng", "silent") if each.silent else "",
            ]


def _until(hours: str, now: datetime) -> datetime | None:
    """Read how long; empty is until it is resumed. Raises `malformed-request`."""
    if not hours:
        return None
    if not (hours.isascii() and hours.isdigit() and 0 < int(hours) <= LONGEST_HOURS):
        detail = f"Số giờ từ 1 đến {LONGEST_HOURS}."
        raise Rejected("malformed-request", path="hours", detail=detail, detail_en=f"Hours from 1 to {LONGEST_HOURS}.")
    return now + timedelta(hours=int(hours))


def _back(form: Form) -> web.Response:
    """Go back to the page that it was decided on."""
    return web.Response(status=303, headers={hdrs.LOCATION: own_place(form.get("to"), f"{CONSOLE}/queues")})


_COLUMNS: Final = (
    ("Hàng đợi", "Queue", 36),
    ("Mã đơn vị", "Organ ids", 30),
    ("Luồng", "Lane", 10),
    ("Chờ", "Waiting", 10),
    ("Cũ nhất", "Oldest", 18),
    ("Vào trong 1 giờ", "Came in an hour", 16),
    ("Ra trong 1 giờ", "Went in an hour", 16),
    ("Dự báo", "Outlook", 32),
    ("Trạng thái", "State", 20),
)
