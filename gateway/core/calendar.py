"""The state's working days: weekends, days off and the weekend days that are worked instead, by year."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final

from gateway.core.model import VIETNAM

MORNING_ENDS: Final = time(11, 30)
"""The end of the morning in the usual office hours (07:30–11:30, 13:30–17:00)."""
SATURDAY: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """One year's decisions: days off that would be worked, and weekend days that are worked, each with its legal basis.

    `provisional` (tạm tính) until the decisions of the year are announced.
    """

    off: Mapping[date, str] = field(default_factory=dict)
    worked: Mapping[date, str] = field(default_factory=dict)
    provisional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """All years that are known. In a year that is not, only weekends are off, and whatever is counted is provisional."""

    years: Mapping[int, Year] = field(default_factory=dict)

    def is_working_day(self, day: date) -> bool:
        """Tell whether state offices work on that day."""
        year = self.years.get(day.year, Year())
        return day in year.worked or (day.weekday() < SATURDAY and day not in year.off)

    def is_provisional(self, year: int) -> bool:
        """Tell whether a year's days off are not yet decided."""
        known = self.years.get(year)
        return known is None or known.provisional

    def next_working_day(self, day: date) -> date:
        """Give the first working day after that day."""
        day += timedelta(days=1)
        while not self.is_working_day(day):
            day += timedelta(days=1)
        return day

    def next_working_morning(self, day: date) -> datetime:
        """Give the end of the morning of the working day after that day: the latest time of issue (article 6.3)."""
        return datetime.combine(self.next_working_day(day), MORNING_ENDS, tzinfo=VIETNAM)
