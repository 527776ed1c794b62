"""The peers behave as agencies do."""

import pytest

from tests.sandbox.conftest import Vendor, reported

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_a_peer_works_through_what_i_send(vendor: Vendor) -> None:
    _, answer = await vendor.send(vendor.letter())
    await vendor.until(answer["id"], lambda own: own["state"] == "collected")
    await vendor.advance(2)
    delivery = await vendor.until(answer["id"], lambda own: own["state"] == "completed")
    assert reported(delivery) == ["01", "03", "04", "05", "06"]


async def test_a_peer_agrees_to_a_recall(vendor: Vendor) -> None:
    _, answer = await vendor.send(vendor.letter())
    delivery = await vendor.until(answer["id"], lambda own: own["state"] == "collected")
    await vendor.report(delivery["id"], "13", "Phát hành nhầm")
    after = await vendor.until(answer["id"], lambda own: own["state"] == "recalled", minutes=0.1)
    assert after["status_code"] == "15"


async def test_a_peer_refuses_a_document_whose_subject_asks_for_it(vendor: Vendor) -> None:
    _, answer = await vendor.send(vendor.letter(subject="V/v thử từ chối [02]"))
    own = await vendor.until(answer["id"], lambda own: own["state"] == "rejected", minutes=0.1)
    assert (own["status_code"], own["why"]) == ("02", "Văn bản không đúng thẩm quyền giải quyết")


async def test_a_peer_refuses_a_recall_where_the_subject_asks_for_it(vendor: Vendor) -> None:
    _, answer = await vendor.send(vendor.letter(subject="V/v thử thu hồi [16]"))
    delivery = await vendor.until(answer["id"], lambda own: own["state"] == "collected")
    await vendor.report(delivery["id"], "13", "Phát hành nhầm")
    after = await vendor.until(answer["id"], lambda own: own["state"] != "recall_requested", minutes=0.1)
    assert after["status_code"] == "16"


@pytest.mark.parametrize(("kind", "priority"), [("document", 0), ("urgent", 3)])
async def test_a_peer_sends_me_a_document_without_findings(vendor: Vendor, kind: str, priority: int) -> None:
    sent = await vendor.play("/send", {"kind": kind})
    (delivery,) = (await vendor.lease())["deliveries"]
    assert (delivery["priority"], sent["answer"]["findings"]) == (priority, [])


async def test_a_peer_recalls_what_i_took(vendor: Vendor) -> None:
    await vendor.play("/send", {"kind": "document"})
    taken = await vendor.take()
    await vendor.play("/send", {"kind": "recall"})
    (own,) = (await vendor.document(taken["document"]))["deliveries"]
    assert (own["state"], own["status_code"]) == ("recall_requested", "13")


async def test_a_peer_updates_what_it_sent_under_the_same_number(vendor: Vendor) -> None:
    first = await vendor.play("/send", {"kind": "document"})
    second = await vendor.play("/send", {"kind": "update"})
    shown = [await vendor.document(each["answer"]["id"]) for each in (first, second)]
    assert [each["business_type"] for each in shown] == [0, 2]
    assert shown[0]["code"] == shown[1]["code"]


async def test_a_peer_that_never_sent_anything_sends_before_it_updates(vendor: Vendor) -> None:
    *_, silent = vendor.sandbox.laid.peers
    await vendor.play("/send", {"kind": "update", "from": silent.organ})
    assert sorted(each["priority"] for each in (await vendor.lease())["deliveries"]) == [0, 0]


async def test_a_peer_replies_to_what_i_sent(vendor: Vendor) -> None:
    _, answer = await vendor.send(vendor.letter())
    await vendor.until(answer["id"], lambda own: own["state"] == "collected")
    sent = await vendor.play("/send", {"kind": "reply"})
    assert (await vendor.document(sent["answer"]["id"]))["subject"] == f"Trả lời văn bản số {vendor.number}/VP-HC"


async def test_a_peer_has_nothing_to_reply_to_at_first(vendor: Vendor) -> None:
    *_, silent = vendor.sandbox.laid.peers
    refused = await vendor.play("/send", {"kind": "reply", "from": silent.organ})
    assert (refused["code"], refused["errors"][0]["message"]) == ("not-found", "Bạn chưa gửi cơ quan này văn bản nào.")


async def test_only_a_peer_can_be_asked_to_send(vendor: Vendor) -> None:
    assert (await vendor.play("/send", {"from": "H01.99"}))["code"] == "not-found"


async def test_peers_send_by_themselves_while_traffic_is_on(vendor: Vendor) -> None:
    await vendor.switch(traffic=True)
    await vendor.advance(1)
    assert (await vendor.lease())["deliveries"]
