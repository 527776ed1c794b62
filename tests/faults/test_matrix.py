"""Whatever is killed at whatever step between a POST and its last receipt: each document arrives, once."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.faults.correspondence import Office, proven
from tests.faults.steps import STEPS, Step
from tests.postgres import PostgresServer, postgres
from tests.production import ProductionPlane, running
from tests.rabbitmq import RabbitServer, rabbit

__all__ = ["postgres", "rabbit"]

LINKED = tuple(f"H56.40.{number:02d}" for number in range(1, 5))


@pytest.fixture(scope="module")
def plane(postgres: PostgresServer, rabbit: RabbitServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProductionPlane]:
    with running(tmp_path_factory.mktemp("plane"), postgres, rabbit, linked=LINKED, gateways=1, workers=1, seconds=3) as plane:
        yield plane


@pytest.fixture(scope="module")
def office(plane: ProductionPlane) -> Office:
    return Office(plane)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__)
async def test_a_gateway_killed_loses_and_doubles_nothing(plane: ProductionPlane, office: Office, step: Step) -> None:
    async def strike() -> None:
        plane.gateways[0].kill()
        await plane.gateways[0].restart()

    await proven(plane, office, await step(plane, office, strike))


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__)
async def test_postgresql_killed_loses_and_doubles_nothing(plane: ProductionPlane, office: Office, step: Step) -> None:
    async def strike() -> None:
        await asyncio.to_thread(plane.postgres.kill)
        await asyncio.to_thread(plane.postgres.start)

    await proven(plane, office, await step(plane, office, strike))
