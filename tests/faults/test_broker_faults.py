"""A broker that confirms nothing, takes nothing or is not there: accepting goes on, and the backlog drains by itself."""

import asyncio
import time
from collections.abc import Iterator
from typing import Final

import pytest

from tests.faults.correspondence import Office, page, proven, seen
from tests.faults.proxy import Proxy
from tests.faults.steps import HANGS, answering, published, to_each
from tests.postgres import PostgresServer, postgres
from tests.production import ProductionPlane, eventually, running
from tests.rabbitmq import RabbitServer, rabbit

__all__ = ["postgres", "rabbit"]

LINKED = tuple(f"H56.40.{number:02d}" for number in range(1, 5))
SOON_SECONDS: Final = 45
BACK_SECONDS: Final = 10
"""A document that was accepted without the broker is delivered so soon after its return."""
USUAL_WATERMARK: Final = "0.4"


@pytest.fixture(scope="module")
def proxy(rabbit: RabbitServer) -> Iterator[Proxy]:
    proxy = Proxy(rabbit.port)
    with proxy.serving():
        yield proxy


@pytest.fixture(scope="module")
def plane(
    postgres: PostgresServer, rabbit: RabbitServer, proxy: Proxy, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ProductionPlane]:
    how = {"linked": LINKED, "gateways": 1, "workers": 1, "seconds": 10, "broker_port": proxy.port}
    with running(tmp_path_factory.mktemp("plane"), postgres, rabbit, **how) as plane:
        yield plane


@pytest.fixture(scope="module")
def office(plane: ProductionPlane) -> Office:
    return Office(plane)


async def _broker(plane: ProductionPlane) -> str:
    """Ask the gateway how it finds the broker; it is ready in any case."""
    status, said = await page(f"{plane.gateways[0].url}/readyz")
    assert status == 200, said
    return said


async def test_a_note_whose_confirm_is_lost_comes_twice_and_has_one_effect(
    plane: ProductionPlane, office: Office, proxy: Proxy
) -> None:
    async def held() -> bool:
        listed = await asyncio.to_thread(plane.rabbit.ctl, "list_queues", "-p", plane.vhost, "messages", "--no-table-headers")
        return sum(map(int, listed.split())) > 0

    async def doubled() -> bool:
        skipped = {each["delivery"] for each in plane.workers[0].logged("delivery.skipped")}
        return bool(skipped & {each for sent in behind for each in sent.deliveries.values()})

    async with answering(plane, HANGS):  # nobody takes a note away before it is there twice
        first = await to_each(plane, office)
        await seen(plane, first)
        proxy.lose_confirms()
        behind = await to_each(plane, office)
        assert await asyncio.to_thread(proxy.lost.wait, SOON_SECONDS)
        await eventually(held, SOON_SECONDS, "the broker holds what the hub has no confirm of")
        proxy.heal()
        await published(plane, len(behind))
    await eventually(doubled, SOON_SECONDS, "a note comes a second time")
    await proven(plane, office, first + behind)


async def test_a_note_that_never_reached_the_broker_is_published_again(
    plane: ProductionPlane, office: Office, proxy: Proxy
) -> None:
    proxy.lose_notes()
    documents = await to_each(plane, office)
    assert await asyncio.to_thread(proxy.lost.wait, SOON_SECONDS)
    proxy.heal()
    await proven(plane, office, documents)


async def test_a_broker_out_of_memory_stops_no_sender_and_says_so_and_then_all_is_delivered(
    plane: ProductionPlane, office: Office, rabbit: RabbitServer
) -> None:
    async def blocked() -> bool:
        return '"broker-blocked"' in await _broker(plane)

    await asyncio.to_thread(rabbit.ctl, "set_vm_memory_high_watermark", "absolute", "1")
    try:
        await eventually(blocked, SOON_SECONDS, "the gateway names what ails the broker")
        documents = await to_each(plane, office)
        assert await blocked()
        assert not {sent.id for sent in documents} & {each["document"] for each in plane.received()}
    finally:
        await asyncio.to_thread(rabbit.ctl, "set_vm_memory_high_watermark", USUAL_WATERMARK)
    await proven(plane, office, documents)


async def test_what_is_accepted_while_the_broker_is_stopped_is_delivered_within_10_seconds_of_its_return(
    plane: ProductionPlane, office: Office, rabbit: RabbitServer
) -> None:
    await asyncio.to_thread(rabbit.stop)
    documents = await to_each(plane, office)
    assert '"broker-unavailable"' in await _broker(plane)
    await asyncio.to_thread(rabbit.start)
    back = time.monotonic()
    await seen(plane, documents)
    assert time.monotonic() - back < BACK_SECONDS
    await proven(plane, office, documents)
