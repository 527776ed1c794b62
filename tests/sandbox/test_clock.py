"""The clock moves the whole hub."""

from datetime import timedelta

import pytest

from tests.sandbox.conftest import Vendor

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_a_document_that_is_sent_days_after_its_date_is_issued_late(vendor: Vendor) -> None:
    envelope = vendor.letter()
    await vendor.advance(4 * 24 * 60)
    status, answer = await vendor.send(envelope)
    assert (status, [each["code"] for each in answer["findings"]]) == (202, ["issued-late"])


async def test_a_lease_ends_when_the_clock_moves_past_it(vendor: Vendor) -> None:
    await vendor.play("/send", {"kind": "document"})
    first = await vendor.lease(seconds=600)
    await vendor.advance(11)
    again = await vendor.lease()
    assert [each["id"] for each in again["deliveries"]] == [each["id"] for each in first["deliveries"]]


async def test_the_clock_goes_to_a_moment(vendor: Vendor) -> None:
    at = (vendor.sandbox.clock.now() + timedelta(hours=3)).replace(microsecond=0)
    assert (await vendor.play("/clock", {"at": at.isoformat()}))["now"] == at.isoformat()
