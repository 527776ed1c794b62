"""PostgreSQL away, slow, frozen or full: callers are told to come again, and nothing needs a restart afterwards."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sa

from gateway.core.faults import Transient
from gateway.infra import executor_postgres
from gateway.infra.database import PostgresDatabase
from gateway.infra.executor_postgres import PostgresExecutor
from gateway.infra.ledger import SqlLedger
from tests.contracts.entries import entry
from tests.postgres import PostgresServer, postgres, postgres_database

__all__ = ["postgres", "postgres_database"]


@pytest.fixture
async def ledger(postgres_database: PostgresDatabase) -> AsyncIterator[SqlLedger]:
    ledger = SqlLedger.open(postgres_database)
    yield ledger
    await ledger.close()


@pytest.fixture
def own_server(postgres: PostgresServer) -> Iterator[PostgresServer]:
    """Give the server, which runs again afterwards."""
    yield postgres
    if not postgres.running:
        postgres.start()


def sleep(seconds: float):  # type: ignore[no-untyped-def]  # a unit of work
    return lambda connection: connection.execute(sa.select(sa.func.pg_sleep(seconds))).scalar()


async def unavailable(*asked: object) -> None:
    outcomes = await asyncio.gather(*asked, return_exceptions=True)  # type: ignore[call-overload]  # coroutines
    assert {(type(each), getattr(each, "code", each), getattr(each, "retry_after", 0)) for each in outcomes} == {
        (Transient, "storage-unavailable", 5)
    }


@pytest.mark.parametrize("end", ["stop", "kill"])
async def test_a_server_that_was_away_is_used_again(own_server: PostgresServer, ledger: SqlLedger, end: str) -> None:
    await asyncio.gather(*(ledger.accept(entry(number)) for number in range(100)), ledger.tally(), ledger.tally())
    await asyncio.to_thread(getattr(own_server, end))
    await unavailable(ledger.tally(), *(ledger.accept(entry(number)) for number in range(100, 300)))
    await asyncio.to_thread(own_server.start)
    await asyncio.gather(*(ledger.accept(entry(number)) for number in range(300)), *(ledger.tally() for _ in range(5)))
    assert (await ledger.tally()).documents == 300


async def test_connections_that_were_closed_while_they_lay_idle_are_replaced(
    own_server: PostgresServer, ledger: SqlLedger
) -> None:
    await asyncio.gather(*(ledger.accept(entry(number)) for number in range(10)), ledger.tally(), ledger.tally())
    await asyncio.to_thread(own_server.stop)
    await asyncio.to_thread(own_server.start)
    await asyncio.gather(ledger.tally(), *(ledger.accept(entry(number)) for number in range(10, 20)))


async def test_what_was_answered_before_the_server_was_killed_is_there_and_the_rest_can_be_repeated(
    own_server: PostgresServer, ledger: SqlLedger
) -> None:
    sent = [asyncio.create_task(ledger.accept(entry(number))) for number in range(2000)]
    await asyncio.wait(sent[:300])
    await asyncio.to_thread(own_server.kill)
    outcomes = await asyncio.gather(*sent, return_exceptions=True)
    assert {type(each) for each in outcomes} - {Transient} != set()
    await asyncio.to_thread(own_server.start)
    kept = [number for number, each in enumerate(outcomes) if not isinstance(each, Exception)]
    again = await asyncio.gather(*(ledger.accept(entry(number)) for number in kept))
    assert [each.created for each in again] == [False] * len(kept)
    await asyncio.gather(*(ledger.accept(entry(number)) for number in range(2000)))
    assert (await ledger.tally()).documents == 2000


async def test_a_statement_that_takes_too_long_fails_alone(postgres_database: PostgresDatabase) -> None:
    executor = PostgresExecutor(replace(postgres_database, statement_seconds=0.3), lanes=1)
    busy = asyncio.create_task(executor.write(sleep(0.05)))
    await asyncio.sleep(0)
    slow, quick = await asyncio.gather(executor.write(sleep(5)), executor.write(sleep(0)), return_exceptions=True)
    assert (type(slow), quick) == (Transient, None)
    await unavailable(executor.read(sleep(5)))
    await busy
    await executor.close()


async def test_those_who_wait_for_a_lock_that_nobody_gives_back_are_told_so(
    postgres_database: PostgresDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(executor_postgres, "REPLAY_SECONDS", 0.5)
    monkeypatch.setattr(executor_postgres, "PATIENCE_SECONDS", 0.1)
    holder = await executor_postgres.connect(postgres_database, "holder", seconds=5)
    await holder.execute("BEGIN; LOCK TABLE documents")
    ledger = SqlLedger(PostgresExecutor(replace(postgres_database, lock_seconds=0.2)))
    started = time.monotonic()
    outcomes = await asyncio.gather(*(ledger.accept(entry(number)) for number in range(60)), return_exceptions=True)
    assert {type(each) for each in outcomes} == {Transient}
    assert time.monotonic() - started < 5  # 60 waits of 200 ms, one after the other, would take 12 s
    await holder.close()
    assert (await ledger.accept(entry())).created
    await ledger.close()


async def test_a_server_that_hangs_is_unavailable_and_is_used_again(
    own_server: PostgresServer, postgres_database: PostgresDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(executor_postgres, "GRACE_SECONDS", 0.3)
    monkeypatch.setattr(executor_postgres, "CONNECT_SECONDS", 0.5)
    ledger = SqlLedger(PostgresExecutor(replace(postgres_database, statement_seconds=0.5)))
    await asyncio.gather(ledger.accept(entry(1)), ledger.tally())
    await asyncio.to_thread(own_server.freeze)
    try:
        async with asyncio.timeout(15):
            await unavailable(ledger.accept(entry(2)), ledger.accept(entry(3)), ledger.tally())
    finally:
        await asyncio.to_thread(own_server.thaw)
    assert not (await ledger.accept(entry(1))).created
    await ledger.close()


async def test_a_server_with_no_connection_left_is_unavailable(
    own_server: PostgresServer, postgres_database: PostgresDatabase, ledger: SqlLedger
) -> None:
    name = postgres_database.url.rpartition("/")[2]
    own_server.sql(f"ALTER DATABASE {name} CONNECTION LIMIT 0")
    own_server.sql("CREATE ROLE clerk LOGIN")
    limited = replace(postgres_database, url=own_server.url(name, "clerk"))
    other = SqlLedger.open(limited)
    await unavailable(other.tally(), other.accept(entry()))
    await other.close()
    own_server.sql("DROP ROLE clerk")


async def test_a_server_that_refuses_us_is_unavailable(own_server: PostgresServer, postgres_database: PostgresDatabase) -> None:
    own_server.create_role("guarded", "secret")
    named = replace(postgres_database, url=postgres_database.url.replace("postgres@", "guarded@"))
    for password in (None, "wrong"):
        ledger = SqlLedger.open(replace(named, password=password))
        await unavailable(ledger.tally(), ledger.accept(entry()))
        await ledger.close()
    ledger = SqlLedger.open(replace(named, password="secret"))
    assert (await ledger.accept(entry())).created
    await ledger.close()
