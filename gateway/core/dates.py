"""edXML's dates and times, read strictly: a day that does not exist is an error, never another day."""

import re
from datetime import date, datetime
from typing import Final

from gateway.core.model import VIETNAM

_DAY: Final = re.compile(r"([0-9]{4})/([0-9]{2})/([0-9]{2})")
_MOMENT: Final = re.compile(r"([0-9]{4})/([0-9]{2})/([0-9]{2}) ([0-9]{2}):([0-9]{2}):([0-9]{2})")


def read_day(text: str) -> date:
    """Read ``yyyy/MM/dd``. Raises ValueError."""
    found = _DAY.fullmatch(text)
    if found is None:
        raise ValueError(f"{text[:30]!r} is not yyyy/MM/dd")
    return date(*map(int, found.groups()))


def read_moment(text: str) -> datetime:
    """Read ``yyyy/MM/dd HH:mm:ss``, which is in Vietnam's time. Raises ValueError."""
    found = _MOMENT.fullmatch(text)
    if found is None:
        raise ValueError(f"{text[:30]!r} is not yyyy/MM/dd HH:mm:ss")
    year, month, day, hour, minute, second = map(int, found.groups())
    return datetime(year, month, day, hour, minute, second, tzinfo=VIETNAM)


def write_day(day: date) -> str:
    """Write ``yyyy/MM/dd``."""
    return f"{day.year:04}/{day.month:02}/{day.day:02}"


def write_moment(moment: datetime) -> str:
    """Write ``yyyy/MM/dd HH:mm:ss`` in Vietnam's time."""
    local = moment.astimezone(VIETNAM)
    return f"{write_day(local)} {local:%H:%M:%S}"
