"""What loopback does of its own accord: it reports each document registered (03), once."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from gateway.sdk import Accepted, Adapter, CollectedStatus, StatusCode
from gateway.sdk.conformance import golden
from gateway.sdk.opening import find


@pytest.fixture
async def loopback(tmp_path: Path) -> AsyncGenerator[Adapter, None]:
    async with find(Path(__file__).parents[1]).opened({}, golden.context(tmp_path)) as adapter:
        yield adapter


async def test_each_document_is_reported_registered_oldest_first(loopback: Adapter) -> None:
    taken = [await loopback.deliver(golden.consignment(key=key)) for key in ("b", "a")]
    assert [each async for each in loopback.collect()] == [
        CollectedStatus(reference=str(each.reference), key=key, code=StatusCode.REGISTERED)
        for each, key in zip(taken, ("b", "a"), strict=True)
    ]


async def test_a_document_that_comes_again_is_not_reported_again(loopback: Adapter) -> None:
    await loopback.deliver(golden.consignment())
    async for each in loopback.collect():
        await loopback.acknowledge(each, Accepted())
    await loopback.deliver(golden.consignment(attempt=2))
    assert [each async for each in loopback.collect()] == []
