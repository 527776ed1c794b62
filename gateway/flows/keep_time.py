"""Keep time: deadlines follow what happens, and each step of one is said when it is due, once."""

from datetime import datetime
from typing import Final

from gateway.core.deadlines import Deadline, waive
from gateway.core.faults import Rejected
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


async def move_all(deadlines: Deadlines, rules: Rules, *, preview: bool) -> list[tuple[Deadline, Deadline]]:
    """Compute all running deadlines by the calendar that holds now; give those that change, before and after."""
    changed: list[tuple[Deadline, Deadline]] = []
    after: str | None = ""
    while after is not None:
        some, after = await deadlines.move(rules.timekeeping, after=after, limit=MOVED, preview=preview)
        changed += some
    return changed


async def extend(deadlines: Deadlines, rules: Rules, deadline: str, due_at: datetime, decision: Decision) -> Owed:
    """Give another due time. Raises `not-found`, `deadline-ended`, `malformed-request`."""
    if due_at <= decision.now:
        detail = "Thời hạn mới phải ở tương lai."
        raise Rejected("malformed-request", path="due_at", detail=detail, detail_en="It must be in the future.")

    def later(each: Deadline) -> Deadline:
        return rules.timekeeping.extended(each, due_at, decision.reason, decision.now)

    return await deadlines.decide(
        deadline, later, action="deadline.extended", by=decision.by, reason=decision.reason, now=decision.now
    )


async def let_off(deadlines: Deadlines, deadline: str, decision: Decision) -> Owed:
    """Ask for it no more. Raises `not-found`, `deadline-ended`."""

    def waived(each: Deadline) -> Deadline:
        return waive(each, decision.now, decision.reason)

    return await deadlines.decide(
        deadline, waived, action="deadline.waived", by=decision.by, reason=decision.reason, now=decision.now
    )
