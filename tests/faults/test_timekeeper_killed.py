"""Workers killed while they say what is due: after they are back each step was said exactly once."""

import asyncio
from collections.abc import Iterator
from typing import Final

import pytest

from tests.faults.correspondence import Office
from tests.postgres import PostgresServer, postgres
from tests.production import ProductionPlane, eventually, running
from tests.rabbitmq import RabbitServer, rabbit

__all__ = ["postgres", "rabbit"]

POLLS, LINKED = "H56.40.01", "H56.40.02"
DEADLINES: Final = 20_000
"""So many that killing falls between two transactions, and into one."""
SOON_SECONDS: Final = 60
MANY: Final = f"""
INSERT INTO deadlines (id, rule, document, delivery, organ, creditor, unit, starts_at, due_on, due_at, provisional,
                       decided, state, late, reason, stage, next_at)
SELECT md5(each::text), rule, document, delivery, organ, creditor, each::text, starts_at - week, due_on, due_at - week,
       provisional, decided, state, late, reason, stage, due_at - week
FROM deadlines, generate_series(1, {DEADLINES}) each, (SELECT 28 * 86400 * 1000000::bigint AS week) weeks
WHERE rule = 'collection'
"""  # noqa: S608
"""Four weeks ago the document waited so many times."""
SAID: Final = """
SELECT count(*), count(DISTINCT (data->>'deadline') || (data->>'step')) FROM events
WHERE type IN ('deadline.overdue', 'deadline.reminder')
"""
DUE: Final = "SELECT count(*) FROM deadlines WHERE next_at < extract(epoch FROM now()) * 1000000"
BOTH: Final = "SELECT count(*) FROM deadlines WHERE state = 'overdue' AND stage = 2"


@pytest.fixture(scope="module")
def plane(postgres: PostgresServer, rabbit: RabbitServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProductionPlane]:
    folder = tmp_path_factory.mktemp("plane")
    with running(folder, postgres, rabbit, linked=[LINKED], polling=[POLLS], gateways=1, workers=2) as plane:
        yield plane


async def test_workers_killed_while_they_take_steps_have_said_each_once_in_the_end(plane: ProductionPlane) -> None:
    office = Office(plane)
    await office.post(office.write(POLLS))
    await counted(plane, "SELECT count(*) FROM deadlines WHERE rule = 'collection'", 1)
    for each in plane.workers:
        each.kill()
    await asyncio.to_thread(plane.sql, MANY)
    for _ in range(2):
        before, _ = await said(plane)
        for each in plane.workers:
            each.start()
        await counted(plane, "SELECT count(*) FROM events WHERE type = 'deadline.overdue'", before // 2 + 500)
        for each in plane.workers:
            each.kill()
        assert int(await asyncio.to_thread(plane.sql, DUE)) > 0, "they were killed when all was done"
    for each in plane.workers:
        await each.restart()
    await counted(plane, BOTH, DEADLINES)
    assert await said(plane) == (2 * DEADLINES, 2 * DEADLINES)  # overdue, and a day later


async def said(plane: ProductionPlane) -> tuple[int, int]:
    """Count what was said, and what of it was different."""
    total, different = (await asyncio.to_thread(plane.sql, SAID)).split("|")
    return int(total), int(different)


async def counted(plane: ProductionPlane, query: str, at_least: int) -> None:
    async def enough() -> bool:
        return int(await asyncio.to_thread(plane.sql, query)) >= at_least

    await eventually(enough, SOON_SECONDS, query)
