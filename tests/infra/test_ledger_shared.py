"""Two processes' ledgers on one PostgreSQL: everything once, nothing shared, nothing missed, and nobody left asleep."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial

import pytest

from gateway.core.faults import Rejected
from gateway.core.model import OrganId
from gateway.infra import ledger_events
from gateway.infra.database import PostgresDatabase
from gateway.infra.executor_postgres import connect
from gateway.infra.ledger import SqlLedger
from gateway.infra.listener_postgres import listen
from gateway.infra.telemetry import LoggedTelemetry
from gateway.infra.waiting import ProcessWaiting
from tests.contracts.entries import LATER, NOW, OTHER, OTHER_SYSTEM, RECEIVER, SENDER, SYSTEM, entry, seal
from tests.postgres import PostgresServer, postgres, postgres_database

__all__ = ["postgres", "postgres_database"]

CALLERS = 200
SOON = 1.0
"""Within what one who waits is woken, in seconds."""


@pytest.fixture
async def ledgers(postgres_database: PostgresDatabase) -> AsyncIterator[tuple[SqlLedger, SqlLedger]]:
    ledgers = SqlLedger.open(postgres_database), SqlLedger.open(postgres_database)
    yield ledgers
    for ledger in ledgers:
        await ledger.close()


Ledgers = tuple[SqlLedger, SqlLedger]


async def test_a_document_that_comes_to_both_is_accepted_once_and_everybody_gets_one_answer(ledgers: Ledgers) -> None:
    both = itertools.cycle(ledgers)
    answers = await asyncio.gather(*(next(both).accept(entry(key="k")) for _ in range(CALLERS)))
    assert sum(each.created for each in answers) == 1
    assert len({(each.document, each.answer) for each in answers}) == 1
    tally = await ledgers[0].tally()
    assert (tally.documents, sum(tally.deliveries.values())) == (1, 2)


async def test_documents_that_come_to_both_in_any_order_are_accepted_once_each(ledgers: Ledgers) -> None:
    there, back = range(CALLERS), reversed(range(CALLERS))
    sent = [ledgers[0].accept(entry(number)) for number in there] + [ledgers[1].accept(entry(number)) for number in back]
    answers = await asyncio.gather(*sent)
    assert sum(each.created for each in answers) == CALLERS
    assert (await ledgers[1].tally()).documents == CALLERS


async def test_one_of_two_contents_under_one_number_wins_in_both(ledgers: Ledgers) -> None:
    sent = [ledger.accept(entry(content=content)) for ledger, content in zip(ledgers, "ab", strict=True) for _ in range(20)]
    outcomes = await asyncio.gather(*sent, return_exceptions=True)
    assert sorted(getattr(each, "code", "accepted") for each in outcomes) == ["accepted"] * 20 + ["duplicate-document"] * 20


async def test_what_both_lease_is_never_shared(ledgers: Ledgers) -> None:
    await asyncio.gather(*(ledgers[0].accept(entry(number)) for number in range(CALLERS)))
    asked = [
        ledger.lease(system, {RECEIVER, OTHER}, limit=7, until=LATER, now=NOW)
        for _ in range(40)
        for ledger, system in zip(ledgers, (SYSTEM, OTHER_SYSTEM), strict=True)
    ]
    leases = [lease for lease in await asyncio.gather(*asked) if lease is not None]
    leased = [item.deliveries[0].id for lease in leases for item in lease.items]
    assert len(leased) == len(set(leased)) == 2 * CALLERS


async def test_who_acknowledges_in_both_hands_over_once_and_gets_the_same_twice(ledgers: Ledgers) -> None:
    await asyncio.gather(*(ledgers[0].accept(entry(number)) for number in range(30)))
    lease = await ledgers[0].lease(SYSTEM, {RECEIVER}, limit=30, until=LATER, now=NOW)
    assert lease is not None
    acked = await asyncio.gather(
        *(ledger.ack(lease.token, SYSTEM, None, now=NOW, seal=seal) for ledger in ledgers for _ in range(10))
    )
    assert {frozenset(each) for each in acked} == {frozenset(item.deliveries[0].id for item in lease.items)}
    events, _ = await ledgers[1].events({RECEIVER}, after=None, limit=1000)
    assert [each.type for each in events].count("delivery.collected") == 30


async def test_a_lease_that_ends_belongs_to_one_only(ledgers: Ledgers) -> None:
    """The first prolongs it, gives it back or acknowledges it at the moment when another takes it: one of them is too late."""
    for number in range(40):
        await ledgers[0].accept(entry(number, to=(RECEIVER,)))
        first = await ledgers[0].lease(SYSTEM, {RECEIVER}, limit=1, until=LATER, now=NOW)
        assert first is not None
        before, after = LATER - timedelta(microseconds=1), LATER + timedelta(days=1)
        mine = (
            partial(ledgers[0].renew, until=after, now=before),
            partial(ledgers[0].ack, deliveries=None, now=before, seal=seal),
            partial(ledgers[0].nack, deliveries=None, now=before, reason="x", not_before=after),
        )[number % 3]
        theirs = ledgers[1].lease(OTHER_SYSTEM, {RECEIVER}, limit=1, until=after, now=LATER)
        kept, second = await asyncio.gather(mine(first.token, SYSTEM), theirs, return_exceptions=True)
        assert isinstance(kept, Rejected) != (second is None), (number, kept, second)
        for token, system in ((first.token, SYSTEM), (getattr(second, "token", ""), OTHER_SYSTEM)):
            await asyncio.gather(ledgers[0].ack(token, system, None, now=LATER, seal=seal), return_exceptions=True)


async def test_a_paper_copy_that_arrives_in_both_arrives_once(ledgers: Ledgers) -> None:
    for number in range(10):
        await ledgers[0].accept(entry(number))
        own = entry(number).deliveries[0].id
        told = [ledger.paper_arrived(own, {RECEIVER}, at=NOW, note="", now=NOW) for ledger in ledgers for _ in range(5)]
        assert sum(each.created for each in await asyncio.gather(*told)) == 1


async def test_a_reader_of_events_misses_none_that_both_commit_while_it_reads(ledgers: Ledgers) -> None:
    async def write(ledger: SqlLedger, numbers: Iterable[int]) -> None:
        for number in numbers:
            await ledger.accept(entry(number))

    async def read(ledger: SqlLedger) -> list[int]:
        seen: list[int] = []
        after: str | None = None
        while True:
            finished = writing.done()
            events, after = await ledger.events({SENDER}, after=after, limit=50)
            seen += [each.seq for each in events]
            if finished and not events:
                return seen

    writing = asyncio.gather(*(write(ledgers[each % 2], range(each * 100, each * 100 + 100)) for each in range(8)))
    for seen in await asyncio.gather(*map(read, (*ledgers, *ledgers))):
        assert len(seen) == 8 * 100 * 3
        assert all(one < next_ for one, next_ in itertools.pairwise(seen))
    await writing


@asynccontextmanager
async def listening(database: PostgresDatabase) -> AsyncIterator[ProcessWaiting]:
    """Give the waiting of another process, once it listens."""
    waiting = ProcessWaiting()
    task = asyncio.create_task(listen(database, waiting, LoggedTelemetry()))
    try:
        with waiting.watch({OrganId("anybody")}) as watch:
            await asyncio.wait_for(watch.changed(20), 10)  # all are woken when it begins to listen
        yield waiting
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_what_one_process_commits_wakes_those_whom_it_concerns_in_another(
    postgres_database: PostgresDatabase, ledgers: Ledgers
) -> None:
    async with listening(postgres_database) as waiting:
        with waiting.watch({RECEIVER}) as concerned, waiting.watch({OrganId("H56.99")}) as other:
            await ledgers[0].accept(entry())
            await asyncio.wait_for(concerned.event.wait(), SOON)
            await asyncio.sleep(0.1)
            assert not other.event.is_set()


async def test_everybody_is_woken_when_more_are_concerned_than_a_notification_can_name(
    postgres_database: PostgresDatabase, ledgers: Ledgers
) -> None:
    many = tuple(OrganId(f"{number:09}.H56") for number in range(1000))
    async with listening(postgres_database) as waiting:
        with waiting.watch({many[-1]}) as one, waiting.watch({OrganId("anybody")}) as other:
            await ledgers[0].accept(entry(to=many))
            await asyncio.wait_for(asyncio.gather(one.event.wait(), other.event.wait()), SOON)


async def test_a_listener_that_lost_its_connection_wakes_everybody_and_listens_again(
    postgres: PostgresServer, postgres_database: PostgresDatabase, ledgers: Ledgers
) -> None:
    async with listening(postgres_database) as waiting:
        with waiting.watch({RECEIVER}) as watch:
            await asyncio.to_thread(postgres.kill)
            await asyncio.to_thread(postgres.start)
            await asyncio.wait_for(watch.event.wait(), 10)
            watch.event.clear()
            await ledgers[0].accept(entry())
            await asyncio.wait_for(watch.event.wait(), SOON)


async def test_events_are_told_of_once_a_transaction(postgres_database: PostgresDatabase, ledgers: Ledgers) -> None:
    heard: list[str] = []
    connection = await connect(postgres_database, "test", seconds=5)
    await connection.add_listener(ledger_events.CHANNEL, lambda _connection, _process, _channel, payload: heard.append(payload))
    await ledgers[0].accept(entry())
    await connection.execute("SELECT 1")
    await connection.close()
    assert heard == ["\n".join(sorted((SENDER, RECEIVER, OTHER)))]
