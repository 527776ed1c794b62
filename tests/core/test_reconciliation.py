"""The balance adds up whatever a delivery can become; every discrepancy has its words."""

from datetime import timedelta

import pytest

from gateway.core.lifecycle import Standing
from gateway.core.model import State, StatusCode
from gateway.core.reconciliation import (
    CATEGORIES,
    DISCREPANCIES,
    UNSETTLED,
    WORDS,
    Balance,
    Category,
    Count,
    Discrepancy,
    Report,
    standings,
)
from tests.contracts.entries import NOW


def balance(accepted: int, added: int = 0, **states: int) -> Balance:
    counts = {State(name): Count(deliveries=number, oldest_at=NOW + timedelta(hours=number)) for name, number in states.items()}
    return Balance(since=None, until=None, documents=1, accepted=accepted, added=added, states=counts)


def test_every_state_is_in_a_category_and_every_category_has_words() -> None:
    assert set(CATEGORIES) == set(State) and set(CATEGORIES.values()) == set(Category) == set(WORDS)


def test_what_is_delivered_or_ended_is_settled() -> None:
    assert set(State) - UNSETTLED == {
        State.COLLECTED,
        State.RECEIVED,
        State.ASSIGNED,
        State.PROCESSING,
        State.COMPLETED,
        State.REJECTED,
        State.RECALLED,
        State.REPLACED,
    }


def test_all_that_was_accepted_is_somewhere() -> None:
    assert balance(6, queued=1, collected=2, failed=3).balanced
    assert not balance(7, queued=1, collected=2, failed=3).balanced


def test_what_was_added_in_place_of_another_is_added() -> None:
    assert balance(3, added=1, replaced=1, available=3).balanced


def test_a_category_has_the_oldest_of_its_states() -> None:
    waiting = balance(3, queued=1, available=2).of(Category.WAITING)
    assert waiting == Count(deliveries=3, oldest_at=NOW + timedelta(hours=1))


def test_an_empty_category_has_no_oldest() -> None:
    assert balance(0).of(Category.HELD) == Count()


@pytest.mark.parametrize(
    ("report", "clean"),
    [
        (Report(balance=balance(1, queued=1), counts={}, discrepancies=()), True),
        (Report(balance=balance(2, queued=1), counts={}, discrepancies=()), False),
        (Report(balance=balance(1, queued=1), counts={"relay-overdue": 1}, discrepancies=()), False),
    ],
)
def test_a_report_is_clean_where_all_agrees(report: Report, clean: bool) -> None:
    assert report.clean is clean


def test_a_discrepancy_speaks_both_languages_and_names_a_next_step() -> None:
    for code, kind in DISCREPANCIES.items():
        found = Discrepancy(code=code, document="d", delivery=None, since=None)
        assert all((found.vi, found.en, kind.cure_vi, kind.cure_en)) and found.vi != found.en


def test_the_standings_are_those_of_the_lifecycle() -> None:
    found = standings()
    assert Standing(state=State.COLLECTED) in found
    assert Standing(state=State.COLLECTED, code=StatusCode.RECALL_REFUSED) in found
    assert Standing(state=State.RECALL_REQUESTED, code=StatusCode.RECALL_REQUESTED, progress=StatusCode.PROCESSING) in found
    assert Standing(state=State.PROCESSING) not in found
    assert {each.state for each in found} == set(State) - {State.ACCEPTED}
