"""Statuses, in edXML and JSON."""

from typing import Any

from gateway.core import writing
from gateway.core.model import StatusCode
from tests.api.conftest import Province, of_today
from tests.documents import DEPARTMENT, PROVINCE, document, status


async def _handed_over(hub: Province) -> tuple[dict[str, Any], str]:
    """Send a document and let the department collect it; give the document and the department's delivery."""
    sent = await hub.province.send(document())
    leased = await hub.department.lease()
    await hub.department.post(f"/inbox/leases/{leased['token']}/ack")
    return sent, leased["deliveries"][0]["id"]


async def _report(hub: Province, delivery: str, code: str, **more: Any) -> tuple[int, Any]:
    return await hub.department.post("/statuses", {"delivery": delivery, "code": code} | more)


async def test_a_status_moves_the_delivery(hub: Province) -> None:
    _, delivery = await _handed_over(hub)
    answered, body = await _report(hub, delivery, "03")
    assert (answered, body["state"], body["status_code"], body["delivery"]) == (202, "received", "03", delivery)


async def test_the_same_status_again_gives_the_same_answer(hub: Province) -> None:
    _, delivery = await _handed_over(hub)
    first = await _report(hub, delivery, "03", at="2026-11-23T09:00:00+07:00")
    again = await _report(hub, delivery, "03", at="2026-11-23T09:00:00+07:00")
    assert (first[0], again[0], first[1]) == (202, 200, again[1])


async def test_a_time_without_zone_is_vietnams(hub: Province) -> None:
    _, delivery = await _handed_over(hub)
    first = await _report(hub, delivery, "03", at="2026-11-23T09:00:00", staff={"department": "Văn thư"})
    again = await _report(hub, delivery, "03", at="2026-11-23T02:00:00Z", staff={"department": "Văn thư"})
    assert (first[0], again[0], first[1]) == (202, 200, again[1])


async def test_a_late_lower_status_is_history(hub: Province) -> None:
    _, delivery = await _handed_over(hub)
    await _report(hub, delivery, "05")
    answered, body = await _report(hub, delivery, "03")
    assert (answered, body["state"], body["status_code"]) == (202, "processing", "05")


async def test_a_refusal_without_a_reason_is_refused(hub: Province) -> None:
    _, delivery = await _handed_over(hub)
    answered, problem = await _report(hub, delivery, "02")
    assert (answered, problem["code"]) == (422, "status-reason-required")


async def test_a_refusal_with_its_reason_is_shown_to_the_sender(hub: Province) -> None:
    sent, delivery = await _handed_over(hub)
    await _report(hub, delivery, "02", description="Sai nơi nhận")
    _, shown = await hub.province.get(f"/documents/{sent['id']}")
    own = shown["deliveries"][0]
    assert (own["state"], own["status_code"], own["why"], own["owner"]) == ("rejected", "02", "Sai nơi nhận", "sender")


async def test_a_refusal_after_registration_is_a_conflict(hub: Province) -> None:
    _, delivery = await _handed_over(hub)
    await _report(hub, delivery, "03")
    answered, problem = await _report(hub, delivery, "02", description="Sai nơi nhận")
    assert (answered, problem["code"]) == (409, "status-conflict")


async def test_an_edxml_status_package_finds_its_delivery(hub: Province) -> None:
    _, delivery = await _handed_over(hub)
    answered, body = await hub.department.post_xml("/statuses", writing.emit(status(document(), StatusCode.REGISTERED)))
    assert (answered, body["delivery"], body["state"]) == (202, delivery, "received")


async def test_an_edxml_status_without_document_id_is_matched_by_code_and_date(hub: Province) -> None:
    _, delivery = await _handed_over(hub)
    data = writing.emit(status(document(), StatusCode.REGISTERED))
    start, end = data.index(b"<edXML:DocumentId>"), data.index(b"</edXML:DocumentId>") + len(b"</edXML:DocumentId>")
    answered, body = await hub.department.post_xml("/statuses", data[:start] + data[end:])
    assert (answered, body["delivery"]) == (202, delivery)


async def test_a_status_that_overtakes_its_document_waits_for_it(hub: Province) -> None:
    early = writing.emit(status(of_today(document()), StatusCode.REGISTERED))
    first, again = [await hub.department.post_xml("/statuses", early) for _ in range(2)]
    assert (first[0], again[0], first[1]) == (202, 200, again[1])
    assert (first[1]["delivery"], first[1]["state"], first[1]["status_code"]) == (None, "waiting", "03")
    sent = await hub.province.send(document())
    _, shown = await hub.province.get(f"/documents/{sent['id']}")
    states = {each["to"]: (each["state"], each["status_code"]) for each in shown["deliveries"]}
    assert states[DEPARTMENT] == ("received", "03")


async def test_a_status_without_its_reason_does_not_wait(hub: Province) -> None:
    package = status(document("99"), StatusCode.REFUSED)
    answered, problem = await hub.department.post_xml("/statuses", writing.emit(package))
    assert (answered, problem["code"]) == (422, "status-reason-required")


async def test_an_agency_cannot_report_for_another(hub: Province) -> None:
    _, delivery = await _handed_over(hub)
    assert (await hub.commune.post("/statuses", {"delivery": delivery, "code": "03"}))[0] == 404
    answered, problem = await hub.commune.post_xml("/statuses", writing.emit(status(document(), StatusCode.REGISTERED)))
    assert (answered, problem["code"]) == (422, "sender-mismatch")


async def test_a_document_is_not_a_status(hub: Province) -> None:
    answered, problem = await hub.province.post_xml("/statuses", hub.province.sign(document()))
    assert (answered, problem["code"]) == (422, "not-a-status")


async def test_a_recall_before_hand_over_withdraws_the_document_at_once(hub: Province) -> None:
    sent = await hub.province.send(document())
    recall = {"delivery": sent["deliveries"][0]["id"], "code": "13", "description": "Gửi nhầm"}
    answered, body = await hub.province.post("/statuses", recall)
    assert (answered, body["state"]) == (202, "recalled")
    assert (await hub.department.get("/inbox"))[1]["items"] == []


async def test_a_recall_after_hand_over_waits_for_the_receiver(hub: Province) -> None:
    _, delivery = await _handed_over(hub)
    package = status(document(), StatusCode.RECALL_REQUESTED, reporter=PROVINCE, other=DEPARTMENT, description="Gửi nhầm")
    answered, body = await hub.province.post_xml("/statuses", writing.emit(package))
    assert (answered, body["state"]) == (202, "recall_requested")
    assert (await _report(hub, delivery, "15"))[1]["state"] == "recalled"


async def test_a_receiver_cannot_ask_for_a_recall(hub: Province) -> None:
    _, delivery = await _handed_over(hub)
    assert (await _report(hub, delivery, "13", description="?"))[0] == 404


async def test_each_status_has_a_signed_receipt(hub: Province) -> None:
    sent, delivery = await _handed_over(hub)
    await _report(hub, delivery, "03")
    _, listed = await hub.province.get(f"/documents/{sent['id']}/receipts")
    assert [each["fact"] for each in listed["items"]] == ["accepted", "available", "available", "collected", "status"]
    _, xml = await hub.province.get(listed["items"][-1]["url"].removeprefix("/api/v1"))
    assert b"Signature" in xml
