"""Ten times the usual load at once: what is urgent overtakes, memory stays bounded, and the backlog drains by itself."""

import asyncio
from collections.abc import Iterator
from typing import Final

import psutil
import pytest

from gateway.core.model import Priority
from tests.faults.correspondence import Office, Sent, arrived, keys, proven, reconciled
from tests.postgres import PostgresServer, postgres
from tests.production import ProductionPlane, eventually, running
from tests.rabbitmq import RabbitServer, rabbit

__all__ = ["postgres", "rabbit"]

LINKED = tuple(f"H56.40.{number:02d}" for number in range(1, 5))
OTHER_SENDER: Final = "000.00.15.H56"
BURST: Final = 600
WRITERS: Final = 48
MOST_BYTES: Final = 300 * 1024 * 1024
"""Of one process, however much comes at once."""


@pytest.fixture(scope="module")
def plane(postgres: PostgresServer, rabbit: RabbitServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProductionPlane]:
    how = {"linked": LINKED, "polling": [OTHER_SENDER], "gateways": 2, "workers": 1}
    with running(tmp_path_factory.mktemp("plane"), postgres, rabbit, **how) as plane:
        yield plane


async def test_an_urgent_document_in_the_middle_of_a_burst_is_handed_over_before_the_bulk(plane: ProductionPlane) -> None:
    bulk, other, peak = Office(plane), Office(plane, OTHER_SENDER), 0
    bodies = [bulk.write(LINKED[number % len(LINKED)]) for number in range(BURST)]
    urgent = other.write(LINKED[0], priority=Priority.EXPRESS)

    async def half() -> bool:
        return len(bulk.sent) >= BURST // 2

    async def watch() -> None:
        nonlocal peak
        processes = [psutil.Process(each.pid) for each in plane.processes]
        while True:
            peak = max(peak, *(each.memory_info().rss for each in processes))
            await asyncio.sleep(0.1)

    watching = asyncio.create_task(watch())
    posting = asyncio.create_task(bulk.post_all(bodies, writers=WRITERS))
    await eventually(half, 120, "half of the burst is accepted")
    first = await other.post(urgent)
    documents = await posting
    await arrived(plane, [*documents, first])
    watching.cancel()
    assert _overtook(plane, first, documents) > BURST // 10
    assert peak < MOST_BYTES, f"{peak / 1024 / 1024:.0f} MB"
    await proven(plane, other, [first])
    await reconciled(plane)


def _overtook(plane: ProductionPlane, urgent: Sent, bulk: list[Sent]) -> int:
    """Count the documents of the bulk that came after the urgent one."""
    order = [each["document"] for each in plane.received()]
    assert all(len(keys(plane.received(), sent.id, organ)) == 1 for sent in [urgent] for organ in sent.deliveries)
    return len({sent.id for sent in bulk} & set(order[order.index(urgent.id) :]))
