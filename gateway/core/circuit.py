"""The circuit of each system that is pushed to: while the system takes nothing, its documents wait and burn no attempts.

closed ──failures──► parked ──probe──► recovering ──backlog released──► closed; an operator may pause any of them.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from gateway.core.faults import Fault, Misconfigured, Undeliverable
from gateway.core.model import SystemId

THRESHOLD: Final = 3
"""Failures in a row that are the system's, not a document's: one document that no system could take is never three."""
UNREACHABLE: Final = "receiver-unreachable"
"""The fault code that speaks of the system alone: nothing of the document has reached it."""
FIRST_PROBE_SECONDS: Final = 5.0
LONGEST_PROBE_SECONDS: Final = 300.0
"""A system that is back is noticed within five minutes."""
MENDING_SECONDS: Final = 900.0
"""Wrong credentials or settings wait for a person: knocking more often only fills the other side's log."""
RELEASE_SECONDS: Final = 1.0
"""How often a part of the backlog of a recovering system is released."""


class CircuitState(StrEnum):
    """Whether documents flow into a system."""

    CLOSED = "closed"
    PARKED = "parked"
    RECOVERING = "recovering"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Circuit:
    """The circuit of one system.

    `failing` are the deliveries that failed in a row. `cause` is a fault code, `why` is for people. A parked one is probed at
    `probe_at`; of a recovering one `proven` tells that a document has gone in since, and the next part of its backlog is
    released at `release_at`. `by` and `until` (None: until resumed) are of a pause.
    """

    system: SystemId
    state: CircuitState = CircuitState.CLOSED
    failing: tuple[str, ...] = ()
    cause: str | None = None
    why: str | None = None
    since: datetime | None = None
    probes: int = 0
    probe_at: datetime | None = None
    proven: bool = False
    release_at: datetime | None = None
    by: str | None = None
    until: datetime | None = None

    @property
    def holds_back(self) -> bool:
        """Tell whether the documents of the system wait in the ledger instead of going to the broker."""
        return self.state is not CircuitState.CLOSED


def failed(circuit: Circuit, delivery: str, fault: Fault, now: datetime) -> Circuit:
    """Give the circuit after an attempt came to nothing. A document refused for good proves that the system works."""
    if isinstance(fault, Undeliverable):
        return succeeded(circuit)
    if circuit.state in {CircuitState.PARKED, CircuitState.PAUSED}:  # an attempt that began before
        return circuit
    counts = fault.code == UNREACHABLE or delivery not in circuit.failing
    failing = (*circuit.failing, delivery)[-THRESHOLD:] if counts else circuit.failing
    again = circuit.state is CircuitState.RECOVERING and fault.code == UNREACHABLE
    if isinstance(fault, Misconfigured) or again or len(failing) >= THRESHOLD:
        return _parked(circuit, fault, now)
    return replace(circuit, failing=failing)


def succeeded(circuit: Circuit) -> Circuit:
    """Give the circuit after a document went in, or was refused by a system that works."""
    if circuit.state in {CircuitState.PARKED, CircuitState.PAUSED}:
        return circuit
    return replace(circuit, failing=(), proven=circuit.state is CircuitState.RECOVERING)


def probed(circuit: Circuit, fault: Fault | None, now: datetime) -> Circuit:
    """Give the circuit after a parked system was asked whether it works again; `fault` says why not."""
    if circuit.state is not CircuitState.PARKED:
        return circuit
    if fault is None:
        return _recovering(circuit, now)
    return replace(_parked(circuit, fault, now), since=circuit.since)


def release_is_due(circuit: Circuit, now: datetime) -> bool:
    """Tell whether the next part of a recovering system's backlog may be let go."""
    if circuit.state is not CircuitState.RECOVERING or circuit.release_at is None:
        return False
    return circuit.release_at <= now or circuit.release_at > now + timedelta(seconds=RELEASE_SECONDS)  # the clock was set back


def released(circuit: Circuit, now: datetime) -> Circuit:
    """Give the circuit after a part of a recovering system's backlog was let go."""
    return replace(circuit, release_at=now + timedelta(seconds=RELEASE_SECONDS))


def drained(circuit: Circuit) -> Circuit:
    """Give the circuit once nothing of a recovering system's backlog is left."""
    return Circuit(system=circuit.system) if circuit.state is CircuitState.RECOVERING else circuit


def pause(circuit: Circuit, *, by: str, reason: str, until: datetime | None, now: datetime) -> Circuit:
    """Stop pushing to a system, by an operator's decision."""
    return Circuit(
        system=circuit.system,
        state=CircuitState.PAUSED,
        cause="paused",
        why=reason,
        since=now,
        by=by,
        until=until,
        probe_at=until,
    )


def resume(circuit: Circuit, now: datetime) -> Circuit:
    """Push to a parked or paused system again, from its backlog's beginning; one whose documents flow stays as it is."""
    return _recovering(circuit, now) if circuit.state in {CircuitState.PARKED, CircuitState.PAUSED} else circuit


def _parked(circuit: Circuit, fault: Fault, now: datetime) -> Circuit:
    wait = min(LONGEST_PROBE_SECONDS, FIRST_PROBE_SECONDS * 2.0 ** min(circuit.probes, 16))
    if isinstance(fault, Misconfigured):
        wait = MENDING_SECONDS
    return Circuit(
        system=circuit.system,
        state=CircuitState.PARKED,
        cause=fault.code,
        why=fault.detail or None,
        since=now,
        probes=circuit.probes + 1,
        probe_at=now + timedelta(seconds=max(wait, fault.retry_after or 0)),
    )


def _recovering(circuit: Circuit, now: datetime) -> Circuit:
    """Begin anew; the probes are kept until the backlog is gone, so that a system that only seems to be back is asked less."""
    return Circuit(
        system=circuit.system,
        state=CircuitState.RECOVERING,
        since=now,
        release_at=now,
        probes=circuit.probes,
        cause=circuit.cause,
    )
