"""The pulse of agencies in trouble and of the busiest: what each got, lost or let wait in each of the last minutes."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from gateway.core.model import OrganId
from gateway.entry.console.conditions import Faring, faring, surrounded
from gateway.entry.console.harm import Sight
from gateway.entry.console.visit import Visit
from gateway.entry.console.words import Condition
from gateway.ports import Minute

MINUTES: Final = 30
SHOWN: Final = 8
"""As many as stand beside the chart on a screen."""
TROUBLED: Final = 5
"""Of these at most; the others are the busiest, so that officers see the province flow on its worst days too."""
_MINUTE: Final = timedelta(minutes=1)


class Beat(StrEnum):
    """What a minute was like for an agency: something failed, else it got something, else something waited, else nothing."""

    LOST = "lost"
    MADE = "made"
    WAITS = "waits"
    STILL = "still"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """How an agency fares; its last minutes, the earliest first; what it got in them and since midnight, and what failed."""

    faring: Faring
    beats: tuple[Beat, ...]
    made: int
    failed: int
    today: int

    @property
    def waited(self) -> int:
        """Count the minutes in which something waited and nothing arrived."""
        return self.beats.count(Beat.WAITS)


async def pulses(visit: Visit, sight: Sight) -> list[Pulse]:
    """Give the agencies that an officer looks at first: those in trouble, then the busiest."""
    running = visit.now.replace(second=0, microsecond=0)
    counted: dict[OrganId, dict[datetime, Minute]] = {}
    for each in await visit.ports.province.minutes(running - (MINUTES - 1) * _MINUTE, running + _MINUTE):
        counted.setdefault(each.organ, {})[each.at] = each
    around = await surrounded(visit, queues=sight.queues, attended=sight.attended, owed=sight.overdue)
    chosen = _chosen([faring(visit, each, around) for each in visit.rules.directory], counted)
    since, midnight = _waiting_since(visit, sight), visit.now.replace(hour=0, minute=0, second=0, microsecond=0)
    today = await visit.ports.province.handed_over({each.agency.id for each in chosen}, midnight)
    return [
        Pulse(
            faring=each,
            beats=_beats(counted.get(each.agency.id, {}), since.get(each.agency.id), running),
            made=_made(counted, each),
            failed=sum(one.failed for one in counted.get(each.agency.id, {}).values()),
            today=today.get(each.agency.id, 0),
        )
        for each in chosen
    ]


def _chosen(farings: Collection[Faring], counted: Mapping[OrganId, Mapping[datetime, Minute]]) -> list[Faring]:
    here = [each for each in farings if each.condition is not Condition.ENDED]
    troubled = sorted(
        (each for each in here if each.condition <= Condition.PAUSED),
        key=lambda each: (each.condition, -each.waiting, each.agency.name),
    )
    first = troubled[:TROUBLED]
    rest = [each for each in here if each not in first]
    rest.sort(key=lambda each: (-_made(counted, each), each.condition, -each.waiting, each.agency.name))
    return [*first, *rest[: SHOWN - len(first)]]


def _made(counted: Mapping[OrganId, Mapping[datetime, Minute]], each: Faring) -> int:
    return sum(one.handed_over for one in counted.get(each.agency.id, {}).values())


def _waiting_since(visit: Visit, sight: Sight) -> dict[OrganId, datetime]:
    """Say since when the oldest document waits for each agency: in its system's queue, or to be fetched."""
    since = {organ: each.oldest_at for organ, each in sight.attended.backlogs.items()}
    organs = {each.id: each.organs for each in visit.rules.systems}
    for each in sight.queues:
        oldest = each.tally.oldest_at
        if oldest is not None:
            routed = (
                organ for organ in organs.get(each.circuit.system, ()) if visit.rules.systems.route(organ) == each.circuit.system
            )
            since |= {organ: min(oldest, since.get(organ, oldest)) for organ in routed}
    return since


def _beats(own: Mapping[datetime, Minute], since: datetime | None, running: datetime) -> tuple[Beat, ...]:
    return tuple(_beat(own.get(at), since, at) for at in (running - back * _MINUTE for back in reversed(range(MINUTES))))


def _beat(minute: Minute | None, since: datetime | None, at: datetime) -> Beat:
    if minute is not None:
        return Beat.LOST if minute.failed else Beat.MADE
    return Beat.WAITS if since is not None and since < at + _MINUTE else Beat.STILL
