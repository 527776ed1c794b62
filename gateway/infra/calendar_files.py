"""The folder of the calendar: each year's days, and the office hours."""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator

from gateway.core.calendar import Calendar, Year
from gateway.core.hours import Closure, Hours, Session, WorkingTime
from gateway.core.model import VIETNAM, OrganId
from gateway.infra.toml_file import read_toml
from gateway.sdk.shipped import shipped

HOURS_FILE: Final = "hours.toml"
_SESSION: Final = re.compile(r"([01][0-9]|2[0-4]):([0-5][0-9])-([01][0-9]|2[0-4]):([0-5][0-9])")


def _session(text: object) -> Session:
    found = _SESSION.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise ValueError("07:30-11:30")
    hours = [int(each) for each in found.groups()]
    begins, ends = timedelta(hours=hours[0], minutes=hours[1]), timedelta(hours=hours[2], minutes=hours[3])
    if not begins < ends <= timedelta(days=1):
        raise ValueError(f"{text}: 07:30-11:30")
    return begins, ends


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class YearFile(_Table):
    """`<year>.toml`."""

    status: Literal["chính thức", "tạm tính"] = "chính thức"
    off: dict[date, str] = {}
    worked: dict[date, str] = {}


class HoursRow(_Table):
    """A `[[hours]]` table."""

    sessions: tuple[Annotated[Session, BeforeValidator(_session)], ...]
    valid_from: date | None = None
    valid_to: date | None = None
    agencies: frozenset[str] | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "HoursRow":
        ends = timedelta()
        for begins, closes in self.sessions:
            if begins < ends:
                raise ValueError("sessions: must follow each other")
            ends = closes
        return self


class ClosureRow(_Table):
    """A `[[closure]]` table; times without zone are Vietnam's."""

    begins: datetime
    ends: datetime
    reason: str
    agencies: frozenset[str] | None = None


class HoursFile(_Table):
    """`hours.toml`."""

    hours: tuple[HoursRow, ...] = ()
    closure: tuple[ClosureRow, ...] = ()
    duty: frozenset[str] = frozenset()


def shipped_calendar() -> Path:
    """Give the folder that ships with the project."""
    return shipped("config") / "calendar"


def load_working_time(folder: Path) -> WorkingTime:
    """Read every `<year>.toml` of a folder, and its hours. Raises Misconfigured naming the file."""
    years = {int(file.stem): read_year(file) for file in sorted(folder.glob("[0-9][0-9][0-9][0-9].toml"))}
    there = read_hours(folder / HOURS_FILE) if (folder / HOURS_FILE).exists() else WorkingTime(calendar=Calendar())
    return replace(there, calendar=Calendar(years=years))


def read_year(file: Path) -> Year:
    """Read the days of a year. Raises Misconfigured."""
    read = read_toml(file, YearFile)
    return Year(off=read.off, worked=read.worked, provisional=read.status == "tạm tính")


def read_hours(file: Path) -> WorkingTime:
    """Read hours and closures, without a calendar. Raises Misconfigured."""
    hours = read_toml(file, HoursFile)
    return WorkingTime(
        calendar=Calendar(),
        hours=tuple(
            Hours(sessions=each.sessions, valid_from=each.valid_from, valid_to=each.valid_to, agencies=_organs(each.agencies))
            for each in hours.hours
        ),
        closures=tuple(
            Closure(begins=_here(each.begins), ends=_here(each.ends), reason=each.reason, agencies=_organs(each.agencies))
            for each in hours.closure
        ),
        duty=frozenset(map(OrganId, hours.duty)),
    )


def _organs(named: frozenset[str] | None) -> frozenset[OrganId] | None:
    return None if named is None else frozenset(map(OrganId, named))


def _here(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=VIETNAM)
