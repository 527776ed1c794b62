"""The clock: held against PostgreSQL's, or against the last event of SQLite's ledger; whether anything corrects it."""

from datetime import datetime, timedelta

import pytest

from gateway.core.model import VIETNAM
from gateway.infra.clock import SqlClockCheck, SystemClock, is_kept
from gateway.infra.executor import Executor
from gateway.infra.ledger import SqlLedger
from tests.contracts.entries import NOW, entry
from tests.contracts.executors import OnPostgres, OnSqlite
from tests.flows.plane import Time
from tests.postgres import postgres, postgres_database

__all__ = ["postgres", "postgres_database"]


class Skewed:
    """The machine's clock, so many seconds ahead."""

    def __init__(self, seconds: float) -> None:
        self.by = timedelta(seconds=seconds)

    def now(self) -> datetime:
        return SystemClock().now() + self.by


class TestOnPostgres(OnPostgres):
    """Another machine's clock."""

    @pytest.mark.parametrize("seconds", [90.0, -90.0])
    async def test_a_clock_that_is_off_is_told_by_how_much(self, executor: Executor, seconds: float) -> None:
        found = await SqlClockCheck(executor, Skewed(seconds)).compare()
        assert abs(found.ahead.total_seconds() - seconds) < 5 and found.against == "postgresql"

    async def test_a_clock_that_is_right_is_not_off_by_the_time_that_asking_takes(self, executor: Executor) -> None:
        assert (await SqlClockCheck(executor, SystemClock()).compare()).ahead == timedelta()


class TestOnSqlite(OnSqlite):
    """The ledger's own past."""

    async def test_a_clock_that_was_set_back_is_behind_the_last_event(self, executor: Executor, ledger: SqlLedger) -> None:
        await ledger.accept(entry(1))
        found = await SqlClockCheck(executor, Time(NOW - timedelta(minutes=3))).compare()
        assert (found.ahead, found.against) == (-timedelta(minutes=3), "ledger")

    async def test_after_the_last_event_nothing_is_known_to_be_wrong(self, executor: Executor, ledger: SqlLedger) -> None:
        check = SqlClockCheck(executor, Time(NOW + timedelta(days=1)))
        assert (await check.compare()).ahead == timedelta()
        await ledger.accept(entry(1))
        assert (await check.compare()).ahead == timedelta()


def test_the_kernel_says_whether_anything_corrects_the_clock_or_that_it_does_not_know() -> None:
    assert is_kept() in {True, False, None}
    assert SystemClock().now().tzinfo is VIETNAM
