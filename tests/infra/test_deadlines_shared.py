"""Two processes keep time on one PostgreSQL: each event is read once, each step is said once, and none is missed."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from gateway.core.deadlines import DeadlineState
from gateway.core.ladder import Step
from gateway.core.model import OrganId, StatusCode
from gateway.core.timekeeping import Timekeeping
from gateway.infra.database import PostgresDatabase
from gateway.infra.deadlines import SqlDeadlines
from gateway.infra.executor import Executor
from gateway.infra.ledger import SqlLedger
from gateway.infra.opening import open_executor
from gateway.infra.tables import deadlines, events
from tests.contracts.entries import NOW, OTHER, RECEIVER, SENDER, entry, report, seal
from tests.judging import working_time
from tests.postgres import PostgresServer, postgres, postgres_database

__all__ = ["postgres", "postgres_database"]

BY = Timekeeping(working_time=working_time())
DOCUMENTS = 120
WATCHERS = 12
"""In each process."""
OVERDUE_AT = NOW + timedelta(hours=7)
FEW = 7
"""Deadlines of one transaction: many transactions meet."""


class Hub:
    """One process's part of it."""

    def __init__(self, executor: Executor) -> None:
        self.executor = executor
        self.ledger = SqlLedger(executor)
        self.deadlines = SqlDeadlines(executor)

    async def said(self) -> Counter[tuple[str, str]]:
        """Count what was said: of each deadline, each step."""
        select = sa.select(events.c.data).where(events.c.type.in_(["deadline.overdue", "deadline.reminder"]))
        rows = await self.executor.read(lambda c: c.execute(select).scalars().all())
        return Counter((data["deadline"], data["step"]) for data in rows)

    async def owed(self) -> set[str]:
        """Give the deadlines that have steps."""
        select = sa.select(deadlines.c.id).where(deadlines.c.next_at.is_not(None))
        return set(await self.executor.read(lambda c: c.execute(select).scalars().all()))

    async def take(self, now: datetime) -> int:
        """Take steps until nothing is due."""
        taken = 0
        while some := await self.deadlines.take_steps(BY, limit=FEW, now=now):
            taken += some
        return taken


@pytest.fixture
async def hubs(postgres_database: PostgresDatabase) -> AsyncIterator[tuple[Hub, Hub]]:
    opened = [open_executor(postgres_database) for _ in range(2)]
    yield Hub(opened[0]), Hub(opened[1])
    for each in opened:
        await each.close()


Hubs = tuple[Hub, Hub]


async def accept(hubs: Hubs) -> None:
    await asyncio.gather(*(hubs[number % 2].ledger.accept(entry(number)) for number in range(DOCUMENTS)))


async def test_two_keepers_read_each_event_once(hubs: Hubs) -> None:
    accepting = asyncio.create_task(accept(hubs))
    read = 0
    while not accepting.done() or not await hubs[0].deadlines.are_kept():
        read += sum(await asyncio.gather(*(hub.deadlines.keep(BY, limit=FEW) for hub in hubs for _ in range(3))))
    assert read == DOCUMENTS * 3  # each was accepted, and made available to two
    found = await hubs[1].executor.read(lambda c: c.execute(sa.select(sa.func.count()).select_from(deadlines)).scalar())
    assert found == DOCUMENTS * 5  # the issue, and collection and response of two
    assert await hubs[1].deadlines.keep(BY, limit=FEW) == 0


async def test_two_watchers_say_each_step_once_and_miss_none(hubs: Hubs) -> None:
    await accept(hubs)
    await hubs[0].deadlines.keep(BY, limit=1000)
    taken = await asyncio.gather(*(hub.take(OVERDUE_AT) for hub in hubs for _ in range(WATCHERS)))
    assert sum(taken) == 2 * DOCUMENTS
    said = await hubs[0].said()
    assert len(said) == 2 * DOCUMENTS
    assert set(said.values()) == {1}
    first = await hubs[0].deadlines.next_step_at()
    assert first is not None
    assert first > OVERDUE_AT


async def test_whole_ladders_are_climbed_once_by_watchers_whose_clocks_differ(hubs: Hubs) -> None:
    await accept(hubs)
    await hubs[0].deadlines.keep(BY, limit=1000)
    owed = await hubs[0].owed()
    for day in range(10):
        ahead, behind = NOW + timedelta(days=day, hours=9), NOW + timedelta(days=day, hours=8, minutes=59)
        await asyncio.gather(*(hub.take(now) for hub, now in zip(hubs, (ahead, behind), strict=True) for _ in range(4)))
    said = await hubs[0].said()
    assert set(said.values()) == {1}
    assert {each for each, step in said if step == Step.OVERDUE} == owed


async def test_what_ends_while_steps_are_taken_ends_and_is_said_as_it_was(hubs: Hubs) -> None:
    """Keepers and watchers want the same rows at the same time: nobody undoes the other's work."""
    await accept(hubs)
    await hubs[0].deadlines.keep(BY, limit=1000)

    async def report_all(hub: Hub, organ: OrganId, place: int) -> None:
        for number in range(DOCUMENTS):
            arrived = report(StatusCode.ARRIVED, organ)
            await hub.ledger.record_status(entry(number).deliveries[place].id, arrived, {organ}, now=OVERDUE_AT, seal=seal)
            await hub.deadlines.keep(BY, limit=FEW)

    reporting = [report_all(hubs[0], RECEIVER, 0), report_all(hubs[1], OTHER, 1)]
    watching = [hub.take(OVERDUE_AT) for hub in hubs for _ in range(WATCHERS)]
    await asyncio.gather(*reporting, *watching)
    while await hubs[0].deadlines.keep(BY, limit=1000):
        pass
    found, _ = await hubs[0].ledger.events({SENDER}, after=None, limit=10_000)
    overdue = Counter(each.data["deadline"] for each in found if each.type == "deadline.overdue")
    met = Counter(each.data["deadline"] for each in found if each.type == "deadline.met")
    assert set(overdue.values()) <= {1}
    assert met == overdue  # the end is said to whom the trouble was said
    rows = sa.select(deadlines.c.state, sa.func.count()).where(deadlines.c.rule == "collection").group_by(deadlines.c.state)
    states = await hubs[1].executor.read(lambda c: {row.state: row[1] for row in c.execute(rows)})
    assert states == {DeadlineState.MET: 2 * DOCUMENTS}


async def test_what_a_watcher_took_that_went_away_is_said_by_the_other(postgres: PostgresServer, hubs: Hubs) -> None:
    await accept(hubs)
    await hubs[0].deadlines.keep(BY, limit=1000)
    dying = [asyncio.create_task(hubs[0].take(OVERDUE_AT)) for _ in range(WATCHERS)]
    await asyncio.sleep(0.05)
    here = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'lienthong'"
    postgres.sql(here)  # whatever was under way is undone
    await asyncio.gather(*dying, return_exceptions=True)
    await hubs[1].take(OVERDUE_AT)
    said = await hubs[1].said()
    assert (len(said), set(said.values())) == (2 * DOCUMENTS, {1})
