"""Keep time: deadlines follow what happens, and each step of one is said when it is due, once."""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from typing import Final

from gateway.core.deadlines import Deadline, pause, waive
from gateway.core.faults import Rejected
from gateway.core.happenings import FARTHEST
from gateway.core.hours import WorkingTime
from gateway.core.ladder import ByHand
from gateway.core.rules import Rules
from gateway.flows.oversee import Decision
from gateway.ports import Deadlines, Owed, Ports

EVENTS: Final = 300
"""Events that are read in one transaction."""
STEPS: Final = 200
MOVED: Final = 500
"""Deadlines that are computed anew in one transaction."""


async def keep_time(deadlines: Deadlines, rules: Rules) -> None:
    """Read all events that there are, so that whoever asks for deadlines now sees them all."""
    if not await deadlines.are_kept():
        await _keep(deadlines, rules)


async def _keep(deadlines: Deadlines, rules: Rules) -> None:
    while await deadlines.keep(rules.timekeeping, limit=EVENTS) == EVENTS:
        pass


async def take_steps(ports: Ports, rules: Rules) -> int:
    """Say what is due by now; give how many deadlines that was. What ended meanwhile is known first.

    The keeper reads on also past what concerns no deadline, so that nobody has to look through that again.
    """
    await _keep(ports.deadlines, rules)
    taken = 0
    while some := await ports.deadlines.take_steps(rules.timekeeping, limit=STEPS, now=ports.clock.now()):
        taken += some
    if taken:
        ports.telemetry.record("deadline.steps", deadlines=taken)
    return taken


async def move_all(deadlines: Deadlines, rules: Rules, now: datetime, *, preview: bool) -> list[tuple[Deadline, Deadline]]:
    """Compute all that is owed by the calendar that holds now; give those that change, before and after."""
    changed: list[tuple[Deadline, Deadline]] = []
    after: str | None = ""
    while after is not None:
        some, after = await deadlines.move(rules.timekeeping, after=after, limit=MOVED, preview=preview, now=now)
        changed += some
    return changed


async def effect(deadlines: Deadlines, rules: Rules, other: WorkingTime, now: datetime) -> list[tuple[Deadline, Deadline]]:
    """Give the deadlines that would move if another working time held, before and after, the earliest first; nothing is written.

    Before is what the calendar that holds now makes of them, which the worker may not have written down yet.
    """
    await keep_time(deadlines, rules)
    held = {new.id: new for _, new in await move_all(deadlines, rules, now, preview=True)}
    then = replace(rules, timekeeping=replace(rules.timekeeping, working_time=other))
    moved = ((held.get(old.id, old), new) for old, new in await move_all(deadlines, then, now, preview=True))
    return sorted(((old, new) for old, new in moved if old.due_at != new.due_at), key=lambda each: each[0].due_at)


async def extend(deadlines: Deadlines, rules: Rules, deadline: str, due_at: datetime, decision: Decision) -> Owed:
    """Give another due time. Raises `not-found`, `deadline-ended`, `malformed-request`."""
    if not decision.now < due_at <= decision.now + FARTHEST:
        detail, detail_en = "Thời hạn mới phải ở tương lai, trong mười năm.", "It must be in the future, within ten years."
        raise Rejected("malformed-request", path="due_at", detail=detail, detail_en=detail_en)

    def later(each: Owed) -> Deadline:
        return rules.timekeeping.extended(each.deadline, due_at, decision.reason, decision.now)

    return await _decide(deadlines, deadline, later, "deadline.extended", decision)


async def put_off(deadlines: Deadlines, deadline: str, decision: Decision) -> Owed:
    """Let none of its time pass, until it is resumed. Raises `not-found`, `deadline-ended`, `-overdue` and `-paused`."""

    def paused(each: Owed) -> Deadline:
        return pause(each.deadline, decision.now, decision.reason)

    return await _decide(deadlines, deadline, paused, "deadline.paused", decision)


async def take_up(deadlines: Deadlines, rules: Rules, deadline: str, decision: Decision) -> Owed:
    """Let the time that it had left pass from now on. Raises `not-found`, `deadline-ended` and `deadline-not-paused`."""

    def resumed(each: Owed) -> Deadline:
        return rules.timekeeping.resumed(each.deadline, each.document.priority, decision.reason, decision.now)

    return await _decide(deadlines, deadline, resumed, "deadline.resumed", decision)


async def let_off(deadlines: Deadlines, deadline: str, decision: Decision) -> Owed:
    """Ask for it no more. Raises `not-found`, `deadline-ended`."""

    def waived(each: Owed) -> Deadline:
        return waive(each.deadline, decision.now, decision.reason)

    return await _decide(deadlines, deadline, waived, "deadline.waived", decision)


async def remind(deadlines: Deadlines, rules: Rules, deadline: str, decision: Decision) -> Owed:
    """Remind the agency that owes it now. Raises `not-found`, `deadline-ended`, `-paused` and `-reminded`."""
    return await _tell(deadlines, rules, ByHand.REMIND, deadline, decision)


async def escalate(deadlines: Deadlines, rules: Rules, deadline: str, decision: Decision) -> Owed:
    """Tell the leader of the agency that it is overdue. Raises what `remind` does, `deadline-not-overdue` and `-escalated`."""
    return await _tell(deadlines, rules, ByHand.ESCALATE, deadline, decision)


async def tell_each(
    deadlines: Deadlines, rules: Rules, step: ByHand, named: Collection[str], decision: Decision
) -> tuple[tuple[Owed, ...], tuple[Rejected, ...]]:
    """Tell of several deadlines, each by itself; give those that were told of, and why the others were not."""
    told, refused = [], []
    for each in dict.fromkeys(named):
        try:
            told.append(await _tell(deadlines, rules, step, each, decision))
        except Rejected as rejected:
            refused.append(rejected)
    return tuple(told), tuple(refused)


async def _tell(deadlines: Deadlines, rules: Rules, step: ByHand, deadline: str, decision: Decision) -> Owed:
    return await deadlines.tell(deadline, rules.timekeeping, step, by=decision.by, reason=decision.reason, now=decision.now)


async def _decide(
    deadlines: Deadlines, deadline: str, change: Callable[[Owed], Deadline], action: str, decision: Decision
) -> Owed:
    return await deadlines.decide(deadline, change, action=action, by=decision.by, reason=decision.reason, now=decision.now)
