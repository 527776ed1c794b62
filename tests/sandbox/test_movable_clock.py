"""The clock goes forwards only, and back to the machine's time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from gateway.core.faults import Rejected
from gateway.core.model import VIETNAM
from gateway.entry.sandbox.clock import MOST, MovableClock

NOON = datetime(2026, 11, 26, 12, tzinfo=VIETNAM)


@dataclass
class Machine:
    """The machine's clock."""

    time: datetime = NOON

    def now(self) -> datetime:
        return self.time


def test_time_goes_on_from_where_the_clock_was_moved_to() -> None:
    machine = Machine()
    clock = MovableClock(machine)
    clock.advance(timedelta(minutes=90))
    machine.time += timedelta(minutes=1)
    assert clock.now() == NOON + timedelta(minutes=91)


def test_the_clock_does_not_go_backwards() -> None:
    with pytest.raises(Rejected):
        MovableClock(Machine()).move_to(NOON - timedelta(seconds=1))


def test_the_clock_does_not_outrun_the_revocation_lists() -> None:
    clock = MovableClock(Machine())
    clock.advance(MOST)
    with pytest.raises(Rejected):
        clock.advance(timedelta(seconds=1))


def test_the_clock_goes_back_to_real_time() -> None:
    clock = MovableClock(Machine())
    clock.advance(timedelta(minutes=90))
    clock.back()
    assert clock.now() == clock.real() == NOON
