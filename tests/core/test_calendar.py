from datetime import date, datetime

import pytest

from gateway.core.calendar import Calendar
from gateway.core.model import VIETNAM
from gateway.infra.calendar_files import load_working_time, shipped_calendar


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return load_working_time(shipped_calendar()).calendar


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 11, 23), True),
        (date(2026, 11, 22), False),
        (date(2026, 1, 2), False),
        (date(2026, 1, 10), True),
        (date(2025, 4, 26), True),
        (date(2025, 5, 2), False),
        (date(2026, 2, 17), False),
        (date(2024, 4, 29), False),
    ],
)
def test_a_day_is_worked_or_not_as_decided(calendar: Calendar, day: date, *, works: bool) -> None:
    assert calendar.is_working_day(day) is works


@pytest.mark.parametrize(
    ("day", "latest"),
    [
        (date(2026, 11, 23), (2026, 11, 24)),
        (date(2026, 11, 20), (2026, 11, 23)),
        (date(2026, 1, 9), (2026, 1, 10)),
        (date(2026, 2, 13), (2026, 2, 23)),
        (date(2025, 12, 31), (2026, 1, 5)),
    ],
)
def test_the_next_working_morning_skips_what_is_off(calendar: Calendar, day: date, latest: tuple[int, int, int]) -> None:
    assert calendar.next_working_morning(day) == datetime(*latest, 11, 30, tzinfo=VIETNAM)


def test_in_a_year_that_nobody_decided_only_weekends_are_off() -> None:
    assert Calendar().next_working_day(date(2031, 9, 1)) == date(2031, 9, 2)
    assert Calendar().next_working_day(date(2031, 9, 5)) == date(2031, 9, 8)
