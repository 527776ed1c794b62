"""The lanes: many units to a commit, the guilty one alone fails, and nobody waits for ever."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from gateway.core.faults import Rejected, Transient
from gateway.infra.database import PostgresDatabase
from gateway.infra.executor import GROUP, Hook
from gateway.infra.executor_postgres import ATTEMPTS, PostgresExecutor
from tests.postgres import PostgresServer, empty_database, postgres

__all__ = ["empty_database", "postgres"]

Work = Callable[[sa.Connection], Any]


def run(statement: str) -> Work:
    """Make a unit that gives the first column of what a statement gives, if it gives rows."""

    def work(connection: sa.Connection) -> Any:
        result = connection.exec_driver_sql(statement)
        return result.scalar() if result.returns_rows else result.rowcount

    return work


def add(number: int | None) -> Work:
    return lambda connection: connection.execute(sa.text("INSERT INTO numbers VALUES (:number)"), {"number": number}).rowcount


def numbers(connection: sa.Connection) -> list[int]:
    return [row[0] for row in connection.exec_driver_sql("SELECT number FROM numbers ORDER BY number")]


@asynccontextmanager
async def opened(database: PostgresDatabase, committed: Hook | None = None) -> AsyncIterator[PostgresExecutor]:
    """Give an executor with one lane, so that what is asked for together is a group."""
    executor = PostgresExecutor(database, committed=committed, lanes=1)
    try:
        yield executor
    finally:
        await executor.close()


@pytest.fixture
def database(postgres: PostgresServer, empty_database: PostgresDatabase) -> PostgresDatabase:
    postgres.sql("CREATE TABLE numbers (number INTEGER NOT NULL UNIQUE)", empty_database.url.rpartition("/")[2])
    return empty_database


@pytest.fixture
async def executor(database: PostgresDatabase) -> AsyncIterator[PostgresExecutor]:
    async with opened(database) as executor:
        yield executor


async def together(executor: PostgresExecutor, *works: Work) -> list[Any]:
    """Run units that wait together, behind one that the lane is busy with."""
    busy = asyncio.create_task(executor.write(run("SELECT pg_sleep(0.05)")))
    await asyncio.sleep(0)
    outcomes = await asyncio.gather(*map(executor.write, works), return_exceptions=True)
    await busy
    return outcomes


async def test_each_connection_has_its_time_outs_and_each_commit_is_on_disk(database: PostgresDatabase) -> None:
    names = (
        "statement_timeout",
        "lock_timeout",
        "idle_in_transaction_session_timeout",
        "synchronous_commit",
        "application_name",
        "transaction_isolation",
        "transaction_read_only",
    )

    def settings(connection: sa.Connection) -> list[object]:
        return [connection.exec_driver_sql(f"SHOW {name}").scalar() for name in names]

    async with opened(replace(database, statement_seconds=3, lock_seconds=2)) as executor:
        written, read = await executor.write(settings), await executor.read(settings)
    assert written == ["3s", "2s", "2s", "on", "lienthong", "read committed", "off"]
    assert read == ["3s", "2s", "2s", "on", "lienthong", "repeatable read", "on"]


async def test_what_waits_together_is_committed_together(executor: PostgresExecutor) -> None:
    transactions = await together(executor, *[run("SELECT txid_current()")] * (GROUP + 1))
    assert len(set(transactions)) == 2
    assert len(set(transactions[:GROUP])) == 1


async def test_only_the_guilty_unit_fails(executor: PostgresExecutor) -> None:
    def refused(_: sa.Connection) -> None:
        raise Rejected("not-found")

    outcomes = await together(executor, add(1), add(None), refused, run("SELECT nothing"), add(2))
    assert [type(each) for each in outcomes] == [int, sa.exc.IntegrityError, Rejected, sa.exc.ProgrammingError, int]
    assert await executor.read(numbers) == [1, 2]


async def test_what_is_the_result_of_one_unit_does_not_touch_the_others(executor: PostgresExecutor) -> None:
    def batch(connection: sa.Connection, items: list[int]) -> list[int | Rejected]:
        seen.append(len(items))
        return [Rejected("not-found") if item == 1 else add(item)(connection) for item in items]

    seen: list[int] = []
    busy = asyncio.create_task(executor.write(run("SELECT pg_sleep(0.05)")))
    await asyncio.sleep(0)
    outcomes = await asyncio.gather(busy, *(executor.write_batched(batch, item) for item in range(3)), return_exceptions=True)
    assert [type(each) for each in outcomes[1:]] == [int, Rejected, int]
    assert seen == [3]


@pytest.mark.parametrize("fault", [Transient("busy"), "40001", "40P01", "55P03"], ids=str)
async def test_a_unit_that_meets_anothers_work_is_run_again(executor: PostgresExecutor, fault: Transient | str) -> None:
    tries: list[int] = []

    def meets(connection: sa.Connection) -> int:
        tries.append(add(7)(connection))
        if len(tries) < ATTEMPTS - 1:
            _fail(connection, fault)
        return len(tries)

    assert await executor.write(meets) == ATTEMPTS - 1
    assert await executor.read(numbers) == [7]


@pytest.mark.parametrize("fault", [Transient("busy"), "40001", "40P01", "55P03"], ids=str)
async def test_a_unit_that_always_meets_anothers_work_is_told_to_come_again(
    executor: PostgresExecutor, fault: Transient | str
) -> None:
    with pytest.raises(Transient, match="busy") as caught:
        await executor.write(lambda connection: _fail(connection, fault))
    assert caught.value.code == "busy"
    assert await executor.write(add(1)) == 1


async def test_a_unit_that_finds_another_was_first_is_run_again_and_then_hears_of_it(executor: PostgresExecutor) -> None:
    tries: list[int] = []

    def insert(connection: sa.Connection) -> int:
        tries.append(1)
        return add(1)(connection)

    await executor.write(add(1))
    with pytest.raises(sa.exc.IntegrityError):
        await executor.write(insert)
    assert 1 < len(tries) <= ATTEMPTS + 1


def _fail(connection: sa.Connection, fault: Transient | str) -> None:
    if isinstance(fault, Transient):
        raise fault
    connection.exec_driver_sql(f"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{fault}'; END $$")


async def test_an_answer_comes_only_once_others_can_read_what_was_written(executor: PostgresExecutor) -> None:
    for number in range(20):
        await executor.write(add(number))
        assert (await executor.read(numbers))[-1] == number


async def test_a_read_sees_one_moment(executor: PostgresExecutor, database: PostgresDatabase, postgres: PostgresServer) -> None:
    def twice(connection: sa.Connection) -> tuple[list[int], list[int]]:
        before = numbers(connection)
        postgres.sql("INSERT INTO numbers VALUES (1)", database.url.rpartition("/")[2])
        return before, numbers(connection)

    assert await executor.read(twice) == ([], [])
    assert await executor.read(numbers) == [1]


async def test_a_read_cannot_write(executor: PostgresExecutor) -> None:
    with pytest.raises(Transient, match="storage-unavailable"):  # as a standby would refuse it
        await executor.read(add(1))
    assert await executor.read(numbers) == []


async def test_the_hooks_run_around_the_commit_and_the_notes_of_a_failed_group_are_gone(database: PostgresDatabase) -> None:
    def noting(number: int | None) -> Work:
        def work(connection: sa.Connection) -> None:
            connection.info.setdefault("notes", []).append(number)
            add(number)(connection)

        return work

    heard: list[list[int]] = []
    async with opened(database, lambda connection: heard.append(connection.info["notes"])) as executor:
        await executor.write(noting(1))
        await together_noted(executor, noting(2), noting(None), noting(3))
    assert heard == [[1], [2], [3]]


async def together_noted(executor: PostgresExecutor, *works: Work) -> None:
    await asyncio.gather(*map(executor.write, works), return_exceptions=True)


async def test_a_caller_who_goes_away_disturbs_nobody_and_his_unit_is_done(executor: PostgresExecutor) -> None:
    busy = asyncio.create_task(executor.write(run("SELECT pg_sleep(0.05)")))
    gone = [asyncio.create_task(executor.write(add(number))) for number in (1, None, 2)]
    stays = asyncio.create_task(executor.write(add(3)))
    await asyncio.sleep(0)
    for task in gone:
        task.cancel()
    await asyncio.gather(busy, stays)
    assert await executor.read(numbers) == [1, 2, 3]


async def test_closing_finishes_what_waits(database: PostgresDatabase) -> None:
    executor = PostgresExecutor(database)
    waiting = [asyncio.create_task(executor.write(add(number))) for number in range(200)]
    await asyncio.sleep(0)
    await executor.close()
    assert await asyncio.gather(*waiting) == [1] * 200
    for asked in (executor.write(numbers), executor.read(numbers)):
        with pytest.raises(Transient, match="storage-unavailable"):
            await asyncio.wait_for(asked, 5)


async def test_a_character_that_cannot_be_stored_is_refused(executor: PostgresExecutor) -> None:
    select = sa.select(sa.literal("\0", sa.Text))
    for asked in (executor.write(lambda c: c.execute(select).scalar()), executor.read(lambda c: c.execute(select).scalar())):
        with pytest.raises(Rejected, match="malformed-request"):
            await asked
