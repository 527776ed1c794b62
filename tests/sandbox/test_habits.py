"""What my system does again and again, or not at all, is pointed out."""

import asyncio
from collections.abc import Awaitable, Callable

import aiohttp
import pytest

from gateway.entry.sandbox.hints import HINTS
from tests.sandbox.conftest import Vendor

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def poll_without_wait(vendor: Vendor) -> None:
    for _ in range(3):
        await vendor.lease(wait=0)


async def lease_and_forget(vendor: Vendor) -> None:
    await vendor.play("/send", {"kind": "document"})
    await vendor.lease(seconds=60)
    await vendor.advance(2)


async def acknowledge_unseen(vendor: Vendor) -> None:
    await vendor.play("/send", {"kind": "document"})
    lease = await vendor.lease()
    await vendor.call("POST", f"/inbox/leases/{lease['token']}/ack", json={})


async def take_and_say_nothing(vendor: Vendor) -> None:
    await vendor.play("/send", {"kind": "document"})
    await vendor.take()
    await vendor.advance(20)


async def show_the_token(vendor: Vendor) -> None:
    await vendor.call("GET", "/agencies", params={"access_token": vendor.sandbox.laid.token(vendor.mine.organ)})


async def download_again(vendor: Vendor) -> None:
    for _ in range(2):
        await vendor.call("GET", "/agencies")


async def repeat_without_a_key(vendor: Vendor) -> None:
    envelope = vendor.letter()
    for _ in range(2):
        await vendor.send(envelope)


async def repeat_too_early(vendor: Vendor) -> None:
    await vendor.switch(busy=True, busy_every=1)
    for _ in range(2):
        await vendor.call("GET", "/inbox", params={"limit": "7"})


async def give_up_after_a_lost_answer(vendor: Vendor) -> None:
    await vendor.switch(lost_answer=True)
    with pytest.raises(aiohttp.ClientError):
        await vendor.send(vendor.letter())
    await vendor.advance(10)


async def register_a_changed_document(vendor: Vendor) -> None:
    await vendor.switch(bad_signature=True)
    await vendor.play("/send", {"kind": "document"})
    taken = await vendor.take()
    await vendor.report(taken["id"], "03")


async def register_twice(vendor: Vendor) -> None:
    await vendor.play("/send", {"kind": "document"})
    taken = await vendor.take()
    for number in (1, 2):
        await vendor.report(taken["id"], "03", f"Số đến {number}")


BAD_HABITS: dict[str, Callable[[Vendor], Awaitable[None]]] = {
    "poll-without-wait": poll_without_wait,
    "lease-not-settled": lease_and_forget,
    "ack-without-fetch": acknowledge_unseen,
    "never-reported": take_and_say_nothing,
    "token-in-url": show_the_token,
    "etag-ignored": download_again,
    "repeat-without-key": repeat_without_a_key,
    "retry-too-early": repeat_too_early,
    "answer-not-repeated": give_up_after_a_lost_answer,
    "altered-accepted": register_a_changed_document,
    "registered-twice": register_twice,
}


@pytest.mark.parametrize("code", HINTS)
async def test_a_bad_habit_is_pointed_out(vendor: Vendor, code: str) -> None:
    await BAD_HABITS[code](vendor)
    assert await vendor.hints() == [code]


async def test_a_long_poll_is_no_polling(vendor: Vendor) -> None:
    for _ in range(3):
        await vendor.lease(wait=0.1)
    assert await vendor.hints() == []


async def test_a_repeat_with_a_key_is_a_good_habit(vendor: Vendor) -> None:
    envelope = vendor.letter()
    for _ in range(2):
        await vendor.send(envelope, **{"Idempotency-Key": f"vb-{vendor.number}"})
    assert await vendor.hints() == []


async def test_a_repeat_after_its_time_is_a_good_habit(vendor: Vendor) -> None:
    await vendor.switch(busy=True, busy_every=1, busy_retry_after=1)
    for _ in range(2):
        await vendor.call("GET", "/inbox")
        await vendor.advance(0.1)
    assert await vendor.hints() == []


async def test_a_refusal_of_a_changed_document_is_a_good_habit(vendor: Vendor) -> None:
    await vendor.switch(bad_signature=True)
    await vendor.play("/send", {"kind": "document"})
    taken = await vendor.take()
    await vendor.report(taken["id"], "02", "Chữ ký không hợp lệ")
    assert await vendor.hints() == []


async def test_the_call_of_a_client_that_gave_up_is_logged(vendor: Vendor) -> None:
    await vendor.switch(slow=True, slow_seconds=0.3)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await vendor.call("GET", "/agencies")
    await asyncio.sleep(0.4)
    assert [call["injected"] for call in await vendor.calls()] == [["slow"]]
