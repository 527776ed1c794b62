"""The table of transitions: progress only rises, final is final, and whatever the order, the end is consistent."""

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core import lifecycle
from gateway.core.faults import Rejected
from gateway.core.lifecycle import FINAL, PROGRESS, TABLE, Standing, hand_over, report
from gateway.core.model import Owner, State, StatusCode

AVAILABLE = Standing(state=State.AVAILABLE)
COLLECTED = Standing(state=State.COLLECTED)
RISING = list(PROGRESS)
"""No progress, then 01, 03, 04, 05, 06."""
STEPS = st.lists(st.sampled_from([*StatusCode, None]), max_size=30)
"""What may happen to a delivery: any report, or None for its hand-over."""


def step(standing: Standing, code: StatusCode | None) -> Standing:
    """Take one step; what is refused changes nothing."""
    try:
        return hand_over(standing) if code is None else report(standing, code)
    except Rejected:
        return standing


def walk(*codes: StatusCode | None, start: Standing = AVAILABLE) -> list[Standing]:
    """Give every standing on the way, the first included."""
    passed = [start]
    for code in codes:
        passed.append(step(passed[-1], code))
    return passed


@given(STEPS)
def test_progress_never_falls(codes: list[StatusCode | None]) -> None:
    ranks = [RISING.index(standing.progress) for standing in walk(*codes)]
    assert ranks == sorted(ranks)


@given(STEPS)
def test_a_final_state_never_changes(codes: list[StatusCode | None]) -> None:
    passed = walk(*codes)
    first = next((standing for standing in passed if standing.state in FINAL), None)
    if first is not None:
        assert set(passed[passed.index(first) :]) == {first}


@given(STEPS)
def test_whatever_the_order_state_and_progress_agree(codes: list[StatusCode | None]) -> None:
    for standing in walk(*codes):
        if standing.state in PROGRESS.values():
            assert standing.state is PROGRESS[standing.progress]
        else:
            assert standing.state in FINAL | {State.AVAILABLE, State.RECALL_REQUESTED}
        if standing.state is State.AVAILABLE:
            assert standing == AVAILABLE


@given(STEPS)
def test_every_move_is_a_line_of_the_table(codes: list[StatusCode | None]) -> None:
    passed = walk(*codes)
    for before, code, after in zip(passed, codes, passed[1:], strict=False):
        if before.state is not after.state:
            target = None if after.state is PROGRESS[after.progress] and code is StatusCode.RECALL_REFUSED else after.state
            trigger = code or lifecycle.HAND_OVER
            assert any(row.trigger == trigger and before.state in row.sources and row.target == target for row in TABLE)


@given(STEPS, st.sampled_from(StatusCode))
def test_the_same_report_at_once_again_changes_nothing(codes: list[StatusCode | None], code: StatusCode) -> None:
    *_, standing = walk(*codes)
    once = step(standing, code)
    assert step(once, code) == once


@given(st.permutations([code for code in RISING if code is not None]), st.integers(0, 5))
def test_progress_ends_the_same_in_whatever_order_it_arrives(codes: list[StatusCode], handed_over_at: int) -> None:
    *_, last = walk(*codes[:handed_over_at], None, *codes[handed_over_at:])
    assert last == Standing(state=State.COMPLETED, code=StatusCode.COMPLETED, progress=StatusCode.COMPLETED)


@given(STEPS)
def test_once_recalled_or_refused_nothing_is_completed(codes: list[StatusCode | None]) -> None:
    for standing in walk(*codes):
        if standing.state is State.REJECTED:
            assert standing.progress in {None, StatusCode.ARRIVED}


def test_an_answer_before_the_hand_over_and_after_it_end_the_same() -> None:
    ends = {walk(*codes)[-1] for codes in permutations((StatusCode.ARRIVED, None))}
    assert ends == {Standing(state=State.RECEIVED, code=StatusCode.ARRIVED, progress=StatusCode.ARRIVED)}


def test_the_hand_over_collects() -> None:
    assert hand_over(AVAILABLE) == COLLECTED


@pytest.mark.parametrize(("code", "state"), [(code, state) for code, state in PROGRESS.items() if code is not None])
def test_each_progress_code_leads_to_its_state(code: StatusCode, state: State) -> None:
    assert report(COLLECTED, code) == Standing(state=state, code=code, progress=code)


def test_a_late_lower_code_is_history() -> None:
    processing = report(COLLECTED, StatusCode.PROCESSING)
    assert report(processing, StatusCode.REGISTERED) == processing


@pytest.mark.parametrize("before", [AVAILABLE, COLLECTED, report(COLLECTED, StatusCode.ARRIVED)], ids=lambda each: each.state)
def test_a_document_may_be_refused_until_it_is_registered(before: Standing) -> None:
    assert report(before, StatusCode.REFUSED).state is State.REJECTED


@pytest.mark.parametrize("code", RISING[2:])
def test_a_document_that_was_registered_is_not_refused(code: StatusCode) -> None:
    with pytest.raises(Rejected, match="status-conflict"):
        report(report(COLLECTED, code), StatusCode.REFUSED)


def test_a_recall_before_the_hand_over_is_at_once() -> None:
    assert report(AVAILABLE, StatusCode.RECALL_REQUESTED).state is State.RECALLED


@pytest.mark.parametrize("code", RISING[1:])
def test_a_refused_recall_leads_back_to_the_progress_made(code: StatusCode) -> None:
    before = report(COLLECTED, code)
    asked = report(before, StatusCode.RECALL_REQUESTED)
    assert asked.state is State.RECALL_REQUESTED
    assert report(asked, StatusCode.RECALL_REFUSED).state is before.state


def test_a_refused_recall_leads_to_the_progress_made_meanwhile() -> None:
    *_, last = walk(StatusCode.RECALL_REQUESTED, StatusCode.ASSIGNED, StatusCode.RECALL_REFUSED, start=COLLECTED)
    assert last == Standing(state=State.ASSIGNED, code=StatusCode.RECALL_REFUSED, progress=StatusCode.ASSIGNED)


def test_an_agreed_recall_is_final() -> None:
    *_, last = walk(StatusCode.RECALL_REQUESTED, StatusCode.RECALL_AGREED, start=COLLECTED)
    assert (last.state, lifecycle.owner(last.state)) == (State.RECALLED, None)


@pytest.mark.parametrize("code", [StatusCode.RECALL_AGREED, StatusCode.RECALL_REFUSED])
def test_a_recall_that_nobody_asked_for_has_no_answer(code: StatusCode) -> None:
    with pytest.raises(Rejected, match="status-conflict") as caught:
        report(COLLECTED, code)
    assert "collected" in caught.value.detail_en


def test_a_recall_of_a_completed_document_is_still_a_question() -> None:
    assert report(report(COLLECTED, StatusCode.COMPLETED), StatusCode.RECALL_REQUESTED).state is State.RECALL_REQUESTED


QUEUED = Standing(state=State.QUEUED)
DELIVERING = Standing(state=State.DELIVERING)


def test_an_attempt_leads_from_the_queue_to_the_receiver_and_back_or_to_an_end() -> None:
    assert lifecycle.pushed(QUEUED, lifecycle.ATTEMPT) == DELIVERING
    assert lifecycle.pushed(DELIVERING, lifecycle.DEFER) == QUEUED
    assert lifecycle.pushed(DELIVERING, lifecycle.FAIL) == Standing(state=State.FAILED)


@pytest.mark.parametrize("before", [QUEUED, DELIVERING, Standing(state=State.FAILED)], ids=lambda each: each.state)
def test_a_hand_over_that_is_heard_of_late_is_still_one(before: Standing) -> None:
    assert hand_over(before).state is State.COLLECTED


@pytest.mark.parametrize("before", [QUEUED, DELIVERING, Standing(state=State.FAILED)], ids=lambda each: each.state)
def test_a_receivers_status_may_be_faster_than_the_outcome_of_the_attempt(before: Standing) -> None:
    assert report(before, StatusCode.REGISTERED).state is State.RECEIVED


def test_a_recall_waits_for_the_attempt_that_is_under_way() -> None:
    asked = report(DELIVERING, StatusCode.RECALL_REQUESTED)
    assert asked.state is State.RECALL_REQUESTED
    assert lifecycle.pushed(asked, lifecycle.DEFER) == asked
    assert lifecycle.pushed(asked, lifecycle.WITHDRAW) == replace(asked, state=State.RECALLED)


@pytest.mark.parametrize("trigger", [lifecycle.ATTEMPT, lifecycle.DEFER, lifecycle.WITHDRAW, lifecycle.FAIL])
def test_what_its_receiver_reported_on_does_not_fail_while_a_recall_waits(trigger: str) -> None:
    *_, asked = walk(StatusCode.ARRIVED, StatusCode.RECALL_REQUESTED, start=DELIVERING)
    assert lifecycle.pushed(asked, trigger) is None


@pytest.mark.parametrize("before", [QUEUED, Standing(state=State.FAILED)], ids=lambda each: each.state)
def test_what_is_not_on_its_way_is_recalled_at_once(before: Standing) -> None:
    assert report(before, StatusCode.RECALL_REQUESTED).state is State.RECALLED


@pytest.mark.parametrize("state", [State.COLLECTED, State.COMPLETED, State.REJECTED, State.RECALLED, State.REPLACED])
def test_what_is_handed_over_or_ended_is_not_pushed(state: State) -> None:
    assert lifecycle.pushed(Standing(state=state), lifecycle.ATTEMPT) is None


@pytest.mark.parametrize(
    ("trigger", "target"),
    [
        (lifecycle.RELEASE, State.AVAILABLE),
        (lifecycle.REQUEUE, State.QUEUED),
        (lifecycle.TURN_BACK, State.REJECTED),
        (lifecycle.PARK, State.SUSPENDED),
        (lifecycle.REDIRECT, State.REPLACED),
    ],
)
def test_an_operator_decides_about_what_failed(trigger: str, target: State) -> None:
    assert lifecycle.resolve(Standing(state=State.FAILED), trigger).state is target


@pytest.mark.parametrize("state", State)
def test_every_state_that_is_not_done_has_an_owner(state: State) -> None:
    done = {State.COMPLETED, State.RECALLED, State.REPLACED}
    assert (lifecycle.owner(state) is None) == (state in done)


def test_a_refused_document_is_its_senders_move() -> None:
    assert lifecycle.owner(State.REJECTED) is Owner.SENDER
