from datetime import UTC, date, datetime, timedelta

import pytest

from gateway.core import dates
from gateway.core.model import VIETNAM


def test_a_date_is_read() -> None:
    assert dates.read_day("2024/02/29") == date(2024, 2, 29)


@pytest.mark.parametrize(
    "text",
    ["2014/02/30", "2025/02/29", "2025/13/01", "2025/00/01", "0000/01/01", "2025-10-20", "20/10/2025", "2025/1/2", "2025/10/200"],
)
def test_a_date_that_is_none_is_an_error_and_never_another_date(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        dates.read_day(text)


@pytest.mark.parametrize("text", ["", " 2025/10/20", "2025/10/20\n", "٢٠٢٥/١٠/٢٠", "2025/10/20 00:00:00"])
def test_only_the_bare_form_in_ascii_digits_is_a_date(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        dates.read_day(text)


def test_a_time_without_zone_is_vietnamese_time() -> None:
    assert dates.read_moment("2025/10/20 09:00:00").astimezone(UTC) == datetime(2025, 10, 20, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["2025/10/20 24:00:00", "2025/10/20 09:60:00", "2025/02/30 09:00:00", "2025/10/20T09:00:00", "2025/10/20"]
)
def test_a_time_that_is_none_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        dates.read_moment(text)


def test_dates_and_times_are_written_as_they_are_read() -> None:
    assert dates.write_day(dates.read_day("0999/01/02")) == "0999/01/02"
    assert dates.write_moment(dates.read_moment("2025/10/20 23:59:59")) == "2025/10/20 23:59:59"


def test_a_time_of_another_zone_is_written_in_vietnamese_time() -> None:
    assert dates.write_moment(datetime(2025, 10, 20, 20, 30, tzinfo=UTC)) == "2025/10/21 03:30:00"
    assert VIETNAM.utcoffset(None) == timedelta(hours=7)
