"""What is owed does not depend on the order in which statuses came: out of order, doubled, overtaking, recalls between them."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.core import lifecycle
from gateway.core.deadlines import RUNNING, Deadline, DeadlineState, Rule
from gateway.core.faults import Rejected
from gateway.core.happenings import Happening
from gateway.core.ladder import SHORT, Step
from gateway.core.lifecycle import Standing
from gateway.core.model import Document, Event, State, StatusCode
from gateway.core.timekeeping import Timekeeping
from tests.contracts.entries import NOW, RECEIVER, entry
from tests.judging import working_time

BY: Final = Timekeeping(working_time=working_time())
MINUTE: Final = timedelta(minutes=1)
HAND_OVER: Final = "collected"
PROGRESS: Final = tuple(code for code in lifecycle.PROGRESS if code is not None)
GUARDED: Final = (StatusCode.REFUSED, StatusCode.RECALL_REQUESTED, StatusCode.RECALL_AGREED, StatusCode.RECALL_REFUSED)
UNITS: Final = [{"department": "Phòng A", "role": "lead", "due_on": "2026-11-27"}]


class Pushed:
    """One delivery that is pushed: what the ledger records of it, and the deadlines that this makes."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.standing = Standing(state=State.QUEUED)
        self.deadlines: dict[str, Deadline] = {}
        self.said: dict[str, Any] = {}
        self.number = 0
        self._happens("delivery.queued")

    def do(self, what: str) -> None:
        """Hand it over, or report; the ledger refuses what does not fit, and writes what does."""
        self.number += 1
        if what == HAND_OVER:
            self.standing = lifecycle.hand_over(self.standing)
            return self._happens("delivery.collected")
        code, before = StatusCode(what), self.standing
        try:
            self.standing = lifecycle.report(before, code)
        except Rejected:
            return None
        data = {"status_code": code.value, "state": self.standing.state.value, "history": self.standing == before}
        self._happens("status.received", **data, **({"units": UNITS} if code is StatusCode.ASSIGNED else {}))
        if code is StatusCode.RECALL_REQUESTED:
            self._happens("recall.requested", **data)
        elif code in {StatusCode.RECALL_AGREED, StatusCode.RECALL_REFUSED}:
            self._happens("recall.answered", **data)
        self.said.setdefault(code.value, NOW + self.number * MINUTE)
        return None

    def _happens(self, kind: str, **data: object) -> None:
        event = Event(
            seq=self.number,
            at=NOW + self.number * MINUTE,
            type=kind,
            document=self.document.id,
            delivery="d",
            data={"to": RECEIVER, **data},
        )
        happened = Happening(event=event, document=self.document, said=dict(self.said))
        for _ in range(2):  # whoever reads it again changes nothing
            changed = BY.kept(happened, tuple(self.deadlines.values()))
            self.deadlines |= {each.id: each for each in changed}
        assert changed == ()

    @property
    def states(self) -> dict[tuple[Rule, str], DeadlineState]:
        return {(each.rule, each.unit): each.state for each in self.deadlines.values()}


def documents() -> st.SearchStrategy[Document]:
    due_on = st.sampled_from([None, date(2026, 12, 1)])
    return st.builds(lambda due, needed: replace(entry(1).document, due_on=due, response_needed=needed), due_on, st.booleans())


@given(documents(), st.lists(st.sampled_from(PROGRESS), max_size=8), st.data())
@settings(max_examples=1000, deadline=None)
def test_progress_in_any_order_leaves_the_same_deadlines(
    document: Document, codes: list[StatusCode], data: st.DataObject
) -> None:
    as_it_should_be, as_it_came = Pushed(document), Pushed(document)
    for each in (HAND_OVER, *sorted(codes)):
        as_it_should_be.do(each)
    for each in data.draw(st.permutations([HAND_OVER, *codes])):
        as_it_came.do(each)
    assert as_it_came.states == as_it_should_be.states


@given(documents(), st.lists(st.sampled_from([HAND_OVER, *PROGRESS, *GUARDED]), max_size=14))
@settings(max_examples=1000, deadline=None)
def test_whatever_comes_nothing_is_owed_that_was_done_and_nothing_forgotten(document: Document, happens: list[str]) -> None:
    pushed = Pushed(document)
    for each in happens:
        pushed.do(each)
    running = [each for each in pushed.deadlines.values() if each.state in RUNNING]
    asked = [each for each in running if each.rule is Rule.RECALL_ANSWER]
    assert len(asked) == (pushed.standing.state is State.RECALL_REQUESTED)
    if pushed.standing.state in lifecycle.FINAL and HAND_OVER not in happens:
        assert running == []
    progress = pushed.standing.progress
    owed = {each.rule for each in running}
    assert progress is None or Rule.RECEIPT_NOTICE not in owed
    assert progress in {None, StatusCode.ARRIVED} or Rule.INTAKE not in owed
    assert progress not in {StatusCode.ASSIGNED, StatusCode.PROCESSING, StatusCode.COMPLETED} or Rule.ASSIGNMENT not in owed
    assert progress is not StatusCode.COMPLETED or Rule.PROCESSING not in owed


def test_an_agreed_recall_was_answered() -> None:
    pushed = Pushed(entry(1).document)
    for each in (HAND_OVER, StatusCode.RECALL_REQUESTED, StatusCode.RECALL_AGREED):
        pushed.do(each)
    assert pushed.states[Rule.RECALL_ANSWER, ""] is DeadlineState.MET
    assert pushed.states[Rule.INTAKE, ""] is DeadlineState.WAIVED


def test_a_refused_document_need_not_be_given_back() -> None:
    pushed = Pushed(entry(1).document)
    for each in (HAND_OVER, StatusCode.RECALL_REQUESTED, StatusCode.REFUSED):
        pushed.do(each)
    assert pushed.states[Rule.RECALL_ANSWER, ""] is DeadlineState.WAIVED


def test_work_that_was_done_in_time_and_reported_late_as_begun_is_not_late() -> None:
    pushed = Pushed(entry(1).document)
    pushed.do(StatusCode.COMPLETED)
    pushed.number += 100_000  # minutes
    pushed.do(StatusCode.PROCESSING)
    (processing,) = [each for each in pushed.deadlines.values() if each.rule is Rule.PROCESSING]
    assert (processing.state, processing.late) == (DeadlineState.MET, False)


def test_a_ladder_that_became_shorter_ends_where_it_ends() -> None:
    pushed = Pushed(entry(1).document)
    pushed.do(HAND_OVER)
    (intake,) = [each for each in pushed.deadlines.values() if each.rule is Rule.INTAKE]
    overdue, _ = BY.due(intake, intake.due_at)
    shorter = replace(BY, ladders={Rule.INTAKE: SHORT[:1]})
    after, said = shorter.due(overdue, intake.due_at + timedelta(days=30))
    assert (after.next_at, said) == (None, ())


def test_a_step_is_taken_by_the_calendar_that_holds_when_it_is_due() -> None:
    pushed = Pushed(entry(1).document)
    pushed.do(HAND_OVER)
    (intake,) = [each for each in pushed.deadlines.values() if each.rule is Rule.INTAKE]
    stale = replace(intake, next_at=intake.starts_at)
    after, said = BY.due(stale, intake.starts_at)
    assert (after, said) == (intake, ())
    assert [rung.step for rung in BY.due(after, intake.due_at)[1]] == [Step.OVERDUE]


def test_a_shorter_time_that_has_no_room_for_a_reminder_still_becomes_overdue() -> None:
    pushed = Pushed(replace(entry(1).document, due_on=date(2026, 12, 1)))
    (response,) = pushed.deadlines.values()
    reminded, said = BY.due(response, NOW + timedelta(days=8))
    assert [rung.step for rung in said] == [Step.LAST_DAY]
    sooner = BY.moved(replace(reminded, due_on=NOW.date()), pushed.document.priority, NOW)
    assert [rung.step for rung in BY.due(sooner, sooner.due_at)[1]] == [Step.OVERDUE]
