"""Numbers, times and lengths of time as people in Vietnam write them: 1.748 · 23/11/2026 · 07:30 · 1 giờ 42 phút."""

from datetime import date, datetime, timedelta
from typing import Final

from gateway.core.model import VIETNAM
from gateway.core.vietnamese import moment as moment

KILO: Final = 1024
_UNITS: Final = ("byte", "kB", "MB", "GB", "TB")
_WEEKDAYS: Final = (
    ("Thứ Hai", "Monday"),
    ("Thứ Ba", "Tuesday"),
    ("Thứ Tư", "Wednesday"),
    ("Thứ Năm", "Thursday"),
    ("Thứ Sáu", "Friday"),
    ("Thứ Bảy", "Saturday"),
    ("Chủ Nhật", "Sunday"),
)
_SPANS: Final = ((86_400, "ngày", "d"), (3_600, "giờ", "h"), (60, "phút", "min"))
"""Seconds, and what so many are called."""


def number(value: int) -> str:
    """Write a whole number."""
    return f"{value:,}".replace(",", ".")


def day(on: date) -> str:
    """Write a day."""
    return f"{on:%d/%m/%Y}"


def clock(at: datetime) -> str:
    """Write a time of the day."""
    return f"{at.astimezone(VIETNAM):%H:%M}"


def weekday(on: date, *, english: bool) -> str:
    """Name the day of the week."""
    return _WEEKDAYS[on.weekday()][english]


def lasting(span: timedelta, *, english: bool) -> str:
    """Write how long something takes, in its two largest units."""
    left, words = int(abs(span).total_seconds()), []
    for seconds, vi, en in _SPANS:
        count, left = divmod(left, seconds)
        if count:
            words.append(f"{count} {en if english else vi}")
    if not words:
        return "less than a minute" if english else "dưới 1 phút"
    return " ".join(words[:2])


def worked(span: timedelta, *, english: bool) -> str:
    """Write a length of working time, in hours: a working day is not a day."""
    hours, minutes = divmod(int(abs(span).total_seconds()) // 60, 60)
    words = [f"{hours} {'h' if english else 'giờ'}"] if hours else []
    if minutes or not hours:
        words.append(f"{minutes} {'min' if english else 'phút'}")
    return " ".join(words)


def ago(at: datetime, now: datetime, *, english: bool) -> str:
    """Write how long ago something was, or in how long it will be."""
    span = lasting(now - at, english=english)
    if at <= now:
        return f"{span} ago" if english else f"{span} trước"
    return f"in {span}" if english else f"sau {span}"


def size(octets: int) -> str:
    """Write a number of octets."""
    value, unit = float(octets), 0
    while value >= KILO and unit < len(_UNITS) - 1:
        value, unit = value / KILO, unit + 1
    digits = f"{value:.0f}" if unit == 0 or value >= 10 else f"{value:.1f}".replace(".", ",")
    return f"{digits} {_UNITS[unit]}"
