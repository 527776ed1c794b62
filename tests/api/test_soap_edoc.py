"""The SOAP face of the hub, as vendors' systems use it."""

import base64
import os
from collections.abc import AsyncIterator
from datetime import datetime

import pytest

from gateway.core import writing
from gateway.core.model import VIETNAM, BusinessType, Priority, StatusCode
from tests.api.conftest import Province, of_today
from tests.api.soap_vendor import CALL, Vendor, opened, pending, send
from tests.documents import COMMUNE, DEPARTMENT, PROVINCE, attachment, document, status


@pytest.fixture
async def vendors(hub: Province) -> AsyncIterator[dict[str, Vendor]]:
    async with opened(hub) as made:
        yield made


async def test_a_document_goes_from_vendor_to_vendor_byte_for_byte(hub: Province, vendors: dict[str, Vendor]) -> None:
    signed = hub.province.sign(document(to=(DEPARTMENT,), attachments=(attachment(),)))
    sent = await vendors[PROVINCE].call("SendDocument", document=signed, messageId="m-1")
    (waiting,) = (await vendors[DEPARTMENT].call("GetPendingDocumentIds")).document
    assert (waiting.organId, waiting.toOrganId, waiting.subject) == (PROVINCE, DEPARTMENT, "V/v báo cáo tình hình kết nối")
    got = await vendors[DEPARTMENT].call("GetDocument", docId=waiting.docId)
    assert (sent.status, got.status, got.docId, got.document) == ("Success", "Success", waiting.docId, signed)


async def test_the_same_document_again_has_the_same_id(hub: Province, vendors: dict[str, Vendor]) -> None:
    signed = hub.province.sign(document(to=(DEPARTMENT,)))
    first, again = [await vendors[PROVINCE].call("SendDocument", document=signed) for _ in range(2)]
    assert first.docId == again.docId
    assert len(await pending(vendors[DEPARTMENT])) == 1


async def test_what_is_urgent_comes_first_and_as_many_as_asked_for(hub: Province, vendors: dict[str, Vendor]) -> None:
    await send(hub, vendors, number="1")
    await send(hub, vendors, number="2", priority=Priority.EXPRESS)
    (first,) = (await vendors[DEPARTMENT].call("GetPendingDocumentIds", limit=1)).document
    assert first.priority == 3


async def test_confirming_one_document_leaves_the_others_waiting(hub: Province, vendors: dict[str, Vendor]) -> None:
    await send(hub, vendors, number="1")
    await send(hub, vendors, number="2")
    first, second = await pending(vendors[DEPARTMENT])
    for _ in range(2):
        assert (await vendors[DEPARTMENT].call("ConfirmReceived", docId=first)).status == "Success"
    assert await pending(vendors[DEPARTMENT]) == [second]


async def test_a_late_confirmation_takes_nothing_back(hub: Province, vendors: dict[str, Vendor]) -> None:
    sent = await send(hub, vendors)
    (name,) = await pending(vendors[DEPARTMENT])
    await vendors[DEPARTMENT].call("UpdateTraces", docId=name, trace={"statusCode": "05"})
    assert (await vendors[DEPARTMENT].call("ConfirmReceived", docId=name)).status == "Success"
    assert (await hub.province.get(f"/documents/{sent}"))[1]["deliveries"][0]["state"] == "processing"


async def test_a_refusal_is_a_status_and_no_confirmation(hub: Province, vendors: dict[str, Vendor]) -> None:
    await send(hub, vendors)
    (name,) = await pending(vendors[DEPARTMENT])
    answer = await vendors[DEPARTMENT].call("ConfirmReceived", docId=name, status="Fail")
    assert (answer.status, answer.errors[0].code) == ("Fail", "R.status")
    assert await pending(vendors[DEPARTMENT]) == [name]


async def test_statuses_reach_the_sender_in_order_after_its_cursor(hub: Province, vendors: dict[str, Vendor]) -> None:
    sent = await send(hub, vendors)
    (name,) = await pending(vendors[DEPARTMENT])
    await vendors[DEPARTMENT].call("ConfirmReceived", docId=name)
    told = await vendors[PROVINCE].call("GetTraces")
    assert [(each.docId, each.deliveryId, each.statusCode) for each in told.trace] == [(sent, name, "01")]
    reported = {"statusCode": "04", "timestamp": "2026/11/23 09:00:00", "department": "Phòng Văn thư", "staff": "Lê Thị Mẫu"}
    assert (await vendors[DEPARTMENT].call("UpdateTraces", docId=name, trace=reported)).status == "Success"
    (trace,) = (await vendors[PROVINCE].call("GetTraces", after=told.next)).trace
    assert (trace.statusCode, trace.fromOrganId, trace.toOrganId) == ("04", PROVINCE, DEPARTMENT)
    assert trace.code == "1/UBND-VP"


async def test_a_status_package_is_recorded(hub: Province, vendors: dict[str, Vendor]) -> None:
    sent = await send(hub, vendors)
    package = status(of_today(document(to=(DEPARTMENT,))), StatusCode.REFUSED, description="Không đúng thẩm quyền")
    assert (await vendors[DEPARTMENT].call("UpdateTraces", document=writing.emit(package))).status == "Success"
    (trace,) = (await vendors[PROVINCE].call("GetTraces")).trace
    assert (trace.docId, trace.statusCode, trace.state) == (sent, "02", "rejected")
    assert trace.description == "Không đúng thẩm quyền"


async def test_a_recall_goes_there_and_back(hub: Province, vendors: dict[str, Vendor]) -> None:
    await send(hub, vendors)
    (name,) = await pending(vendors[DEPARTMENT])
    await vendors[DEPARTMENT].call("ConfirmReceived", docId=name)
    about = of_today(document(to=(DEPARTMENT,)))
    wish = status(about, StatusCode.RECALL_REQUESTED, reporter=PROVINCE, other=DEPARTMENT, description="Gửi nhầm")
    assert (await vendors[PROVINCE].call("UpdateTraces", document=writing.emit(wish))).status == "Success"
    (asked,) = (await vendors[DEPARTMENT].call("GetTraces")).trace
    assert (asked.docId, asked.statusCode, asked.description) == (name, "13", "Gửi nhầm")
    agreed = await vendors[DEPARTMENT].call("UpdateTraces", docId=name, trace={"statusCode": "15"})
    assert agreed.status == "Success"
    assert (await vendors[PROVINCE].call("GetTraces")).trace[-1].statusCode == "15"


@pytest.mark.parametrize(("business_type", "state"), [(BusinessType.UPDATE, "update"), (BusinessType.REPLACE, "replaced")])
async def test_a_receiver_reads_that_its_document_is_to_be_updated_or_is_replaced(
    hub: Province, vendors: dict[str, Vendor], business_type: BusinessType, state: str
) -> None:
    await send(hub, vendors)
    (name,) = await pending(vendors[DEPARTMENT])
    await vendors[DEPARTMENT].call("ConfirmReceived", docId=name)
    other = hub.province.sign(of_today(document(to=(DEPARTMENT,), business_type=business_type)))
    assert (await vendors[PROVINCE].call("SendDocument", document=other)).status == "Success"
    (told,) = (await vendors[DEPARTMENT].call("GetTraces")).trace
    assert (told.docId, told.state, told.statusCode) == (name, state, None)
    assert told.description.endswith(
        "theo văn bản 1/UBND-VP: Sửa lỗi" if state == "update" else "bằng văn bản 1/UBND-VP: Sửa lỗi"
    )


async def test_organizations_are_those_of_the_directory(hub: Province, vendors: dict[str, Vendor]) -> None:
    listed = (await vendors[COMMUNE].call("GetOrganizations")).organization
    assert {each.organId for each in listed} >= {PROVINCE, DEPARTMENT, COMMUNE}
    assert next(each for each in listed if each.organId == DEPARTMENT).oldCode == DEPARTMENT


async def test_a_system_is_told_who_it_is(hub: Province, vendors: dict[str, Vendor]) -> None:
    answer = await vendors[COMMUNE].call("CheckPermission")
    assert (answer.systemId, answer.organId) == (COMMUNE, [COMMUNE])


async def test_attachments_may_travel_beside_the_envelope(hub: Province, vendors: dict[str, Vendor]) -> None:
    content = os.urandom(300_000)
    beside = attachment(b"", content_id="a1")
    package = document(to=(DEPARTMENT,), attachments=(type(beside)(content_id="a1", name="Phụ lục.bin"),))
    signed = hub.province.sign(package, parts={"a1": content})
    given = [{"contentId": "a1", "content": content}]
    sent = await vendors[PROVINCE].call("SendDocument", document=signed, attachment=given)
    assert sent.status == "Success", sent
    (name,) = await pending(vendors[DEPARTMENT])
    got = await vendors[DEPARTMENT].call("GetDocument", docId=name)
    assert got.document == signed
    assert [(each.contentId, each.name, each.content) for each in got.attachment] == [("a1", "Phụ lục.bin", content)]


async def test_a_large_document_is_one_text_of_base64(hub: Province, vendors: dict[str, Vendor]) -> None:
    signed = hub.province.sign(document(to=(DEPARTMENT,), attachments=(attachment(os.urandom(9_000_000), name="a.bin"),)))
    assert len(signed) > 10_000_000
    assert (await vendors[PROVINCE].call("SendDocument", document=signed)).status == "Success"
    (name,) = await pending(vendors[DEPARTMENT])
    assert (await vendors[DEPARTMENT].call("GetDocument", docId=name)).document == signed


async def test_base64_with_line_ends_is_read(hub: Province, vendors: dict[str, Vendor]) -> None:
    written = base64.encodebytes(hub.province.sign(document(to=(DEPARTMENT,)))).decode()
    call = CALL.format(header="", verb="SendDocument", inside=f"<document>\n{written}</document>")
    status_, said = await vendors[PROVINCE].post(call.encode())
    assert (status_, "Success" in said) == (200, True)


async def test_names_without_a_namespace_are_understood(hub: Province, vendors: dict[str, Vendor]) -> None:
    inside = '<limit xmlns="">5</limit>'
    status_, _ = await vendors[PROVINCE].post(CALL.format(header="", verb="GetPendingDocumentIds", inside=inside).encode())
    assert status_ == 200


async def test_the_time_of_a_status_is_vietnams(hub: Province, vendors: dict[str, Vendor]) -> None:
    await send(hub, vendors)
    (name,) = await pending(vendors[DEPARTMENT])
    reported = {"statusCode": "3", "timestamp": "2026/11/23 09:00:00"}
    await vendors[DEPARTMENT].call("UpdateTraces", docId=name, trace=reported)
    (trace,) = (await vendors[PROVINCE].call("GetTraces")).trace
    assert trace.statusCode == "03"
    assert datetime.strptime(trace.timestamp, "%Y/%m/%d %H:%M:%S").replace(tzinfo=VIETNAM)
