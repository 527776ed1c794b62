"""Who answers late, and since when it got worse: agencies by working days of four weeks, each number with its list."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from aiohttp import web

from gateway.core.faults import Rejected
from gateway.core.model import VIETNAM, OrganId
from gateway.entry.console.owing import Asked, frame, midnight, place, working_days
from gateway.entry.console.pages import page
from gateway.entry.console.visit import Visit
from gateway.ports import Lateness

WEEKS: Final = 4
WORST: Final = 20
MANY: Final = 100
"""Agencies of a page where all are asked for."""
HOTTEST: Final = 5
"""Shades; the strongest is of the largest number that is shown."""
RECENT: Final = 5
"""Columns that a phone has room for: a week."""
_WEEKDAYS: Final = (("T2", "Mon"), ("T3", "Tue"), ("T4", "Wed"), ("T5", "Thu"), ("T6", "Fri"), ("T7", "Sat"), ("CN", "Sun"))
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A working day, with the days off before it."""

    day: date
    since: date
    recent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """How many, how hot, and where they are listed."""

    count: int
    heat: int
    place: str
    column: Column


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An agency."""

    organ: OrganId
    cells: tuple[Cell, ...]
    total: int
    owed: int
    place: str
    owed_place: str


async def show(visit: Visit, asked: Asked) -> web.Response:
    """Show the worst, or a page of all. Words choose documents, and nobody answers late for a word: they do not matter here."""
    columns = _columns(visit)
    size, skip = (MANY, _skipped(visit)) if visit.asked("all") else (WORST, 0)
    spans = (midnight(columns[0].since), *(midnight(each.day + _DAY) for each in columns))
    fits = replace(asked.filter, words=(), since=None, until=None)
    found = await visit.ports.deadlines.lateness(fits, spans, skip=skip, limit=size + 1)
    most = max((count for each in found[:size] for count in each.counts), default=1)
    return page(
        visit,
        "answers_late.html",
        **await frame(visit, asked),
        columns=columns,
        weekday=lambda day: _WEEKDAYS[day.weekday()][visit.english],
        lines=[_line(visit, each, columns, most) for each in found[:size]],
        all=bool(visit.asked("all")),
        more=str(skip + size) if len(found) > size else None,
        weeks=WEEKS,
        exported=_list(visit, "missed", None, columns[0].since, columns[-1].day),
    )


def _columns(visit: Visit) -> list[Column]:
    first = visit.now.astimezone(VIETNAM).date() - timedelta(weeks=WEEKS) + _DAY
    days = list(working_days(visit, first))
    begins = [first, *(each + _DAY for each in days)]
    return [
        Column(day=day, since=since, recent=number >= len(days) - RECENT)
        for number, (day, (since, _)) in enumerate(zip(days, pairwise(begins), strict=True))
    ]


def _line(visit: Visit, late: Lateness, columns: list[Column], most: int) -> Line:
    return Line(
        organ=late.organ,
        cells=tuple(_cells(visit, late, columns, most)),
        total=late.total,
        owed=late.owed,
        place=_list(visit, "missed", late.organ, columns[0].since, columns[-1].day),
        owed_place=_list(visit, "overdue", late.organ, columns[0].since, columns[-1].day),
    )


def _cells(visit: Visit, late: Lateness, columns: list[Column], most: int) -> Iterator[Cell]:
    for count, column in zip(late.counts, columns, strict=True):
        heat = -(-HOTTEST * count // most)
        yield Cell(count=count, heat=heat, place=_list(visit, "missed", late.organ, column.since, column.day), column=column)


def _list(visit: Visit, view: str, organ: OrganId | None, since: date, until: date) -> str:
    debtor = {} if organ is None else {"organ": organ}
    return place(visit, view=view, order=None, q=None, since=since.isoformat(), until=until.isoformat(), **debtor)


def _skipped(visit: Visit) -> int:
    """Read where a page of all begins. Raises `malformed-request`."""
    after = visit.asked("after") or "0"
    if not (after.isascii() and after.isdigit() and len(after) < 7):
        raise Rejected("malformed-request", path="after", detail=after)
    return int(after)
