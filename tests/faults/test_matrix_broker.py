"""RabbitMQ or a worker gone at each step between a POST and its last receipt: each document arrives, once.

A worker that dies during an attempt is in test_worker_killed.py: another takes over only when its lease has ended.
"""

import asyncio
from collections.abc import Iterator

import pytest

from tests.faults.correspondence import Office, proven
from tests.faults.steps import (
    FREEZE_SECONDS,
    STEPS,
    Step,
    accepted_and_not_yet_published,
    handed_over_and_no_status_yet,
    taken_and_the_answer_lost,
    while_documents_are_posted,
)
from tests.postgres import PostgresServer, postgres
from tests.production import ProductionPlane, running
from tests.rabbitmq import RabbitServer, rabbit

__all__ = ["postgres", "rabbit"]

LINKED = tuple(f"H56.40.{number:02d}" for number in range(1, 5))


@pytest.fixture(scope="module")
def plane(postgres: PostgresServer, rabbit: RabbitServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProductionPlane]:
    how = {"linked": LINKED, "gateways": 1, "workers": 1, "seconds": 3}
    with running(tmp_path_factory.mktemp("plane"), postgres, rabbit, settled=True, **how) as plane:
        yield plane


@pytest.fixture(scope="module")
def office(plane: ProductionPlane) -> Office:
    return Office(plane)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__)
async def test_rabbitmq_killed_loses_and_doubles_nothing(plane: ProductionPlane, office: Office, step: Step) -> None:
    async def strike() -> None:
        await asyncio.to_thread(plane.rabbit.kill)
        await asyncio.to_thread(plane.rabbit.start)

    await proven(plane, office, await step(plane, office, strike))


@pytest.mark.parametrize("step", [while_documents_are_posted, taken_and_the_answer_lost], ids=lambda step: step.__name__)
async def test_rabbitmq_frozen_loses_and_doubles_nothing(plane: ProductionPlane, office: Office, step: Step) -> None:
    async def strike() -> None:
        plane.rabbit.freeze()
        await asyncio.sleep(FREEZE_SECONDS)
        plane.rabbit.thaw()

    await proven(plane, office, await step(plane, office, strike))


@pytest.mark.parametrize("step", [accepted_and_not_yet_published, handed_over_and_no_status_yet], ids=lambda step: step.__name__)
async def test_a_worker_killed_loses_and_doubles_nothing(plane: ProductionPlane, office: Office, step: Step) -> None:
    async def strike() -> None:
        plane.workers[0].kill()
        await plane.workers[0].restart()

    await proven(plane, office, await step(plane, office, strike))
