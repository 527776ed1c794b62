"""A worker killed in the middle of everything: attempts under way, notes in its hands, a batch that it was publishing."""

import asyncio
from collections.abc import Iterator
from typing import Final

import pytest

from tests.faults.correspondence import Office, Sent, drained, keys, proven, seen
from tests.faults.proxy import Proxy
from tests.faults.steps import HANGS, answering
from tests.postgres import PostgresServer, postgres
from tests.production import ProductionPlane, eventually, running
from tests.rabbitmq import RabbitServer, rabbit

__all__ = ["postgres", "rabbit"]

NOT_TAKEN, TAKEN = ("H56.40.01", "H56.40.02"), ("H56.40.03", "H56.40.04")
"""What their receivers are doing when the worker dies: they have not answered, or have the document and have not said so."""
UNPUBLISHED: Final = "H56.40.05"
STREAMED: Final = "H56.40.06"
STREAM: Final = 30
SECONDS: Final = 10.0
"""Of an attempt: long enough to lay everything out."""
KEEPS_QUIET: Final = {"seconds": 60}
LEASE_SECONDS: Final = 180
"""What was being attempted is another's only when its lease has ended."""
SOON_SECONDS: Final = 45


@pytest.fixture(scope="module")
def proxy(rabbit: RabbitServer) -> Iterator[Proxy]:
    proxy = Proxy(rabbit.port)
    with proxy.serving():
        yield proxy


@pytest.fixture(scope="module")
def plane(
    postgres: PostgresServer, rabbit: RabbitServer, proxy: Proxy, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ProductionPlane]:
    linked = (*NOT_TAKEN, *TAKEN, UNPUBLISHED, STREAMED)
    folder = tmp_path_factory.mktemp("plane")
    how = {"linked": linked, "gateways": 1, "workers": 2, "seconds": SECONDS, "broker_port": proxy.port}
    with running(folder, postgres, rabbit, **how) as plane:
        yield plane


async def test_what_a_killed_worker_had_in_its_hands_is_done_by_another_once(plane: ProductionPlane, proxy: Proxy) -> None:
    office = Office(plane)
    dies, takes_over = plane.workers
    takes_over.kill()  # until the other is gone, everything is in that one's hands
    attempted, waiting = await _attempted(plane, office), await _to(office, *NOT_TAKEN, *TAKEN)
    await _counted(plane, "published_at IS NOT NULL AND attempt_token IS NULL", len(waiting))
    streaming = asyncio.create_task(office.post_all(office.write(organ) for organ in [STREAMED] * STREAM))
    proxy.lose_notes()
    unpublished = await _to(office, UNPUBLISHED)
    await _counted(plane, "relay_token IS NOT NULL AND system = 'H56.40.05'", 1)
    assert await asyncio.to_thread(proxy.lost.wait, SOON_SECONDS)
    dies.kill()
    await _counted(plane, "attempt_token IS NOT NULL AND system <> 'H56.40.06'", len(attempted))
    proxy.heal()
    await plane.tell(usual={})
    await takes_over.restart()

    await seen(plane, waiting, SOON_SECONDS)  # they were un-acked, and wait for nobody's lease
    assert all(not keys(plane.received(), sent.id, organ) for sent in attempted[:2] for organ in sent.deliveries)
    await drained(plane, LEASE_SECONDS)
    assert _requests(plane, attempted) == [2, 2, 2, 2]  # the dead one's and the other's, under one key
    await proven(plane, office, [*attempted, *waiting, *unpublished, *await streaming])
    assert takes_over.logged("delivery.taken_back")
    await dies.restart()


async def _attempted(plane: ProductionPlane, office: Office) -> list[Sent]:
    """Have an attempt under way on each lane."""
    async with answering(plane, HANGS):
        not_taken = await _to(office, *NOT_TAKEN)
        await seen(plane, not_taken)
    await plane.tell(usual=KEEPS_QUIET)
    taken = await _to(office, *TAKEN)
    await seen(plane, taken)
    return not_taken + taken


async def _to(office: Office, *organs: str) -> list[Sent]:
    return [await office.post(office.write(organ)) for organ in organs]


async def _counted(plane: ProductionPlane, where: str, at_least: int) -> None:
    async def counted() -> bool:
        return int(await asyncio.to_thread(plane.sql, f"SELECT count(*) FROM outbox WHERE {where}")) >= at_least  # noqa: S608

    await eventually(counted, SOON_SECONDS, where)


def _requests(plane: ProductionPlane, documents: list[Sent]) -> list[int]:
    received = [each["document"] for each in plane.received()]
    return [received.count(sent.id) for sent in documents]
