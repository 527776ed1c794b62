"""The machine's clock, and what can be known of how right it is."""

import ctypes
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from gateway.core.model import VIETNAM
from gateway.infra.executor import Executor
from gateway.infra.tables import events
from gateway.ports import Clock, ClockStanding

UNKEPT_MICROSECONDS: Final = 16_000_000
"""The kernel's largest error: it has come that far when nothing has corrected the clock for long, as systemd judges it too."""
_SERVER: Final = sa.text("SELECT extract(epoch FROM clock_timestamp())")
_LAST: Final = sa.select(events.c.at).order_by(events.c.seq.desc()).limit(1)


class SystemClock:
    """Clock port."""

    def now(self) -> datetime:
        return datetime.now(VIETNAM)


class SqlClockCheck:
    """ClockCheck port: against the clock of PostgreSQL; in SQLite there is but the last event, which cannot lie in the future."""

    def __init__(self, executor: Executor, clock: Clock) -> None:
        self._executor, self._clock = executor, clock

    async def compare(self) -> ClockStanding:
        return await self._executor.read(self._compared)

    def _compared(self, connection: sa.Connection) -> ClockStanding:
        kept = is_kept()
        if connection.dialect.name == "postgresql":
            asked = self._clock.now()
            server = float(connection.execute(_SERVER).scalar_one())
            return ClockStanding(ahead=_certain(asked, self._clock.now(), server), against="postgresql", kept=kept)
        last, now = connection.execute(_LAST).scalar(), self._clock.now()
        return ClockStanding(ahead=min(timedelta(), now - last) if last else timedelta(), against="ledger", kept=kept)


def _certain(asked: datetime, answered: datetime, server: float) -> timedelta:
    """Give how far this clock is ahead of another that was read between two moments of it, in any case."""
    first, last = asked.timestamp() - server, answered.timestamp() - server
    return timedelta(seconds=min(first, last, key=abs) if first * last > 0 else 0.0)


class _Timex(ctypes.Structure):
    """The beginning of the kernel's `struct timex`, and room for the rest."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("rest", ctypes.c_char * 512),
    )


def is_kept() -> bool | None:
    """Ask the kernel whether anything (NTP) corrects the clock; None where it does not say: not Linux, or not allowed."""
    try:
        adjtimex = ctypes.CDLL(None).adjtimex
    except (OSError, AttributeError):
        return None
    asked = _Timex()
    return asked.maxerror < UNKEPT_MICROSECONDS if adjtimex(ctypes.byref(asked)) >= 0 else None
