"""What an officer asks of the working calendar, read from the address of a page or from a form: days of a year, or a closure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from gateway.core.calendar import Calendar
from gateway.core.calendar_changes import CalendarChange, DayChange, entry_of
from gateway.core.directory import Directory
from gateway.core.faults import Rejected
from gateway.core.hours import Closure
from gateway.core.model import VIETNAM, OrganId
from gateway.core.rules import Rules
from gateway.entry.console.visit import Form, Visit

EARLIEST: Final = 2000
LATEST: Final = 2099
DAYS: Final = 31
"""Days of one proposal: more than any announcement of a holiday names."""
AGENCIES: Final = 50
"""Agencies that one closure names; what closes more closes the province."""
BASIS_CHARACTERS: Final = 300
"""Of the number of a decision and what it says: a line of a file."""
LONGEST: Final = timedelta(days=366)
KINDS: Final = ("off", "worked")

Asked = Callable[[str], Sequence[str]]
"""Gives all values of a field, in order, empty ones too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """What the forms show: as it was asked for, with an empty row more where that is wanted."""

    days: Sequence[tuple[str, str, str]]
    official: bool
    begins: str
    ends: str
    organs: Sequence[str]
    everyone: bool
    basis: str


def of_query(visit: Visit) -> Asked:
    """Read the address of a page."""
    return lambda name: [each.strip() for each in visit.request.query.getall(name, [])]


def of_form(form: Form) -> Asked:
    """Read a form."""
    return lambda name: [value.strip() for key, value in form.fields if key == name]


def fields(asked: Asked) -> Fields:
    """Give what the forms show."""
    more = [""] if asked("more") else []
    days = [*_rows(asked), *(("", KINDS[0], "") for _ in more)]
    return Fields(
        days=days or [("", KINDS[0], "")],
        official=bool(_one(asked, "official")),
        begins=_one(asked, "begins"),
        ends=_one(asked, "ends"),
        organs=[*asked("organ"), *more] or [""],
        everyone=bool(_one(asked, "everyone")),
        basis=_one(asked, "because"),
    )


def read(asked: Asked, rules: Rules) -> CalendarChange | None:
    """Read what is wanted; None where nothing is. Raises `malformed-request`, `entry-unknown` for an agency."""
    if _one(asked, "begins") or _one(asked, "ends"):
        return CalendarChange(closure=_closure(asked, rules.directory))
    days = tuple(_days(asked, rules.timekeeping.working_time.calendar))
    named = _one(asked, "official")
    official = year_of(named, "official") if named else None
    years = {each.on.year for each in days} | ({official} if official else set())
    if len(years) > 1 or len({each.on for each in days}) < len(days) or len(days) > DAYS:
        raise _wrong(
            "day",
            f"Một đề xuất gồm nhiều nhất {DAYS} ngày khác nhau của cùng một năm.",
            f"A proposal has at most {DAYS} different days, of one year.",
        )
    return CalendarChange(days=days, official=official) if years else None


def demand_bases(change: CalendarChange) -> None:
    """See that each day and closure has the number of a decision. Raises `malformed-request`."""
    bases = [each.basis for each in change.days] + ([change.closure.reason] if change.closure else [])
    if not all(bases):
        raise _wrong("basis", "Cần căn cứ: số của quyết định hay thông báo.", "The basis is needed: the decision's number.")


def year_of(given: str, name: str) -> int:
    """Read a year. Raises `malformed-request`."""
    if not (given.isascii() and given.isdigit() and EARLIEST <= int(given) <= LATEST):
        raise Rejected("malformed-request", path=name, detail=given)
    return int(given)


def _rows(asked: Asked) -> list[tuple[str, str, str]]:
    days, kinds, bases = asked("day"), asked("kind"), asked("basis")
    return [
        (day, kinds[place] if place < len(kinds) else "", bases[place] if place < len(bases) else "")
        for place, day in enumerate(days)
    ]


def _days(asked: Asked, calendar: Calendar) -> Iterator[DayChange]:
    for day, kind, basis in _rows(asked):
        if not day:
            continue
        try:
            on = date.fromisoformat(day)
        except ValueError as error:
            raise Rejected("malformed-request", path="day", detail=day) from error
        if not EARLIEST <= on.year <= LATEST or kind not in KINDS:
            raise Rejected("malformed-request", path="day" if kind in KINDS else "kind", detail=f"{day} {kind}")
        yield DayChange(on=on, off=kind == "off", basis=_basis(basis), was=entry_of(calendar, on))


def _closure(asked: Asked, directory: Directory) -> Closure:
    begins, ends = _moment(_one(asked, "begins"), "begins"), _moment(_one(asked, "ends"), "ends")
    if not timedelta() < ends - begins <= LONGEST:
        raise _wrong("ends", "Phải kết thúc sau khi bắt đầu, trong một năm.", "It must end after it begins, within a year.")
    agencies = None if _one(asked, "everyone") else frozenset(_agencies(asked("organ"), directory))
    if agencies is not None and not 0 < len(agencies) <= AGENCIES:
        raise _wrong(
            "organ", f"Nêu từ 1 đến {AGENCIES} đơn vị, hoặc cả tỉnh.", f"Name 1 to {AGENCIES} agencies, or the province."
        )
    return Closure(begins=begins, ends=ends, reason=_basis(_one(asked, "because")), agencies=agencies)


def _agencies(named: Sequence[str], directory: Directory) -> Iterator[OrganId]:
    """Read agencies by their ids, or by «name (id)» as the list of suggestions writes them."""
    for each in filter(None, named):
        organ = each.rpartition("(")[2].removesuffix(")") if each.endswith(")") else each
        found = directory.find(organ)
        if found is None:
            raise Rejected("entry-unknown", path="organ", detail=each)
        yield found.id


def _moment(given: str, name: str) -> datetime:
    try:
        read = datetime.fromisoformat(given)
    except ValueError as error:
        raise Rejected("malformed-request", path=name, detail=given) from error
    if read.tzinfo is not None or not EARLIEST <= read.year <= LATEST:
        raise Rejected("malformed-request", path=name, detail=given)
    return read.replace(tzinfo=VIETNAM)


def _basis(given: str) -> str:
    if len(given) > BASIS_CHARACTERS or not given.isprintable():
        raise _wrong(
            "basis",
            f"Căn cứ là một dòng, nhiều nhất {BASIS_CHARACTERS} ký tự.",
            f"A basis is one line of at most {BASIS_CHARACTERS} characters.",
        )
    return given


def _one(asked: Asked, name: str) -> str:
    return next(iter(asked(name)), "")


def _wrong(path: str, detail: str, detail_en: str) -> Rejected:
    return Rejected("malformed-request", path=path, detail=detail, detail_en=detail_en)
