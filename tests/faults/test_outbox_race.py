"""A worker that is faster than the relay: the note has arrived, and that it was published is still being written down."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from gateway.infra.database import PostgresDatabase
from gateway.infra.executor import Executor
from gateway.infra.executor_postgres import connect
from gateway.infra.ledger import SqlLedger
from gateway.infra.opening import open_executor
from gateway.infra.outbox import SqlOutbox
from tests.contracts.entries import LATER, NOW, pushed_entry
from tests.postgres import PostgresServer, postgres, postgres_database
from tests.production import eventually

__all__ = ["postgres", "postgres_database"]

DOCUMENTS = 60
WAITS_FOR_A_LOCK = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
PUBLISHED = "UPDATE outbox SET relay_token = NULL, relay_until = NULL"


@pytest.fixture
async def executors(postgres_database: PostgresDatabase) -> AsyncIterator[tuple[Executor, Executor]]:
    executors = open_executor(postgres_database), open_executor(postgres_database)
    yield executors
    for executor in executors:
        await executor.close()


async def _accepted(executor: Executor, documents: int) -> list[str]:
    entries = [pushed_entry(number) for number in range(documents)]
    await asyncio.gather(*(SqlLedger(executor).accept(each) for each in entries))
    return [each.deliveries[0].id for each in entries]


async def test_an_attempt_waits_for_the_relay_and_is_not_mistaken_for_one_too_many(
    postgres: PostgresServer, postgres_database: PostgresDatabase, executors: tuple[Executor, Executor]
) -> None:
    (delivery,) = await _accepted(executors[0], 1)
    await SqlOutbox(executors[0]).claim(limit=10, until=LATER, now=NOW)
    relay = await connect(postgres_database, "relay", seconds=30)
    database = postgres_database.url.rpartition("/")[2]

    async def waiting() -> bool:
        return await asyncio.to_thread(postgres.sql, WAITS_FOR_A_LOCK, database) == "1"

    try:
        transaction = relay.transaction()
        await transaction.start()
        await relay.execute(PUBLISHED)
        begun = asyncio.create_task(SqlOutbox(executors[1]).begin(delivery, until=LATER, now=NOW))
        await eventually(waiting, 10, "the attempt waits for the relay")
        await transaction.commit()
    finally:
        await relay.close()
    attempt = await begun
    assert attempt is not None
    assert attempt.delivery == delivery


async def test_attempts_that_begin_while_a_batch_is_written_down_are_all_begun(executors: tuple[Executor, Executor]) -> None:
    relay, worker = SqlOutbox(executors[0]), SqlOutbox(executors[1])
    delivered = await _accepted(executors[0], DOCUMENTS)
    claim = await relay.claim(limit=DOCUMENTS, until=LATER, now=NOW)
    begun = [worker.begin(each, until=LATER, now=NOW) for each in reversed(delivered)]
    written = relay.published(claim, delivered, now=NOW)
    *attempts, _ = await asyncio.gather(*begun, written)
    assert None not in attempts
