"""Measures: what a rule would have told of the last weeks is what it would have told then, to a quarter of an hour."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.alert_rules import USUAL, AlertRule, Severity, Trouble
from gateway.core.alerts import Alert, Sign, Turn, step
from gateway.core.measures import Measure, Measures, is_kept, slot, tried
from gateway.core.model import VIETNAM

NOW = datetime(2026, 11, 23, 7, 30, tzinfo=VIETNAM)
MINUTE = timedelta(minutes=1)
COUNTED = Trouble.UNDELIVERABLE
RULE = AlertRule(vi="", en="", severity=Severity.TICKET, lasting=5 * MINUTE, quiet=60 * MINUTE, at=3)


def measured(values: list[float], trouble: Trouble = COUNTED, subject: str = "a", step_of: timedelta = MINUTE) -> Measures:
    """Look at each value, a minute apart."""
    looks: dict[datetime, tuple[datetime, datetime]] = {}
    found: dict[datetime, Measure] = {}
    for place, value in enumerate(values):
        at = NOW + place * step_of
        looks[slot(at)] = (looks.get(slot(at), (at, at))[0], at)
        if is_kept(Sign(trouble=trouble, subject=subject, vi="", en="", value=value)):
            there = slot(at, trouble)
            was = found.get(there, Measure(subject=subject, value=value, first_at=at, last_at=at))
            found[there] = replace(was, value=max(was.value, value), last_at=at)
    return Measures(trouble=trouble, looks=tuple(looks.values()), found=tuple(found.values()))


def begun(values: list[float], rule: AlertRule = RULE, trouble: Trouble = COUNTED) -> list[str]:
    return [f"{each.since:%H:%M}" for each in tried(measured(values, trouble), rule)]


def test_what_lasted_is_told_from_when_it_began() -> None:
    assert begun([0] * 20 + [3] * 10 + [0] * 60) == ["07:50"]


def test_what_did_not_last_is_not_told_also_within_one_quarter() -> None:
    assert begun([0, 0] + [3] * 5 + [0] * 60) == []
    assert begun([0, 0] + [3] * 6 + [0] * 60) == ["07:32"]


def test_what_stays_below_the_threshold_is_not_told() -> None:
    assert begun([2] * 90) == []
    assert begun([2] * 90, replace(RULE, at=2)) == ["07:30"]


def test_a_rule_that_is_off_tells_nothing() -> None:
    assert begun([9] * 90, replace(RULE, on=False)) == []


def test_it_is_told_once_however_long_it_lasts() -> None:
    assert len(begun([3] * 60 * 24)) == 1


def test_what_was_over_between_two_quarters_is_told_again_and_within_the_quiet_time_once() -> None:
    twice = [3] * 10 + [0] * 90 + [3] * 10 + [0] * 30
    assert begun(twice) == ["07:30", "09:10"]
    assert begun(twice, replace(RULE, quiet=3 * 60 * MINUTE)) == ["07:30"]


def test_what_nobody_looked_at_between_goes_on() -> None:
    before, after = measured([3] * 10), measured([3] * 10)
    later = [replace(each, first_at=each.first_at + 600 * MINUTE, last_at=each.last_at + 600 * MINUTE) for each in after.found]
    looks = (*before.looks, *((first + 600 * MINUTE, last + 600 * MINUTE) for first, last in after.looks))
    assert len(tried(Measures(trouble=COUNTED, looks=looks, found=(*before.found, *later)), RULE)) == 1


def test_a_waiting_time_reaches_its_threshold_when_it_does() -> None:
    waits = [float(minute) for minute in range(24)] + [0.0] * 60
    rule = replace(USUAL[Trouble.QUEUE_WAITS], at=15, lasting=5 * MINUTE)
    assert begun(waits, rule, Trouble.QUEUE_WAITS) == ["07:45"]
    assert begun(waits, replace(rule, lasting=9 * MINUTE), Trouble.QUEUE_WAITS) == []


def test_each_subject_is_for_itself() -> None:
    one, other = measured([3] * 10), measured([3] * 10, subject="b")
    both = replace(one, found=(*one.found, *other.found))
    assert [each.subject for each in tried(both, RULE)] == ["a", "b"]


def test_days_that_are_left_are_measured_by_the_day() -> None:
    hours = [-16.0] * 24 + [-15.0] * 24 + [-14.0] * 24
    found = measured(hours, Trouble.CERTIFICATE_ENDING, step_of=60 * MINUTE)
    assert len(found.found) == 4
    (told,) = tried(found, USUAL[Trouble.CERTIFICATE_ENDING])
    assert told.since >= NOW + timedelta(hours=16)
    assert slot(NOW + timedelta(minutes=14)) == NOW and slot(NOW, Trouble.CERTIFICATE_ENDING).hour == 0


@given(st.lists(st.sampled_from([0.0, 0.0, 2.0, 3.0]), max_size=30), st.sampled_from([0, 5, 20]), st.sampled_from([0, 60]))
def test_what_changes_by_the_quarter_is_told_as_it_was_then(quarters: list[float], lasting: int, quiet: int) -> None:
    rule = replace(RULE, lasting=lasting * MINUTE, quiet=quiet * MINUTE)
    minutes = [value for value in quarters for _ in range(15)]
    alerts: tuple[Alert, ...] = ()
    then = 0
    for place, value in enumerate(minutes):
        signs = [Sign(trouble=COUNTED, subject="a", vi="", en="", value=value)] if value else []
        alerts, said = step(alerts, signs, {COUNTED: rule}, NOW + place * MINUTE)
        then += sum(each.turn is Turn.BEGAN for each in said)
    assert abs(len(begun(minutes, rule)) - then) <= (0 if quiet == 0 and lasting != 20 else 1)


@pytest.mark.parametrize(("value", "kept"), [(0.9, False), (1.0, True)])
def test_what_is_nothing_is_not_remembered(value: float, kept: bool) -> None:
    assert is_kept(Sign(trouble=COUNTED, vi="", en="", value=value)) is kept
    assert is_kept(Sign(trouble=Trouble.CERTIFICATE_ENDING, vi="", en="", value=-40))
