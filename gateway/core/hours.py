"""Working time: the office hours of each agency, and counting in them. Moments are aware; a session's end is no part of it.

A start outside hours begins at the next opening; a time that falls exactly on a session's end is that instant. Seconds are kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final

from gateway.core.calendar import MORNING_ENDS, Calendar
from gateway.core.model import VIETNAM, OrganId

LONGEST: Final = 400
"""Days that are looked through for an opening: an agency that opens on none of them is closed for good."""
FARTHEST: Final = 20 * 366
"""Days that are counted through: twice what people name (`happenings.FARTHEST`), with all that a calendar may add to it."""
_MIDNIGHT: Final = timedelta(days=1)
"""The end of a day, counted from its beginning; also one day."""
_AFTERNOON: Final = timedelta(hours=13)

Session = tuple[timedelta, timedelta]
"""When work begins and ends, counted from midnight."""
Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """Office hours in force from `valid_from` (inclusive) to `valid_to` (exclusive), of these agencies or of all (None)."""

    sessions: tuple[Session, ...]
    valid_from: date | None = None
    valid_to: date | None = None
    agencies: frozenset[OrganId] | None = None

    def hold(self, day: date) -> bool:
        """Tell whether they are in force on that day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """Offices that are closed by a notice: a storm, a move. `agencies` None is all."""

    begins: datetime
    ends: datetime
    reason: str
    agencies: frozenset[OrganId] | None = None


USUAL: Final = Hours(
    sessions=(
        (timedelta(hours=7, minutes=30), timedelta(hours=11, minutes=30)),
        (timedelta(hours=13, minutes=30), timedelta(hours=17)),
    )
)
"""What holds where the province has said nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingTime:
    """Days, hours and closures of the whole province. Of rows that hold on a day an agency's own goes first, then the last."""

    calendar: Calendar
    hours: tuple[Hours, ...] = ()
    closures: tuple[Closure, ...] = ()
    duty: frozenset[OrganId] = frozenset()
    """Agencies that are manned around the clock, every day."""
    _schedules: dict[OrganId | None, "Schedule"] = field(default_factory=dict, compare=False, repr=False)

    def of(self, organ: OrganId | None = None) -> "Schedule":
        """Give the working time of an agency; None is one without rules of its own, and all those have the same one."""
        own = organ if self._is_named(organ) else None
        found = self._schedules.get(own)
        if found is None:
            found = self._schedules[own] = self._schedule(own)
        return found

    def _is_named(self, organ: OrganId | None) -> bool:
        named = [each.agencies for each in self.hours] + [each.agencies for each in self.closures]
        return organ in self.duty or any(organ in each for each in named if each is not None)

    def _schedule(self, organ: OrganId | None) -> "Schedule":
        return Schedule(
            calendar=self.calendar,
            own=tuple(each for each in self.hours if each.agencies is not None and organ in each.agencies),
            common=tuple(each for each in self.hours if each.agencies is None),
            closures=tuple(each for each in self.closures if each.agencies is None or organ in each.agencies),
            on_duty=organ in self.duty,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """One agency's working time."""

    calendar: Calendar
    own: tuple[Hours, ...] = ()
    common: tuple[Hours, ...] = ()
    closures: tuple[Closure, ...] = ()
    on_duty: bool = False
    _spans: dict[date, tuple[Span, ...]] = field(default_factory=dict, compare=False, repr=False)

    def spans(self, day: date) -> tuple[Span, ...]:
        """Give when the agency works on a day, in order; remembered, since the same days are asked for again and again."""
        found = self._spans.get(day)
        if found is None:
            found = self._spans[day] = tuple(self._open(day))
        return found

    def is_open(self, moment: datetime) -> bool:
        """Tell whether the agency works at a moment."""
        return any(begins <= moment < ends for begins, ends in self.spans(_day(moment)))

    def next_opening(self, moment: datetime) -> datetime:
        """Give the first moment from this one on at which the agency works. Raises ValueError where there is none."""
        for begins, ends in self._from(moment):
            if moment < ends:
                return max(moment.astimezone(VIETNAM), begins)
        raise ValueError("this agency never opens")

    def add_working(self, start: datetime, duration: timedelta) -> datetime:
        """Give the moment at which so much working time has passed since a start."""
        left = duration
        for begins, ends in self._from(start):
            begins = max(start.astimezone(VIETNAM), begins)
            if begins >= ends:
                continue
            if left <= ends - begins:
                return begins + left
            left -= ends - begins
        raise ValueError("this agency never opens")

    def take_working(self, end: datetime, duration: timedelta) -> datetime:
        """Give the last moment from which so much working time remains until an end."""
        left = duration
        for back in range(LONGEST):
            for begins, ends in reversed(self.spans(_day(end) - back * _MIDNIGHT)):
                ends = min(end.astimezone(VIETNAM), ends)
                if begins >= ends:
                    continue
                if left <= ends - begins:
                    return ends - left
                left -= ends - begins
        raise ValueError("this agency never opens")

    def working_between(self, start: datetime, end: datetime) -> timedelta:
        """Give the working time from a start to an end; negative where the end comes first."""
        if end < start:
            return -self.working_between(end, start)
        spent, day = timedelta(), _day(start)
        while day <= _day(end):
            spent += sum((max(timedelta(), min(end, ends) - max(start, begins)) for begins, ends in self.spans(day)), timedelta())
            day += _MIDNIGHT
        return spent

    def end_of_working_day(self, moment: datetime) -> datetime:
        """Give the end of the working day that a moment falls into, at lunch and before the morning too; else of the next."""
        for day in _days(_day(moment)):
            spans = self.spans(day)
            if spans and moment < spans[-1][1]:
                return spans[-1][1]
        raise ValueError("this agency never opens")

    def next_working_morning_end(self, day: date) -> datetime:
        """Give the end of the morning of the working day after a day."""
        for later in _days(day + _MIDNIGHT):
            spans = self.spans(later)
            if spans:
                usual = datetime.combine(later, MORNING_ENDS, tzinfo=VIETNAM)
                return spans[0][1] if spans[0][1] <= _at(later, _AFTERNOON) else usual
        raise ValueError("this agency never opens")

    def is_provisional(self, start: date, end: date) -> bool:
        """Tell whether a count from one day to another rests on days off that are not yet decided."""
        return any(self.calendar.is_provisional(year) for year in range(start.year, end.year + 1))

    def _from(self, moment: datetime) -> Iterator[Span]:
        """Give the sessions from a day on; none are left once it has been closed for long."""
        closed = 0
        for day in _days(_day(moment), FARTHEST):
            spans = self.spans(day)
            yield from spans
            closed = 0 if spans else closed + 1
            if closed == LONGEST:
                return

    def _open(self, day: date) -> Iterator[Span]:
        """Give the sessions of a day, less what is closed."""
        if self.on_duty:
            sessions: tuple[Session, ...] = ((timedelta(), _MIDNIGHT),)
        elif self.calendar.is_working_day(day):
            sessions = self._hours(day).sessions
        else:
            return
        for begins, ends in sessions:
            yield from _less((_at(day, begins), _at(day, ends)), self.closures)

    def _hours(self, day: date) -> Hours:
        holding = [each for each in (*self.common, *self.own) if each.hold(day)]
        return holding[-1] if holding else USUAL


def _less(span: Span, closures: tuple[Closure, ...]) -> Iterator[Span]:
    """Cut closures out of a span."""
    begins, ends = span
    for each in sorted(closures, key=lambda closure: closure.begins):
        if each.ends <= begins or each.begins >= ends:
            continue
        if begins < each.begins:
            yield begins, each.begins
        begins = max(begins, each.ends)
    if begins < ends:
        yield begins, ends


def _days(first: date, number: int = LONGEST) -> Iterator[date]:
    return (first + timedelta(days=count) for count in range(number))


def _day(moment: datetime) -> date:
    return moment.astimezone(VIETNAM).date()


def _at(day: date, since_midnight: timedelta) -> datetime:
    return datetime.combine(day, time(), tzinfo=VIETNAM) + since_midnight
