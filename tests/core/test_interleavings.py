"""Whatever the order in which a delivery is handed over, reported on, asked back, updated and replaced, the end is consistent."""

from collections.abc import Callable
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.core import lifecycle
from gateway.core.faults import Rejected
from gateway.core.lifecycle import ANSWERS, FINAL, PROGRESS, Standing
from gateway.core.model import State, StatusCode

Step = Callable[[Standing], Standing]

STARTS = [Standing(state=state) for state in (State.AVAILABLE, State.QUEUED, State.SUSPENDED)]
STEPS: dict[str, Callable[[Standing], Standing | None]] = {
    lifecycle.HAND_OVER: lifecycle.hand_over,
    lifecycle.SUPERSEDE: lifecycle.superseded,
    lifecycle.ASK_UPDATE: lifecycle.asked_to_update,
    **{each: lambda at, each=each: lifecycle.pushed(at, each) for each in (lifecycle.ATTEMPT, lifecycle.DEFER)},  # type: ignore[misc]
    **{each: lambda at, each=each: lifecycle.pushed(at, each) for each in (lifecycle.WITHDRAW, lifecycle.FAIL)},  # type: ignore[misc]
    **{code: lambda at, code=code: lifecycle.report(at, code) for code in StatusCode},  # type: ignore[misc]
}
RISING = list(PROGRESS)
INTERLEAVINGS = st.lists(st.sampled_from(list(STEPS)), max_size=40)
"""Statuses doubled, out of order and before the hand-over; recalls, updates and replacements at any time."""


def take(standing: Standing, step: str) -> Standing:
    """Take one step; what is refused, or past it, changes nothing."""
    try:
        return STEPS[step](standing) or standing
    except Rejected:
        return standing


def walk(start: Standing, steps: list[str]) -> list[Standing]:
    passed = [start]
    for each in steps:
        passed.append(take(passed[-1], each))
    return passed


@settings(max_examples=10_000, deadline=None)
@given(st.sampled_from(STARTS), INTERLEAVINGS)
def test_ten_thousand_interleavings_end_consistently(start: Standing, steps: list[str]) -> None:
    passed = walk(start, steps)
    ends = {each.state for each in passed if each.state in FINAL}
    assert len(ends) <= 1  # one winner
    for (before, after), step in zip(pairwise(passed), steps, strict=True):
        if before.state in FINAL:
            assert (after.state, after.code, after.progress) == (before.state, before.code, before.progress)
        assert RISING.index(after.progress) >= RISING.index(before.progress)
        assert not (before.updating and not after.updating) or step in ANSWERS
        if after.state in PROGRESS.values():
            assert after.state is PROGRESS[after.progress]
        assert take(after, step) == after or step in ANSWERS  # which may answer first a recall, then an update


@settings(max_examples=2_000, deadline=None)
@given(
    st.sampled_from(STARTS),
    st.lists(st.sampled_from([*RISING[1:], lifecycle.HAND_OVER]), min_size=1).flatmap(
        lambda steps: st.tuples(st.just(steps), st.permutations(steps))
    ),
)
def test_reports_and_the_hand_over_end_alike_in_every_order(start: Standing, orders: tuple[list[str], list[str]]) -> None:
    one, other = (walk(start, order)[-1] for order in orders)
    assert (one.state, one.progress) == (other.state, other.progress)


@settings(max_examples=2_000, deadline=None)
@given(st.sampled_from(STARTS), INTERLEAVINGS)
def test_a_doubled_step_that_asks_or_ends_changes_nothing_more(start: Standing, steps: list[str]) -> None:
    once = walk(start, steps)[-1]
    for step in (lifecycle.SUPERSEDE, lifecycle.ASK_UPDATE, lifecycle.HAND_OVER):
        first = take(once, step)
        assert take(first, step) == first
