"""Retries: they wait longer and longer, spread out, and end; what was refused for good is never tried again."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.faults import Misconfigured, Transient, Undeliverable
from gateway.core.retry import DELIVERY, Backoff, following
from tests.contracts.entries import NOW

FAILED = Transient("receiver-failed")
ATTEMPTS = st.integers(1, DELIVERY.attempts - 1)


@given(ATTEMPTS, st.text(max_size=32))
def test_the_wait_is_between_half_and_the_whole_of_a_doubling_time(attempts: int, delivery: str) -> None:
    again = following(FAILED, delivery, attempts, NOW)
    assert again is not None
    whole = min(DELIVERY.longest, DELIVERY.first * 2.0 ** (attempts - 1))
    assert timedelta(seconds=whole / 2) <= again - NOW <= timedelta(seconds=whole)


def test_two_deliveries_do_not_come_again_at_the_same_moment() -> None:
    assert following(FAILED, "a", 9, NOW) != following(FAILED, "b", 9, NOW)


def test_the_same_question_has_the_same_answer() -> None:
    assert following(FAILED, "a", 9, NOW) == following(FAILED, "a", 9, NOW)


def test_the_default_tries_for_more_than_two_days() -> None:
    waits = [following(FAILED, "a", attempts, NOW) for attempts in range(1, DELIVERY.attempts)]
    assert sum(((each or NOW) - NOW for each in waits), timedelta()) > timedelta(days=2)


def test_after_the_last_attempt_there_is_none() -> None:
    assert following(FAILED, "a", 3, NOW, Backoff(attempts=3)) is None


def test_what_was_refused_for_good_is_never_tried_again() -> None:
    assert following(Undeliverable("receiver-refused"), "a", 1, NOW) is None


def test_what_an_operator_must_mend_uses_no_attempts_up() -> None:
    assert following(Misconfigured("link-unauthorised"), "a", 1000, NOW) is not None


@pytest.mark.parametrize("seconds", [120, 86_400])
def test_the_other_side_may_ask_for_more_time(seconds: int) -> None:
    assert following(Transient("receiver-unreachable", retry_after=seconds), "a", 1, NOW) == NOW + timedelta(seconds=seconds)
