"""`lienthong calendar …`: what is due when, the working days of a year, and whether the files that say so are whole."""

import json
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from gateway.config import Settings
from gateway.core import due
from gateway.core.faults import Fault, Rejected
from gateway.core.hours import Schedule, WorkingTime
from gateway.core.model import VIETNAM, OrganId
from gateway.entry.cli.output import Outcome
from gateway.infra.calendar_files import load_working_time, shipped_calendar

INTAKE_MINUTES: Final = 120.0
URGENT_MINUTES: Final = 30.0
WEEKDAYS: Final = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")

Rule = Callable[[Schedule, datetime, float | None], datetime]


def _minutes(given: float | None, usual: float | None = None) -> timedelta:
    minutes = usual if given is None else given
    if minutes is None:
        raise _wrong("minutes")
    return timedelta(minutes=minutes)


def _day(moment: datetime) -> date:
    return moment.astimezone(VIETNAM).date()


RULES: Final[dict[str, Rule]] = {
    "add_working": lambda at, start, minutes: at.add_working(start, _minutes(minutes)),
    "next_opening": lambda at, start, _: at.next_opening(start),
    "end_of_working_day": lambda at, start, _: at.end_of_working_day(start),
    "next_working_morning_end": lambda at, start, _: at.next_working_morning_end(_day(start)),
    "intake": lambda at, start, minutes: due.intake(at, start, _minutes(minutes, INTAKE_MINUTES)),
    "intake_urgent": lambda _, start, minutes: due.intake_urgent(start, _minutes(minutes, URGENT_MINUTES)),
    "assignment": lambda at, start, _: due.assignment(at, start),
    "issue": lambda at, start, _: due.issue(at, _day(start)),
    "receipt_notice": lambda _, start, __: due.receipt_notice(start),
    "response": lambda at, start, _: due.response(at, _day(start)),
}
"""What may be asked, by name."""


def working_time(config: Path) -> WorkingTime:
    """Load the working time of the settings; without a settings file, what ships with the project."""
    if not config.exists():
        return load_working_time(shipped_calendar())
    settings = Settings.load(config)
    return load_working_time(settings.path(settings.directory.calendar) if settings.directory.calendar else shipped_calendar())


def answer(at: WorkingTime, agency: str | None, rule: str, start: str, minutes: float | None) -> Outcome:
    """Say when something is due."""
    schedule = at.of(OrganId(agency) if agency else None)
    found = _due(schedule, {"op": rule, "start": start, "minutes": minutes})
    provisional = schedule.is_provisional(_day(_moment(start)), found.date())
    vi, en = (" (tạm tính: lịch nghỉ chưa công bố)", " (provisional: days off not announced)") if provisional else ("", "")
    shown = f"{WEEKDAYS[found.weekday()]} {found:%d/%m/%Y %H:%M:%S}"
    return Outcome(data={"due": found.isoformat(), "provisional": provisional}, vi=f"{shown}{vi}", en=f"{found.isoformat()}{en}")


def answers(at: WorkingTime, agency: str | None, lines: Iterator[str]) -> Iterator[str]:
    """Answer questions line by line, `{"id","op","start","minutes"?}` each; one that is none is answered with its error."""
    schedule = at.of(OrganId(agency) if agency else None)
    for line in filter(str.strip, lines):
        asked: Any = None
        try:
            asked = json.loads(line)
            said: dict[str, object] = {"id": asked["id"], "due": _due(schedule, asked).isoformat()}
        except (ValueError, KeyError, TypeError, OverflowError, Fault) as error:
            name = asked.get("id") if isinstance(asked, dict) else None
            words = f"{error.code}: {error.path}" if isinstance(error, Fault) else f"{type(error).__name__}: {error}"
            said = {"id": name, "error": words}
        yield json.dumps(said, ensure_ascii=False)


def shown(at: WorkingTime, agency: str | None, year: int) -> Outcome:
    """List the days of a year that are not as usual."""
    if year not in at.calendar.years:
        raise Rejected("not-found", path=str(year), detail=f"Chưa có lịch năm {year}.", detail_en=f"No calendar of {year}.")
    known, schedule = at.calendar.years[year], at.of(OrganId(agency) if agency else None)
    days = sorted(
        [*((day, "off", why) for day, why in known.off.items()), *((day, "worked", why) for day, why in known.worked.items())]
    )
    kinds = {"off": "nghỉ · off", "worked": "làm việc · worked"}
    return Outcome(
        data={
            "year": year,
            "provisional": known.provisional,
            "days": [{"date": day.isoformat(), "kind": kind, "basis": why} for day, kind, why in days],
        },
        rows=[
            {
                "Ngày · Day": f"{WEEKDAYS[day.weekday()]} {day:%d/%m/%Y}",
                "": kinds[kind],
                "Giờ · Hours": ", ".join(f"{a:%H:%M}–{b:%H:%M}" for a, b in schedule.spans(day)),
                "Căn cứ · Basis": why,
            }
            for day, kind, why in days
        ],
        vi="Tạm tính: lịch nghỉ chưa công bố chính thức." if known.provisional else "",
        en="Provisional: the days off are not announced." if known.provisional else "",
    )


def checked(at: WorkingTime) -> Outcome:
    """Look for days that contradict themselves: off at a weekend, worked on a weekday, both, or in another year's file."""
    wrong = [
        f"{day:%d/%m/%Y}: {what}"
        for year, known in sorted(at.calendar.years.items())
        for day, what in sorted([*_odd_off(year, known.off), *_odd_worked(year, known.worked, known.off)])
    ]
    if wrong:
        detail = "; ".join(wrong)
        raise Rejected("misconfigured", detail=detail, detail_en=detail)
    years = ", ".join(f"{year}{' (tạm tính)' if known.provisional else ''}" for year, known in sorted(at.calendar.years.items()))
    return Outcome(data={"years": sorted(at.calendar.years)}, vi=f"✓ Lịch các năm: {years}.", en=f"Calendars of {years}.")


def _odd_off(year: int, off: Any) -> Iterator[tuple[date, str]]:
    for day in off:
        if day.year != year:
            yield day, f"ở tệp {year} · in the file of {year}"
        elif day.weekday() > 4:
            yield day, "cuối tuần vốn đã nghỉ · off at the weekend anyway"


def _odd_worked(year: int, worked: Any, off: Any) -> Iterator[tuple[date, str]]:
    for day in worked:
        if day.year != year:
            yield day, f"ở tệp {year} · in the file of {year}"
        elif day.weekday() < 5:
            yield day, "ngày thường vốn đã làm · worked anyway"
        elif day in off:
            yield day, "vừa nghỉ vừa làm · off and worked"


def _due(schedule: Schedule, asked: dict[str, Any]) -> datetime:
    rule = RULES.get(asked["op"])
    if rule is None:
        raise _wrong(f"op ({', '.join(RULES)})")
    return rule(schedule, _moment(asked["start"]), asked.get("minutes")).astimezone(VIETNAM)


def _moment(text: str) -> datetime:
    """Read ISO 8601; a time without zone is Vietnam's, a mere date its beginning."""
    read = datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=VIETNAM)


def _wrong(what: str) -> Rejected:
    return Rejected("malformed-request", path=what)
