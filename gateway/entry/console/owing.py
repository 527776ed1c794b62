"""Which deadlines a page of Biên nhận & hồi đáp is about: its views, and what the address says; days are the province's."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

from gateway.core.deadlines import DeadlineState, Rule
from gateway.core.faults import Rejected
from gateway.core.model import VIETNAM, Priority
from gateway.core.search import sought
from gateway.entry.api.door import CONSOLE
from gateway.entry.console.search import day_of, organ_of
from gateway.entry.console.visit import Visit
from gateway.ports import Owing

ANSWERS: Final = f"{CONSOLE}/answers"
COUNTED: Final = 10_000
"""A tab counts so far: past this, how many there are exactly changes nothing that an officer would do."""
HEAT: Final = "heat"
"""The view of who is late, and since when."""
EXPRESS: Final = "express"
"""What addresses call hỏa tốc, with a time or without."""
_DAY: Final = timedelta(days=1)
Choice = TypeVar("Choice", Rule, Priority)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What a tab lists; `today` are those due in the working day that it is, or that comes next."""

    vi: str
    en: str
    states: tuple[DeadlineState, ...]
    late: bool | None = None
    today: bool = False
    latest_first: bool = False


VIEWS: Final[Mapping[str, View]] = {
    "today": View(vi="Đến hạn hôm nay", en="Due today", states=(DeadlineState.OPEN, DeadlineState.EXTENDED), today=True),
    "overdue": View(vi="Quá hạn", en="Overdue", states=(DeadlineState.OVERDUE,)),
    "open": View(vi="Đang chờ", en="Open", states=(DeadlineState.OPEN, DeadlineState.EXTENDED, DeadlineState.PAUSED)),
    "met": View(vi="Xong đúng hạn", en="Met in time", states=(DeadlineState.MET,), late=False, latest_first=True),
    "late": View(vi="Xong trễ", en="Met late", states=(DeadlineState.MET,), late=True, latest_first=True),
    "missed": View(
        vi="Mọi việc trễ hạn",
        en="All that was late",
        states=(DeadlineState.OVERDUE, DeadlineState.MET),
        late=True,
        latest_first=True,
    ),
    "waived": View(vi="Đã miễn", en="Waived", states=(DeadlineState.WAIVED,), latest_first=True),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the address asks for."""

    name: str
    filter: Owing
    latest_first: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A view with its place, and how many it has: None where that is not counted."""

    name: str
    place: str
    count: int | None
    is_shown: bool


def asked(visit: Visit) -> Asked:
    """Read the query. Raises `malformed-request`."""
    name, order = visit.asked("view") or "overdue", visit.asked("order")
    if name not in {*VIEWS, HEAT}:
        raise Rejected("malformed-request", path="view", detail=name)
    if order not in {"", "first", "last"}:
        raise Rejected("malformed-request", path="order", detail=order)
    latest_first = VIEWS[name].latest_first if name in VIEWS else False
    return Asked(name=name, filter=_filter(visit), latest_first=order == "last" if order else latest_first)


def of_view(visit: Visit, name: str, chosen: Owing) -> Owing:
    """Give what a view lists of what was chosen."""
    view = VIEWS[name]
    found = replace(chosen, states=view.states, late=view.late)
    if not view.today:
        return found
    begins, ends = today(visit)
    since = max(begins, chosen.since) if chosen.since else begins
    return replace(found, since=since, until=min(ends, chosen.until) if chosen.until else ends)


def today(visit: Visit) -> tuple[datetime, datetime]:
    """Give the working day that it is; on a day off, all until the end of the next one."""
    calendar = visit.rules.timekeeping.working_time.calendar
    day = visit.now.astimezone(VIETNAM).date()
    last = day if calendar.is_working_day(day) else calendar.next_working_day(day)
    return midnight(day), midnight(last + _DAY)


def working_days(visit: Visit, since: date) -> Iterator[date]:
    """Give the province's working days from a day to that which is due today."""
    calendar, ends = visit.rules.timekeeping.working_time.calendar, today(visit)[1]
    while midnight(since) < ends:
        if calendar.is_working_day(since):
            yield since
        since += _DAY


def midnight(day: date) -> datetime:
    """Give the beginning of a day in Vietnam."""
    return datetime.combine(day, time(), tzinfo=VIETNAM)


async def frame(visit: Visit, found: Asked) -> dict[str, Any]:
    """Give what stands around each view: the tabs with what each has of what was chosen, and the fields of the filter."""
    counts = await visit.ports.deadlines.count([of_view(visit, name, found.filter) for name in VIEWS], most=COUNTED)
    return {
        "title": visit.say("Biên nhận & hồi đáp", "Receipts and answers"),
        "chosen": found.name,
        "latest_first": found.latest_first,
        "tabs": [
            Tab(
                name=visit.say(view.vi, view.en),
                place=place(visit, view=name, order=None),
                count=count,
                is_shown=name == found.name,
            )
            for (name, view), count in zip(VIEWS.items(), counts, strict=True)
        ],
        "counted": COUNTED,
        "heat": HEAT,
        "place": lambda **changes: place(visit, **changes),
        "asked": visit.asked,
        "filtered": found.filter != Owing(),
        "rules": list(Rule),
        "priorities": list(Priority),
        "express": EXPRESS,
        "agencies": visit.rules.directory,
    }


def place(visit: Visit, **changes: str | None) -> str:
    """Give the address of this page with a few changes; it begins at its beginning."""
    query = {name: value for name, value in visit.request.query.items() if name not in {"after", "all"}} | changes
    return f"{ANSWERS}?{urlencode({name: value for name, value in query.items() if value})}"


def _filter(visit: Visit) -> Owing:
    until = day_of(visit.asked("until"), "until")
    return Owing(
        debtor=organ_of(visit, "organ"),
        creditor=organ_of(visit, "creditor"),
        rule=_choice(Rule, visit.asked("rule"), "rule"),
        priorities=_priorities(visit.asked("priority")),
        words=sought(visit.asked("q")),
        since=day_of(visit.asked("since"), "since"),
        until=until + _DAY if until else None,
    )


def _priorities(given: str) -> tuple[Priority, ...] | None:
    if given == EXPRESS:
        return tuple(each for each in Priority if each >= Priority.EXPRESS)
    found = _choice(Priority, given, "priority")
    return None if found is None else (found,)


def _choice(kind: type[Choice], given: str, name: str) -> Choice | None:
    known = {str(each.value): each for each in kind}
    if given and given not in known:
        raise Rejected("malformed-request", path=name, detail=given)
    return known.get(given)
