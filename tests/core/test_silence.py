"""Silence: a half-day of an agency's own in which it did not look for its documents."""

from datetime import datetime

import pytest

from gateway.core.hours import WorkingTime
from gateway.core.model import VIETNAM, OrganId
from gateway.core.silence import Silence, silence
from tests.judging import working_time

SCHEDULE = working_time().of()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


def since(text: str) -> Silence:
    return Silence(since=at(text))


@pytest.mark.parametrize(
    ("seen_at", "now", "expected"),
    [
        ("2026-11-25T07:31", "2026-11-25T11:31", None),  # it looked this morning
        ("2026-11-24T16:59", "2026-11-25T11:29", None),  # the morning is not over
        ("2026-11-24T16:59", "2026-11-25T11:30", since("2026-11-25T11:30")),
        ("2026-11-25T12:15", "2026-11-25T16:59", None),  # at lunch: it looked after the morning
        ("2026-11-25T12:15", "2026-11-25T17:00", since("2026-11-25T17:00")),
        ("2026-11-24T10:00", "2026-11-25T18:00", since("2026-11-24T17:00")),
        ("2026-11-27T16:00", "2026-11-30T07:00", None),  # a weekend asks for nothing
        ("2026-11-20T16:00", "2026-11-30T07:00", since("2026-11-23T11:30")),
    ],
)
def test_who_missed_a_half_day_is_silent_since_its_end(seen_at: str, now: str, expected: Silence | None) -> None:
    assert silence(SCHEDULE, at(seen_at), at(now)) == expected


def test_who_was_never_seen_is_silent() -> None:
    assert silence(SCHEDULE, None, at("2026-11-25T09:00")) == Silence(since=None)


def test_a_unit_on_duty_looks_once_a_day() -> None:
    duty = WorkingTime(calendar=working_time().calendar, duty=frozenset({OrganId("H56.1")})).of(OrganId("H56.1"))
    assert silence(duty, at("2026-11-28T01:00"), at("2026-11-28T23:00")) is None
    assert silence(duty, at("2026-11-28T01:00"), at("2026-11-30T08:00")) == since("2026-11-30T00:00")
