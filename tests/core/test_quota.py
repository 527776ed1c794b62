"""Buckets: a minute's worth at once, then as time fills them; never more, and debts are waited for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.quota import Bucket


def test_a_minute_s_worth_may_be_taken_at_once() -> None:
    bucket = Bucket.full(60, 0)
    for _ in range(60):
        assert bucket.wait(0) == 0
        bucket.take(1, 0)
    assert bucket.wait(0) == 1


def test_it_fills_evenly() -> None:
    bucket = Bucket.full(60, 0)
    bucket.take(60, 0)
    assert [bucket.wait(now) for now in (0.5, 0.9, 1.0)] == [1, 1, 0]


def test_it_holds_no_more_than_a_minute_s_worth() -> None:
    bucket = Bucket.full(60, 0)
    bucket.take(61, 3600)
    assert bucket.level == pytest.approx(-1)


def test_what_was_overdrawn_is_waited_for() -> None:
    bucket = Bucket.full(60, 0)
    bucket.take(180, 0)
    assert bucket.wait(0) == 121 and bucket.wait(121) == 0


@given(st.integers(1, 10**10), st.floats(0, 10**12), st.floats(0, 10**6))
def test_whoever_waits_as_long_as_he_is_told_is_admitted(per_minute: int, amount: float, now: float) -> None:
    bucket = Bucket.full(per_minute, 0)
    bucket.take(amount, now)
    assert bucket.wait(now + bucket.wait(now) + 1e-3) == 0
