"""A paused deadline keeps the time that it had left; people are reminded of nothing meanwhile."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gateway.core import letters
from gateway.core.deadlines import Deadline, DeadlineState, Rule, end, pause, time_left, waive
from gateway.core.faults import Rejected
from gateway.core.hours import Closure, WorkingTime
from gateway.core.ladder import Step
from gateway.core.model import VIETNAM, Priority
from gateway.core.timekeeping import Timekeeping
from tests.contracts.entries import RECEIVER, SENDER, entry
from tests.judging import working_time

BY: Final = Timekeeping(working_time=working_time())
SCHEDULE: Final = BY.working_time.of(RECEIVER)
MONDAY: Final = datetime(2026, 11, 23, 8, tzinfo=VIETNAM)
DUE_ON: Final = date(2026, 12, 1)


def deadline(rule: Rule = Rule.RESPONSE, priority: Priority = Priority.NORMAL, **fields: object) -> Deadline:
    """A deadline of the receiver from a Monday morning on, armed; `fields` replace its own."""
    made = Deadline(
        id="a",
        rule=rule,
        document="b",
        delivery="c",
        organ=RECEIVER,
        creditor=SENDER,
        starts_at=MONDAY,
        due_on=DUE_ON if rule is Rule.RESPONSE else None,
        due_at=MONDAY,
        provisional=False,
    )
    return BY.moved(replace(made, **fields), priority, MONDAY)  # type: ignore[arg-type]  # the tests name fields


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=VIETNAM)


def paused_from(since: str, until: str, owed: Deadline, priority: Priority = Priority.NORMAL) -> Deadline:
    return BY.resumed(pause(owed, at(since), "Chờ ý kiến"), priority, "Đã có ý kiến", at(until))


moments: Final = st.integers(0, 12 * 24 * 60).map(lambda minutes: MONDAY + timedelta(minutes=minutes))
lengths: Final = st.integers(0, 40 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))


@given(moments, lengths)
@settings(max_examples=500, deadline=None)
def test_what_was_left_when_it_was_paused_is_left_when_it_is_resumed(since: datetime, length: timedelta) -> None:
    owed = deadline()
    assume(since < owed.due_at)
    resumed = BY.resumed(pause(owed, since, "x"), Priority.NORMAL, "y", since + length)
    assert time_left(resumed, SCHEDULE, since + length) == time_left(owed, SCHEDULE, since)
    assert resumed.due_at >= owed.due_at


@given(moments)
@settings(max_examples=200, deadline=None)
def test_a_pause_that_lasts_no_time_moves_nothing(since: datetime) -> None:
    owed = deadline()
    assume(since < owed.due_at)
    assert BY.resumed(pause(owed, since, "x"), Priority.NORMAL, "y", since).due_at == owed.due_at


@given(moments, lengths, lengths)
@settings(max_examples=200, deadline=None)
def test_whoever_is_paused_longer_is_due_no_sooner(since: datetime, length: timedelta, more: timedelta) -> None:
    owed = deadline()
    assume(since < owed.due_at)
    paused = pause(owed, since, "x")
    sooner, later = (BY.resumed(paused, Priority.NORMAL, "y", since + each).due_at for each in (length, length + more))
    assert sooner <= later


def test_days_off_between_cost_nothing() -> None:
    resumed = paused_from("11-27T16:00", "11-30T10:00", deadline())  # over a weekend: 3 and a half hours of work
    assert resumed.due_at == at("12-02T11:00")


def test_nothing_is_said_of_it_while_it_is_paused() -> None:
    paused = pause(deadline(), at("11-24T08:00"), "Chờ ý kiến")
    assert paused.next_at is None
    assert BY.due(paused, at("12-30T08:00")) == (paused, ())


def test_a_letter_that_it_is_due_soon_is_left_out_once_it_is_paused() -> None:
    owed = deadline()
    reminded, (rung,) = BY.due(owed, at("11-27T08:00"))
    document = entry(1).document
    (letter,) = letters.of_step(reminded, document, rung, "deadline.reminder", BY.working_time, at("11-27T08:00"))
    assert not letters.is_stale(letter, reminded, at("11-27T08:05"))
    assert letters.is_stale(letter, pause(reminded, at("11-27T08:01"), "Chờ ý kiến"), at("11-27T08:05"))


def test_a_step_whose_time_passed_meanwhile_is_not_made_up_for() -> None:
    resumed = paused_from("11-24T08:00", "12-18T08:00", deadline())
    assert [rung.step for rung in BY.due(resumed, resumed.due_at)[1]] == [Step.OVERDUE]
    assert resumed.next_at is not None and resumed.next_at > at("12-18T08:00")


def test_what_was_overdue_after_its_pause_is_overdue_at_its_new_time() -> None:
    resumed = paused_from("11-30T16:00", "12-01T16:00", deadline())
    overdue, said = BY.due(resumed, resumed.due_at)
    assert (overdue.state, resumed.due_at) == (DeadlineState.OVERDUE, at("12-02T17:00"))
    assert said[-1].at == resumed.due_at


def test_an_answer_that_comes_while_it_is_paused_is_in_time() -> None:
    met = end(pause(deadline(), at("12-01T16:59"), "Chờ ý kiến"), at("12-20T09:00"))
    assert (met.state, met.late, met.paused_at) == (DeadlineState.MET, False, at("12-01T16:59"))


@pytest.mark.parametrize("moment", ["12-01T17:00", "12-05T08:00"])
def test_what_is_due_already_is_not_paused_whether_or_not_that_was_said(moment: str) -> None:
    with pytest.raises(Rejected, match="deadline-overdue"):
        pause(deadline(), at(moment), "Chờ ý kiến")
    with pytest.raises(Rejected, match="deadline-overdue"):
        pause(BY.due(deadline(), at(moment))[0], at(moment), "Chờ ý kiến")


def test_a_pause_begins_once_and_ends_once() -> None:
    paused = pause(deadline(), at("11-24T08:00"), "Chờ ý kiến")
    with pytest.raises(Rejected, match="deadline-paused"):
        pause(paused, at("11-24T09:00"), "Chờ nữa")
    resumed = BY.resumed(paused, Priority.NORMAL, "Đã có", at("11-24T10:00"))
    with pytest.raises(Rejected, match="deadline-not-paused"):
        BY.resumed(resumed, Priority.NORMAL, "Đã có", at("11-24T10:00"))


def test_another_due_time_ends_a_pause() -> None:
    paused = pause(deadline(), at("11-24T08:00"), "Chờ ý kiến")
    extended = BY.extended(paused, at("12-10T17:00"), "Cho thêm", at("11-25T08:00"))
    assert (extended.state, extended.paused_at, extended.due_at) == (DeadlineState.EXTENDED, None, at("12-10T17:00"))
    assert extended.next_at is not None


def test_what_is_waived_while_it_is_paused_is_owed_no_more() -> None:
    waived = waive(pause(deadline(), at("11-24T08:00"), "Chờ ý kiến"), at("11-25T08:00"), "Không cần nữa")
    assert (waived.state, waived.next_at) == (DeadlineState.WAIVED, None)


def test_what_counts_by_the_clock_is_paused_by_the_clock() -> None:
    owed = deadline(Rule.INTAKE, Priority.EXPRESS, starts_at=at("11-23T22:00"))
    assert paused_from("11-23T22:05", "11-24T02:00", owed, Priority.EXPRESS).due_at == at("11-24T02:10")


def test_a_due_time_outside_hours_that_a_person_set_is_moved_by_the_clock() -> None:
    owed = BY.extended(deadline(), at("11-28T12:00"), "Trực thứ Bảy", MONDAY)
    assert paused_from("11-28T09:00", "11-29T09:00", owed).due_at == at("11-29T12:00")


def test_a_day_off_that_is_decided_meanwhile_takes_nothing_of_what_was_left() -> None:
    storm = Closure(begins=at("11-30T00:00"), ends=at("12-02T00:00"), reason="bão")
    later = Timekeeping(working_time=WorkingTime(calendar=BY.working_time.calendar, closures=(storm,)))
    paused = pause(deadline(), at("11-27T17:00"), "Chờ ý kiến")  # two days are left
    moved = later.moved(paused, Priority.NORMAL, at("11-28T08:00"))
    assert (moved.state, moved.paused_at) == (DeadlineState.PAUSED, paused.paused_at)
    assert later.resumed(moved, Priority.NORMAL, "Đã có", at("12-03T00:00")).due_at == at("12-03T17:00")


def test_what_was_resumed_is_moved_by_no_calendar() -> None:
    resumed = paused_from("11-24T08:00", "11-25T08:00", deadline())
    closed = Closure(begins=at("11-30T00:00"), ends=at("12-05T00:00"), reason="bão")
    later = Timekeeping(working_time=WorkingTime(calendar=BY.working_time.calendar, closures=(closed,)))
    assert later.moved(resumed, Priority.NORMAL, at("11-26T08:00")).due_at == resumed.due_at
