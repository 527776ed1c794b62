"""The writer thread: many units to a commit, the guilty one alone fails, and nobody waits for ever."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from gateway.core.faults import Transient
from gateway.infra.executor import GROUP
from gateway.infra.executor_sqlite import SqliteExecutor

ADD = "INSERT INTO numbers VALUES (?)"


def add(number: int | None):  # type: ignore[no-untyped-def]  # a unit of work; None breaks a constraint
    return lambda connection: connection.exec_driver_sql(ADD, (number,)).rowcount


def numbers(connection: sa.Connection) -> list[int]:
    return [row[0] for row in connection.exec_driver_sql("SELECT number FROM numbers ORDER BY number")]


@pytest.fixture
async def executor(tmp_path: Path) -> AsyncIterator[SqliteExecutor]:
    executor = SqliteExecutor(tmp_path / "x.sqlite3")
    await executor.write(lambda c: c.exec_driver_sql("CREATE TABLE numbers (number INTEGER NOT NULL)"))
    yield executor
    await executor.close()


async def held(executor: SqliteExecutor) -> tuple[threading.Event, "asyncio.Task[bool]"]:
    """Let the writer work on a unit that ends when told, so that others gather behind it."""
    started, go = threading.Event(), threading.Event()

    def wait(_: sa.Connection) -> bool:
        started.set()
        return go.wait(10)

    task = asyncio.create_task(executor.write(wait))
    await asyncio.to_thread(started.wait, 10)
    return go, task


async def test_each_commit_is_written_through_to_the_disk(executor: SqliteExecutor) -> None:
    def settings(connection: sa.Connection) -> list[object]:
        return [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous", "foreign_keys")]

    assert await executor.write(settings) == ["wal", 2, 1]  # 2 is FULL


async def test_what_waits_together_is_committed_together(executor: SqliteExecutor) -> None:
    statements: list[str] = []
    await executor.write(lambda c: c.connection.driver_connection.set_trace_callback(statements.append))  # type: ignore[union-attr]  # sqlite3
    go, blocked = await held(executor)
    statements.clear()
    waiting = [asyncio.create_task(executor.write(add(number))) for number in range(GROUP)]
    await asyncio.sleep(0)
    go.set()
    await asyncio.gather(blocked, *waiting)
    assert statements.count("COMMIT") == 2  # the unit that was held, and all others


async def test_only_the_guilty_unit_fails(executor: SqliteExecutor) -> None:
    go, blocked = await held(executor)
    waiting = [asyncio.create_task(executor.write(add(number))) for number in (1, 2, None, 3)]
    await asyncio.sleep(0)
    go.set()
    outcomes = await asyncio.gather(blocked, *waiting, return_exceptions=True)
    assert [type(each) for each in outcomes] == [bool, int, int, sa.exc.IntegrityError, int]
    assert await executor.read(numbers) == [1, 2, 3]


async def test_an_answer_comes_only_once_others_can_read_what_was_written(executor: SqliteExecutor) -> None:
    for number in range(20):
        await executor.write(add(number))
        assert (await executor.read(numbers))[-1] == number


async def test_a_caller_who_goes_away_disturbs_nobody(executor: SqliteExecutor) -> None:
    go, blocked = await held(executor)
    gone = [asyncio.create_task(executor.write(add(number))) for number in (1, None)]
    stays = asyncio.create_task(executor.write(add(2)))
    await asyncio.sleep(0)
    for task in gone:
        task.cancel()
    go.set()
    await asyncio.gather(blocked, stays)
    assert 2 in await executor.read(numbers)
    await executor.write(add(3))


async def test_closing_finishes_what_waits_and_empties_the_write_ahead_log(tmp_path: Path) -> None:
    executor = SqliteExecutor(tmp_path / "x.sqlite3")
    await executor.write(lambda c: c.exec_driver_sql("CREATE TABLE numbers (number INTEGER NOT NULL)"))
    waiting = [asyncio.create_task(executor.write(add(number))) for number in range(200)]
    await asyncio.sleep(0)
    await executor.close()
    assert await asyncio.gather(*waiting) == [1] * 200
    assert [each.name for each in tmp_path.iterdir()] == ["x.sqlite3"]


async def test_a_closed_file_is_unavailable(tmp_path: Path) -> None:
    executor = SqliteExecutor(tmp_path / "x.sqlite3")
    await executor.close()
    for asked in (executor.write(numbers), executor.read(numbers)):
        with pytest.raises(Transient, match="storage-unavailable"):
            await asyncio.wait_for(asked, 5)


async def test_a_file_that_cannot_be_opened_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(Transient, match="storage-unavailable"):
        SqliteExecutor(tmp_path / "missing" / "x.sqlite3")


async def test_a_full_disk_is_unavailable_and_keeps_what_was_committed(executor: SqliteExecutor) -> None:
    await executor.write(add(1))
    await executor.write(lambda c: c.exec_driver_sql("PRAGMA max_page_count = 2").scalar())
    with pytest.raises(Transient) as caught:
        await executor.write(lambda c: c.exec_driver_sql("CREATE TABLE more (x)"))
    assert (caught.value.code, caught.value.retry_after) == ("storage-unavailable", 5)
    assert await executor.read(numbers) == [1]
    await executor.write(add(2))


async def test_those_who_wait_for_a_locked_file_wait_once_together(tmp_path: Path) -> None:
    executor = SqliteExecutor(tmp_path / "x.sqlite3")
    await executor.write(lambda c: c.exec_driver_sql("CREATE TABLE numbers (number INTEGER NOT NULL)"))
    await executor.write(lambda c: c.exec_driver_sql("PRAGMA busy_timeout = 200").scalar())
    other = sqlite3.connect(tmp_path / "x.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    async with asyncio.timeout(5):  # 60 waits of 200 ms, one after the other, would take 12 s
        outcomes = await asyncio.gather(*(executor.write(add(number)) for number in range(60)), return_exceptions=True)
    assert {type(each) for each in outcomes} == {Transient}
    other.execute("ROLLBACK")
    other.close()
    await executor.write(add(1))
    assert await executor.read(numbers) == [1]
    await executor.close()
