"""A change of the working calendar that one officer proposes and a second one approves: what it makes of the days."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from gateway.core.calendar import SATURDAY, Calendar, Year
from gateway.core.faults import Rejected
from gateway.core.hours import Closure, WorkingTime

UNKNOWN: Final = Year(provisional=True)
"""A year without a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a year's file says of a day: that it is off, or worked, and by which decision."""

    off: bool
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayChange:
    """A day that would be off, or worked, by a decision. `was` is what the file said of it when that was proposed."""

    on: date
    off: bool
    basis: str = ""
    was: Entry | None = None

    @property
    def entry(self) -> Entry | None:
        """Give what the file says of it then: a weekday that is worked and a weekend day that is off are as usual."""
        return Entry(off=self.off, basis=self.basis) if self.off == (self.on.weekday() < SATURDAY) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarChange:
    """Days of one year, and whether it is made official by that (`official`); or else a closure."""

    days: tuple[DayChange, ...] = ()
    official: int | None = None
    closure: Closure | None = None

    @property
    def year(self) -> int:
        """Give the year whose days it concerns, or in which the closure begins."""
        if self.closure is not None:
            return self.closure.begins.year
        return self.official or self.days[0].on.year

    def upon(self, there: WorkingTime) -> WorkingTime:
        """Give the working time in which it holds."""
        if self.closure is not None:
            return replace(there, closures=(*there.closures, self.closure), _schedules={})
        years = there.calendar.years
        made = Calendar(years={**years, self.year: self.year_of(there)})
        return replace(there, calendar=made, _schedules={})

    def year_of(self, there: WorkingTime) -> Year:
        """Give the year as it makes it."""
        year, mine = there.calendar.years.get(self.year, UNKNOWN), {each.on: each.entry for each in self.days}
        off = {on: why for on, why in year.off.items() if on not in mine}
        worked = {on: why for on, why in year.worked.items() if on not in mine}
        off |= {on: entry.basis for on, entry in mine.items() if entry is not None and entry.off}
        worked |= {on: entry.basis for on, entry in mine.items() if entry is not None and not entry.off}
        return Year(off=off, worked=worked, provisional=year.provisional and self.official is None)

    def holds(self, there: WorkingTime) -> bool:
        """Tell whether nothing of it is left to do."""
        if self.closure is not None:
            return self.closure in there.closures
        return self.year_of(there) == there.calendar.years.get(self.year, UNKNOWN)

    def can(self, there: WorkingTime) -> bool:
        """Tell whether the calendar still is what was looked at when it was proposed, as far as it concerns that."""
        if self.closure is not None:
            return not self.holds(there)
        years = there.calendar.years
        is_open = self.official is None or (self.official in years and years[self.official].provisional)
        return is_open and all(entry_of(there.calendar, each.on) == each.was for each in self.days)


def entry_of(calendar: Calendar, on: date) -> Entry | None:
    """Give what is written about a day; None where it is as usual."""
    year = calendar.years.get(on.year, UNKNOWN)
    if on in year.worked:
        return Entry(off=False, basis=year.worked[on])
    return Entry(off=True, basis=year.off[on]) if on in year.off else None


class ProposalState(StrEnum):
    """What became of a proposal."""

    PENDING = "pending"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarProposal:
    """Who proposes what and why, and how many deadlines of how many agencies that would have moved then; who decided."""

    id: str
    change: CalendarChange
    by: str
    reason: str
    at: datetime
    deadlines: int
    agencies: int
    state: ProposalState = ProposalState.PENDING
    decided_by: str | None = None
    decided_why: str | None = None
    decided_at: datetime | None = None


def decided(proposal: CalendarProposal, state: ProposalState, by: str, reason: str, now: datetime) -> CalendarProposal:
    """Decide: its proposer alone withdraws it, and somebody else approves or refuses it.

    Raises `proposal-decided`, `second-officer-needed`, and `role-insufficient` where somebody else withdraws it.
    """
    if proposal.state is not ProposalState.PENDING:
        raise Rejected("proposal-decided", path=proposal.id, detail=proposal.state)
    is_own = by == proposal.by
    if state is ProposalState.WITHDRAWN and not is_own:
        raise Rejected("role-insufficient", path=proposal.id, detail=f"{proposal.by}")
    if state is not ProposalState.WITHDRAWN and is_own:
        raise Rejected("second-officer-needed", path=proposal.id, detail=by)
    return replace(proposal, state=state, decided_by=by, decided_why=reason, decided_at=now)
