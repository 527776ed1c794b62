"""The ladder: when who is reminded of a deadline, before it is due and after. One message when trouble starts, never a flood."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from gateway.core.deadlines import RUNNING, Deadline, DeadlineState, Rule
from gateway.core.faults import Rejected
from gateway.core.hours import Schedule

WORKING_DAY: Final = timedelta(hours=7, minutes=30)
"""The working time of a usual day (07:30–11:30, 13:30–17:00)."""


class Step(StrEnum):
    """A step of the ladder, at a time that is counted from the deadline's; the last three are of none: officers tell by hand."""

    HALF = "half"
    LAST_DAY = "last_day"
    LAST_HOUR = "last_hour"
    OVERDUE = "overdue"
    DAY_LATER = "day_later"
    THREE_DAYS_LATER = "three_days_later"
    ASKED = "asked"
    ASKED_LATE = "asked_late"
    ESCALATED = "escalated"


class ByHand(StrEnum):
    """What officers do by hand: remind who owes, tell the leader of who owes."""

    REMIND = "remind"
    ESCALATE = "escalate"


class Audience(StrEnum):
    """Who is told: the agency that owes, its leader, the agency that is owed, the province's officers."""

    AGENCY = "agency"
    LEADER = "leader"
    SENDER = "sender"
    PROVINCE = "province"


BEFORE: Final = frozenset({Step.HALF, Step.LAST_DAY, Step.LAST_HOUR, Step.ASKED})
BY_HAND: Final = frozenset({Step.ASKED, Step.ASKED_LATE, Step.ESCALATED})
REMIND_AGAIN: Final = timedelta(minutes=30)
"""After which an officer may remind again: whoever was told has had time to look, and several officers are not a flood."""
ESCALATE_AGAIN: Final = timedelta(hours=20)
"""After which a leader may be told again of the same: once a day, and the next morning a little earlier than the day before."""

Ladder = tuple[tuple[Step, frozenset[Audience]], ...]
"""The steps of a rule, in the order of time, each with those who are told."""

_AGENCY: Final = frozenset({Audience.AGENCY})
LONG: Final[Ladder] = (
    (Step.HALF, _AGENCY),
    (Step.LAST_DAY, _AGENCY),
    (Step.OVERDUE, _AGENCY),
    (Step.DAY_LATER, _AGENCY | {Audience.LEADER}),
    (Step.THREE_DAYS_LATER, frozenset(Audience)),
)
"""Of what takes days."""
SHORT: Final[Ladder] = (
    (Step.OVERDUE, _AGENCY),
    (Step.DAY_LATER, _AGENCY | {Audience.LEADER, Audience.SENDER}),
)
"""Of what takes hours: reminded before, people would hear of nothing else."""
USUAL: Final[Mapping[Rule, Ladder]] = {
    Rule.ISSUE: (),
    Rule.INTAKE: SHORT,
    Rule.RECEIPT_NOTICE: ((Step.OVERDUE, _AGENCY),),
    Rule.ASSIGNMENT: SHORT,
    Rule.PROCESSING: LONG,
    Rule.RESPONSE: LONG,
    Rule.COLLECTION: ((Step.OVERDUE, _AGENCY | {Audience.SENDER}), (Step.DAY_LATER, frozenset(Audience))),
    Rule.RECALL_ANSWER: ((Step.OVERDUE, _AGENCY | {Audience.SENDER}), (Step.DAY_LATER, frozenset(Audience))),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """A step that is due: at which moment, whom it tells, and which of the ladder it is."""

    number: int
    step: Step
    at: datetime
    tells: frozenset[Audience]


def rungs(deadline: Deadline, schedule: Schedule, ladder: Ladder) -> tuple[Rung, ...]:
    """Give the steps of a deadline in order, without those that would not come after its start and the step before."""
    found: list[Rung] = []
    last = deadline.starts_at
    for number, (step, tells) in enumerate(ladder):
        at = moment(step, deadline, schedule)
        if at > last or (step is Step.OVERDUE and at == last):
            found.append(Rung(number=number, step=step, at=at, tells=tells))
            last = at
    return tuple(found)


def moment(step: Step, deadline: Deadline, schedule: Schedule) -> datetime:
    """Say when a step is due."""
    due_at = deadline.due_at
    if step is Step.OVERDUE:
        return max(due_at, deadline.starts_at)  # what begins after its due date is overdue from the beginning
    if due_at <= deadline.starts_at and step in BEFORE:
        return deadline.starts_at
    if step is Step.HALF:
        return schedule.add_working(deadline.starts_at, schedule.working_between(deadline.starts_at, due_at) / 2)
    if step is Step.LAST_DAY:
        return schedule.take_working(due_at, WORKING_DAY)
    if step is Step.LAST_HOUR:
        return schedule.take_working(due_at, timedelta(hours=1))
    return schedule.add_working(due_at, WORKING_DAY * (1 if step is Step.DAY_LATER else 3))


def armed(deadline: Deadline, schedule: Schedule, ladder: Ladder) -> Deadline:
    """Give a deadline with the moment of its next step."""
    rung = _next(deadline, schedule, ladder) if deadline.state in RUNNING else None
    return replace(deadline, next_at=None if rung is None else rung.at)


def climbed(deadline: Deadline, schedule: Schedule, ladder: Ladder) -> tuple[Deadline, Rung]:
    """Take the next step of one that is armed: give the deadline after it, and the step. It is overdue from its due time on."""
    rung = _next(deadline, schedule, ladder)
    if rung is None:
        raise ValueError("no step follows")
    state = DeadlineState.OVERDUE if rung.at >= deadline.due_at else deadline.state
    return armed(replace(deadline, stage=rung.number + 1, state=state), schedule, ladder), rung


def by_hand(step: ByHand, deadline: Deadline, now: datetime) -> Rung:
    """Give the step that is taken by hand. Raises `deadline-ended`, `deadline-paused` and `deadline-not-overdue`."""
    if deadline.state not in RUNNING:
        raise Rejected("deadline-paused" if deadline.state is DeadlineState.PAUSED else "deadline-ended", path=deadline.id)
    late = now >= deadline.due_at
    if step is ByHand.REMIND:
        return Rung(number=deadline.stage, step=Step.ASKED_LATE if late else Step.ASKED, at=now, tells=_AGENCY)
    if not late:
        raise Rejected("deadline-not-overdue", path=deadline.id)
    return Rung(number=deadline.stage, step=Step.ESCALATED, at=now, tells=_AGENCY | {Audience.LEADER})


def _next(deadline: Deadline, schedule: Schedule, ladder: Ladder) -> Rung | None:
    return next((rung for rung in rungs(deadline, schedule, ladder) if rung.number >= deadline.stage), None)
