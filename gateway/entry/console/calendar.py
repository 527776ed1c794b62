"""Lịch làm việc · The working calendar: which days and hours are worked, why, and what another day off would do to deadlines.

It is read only: days and hours are decided by others, and written into the calendar's files.
"""

from calendar import Calendar as Sheets
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from aiohttp import web

from gateway.core.calendar import Calendar, Year
from gateway.core.deadlines import Deadline
from gateway.core.faults import Rejected
from gateway.core.hours import USUAL, Hours
from gateway.core.model import OrganId
from gateway.core.rules import Rules
from gateway.entry.console import writing
from gateway.entry.console.pages import page
from gateway.entry.console.visit import Visit
from gateway.flows.keep_time import keep_time, move_all

EARLIEST: Final = 2000
LATEST: Final = 2099
SHOWN: Final = 25
"""Deadlines that are named; of more, people want to know how many."""
NAMED: Final = 4
"""Agencies that one line names."""
_WEEKEND: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day of a month: `work`, `weekend`, `off` or `worked` (a weekend day that is worked), and by what it is so."""

    on: date
    kind: str
    basis: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A month by weeks, Monday first; None stands for a day of another month."""

    number: int
    weeks: tuple[tuple[Day | None, ...], ...]

    @property
    def working(self) -> int:
        """Count the days that are worked."""
        return sum(day is not None and day.kind in {"work", "worked"} for week in self.weeks for day in week)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A day that would be off, or would be worked."""

    on: date
    off: bool

    def upon(self, calendar: Calendar) -> Calendar:
        """Give the calendar in which it holds."""
        year = calendar.years.get(self.on.year, Year(provisional=True))
        off, worked = ({on: why for on, why in days.items() if on != self.on} for days in (year.off, year.worked))
        (off if self.off else worked)[self.on] = ""
        return replace(calendar, years={**calendar.years, self.on.year: replace(year, off=off, worked=worked)})


async def show(visit: Visit) -> web.Response:
    """Show a year; where a day is proposed, which deadlines it would move."""
    working_time, year, proposed = visit.rules.timekeeping.working_time, _year(visit), _proposal(visit)
    calendar = working_time.calendar
    months = [_month(calendar, year, number) for number in range(1, 13)]
    effect = await _effect(visit, proposed) if proposed is not None else []
    return page(
        visit,
        "calendar.html",
        title=visit.say("Lịch làm việc", "Working calendar"),
        year=year,
        years=sorted({*calendar.years, visit.now.year, visit.now.year + 1, year}),
        known=year in calendar.years,
        provisional=calendar.is_provisional(year),
        months=months,
        working=sum(each.working for each in months),
        special=[day for each in months for week in each.weeks for day in week if day is not None and day.basis],
        hours=list(_hours(working_time.hours)),
        closures=[each for each in working_time.closures if each.begins.year <= year <= each.ends.year],
        duty=working_time.duty,
        who=lambda organs: _who(visit, organs),
        weekday=lambda on: writing.weekday(on, english=visit.english),
        sessions=_sessions,
        last_day=_last_day,
        asked=visit.asked,
        proposed=proposed,
        effect=effect[:SHOWN],
        count=len(effect),
        agencies=len({old.organ for old, _ in effect}),
    )


def _year(visit: Visit) -> int:
    asked = visit.asked("year")
    if not asked:
        return visit.now.year
    if not (asked.isascii() and asked.isdigit() and EARLIEST <= int(asked) <= LATEST):
        raise Rejected("malformed-request", path="year", detail=asked)
    return int(asked)


def _proposal(visit: Visit) -> Proposal | None:
    day, kind = visit.asked("day"), visit.asked("kind")
    if not day:
        return None
    try:
        on = date.fromisoformat(day)
    except ValueError as error:
        raise Rejected("malformed-request", path="day", detail=day) from error
    if kind not in {"off", "worked"} or not EARLIEST <= on.year <= LATEST:
        raise Rejected("malformed-request", path="kind" if kind not in {"off", "worked"} else "day", detail=f"{day} {kind}")
    return Proposal(on=on, off=kind == "off")


async def _effect(visit: Visit, proposed: Proposal) -> list[tuple[Deadline, Deadline]]:
    """Give the deadlines that would move, before and after, the earliest first; nothing is written.

    Before is what the calendar that holds now makes of them, which the worker may not have written down yet.
    """
    deadlines = visit.ports.deadlines
    await keep_time(deadlines, visit.rules)
    held = {new.id: new for _, new in await move_all(deadlines, visit.rules, visit.now, preview=True)}
    changed = await move_all(deadlines, _with(visit.rules, proposed), visit.now, preview=True)
    moved = ((held.get(old.id, old), new) for old, new in changed)
    return sorted(((old, new) for old, new in moved if old.due_at != new.due_at), key=lambda each: each[0].due_at)


def _with(rules: Rules, proposed: Proposal) -> Rules:
    keeping = rules.timekeeping
    there = keeping.working_time
    made = replace(there, calendar=proposed.upon(there.calendar), _schedules={})
    return replace(rules, timekeeping=replace(keeping, working_time=made))


def _month(calendar: Calendar, year: int, number: int) -> Month:
    weeks = Sheets().monthdatescalendar(year, number)
    return Month(
        number=number, weeks=tuple(tuple(_day(calendar, on) if on.month == number else None for on in week) for week in weeks)
    )


def _day(calendar: Calendar, on: date) -> Day:
    year = calendar.years.get(on.year, Year())
    if on in year.worked:
        return Day(on=on, kind="worked", basis=year.worked[on])
    if on in year.off:
        return Day(on=on, kind="off", basis=year.off[on])
    return Day(on=on, kind="weekend" if on.weekday() >= _WEEKEND else "work")


def _hours(rows: Collection[Hours]) -> Iterator[Hours]:
    """Give the rows of the province, then those of agencies; what is usual where the province has none."""
    common = [each for each in rows if each.agencies is None]
    yield from common or [USUAL]
    yield from (each for each in rows if each.agencies is not None)


def _sessions(hours: Hours) -> str:
    return ", ".join(f"{_clock(begins)}–{_clock(ends)}" for begins, ends in hours.sessions)


def _clock(since_midnight: timedelta) -> str:
    minutes = int(since_midnight.total_seconds()) // 60
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _last_day(each: Hours) -> date | None:
    """Give the last day on which hours hold: files say the first on which they do not."""
    return each.valid_to - timedelta(days=1) if each.valid_to else None


def _who(visit: Visit, organs: Collection[OrganId] | None) -> str:
    if organs is None:
        return visit.say("Cả tỉnh", "The whole province")
    names = sorted(visit.agency(each) for each in organs)
    more = visit.say(f" và {len(names) - NAMED} đơn vị khác", f" and {len(names) - NAMED} more") if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
