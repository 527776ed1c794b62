"""Lịch làm việc · The working calendar: which days and hours are worked, why, and what is proposed and would move deadlines."""

import asyncio
from calendar import Calendar as Sheets
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from aiohttp import web

from gateway.core.calendar import SATURDAY, Calendar, Year
from gateway.core.hours import USUAL, Hours
from gateway.core.roles import Right
from gateway.entry.console import proposals, proposing
from gateway.entry.console.pages import page
from gateway.entry.console.visit import Visit
from gateway.entry.registry.calendar import own_folder
from gateway.flows.keep_time import effect

CLOSURE: Final = "closure"
"""The form for a closure; the other one is for days."""


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


async def show(visit: Visit) -> web.Response:
    """Show a year and what is proposed; where something is asked for, which deadlines it would move."""
    working_time, year = visit.rules.timekeeping.working_time, _year(visit)
    calendar, asked = working_time.calendar, proposing.of_query(visit)
    change = None if asked("more") else proposing.read(asked, visit.rules)
    moved = await effect(visit.ports.deadlines, visit.rules, change.upon(working_time), visit.now) if change else []
    months = [_month(calendar, year, number) for number in range(1, 13)]
    book = visit.ports.calendar_proposals
    history = await book.decided(after=visit.asked("after") or None, limit=proposals.LISTED)
    chosen = CLOSURE if visit.asked("form") == CLOSURE else ""
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
        sessions=_sessions,
        last_day=_last_day,
        chosen=chosen,
        fields=proposing.fields(asked),
        agencies=sorted(visit.rules.directory.agencies, key=lambda each: each.name) if chosen and visit.may(Right.ACT) else (),
        change=change,
        is_so=change is not None and change.holds(working_time),
        pending=await book.pending(limit=proposals.LISTED),
        history=history.items,
        next=history.next,
        folder=await asyncio.to_thread(own_folder, visit.at.settings),
        **proposals.shown(visit, moved),
        **proposals.sayings(visit),
    )


def _year(visit: Visit) -> int:
    asked = visit.asked("year")
    return proposing.year_of(asked, "year") if asked else visit.now.year


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
    return Day(on=on, kind="weekend" if on.weekday() >= SATURDAY else "work")


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
