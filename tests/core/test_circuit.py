"""The circuit: an outage parks a system, one bad document does not; a probe finds it back, and its backlog comes in parts."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core import circuit
from gateway.core.circuit import Circuit, CircuitState
from gateway.core.faults import Fault, Misconfigured, Transient, Undeliverable
from gateway.core.model import SystemId
from tests.contracts.entries import NOW

CLOSED = Circuit(system=SystemId("office"))
AWAY, FAILED = Transient("receiver-unreachable"), Transient("receiver-failed")
REFUSED, WRONG = Undeliverable("receiver-refused"), Misconfigured("link-unauthorised")
MINUTE = timedelta(minutes=1)


def after(*failures: tuple[str, Fault], start: Circuit = CLOSED) -> Circuit:
    for delivery, fault in failures:
        start = circuit.failed(start, delivery, fault, NOW)
    return start


PARKED = after(("a", AWAY), ("a", AWAY), ("a", AWAY))
RECOVERING = circuit.probed(PARKED, None, NOW)


def test_an_unreachable_system_is_parked_after_three_failures_even_of_one_document() -> None:
    assert after(("a", AWAY), ("a", AWAY)).state is CircuitState.CLOSED
    assert PARKED.state is CircuitState.PARKED


def test_a_system_that_fails_for_three_documents_is_parked() -> None:
    assert after(("a", FAILED), ("b", FAILED), ("c", FAILED)).state is CircuitState.PARKED


def test_one_document_that_fails_for_ever_never_parks_its_system() -> None:
    assert after(*[("a", FAILED)] * 50).state is CircuitState.CLOSED


def test_a_success_between_failures_begins_the_count_anew() -> None:
    worked = circuit.succeeded(after(("a", FAILED), ("b", FAILED)))
    assert after(("c", FAILED), ("d", FAILED), start=worked).state is CircuitState.CLOSED


def test_a_refusal_proves_that_the_system_works() -> None:
    assert after(("a", FAILED), ("b", FAILED), ("x", REFUSED), ("c", FAILED)).state is CircuitState.CLOSED


def test_wrong_credentials_park_at_once_and_say_why() -> None:
    parked = after(("a", WRONG))
    assert (parked.state, parked.cause) == (CircuitState.PARKED, "link-unauthorised")


def test_what_failed_after_the_system_was_parked_changes_nothing() -> None:
    assert after(("z", AWAY), start=PARKED) == PARKED


def test_probes_come_less_and_less_often_up_to_every_five_minutes() -> None:
    waits, each = [], PARKED
    for _ in range(10):
        assert each.probe_at is not None
        waits.append((each.probe_at - NOW).total_seconds())
        each = circuit.probed(each, AWAY, NOW)
    assert waits == [5, 10, 20, 40, 80, 160, 300, 300, 300, 300]


def test_a_parked_system_remembers_since_when() -> None:
    assert circuit.probed(PARKED, AWAY, NOW + MINUTE).since == NOW


def test_a_system_that_answers_recovers_and_its_backlog_begins() -> None:
    assert (RECOVERING.state, RECOVERING.release_at, RECOVERING.proven) == (CircuitState.RECOVERING, NOW, False)


def test_one_document_that_goes_in_proves_the_recovery() -> None:
    assert circuit.succeeded(RECOVERING).proven


def test_a_recovering_system_that_is_away_again_is_parked_at_once_and_asked_less_often() -> None:
    again = after(("a", AWAY), start=RECOVERING)
    assert (again.state, again.probes) == (CircuitState.PARKED, PARKED.probes + 1)


def test_one_bad_document_does_not_stop_a_recovery() -> None:
    assert after(*[("a", FAILED)] * 5, start=RECOVERING).state is CircuitState.RECOVERING


def test_without_a_backlog_a_recovering_system_is_as_at_first() -> None:
    assert circuit.drained(RECOVERING) == CLOSED


def test_the_next_part_of_a_backlog_comes_a_second_later() -> None:
    assert circuit.released(RECOVERING, NOW).release_at == NOW + timedelta(seconds=circuit.RELEASE_SECONDS)


def test_a_paused_system_stays_paused_whatever_happens_to_it() -> None:
    paused = circuit.pause(CLOSED, by="operator", reason="bảo trì", until=None, now=NOW)
    assert after(("a", AWAY), start=paused) == circuit.succeeded(paused) == circuit.probed(paused, None, NOW) == paused


def test_a_resumed_system_recovers_from_its_backlog() -> None:
    paused = circuit.pause(CLOSED, by="operator", reason="bảo trì", until=None, now=NOW)
    assert circuit.resume(paused, NOW).state is CircuitState.RECOVERING


def test_a_system_that_flows_is_not_resumed() -> None:
    assert circuit.resume(CLOSED, NOW) == CLOSED


STEPS = st.lists(
    st.sampled_from(["away", "failed", "refused", "wrong", "success", "probe", "no", "drained", "resume"]), max_size=40
)


@given(STEPS)
def test_whatever_happens_a_parked_system_is_probed_within_fifteen_minutes(steps: list[str]) -> None:
    each = CLOSED
    faults = {"away": AWAY, "failed": FAILED, "refused": REFUSED, "wrong": WRONG}
    for number, step in enumerate(steps):
        if step in faults:
            each = circuit.failed(each, str(number), faults[step], NOW)
        else:
            each = {
                "success": lambda c: circuit.succeeded(c),
                "probe": lambda c: circuit.probed(c, None, NOW),
                "no": lambda c: circuit.probed(c, AWAY, NOW),
                "drained": circuit.drained,
                "resume": lambda c: circuit.resume(c, NOW),
            }[step](each)
        if each.state is CircuitState.PARKED:
            assert each.probe_at is not None
            assert each.probe_at - NOW <= timedelta(minutes=15)
        if each.state is CircuitState.RECOVERING:
            assert each.release_at is not None


@pytest.mark.parametrize("state", CircuitState)
def test_only_a_closed_circuit_lets_documents_flow(state: CircuitState) -> None:
    assert Circuit(system=CLOSED.system, state=state).holds_back == (state is not CircuitState.CLOSED)
