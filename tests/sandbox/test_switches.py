"""Each switch has its visible effect, on my calls alone."""

import hashlib
import time

import aiohttp
import pytest

from tests.sandbox.conftest import Vendor, reported

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_without_receipts_a_document_is_taken_and_nothing_is_reported(vendor: Vendor) -> None:
    await vendor.switch(no_receipt=True)
    _, answer = await vendor.send(vendor.letter())
    await vendor.until(answer["id"], lambda own: own["state"] == "collected")
    await vendor.advance(60)
    await vendor.play("/send", {"kind": "document"})  # the peers had the time to look
    (own,) = (await vendor.document(answer["id"]))["deliveries"]
    assert (own["state"], own["status_code"]) == ("collected", None)


async def test_peers_make_up_for_their_silence(vendor: Vendor) -> None:
    await vendor.switch(no_receipt=True)
    _, answer = await vendor.send(vendor.letter())
    await vendor.until(answer["id"], lambda own: own["state"] == "collected")
    await vendor.advance(60)
    await vendor.switch(no_receipt=False)
    assert (await vendor.until(answer["id"], lambda own: own["state"] == "completed"))["status_code"] == "06"


async def test_doubled_statuses_come_twice_and_out_of_order(vendor: Vendor) -> None:
    await vendor.switch(duplicate=True)
    _, answer = await vendor.send(vendor.letter())
    await vendor.until(answer["id"], lambda own: own["state"] == "collected")
    await vendor.advance(2)
    delivery = await vendor.until(answer["id"], lambda own: len(reported(own)) == 10)
    assert reported(delivery) == ["06", "06", "05", "05", "04", "04", "03", "03", "01", "01"]


async def test_an_acknowledged_delivery_is_offered_once_more(vendor: Vendor) -> None:
    await vendor.switch(duplicate=True)
    await vendor.play("/send", {"kind": "document"})
    first, second = await vendor.take(), await vendor.take()
    third = await vendor.lease(wait=0)
    assert (second, third["deliveries"]) == (first, [])


async def test_a_doubled_lease_is_settled_without_the_ledger(vendor: Vendor) -> None:
    await vendor.switch(duplicate=True)
    await vendor.play("/send", {"kind": "document"})
    taken = await vendor.take()
    before = (await vendor.document(taken["document"]))["deliveries"][0]["timeline"]
    lease = await vendor.lease()
    status, acked = await vendor.call("POST", f"/inbox/leases/{lease['token']}/ack", json={})
    assert (status, acked) == (200, {"acked": [taken["id"]]})
    assert (await vendor.document(taken["document"]))["deliveries"][0]["timeline"] == before


async def test_a_slow_answer_takes_its_seconds(vendor: Vendor) -> None:
    await vendor.switch(slow=True, slow_seconds=0.3)
    began = time.monotonic()
    await vendor.call("GET", "/agencies")
    assert time.monotonic() - began >= 0.3


async def test_a_changed_envelope_is_not_the_one_of_the_lease(vendor: Vendor) -> None:
    await vendor.switch(bad_signature=True)
    await vendor.play("/send", {"kind": "document"})
    (delivery,) = (await vendor.lease())["deliveries"]
    _, envelope = await vendor.call("GET", f"/documents/{delivery['document']}/envelope")
    assert hashlib.sha256(envelope).hexdigest() != delivery["sha256"]
    await vendor.switch(bad_signature=False)
    _, whole = await vendor.call("GET", f"/documents/{delivery['document']}/envelope")
    assert hashlib.sha256(whole).hexdigest() == delivery["sha256"]


async def test_every_other_call_meets_a_busy_hub(vendor: Vendor) -> None:
    await vendor.switch(busy=True, busy_every=2)
    statuses = [(await vendor.call("GET", "/agencies"))[0] for _ in range(4)]
    assert statuses == [200, 503, 200, 503]


async def test_a_repeat_after_a_lost_answer_gets_the_first_answer(vendor: Vendor) -> None:
    await vendor.switch(lost_answer=True)
    envelope = vendor.letter()
    with pytest.raises(aiohttp.ClientError):
        await vendor.send(envelope)
    status, answer = await vendor.send(envelope)
    newest, *_ = (await vendor.call("GET", "/documents"))[1]["items"]
    assert (status, newest["id"]) == (200, answer["id"])


async def test_a_switch_that_does_not_exist_is_refused_by_name(vendor: Vendor) -> None:
    refused = await vendor.play("/switches", {"chaos": True})
    assert (refused["code"], refused["errors"][0]["path"]) == ("malformed-request", "chaos")
