"""Timekeeping: what an event does to the deadlines of its delivery, and what is to be said when a step of one is due."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from gateway.core import deadlines, happenings, ladder
from gateway.core.deadlines import OWED, Deadline, DeadlineState, Lengths, Rule
from gateway.core.happenings import Happening
from gateway.core.hours import WorkingTime
from gateway.core.ladder import Ladder, Rung, Step
from gateway.core.model import Priority

CONCERNED = frozenset(
    {
        "document.accepted",
        "document.answered",
        "document.replaced",
        "delivery.available",
        "delivery.queued",
        "delivery.collected",
        "delivery.turned_back",
        "delivery.redirected",
        "status.received",
        "recall.requested",
        "recall.answered",
    }
)
"""The types of the events that begin or end deadlines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timekeeping:
    """How deadlines are kept: working time, lengths, and the ladder of each rule."""

    working_time: WorkingTime
    lengths: Lengths = field(default_factory=Lengths)
    ladders: Mapping[Rule, Ladder] = field(default_factory=lambda: ladder.USUAL)
    by_mail: bool = False
    """Whether letters are written: where no mail server is named they would only lie there, to go out all at once one day."""

    def kept(self, happened: Happening, known: Collection[Deadline]) -> tuple[Deadline, ...]:
        """Give the deadlines that an event changes or makes, of those known of its delivery."""
        ended = [happenings.ends(each, happened) for each in known if each.state in OWED]
        named = {each.id for each in known}
        begun = happenings.opened(happened, self.working_time, self.lengths)
        return (*(each for each in ended if each is not None), *(self._armed(each) for each in begun if each.id not in named))

    def due(self, deadline: Deadline, now: datetime) -> tuple[Deadline, tuple[Rung, ...]]:
        """Take the steps that are due: of several that are late only the last is said, and that it became overdue.

        They are those of the ladder and the working time that hold now; what was stored may have been computed by others.
        """
        schedule, steps = self.working_time.of(deadline.organ), self.ladders.get(deadline.rule, ())
        deadline = ladder.armed(deadline, schedule, steps)
        taken: list[Rung] = []
        while deadline.next_at is not None and deadline.next_at <= now:
            deadline, rung = ladder.climbed(deadline, schedule, steps)
            taken.append(rung)
        said = tuple(each for each in taken if each is taken[-1] or each.step is Step.OVERDUE)
        return deadline, said

    def moved(self, deadline: Deadline, priority: Priority, now: datetime) -> Deadline:
        """Give a deadline that is owed as the calendar makes it now. What is overdue no more is open, its ladder ahead of it."""
        later = deadlines.recomputed(deadline, priority, self.working_time, self.lengths)
        if later.state is DeadlineState.OVERDUE and later.due_at > now:
            return self._ahead(replace(later, state=DeadlineState.OPEN), now)
        return self._armed(later)

    def extended(self, deadline: Deadline, due_at: datetime, reason: str, now: datetime) -> Deadline:
        """Give a deadline with another due time, decided by a person, and of its ladder what lies ahead."""
        return self._ahead(deadlines.extend(deadline, due_at, reason), now)

    def resumed(self, deadline: Deadline, priority: Priority, reason: str, now: datetime) -> Deadline:
        """Give a paused deadline with the time that was left, and of its ladder what lies ahead. Raises `deadline-not-paused`."""
        return self._ahead(deadlines.resume(deadline, priority, self.working_time, self.lengths, now, reason), now)

    def _ahead(self, deadline: Deadline, now: datetime) -> Deadline:
        steps = ladder.rungs(deadline, self.working_time.of(deadline.organ), self.ladders.get(deadline.rule, ()))
        behind = (each.number + 1 for each in steps if each.at <= now and each.at < deadline.due_at)
        return self._armed(replace(deadline, stage=max(behind, default=0)))

    def _armed(self, deadline: Deadline) -> Deadline:
        return ladder.armed(deadline, self.working_time.of(deadline.organ), self.ladders.get(deadline.rule, ()))
