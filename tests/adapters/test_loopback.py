"""The reference adapter: a receiver that takes everything and reports it registered, once."""

import pytest

from gateway.core.faults import Misconfigured
from gateway.sdk import Accepted, Adapter, CollectedStatus, Outcome, Refused, StatusCode
from tests.adapters.consignments import consignment
from tests.catalogues import catalogue, linked


@pytest.fixture
async def loopback() -> Adapter:
    return await catalogue().adapter(linked("loopback"))


async def test_a_repeat_of_a_key_has_the_same_reference_and_one_report(loopback: Adapter) -> None:
    first, second = await loopback.deliver(consignment()), await loopback.deliver(consignment(attempt=4))
    assert first.reference == second.reference
    assert len([each async for each in loopback.collect()]) == 1


async def test_each_document_is_reported_registered_oldest_first(loopback: Adapter) -> None:
    taken = [await loopback.deliver(consignment(key=key)) for key in ("b", "a")]
    assert [each async for each in loopback.collect()] == [
        CollectedStatus(reference=str(each.reference), key=key, code=StatusCode.REGISTERED)
        for each, key in zip(taken, ("b", "a"), strict=True)
    ]


@pytest.mark.parametrize("outcome", [Accepted(), Refused(code="status-conflict", vi="", en="")])
async def test_what_is_acknowledged_is_not_given_again_even_after_a_repeat(loopback: Adapter, outcome: Outcome) -> None:
    await loopback.deliver(consignment())
    async for each in loopback.collect():
        await loopback.acknowledge(each, outcome)
    await loopback.deliver(consignment())
    assert [each async for each in loopback.collect()] == []


async def test_it_is_always_well(loopback: Adapter) -> None:
    await loopback.health()


async def test_it_has_no_settings() -> None:
    with pytest.raises(Misconfigured, match=r"link-misconfigured.*url"):
        await catalogue().adapter(linked("loopback", {"url": "http://127.0.0.1"}))
