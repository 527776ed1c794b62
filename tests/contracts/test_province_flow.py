"""What every implementation of Province promises of single agencies: what each got and lost, by minutes and since a time."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.core.model import Lane, Priority
from gateway.infra.executor import Executor
from gateway.infra.outbox import SqlOutbox
from gateway.infra.province import SqlProvince
from gateway.ports import Flow, Ledger, Minute
from tests.contracts.dead_letters_contract import failed
from tests.contracts.entries import NOW, OTHER, RECEIVER
from tests.contracts.executors import OnPostgres, OnSqlite
from tests.contracts.outbox_contract import accepted, begin, done, publish
from tests.postgres import postgres, postgres_database

__all__ = ["postgres", "postgres_database"]

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


async def got(ledger: Ledger, outbox: SqlOutbox, number: int, *, late: timedelta = timedelta()) -> None:
    """Accept a document for RECEIVER, which gets it a while later."""
    await accepted(ledger, number)
    await publish(outbox, now=late)
    await outbox.handed_over(replace(done(await begin(outbox, number, now=late)), at=NOW + late))


class FlowContract:
    """What became of each agency's deliveries."""

    @pytest.fixture
    def province(self, executor: Executor) -> SqlProvince:
        return SqlProvince(executor)

    async def test_what_agencies_got_and_lost_is_counted_by_minutes(
        self, ledger: Ledger, outbox: SqlOutbox, province: SqlProvince
    ) -> None:
        await got(ledger, outbox, 1)
        await got(ledger, outbox, 2)
        await got(ledger, outbox, 3, late=2 * MINUTE)
        await failed(ledger, outbox, 4, to=(OTHER,))  # a minute later
        first = NOW.replace(second=0, microsecond=0)
        assert await province.minutes(first, first + HOUR) == (
            Minute(organ=RECEIVER, at=first, handed_over=2),
            Minute(organ=RECEIVER, at=first + 2 * MINUTE, handed_over=1),
            Minute(organ=OTHER, at=first + MINUTE, failed=1),
        )

    async def test_minutes_are_counted_from_a_time_to_a_time(
        self, ledger: Ledger, outbox: SqlOutbox, province: SqlProvince
    ) -> None:
        await got(ledger, outbox, 1)
        await got(ledger, outbox, 2, late=2 * MINUTE)
        first = NOW.replace(second=0, microsecond=0)
        assert [each.at for each in await province.minutes(first + MINUTE, first + HOUR)] == [first + 2 * MINUTE]
        assert [each.at for each in await province.minutes(first, first + MINUTE)] == [first]

    async def test_what_came_into_queues_and_went_out_of_them_is_counted_by_agency_and_lane(
        self, ledger: Ledger, outbox: SqlOutbox, province: SqlProvince
    ) -> None:
        await got(ledger, outbox, 1)
        await accepted(ledger, 2, priority=Priority.EXPRESS)
        await failed(ledger, outbox, 4, to=(OTHER,))
        assert await province.flows(NOW - HOUR, NOW + HOUR) == (
            Flow(organ=RECEIVER, lane=Lane.NORMAL, came=1, went=1),
            Flow(organ=RECEIVER, lane=Lane.URGENT, came=1),
            Flow(organ=OTHER, lane=Lane.NORMAL, came=1, went=1),
        )
        assert await province.flows(NOW + HOUR, NOW + 2 * HOUR) == ()

    async def test_what_agencies_got_since_a_time_is_counted_for_those_that_are_named(
        self, ledger: Ledger, outbox: SqlOutbox, province: SqlProvince
    ) -> None:
        await got(ledger, outbox, 1)
        await got(ledger, outbox, 2, late=HOUR)
        await got(ledger, outbox, 3, late=4 * HOUR)
        await failed(ledger, outbox, 4)
        assert await province.handed_over({RECEIVER, OTHER}, NOW) == {RECEIVER: 3}
        assert await province.handed_over({RECEIVER}, NOW + 4 * HOUR) == {RECEIVER: 1}
        assert await province.handed_over({RECEIVER}, NOW + MINUTE) == {RECEIVER: 2}
        assert await province.handed_over({OTHER}, NOW) == await province.handed_over(set(), NOW) == {}

    async def test_the_database_says_what_it_is_and_how_large(self, executor: Executor, province: SqlProvince) -> None:
        store = await province.store()
        assert store.kind == await executor.read(lambda c: c.dialect.name)
        assert store.octets > 10_000


class TestSqlite(OnSqlite, FlowContract):
    """SQLite."""


class TestPostgres(OnPostgres, FlowContract):
    """PostgreSQL."""
