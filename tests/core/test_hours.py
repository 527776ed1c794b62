"""Counting in working time, against a naive oracle that walks minute by minute, and the examples of the regulation."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.core import due
from gateway.core.calendar import Calendar
from gateway.core.hours import Closure, Hours, Schedule, WorkingTime
from gateway.core.model import VIETNAM, OrganId
from gateway.infra.calendar_files import load_working_time, shipped_calendar

PROVINCE = load_working_time(shipped_calendar())
USUAL = PROVINCE.of()
MINUTE = timedelta(minutes=1)
COMMUNE = OrganId("H56.40.02")

FIRST = datetime(2024, 12, 20, tzinfo=VIETNAM)
moments = st.integers(0, 2 * 365 * 24 * 60).map(lambda count: FIRST + count * MINUTE)
minutes = st.integers(0, 3000).map(lambda count: timedelta(minutes=count))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


def naively_open(moment: datetime) -> bool:
    """The rule, said once more without looking at how it is counted."""
    inside = time(7, 30) <= moment.time() < time(11, 30) or time(13, 30) <= moment.time() < time(17)
    return inside and PROVINCE.calendar.is_working_day(moment.date())


@given(moments, st.integers(1, 1000))
@settings(max_examples=60, deadline=None)
def test_working_time_is_added_as_one_who_looks_at_each_minute_would(start: datetime, count: int) -> None:
    left, moment = count, start
    while left:
        left -= naively_open(moment)
        moment += MINUTE
    assert USUAL.add_working(start, timedelta(minutes=count)) == moment


@given(moments)
@settings(max_examples=60, deadline=None)
def test_the_next_opening_is_the_first_minute_that_is_open(moment: datetime) -> None:
    expected = moment
    while not naively_open(expected):
        expected += MINUTE
    assert USUAL.next_opening(moment) == expected


@given(moments, moments)
@settings(max_examples=100, deadline=None)
def test_a_later_start_is_never_due_earlier(one: datetime, other: datetime) -> None:
    early, late = sorted((one, other))
    assert USUAL.add_working(early, timedelta(hours=2)) <= USUAL.add_working(late, timedelta(hours=2))


@given(moments, minutes, minutes)
@settings(max_examples=100, deadline=None)
def test_what_is_added_in_two_parts_is_added_at_once(start: datetime, one: timedelta, other: timedelta) -> None:
    assert USUAL.add_working(USUAL.add_working(start, one), other) in {
        USUAL.add_working(start, one + other),
        USUAL.next_opening(USUAL.add_working(start, one + other)),  # nothing added at a session's end is the next opening
    }


@given(moments, minutes)
@settings(max_examples=100, deadline=None)
def test_counting_back_gives_what_was_added(start: datetime, count: timedelta) -> None:
    assert USUAL.working_between(start, USUAL.add_working(start, count)) == count


@given(moments, moments)
@settings(max_examples=50, deadline=None)
def test_counted_the_other_way_it_is_negative(one: datetime, other: datetime) -> None:
    assert USUAL.working_between(one, other) == -USUAL.working_between(other, one)


@pytest.mark.parametrize(
    ("arrived", "taken_in"),
    [
        ("2026-11-20T16:30", "2026-11-23T09:00"),
        ("2026-11-23T11:00", "2026-11-23T15:00"),
        ("2026-11-21T10:00", "2026-11-23T09:30"),
        ("2025-04-26T08:00", "2025-04-26T10:00"),
        ("2026-08-28T16:30", "2026-09-03T09:00"),
        ("2026-11-23T09:30", "2026-11-23T11:30"),
        ("2026-11-23T09:30:15", "2026-11-23T13:30:15"),
        ("2026-11-23T15:00", "2026-11-23T17:00"),
    ],
)
def test_two_working_hours_after_its_arrival_a_document_is_taken_in(arrived: str, taken_in: str) -> None:
    assert due.intake(USUAL, at(arrived), timedelta(hours=2)) == at(taken_in)


@pytest.mark.parametrize(
    ("registered", "assigned"),
    [
        ("2026-11-23T06:00", "2026-11-23T17:00"),
        ("2026-11-23T12:15", "2026-11-23T17:00"),
        ("2026-11-23T16:59:59", "2026-11-23T17:00"),
        ("2026-11-23T17:00", "2026-11-24T17:00"),
        ("2026-11-21T09:00", "2026-11-23T17:00"),
    ],
)
def test_it_is_assigned_by_the_end_of_the_working_day(registered: str, assigned: str) -> None:
    assert due.assignment(USUAL, at(registered)) == at(assigned)


@pytest.mark.parametrize(
    ("promulgated", "issued"), [("2026-11-23", "2026-11-24"), ("2026-11-20", "2026-11-23"), ("2026-01-09", "2026-01-10")]
)
def test_it_is_issued_by_the_end_of_the_next_working_morning(promulgated: str, issued: str) -> None:
    assert due.issue(USUAL, date.fromisoformat(promulgated)) == at(f"{issued}T11:30")


@pytest.mark.parametrize(
    ("day", "answered"), [("2026-11-27", "2026-11-27"), ("2026-11-28", "2026-11-30"), ("2026-01-10", "2026-01-10")]
)
def test_an_answer_that_is_due_on_a_day_off_is_due_on_the_next_working_day(day: str, answered: str) -> None:
    assert due.response(USUAL, date.fromisoformat(day)) == at(f"{answered}T17:00")


def test_the_sender_is_told_within_the_day() -> None:
    assert due.receipt_notice(at("2026-11-22T06:00")) == at("2026-11-22T23:59:59")


def test_what_is_urgent_is_taken_in_by_the_clock() -> None:
    assert due.intake_urgent(at("2026-11-21T23:50"), timedelta(minutes=30)) == at("2026-11-22T00:20")


def test_summer_hours_hold_from_their_day_on_and_an_agencys_own_win() -> None:
    summer = Hours(
        sessions=((timedelta(hours=7), timedelta(hours=11)),), valid_from=date(2026, 4, 16), valid_to=date(2026, 10, 16)
    )
    own = Hours(sessions=((timedelta(hours=8), timedelta(hours=12)),), agencies=frozenset({COMMUNE}))
    province = WorkingTime(calendar=Calendar(), hours=(own, summer))
    assert province.of().next_opening(at("2026-04-15T00:00")) == at("2026-04-15T07:30")
    assert province.of().next_opening(at("2026-04-16T00:00")) == at("2026-04-16T07:00")
    assert province.of(COMMUNE).next_opening(at("2026-04-16T00:00")) == at("2026-04-16T08:00")


def test_a_unit_on_duty_works_around_the_clock() -> None:
    province = WorkingTime(calendar=PROVINCE.calendar, duty=frozenset({COMMUNE}))
    assert province.of(COMMUNE).add_working(at("2026-11-21T23:00"), timedelta(hours=2)) == at("2026-11-22T01:00")


def test_a_closure_is_no_working_time() -> None:
    storm = Closure(begins=at("2026-11-23T09:00"), ends=at("2026-11-24T00:00"), reason="Bão")
    closed = WorkingTime(calendar=PROVINCE.calendar, closures=(storm,)).of()
    assert due.intake(closed, at("2026-11-23T08:00"), timedelta(hours=2)) == at("2026-11-24T08:30")


def test_an_agency_that_never_opens_is_told_from_one_that_does() -> None:
    never = Hours(sessions=())
    with pytest.raises(ValueError, match="never opens"):
        Schedule(calendar=Calendar(), common=(never,)).next_opening(at("2026-11-23T08:00"))


@pytest.mark.parametrize(("end", "provisional"), [(date(2026, 12, 31), False), (date(2028, 1, 4), True)])
def test_what_is_counted_into_a_year_without_decisions_is_provisional(end: date, *, provisional: bool) -> None:
    assert USUAL.is_provisional(date(2026, 12, 1), end) is provisional
