"""POST and GET /documents."""

import asyncio
import hashlib
import json
from dataclasses import replace

from gateway.core import writing
from gateway.core.model import BusinessType, StatusCode
from tests.api.conftest import DEPARTMENT_ALIAS, WARD, Province, of_today
from tests.documents import COMMUNE, DEPARTMENT, PDF, PROVINCE, attachment, document, status


async def test_a_signed_document_is_accepted_with_a_delivery_for_each_receiver(hub: Province) -> None:
    answer = await hub.province.send(document())
    assert [(each["to"], each["state"]) for each in answer["deliveries"]] == [(DEPARTMENT, "available"), (COMMUNE, "available")]


async def test_the_answer_names_the_digest_of_the_bytes_that_were_sent(hub: Province) -> None:
    data = hub.province.sign(document())
    _, answer = await hub.province.post_xml("/documents", data)
    assert answer["sha256"] == hashlib.sha256(data).hexdigest()


async def test_the_location_of_an_accepted_document_leads_to_it(hub: Province) -> None:
    data = hub.province.sign(document())
    status, body, headers = await hub.province.call("POST", "/documents", data=data, headers={"Content-Type": "application/xml"})
    assert status == 202
    _, shown = await hub.province.get(headers["Location"].removeprefix("/api/v1"))
    assert shown["id"] == body["id"]


async def test_the_same_bytes_again_get_the_very_same_answer(hub: Province) -> None:
    data = hub.province.sign(document())
    first = await hub.province.post_xml("/documents", data)
    again = await hub.province.post_xml("/documents", data)
    assert (first[0], again[0], again[1]) == (202, 200, first[1])


async def test_two_hundred_parallel_posts_of_one_document_make_one_document(hub: Province) -> None:
    data = hub.province.sign(document())
    answers = await asyncio.gather(*(hub.province.post_xml("/documents", data) for _ in range(200)))
    assert sorted(status for status, _ in answers) == [200] * 199 + [202]
    assert len({json.dumps(body) for _, body in answers}) == 1
    _, listed = await hub.province.get("/documents")
    assert len(listed["items"]) == 1


async def test_the_same_number_with_other_content_is_a_conflict_that_names_the_first(hub: Province) -> None:
    first = await hub.province.send(document())
    status, problem = await hub.province.post_xml("/documents", hub.province.sign(document(subject="Nội dung khác")))
    assert (status, problem["code"]) == (409, "duplicate-document")
    assert first["id"] in problem["detail"]


async def test_an_update_of_a_document_shares_its_number_but_is_another_document(hub: Province) -> None:
    first = await hub.province.send(document())
    second = await hub.province.send(document(business_type=BusinessType.UPDATE))
    assert first["id"] != second["id"]


async def test_an_idempotency_key_for_other_content_is_a_conflict(hub: Province) -> None:
    one, two = hub.province.sign(document("1")), hub.province.sign(document("2"))
    key = {"Idempotency-Key": "k-1"}
    assert (await hub.province.post_xml("/documents", one, **key))[0] == 202
    status, problem = await hub.province.post_xml("/documents", two, **key)
    assert (status, problem["code"]) == (409, "idempotency-key-reused")


async def test_unknown_receivers_refuse_the_whole_document_naming_each(hub: Province) -> None:
    data = hub.province.sign(document(to=(DEPARTMENT, "000.00.98.H56", "000.00.99.H56")))
    status, problem = await hub.province.post_xml("/documents", data)
    assert (status, problem["code"]) == (422, "receiver-unknown")
    assert [each["message"].split(":")[0] for each in problem["errors"]] == ["000.00.98.H56", "000.00.99.H56"]
    assert (await hub.department.get("/inbox"))[1]["items"] == []


async def test_the_original_bytes_are_handed_over_untouched(hub: Province) -> None:
    data = hub.province.sign(document()) + b"\n\n"
    _, answer = await hub.province.post_xml("/documents", data)
    status, body, headers = await hub.department.call("GET", f"/documents/{answer['id']}/envelope")
    assert (status, body) == (200, data)
    assert headers["ETag"] == f'"{answer["sha256"]}"'


async def test_an_inline_attachment_comes_back_decoded(hub: Province) -> None:
    answer = await hub.province.send(document(attachments=(attachment(),)))
    status, body, headers = await hub.department.call("GET", f"/documents/{answer['id']}/attachments/1")
    assert (status, body, headers["Content-Type"]) == (200, PDF, "application/pdf")


async def test_a_range_of_an_attachment_is_served(hub: Province) -> None:
    answer = await hub.province.send(document(attachments=(attachment(),)))
    status, body, headers = await hub.department.call(
        "GET", f"/documents/{answer['id']}/attachments/1", headers={"Range": "bytes=1-3"}
    )
    assert (status, body, headers["Content-Range"]) == (206, b"PDF", f"bytes 1-3/{len(PDF)}")


async def test_an_attachment_that_is_not_base64_is_refused(hub: Province) -> None:
    broken = replace(attachment(), encoded="JVBERi0x*")
    status, problem = await hub.province.post_xml("/documents", hub.province.sign(document(attachments=(broken,))))
    assert (status, problem["code"]) == (422, "attachment-encoding")


async def test_an_attachment_beyond_the_last_is_not_found(hub: Province) -> None:
    answer = await hub.province.send(document(attachments=(attachment(),)))
    assert (await hub.department.get(f"/documents/{answer['id']}/attachments/2"))[0] == 404


async def test_an_agency_that_is_no_party_finds_nothing(hub: Province) -> None:
    answer = await hub.province.send(document())
    for path in ("", "/envelope", "/receipt", "/attachments/1", "/receipts"):
        assert (await hub[WARD].get(f"/documents/{answer['id']}{path}"))[0] == 404


async def test_a_receiver_sees_only_its_own_delivery(hub: Province) -> None:
    answer = await hub.province.send(document())
    _, shown = await hub.department.get(f"/documents/{answer['id']}")
    assert [each["to"] for each in shown["deliveries"]] == [DEPARTMENT]


async def test_a_document_whose_from_is_another_agency_is_refused(hub: Province) -> None:
    spoofed = document(sender=PROVINCE, to=(COMMUNE,))
    status, problem = await hub.department.post_xml("/documents", hub.department.sign(spoofed))
    assert (status, problem["code"]) == (422, "sender-mismatch")


async def test_an_unsigned_document_is_refused(hub: Province) -> None:
    status, problem = await hub.province.post_xml("/documents", writing.emit(document()))
    assert (status, problem["code"]) == (422, "signature-missing")


async def test_a_tampered_document_is_refused(hub: Province) -> None:
    data = hub.province.sign(document()).replace("báo cáo".encode(), b"bao cao")
    status, problem = await hub.province.post_xml("/documents", data)
    assert (status, problem["code"]) == (422, "signature-invalid")


async def test_a_document_signed_by_another_agency_is_refused(hub: Province) -> None:
    status, problem = await hub.province.post_xml("/documents", hub.department.sign(document()))
    assert (status, problem["code"]) == (422, "certificate-unregistered")


async def test_all_problems_are_told_at_once_with_their_lines(hub: Province) -> None:
    data = writing.emit(document(subject="x" * 600)).replace(b"2026/11/23</edXML:Prom", b"2026/02/30</edXML:Prom")
    status, problem = await hub.province.post_xml("/documents", data)
    assert (status, problem["code"]) == (422, "schema-invalid")
    codes = {each["code"] for each in problem["errors"]}
    assert {"R.MessageHeader.Subject", "T.MessageHeader.PromulgationInfo.PromulgationDate", "signature-missing"} <= codes
    assert all(each["line"] for each in problem["errors"] if each["code"].startswith(("R.", "T.")))


async def test_a_refusal_is_told_in_english_to_who_asks(hub: Province) -> None:
    headers = {"Accept-Language": "en", "Content-Type": "application/xml"}
    _, problem, _ = await hub.province.call("POST", "/documents", data=b"<x>", headers=headers)
    assert problem["title"] == "The file is not well-formed XML."


async def test_a_refused_document_may_be_sent_again_once_it_is_corrected(hub: Province) -> None:
    assert (await hub.province.post_xml("/documents", writing.emit(document())))[0] == 422
    assert (await hub.province.send(document()))["document_id"] == of_today(document()).header.document_id


async def test_a_validation_stores_nothing(hub: Province) -> None:
    status, body = await hub.province.post_xml("/validations", hub.province.sign(document()))
    assert (status, body["valid"]) == (200, True)
    assert [each["to"] for each in body["plan"]["deliveries"]] == [DEPARTMENT, COMMUNE]
    assert (await hub.province.get("/documents"))[1]["items"] == []


async def test_a_refusal_leaves_one_audit_row_and_a_refused_validation_none(hub: Province) -> None:
    unsigned = writing.emit(document())
    assert (await hub.province.post_xml("/validations", unsigned))[0] == 422
    assert (await hub.hub.ports.ledger.tally()).refusals == 0
    assert (await hub.province.post_xml("/documents", unsigned))[0] == 422
    assert (await hub.hub.ports.ledger.tally()).refusals == 1


async def test_a_validation_gives_the_problem_that_posting_would_give(hub: Province) -> None:
    status, problem = await hub.province.post_xml("/validations", writing.emit(document()))
    assert (status, problem["code"]) == (422, "signature-missing")


async def test_a_status_package_is_not_a_document(hub: Province) -> None:
    data = writing.emit(status(document(), StatusCode.ARRIVED))
    answered, problem = await hub.province.post_xml("/documents", data)
    assert (answered, problem["code"]) == (422, "not-a-document")


async def test_documents_are_listed_by_role_page_by_page(hub: Province) -> None:
    sent = [(await hub.province.send(document(str(number))))["id"] for number in range(1, 6)]
    _, first = await hub.department.get("/documents", role="receiver", limit=3)
    _, second = await hub.department.get("/documents", role="receiver", limit=3, after=first["next"])
    assert [each["id"] for each in (*first["items"], *second["items"])] == list(reversed(sent))
    assert second["next"] is None
    assert (await hub.department.get("/documents", role="sender"))[1]["items"] == []


async def test_a_receiver_named_by_two_of_its_ids_gets_one_delivery_and_a_finding(hub: Province) -> None:
    answer = await hub.province.send(document(to=(DEPARTMENT, DEPARTMENT_ALIAS)))
    assert [each["to"] for each in answer["deliveries"]] == [DEPARTMENT]
    assert "receiver-duplicate" in {each["code"] for each in answer["findings"]}
