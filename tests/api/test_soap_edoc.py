"""The SOAP face of the hub, called by zeep from the WSDL that the hub itself serves."""

import asyncio
import base64
import io
import os
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest
from lxml import etree

from gateway.core import writing
from gateway.core.model import VIETNAM, Priority, StatusCode
from gateway.sdk.shipped import shipped
from tests.api.conftest import Client, Province, of_today
from tests.documents import COMMUNE, DEPARTMENT, PROVINCE, attachment, document, status

zeep = pytest.importorskip("zeep")
requests = pytest.importorskip("requests")

FACE = "/faces/soap_edoc"
CALL = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">{header}<s:Body>'
    '<{verb} xmlns="http://www.e-doc.vn/Schema/">{inside}</{verb}></s:Body></s:Envelope>'
)


class Vendor:
    """A vendor's system with its SOAP client; each call runs in a thread, as the hub is in this one."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.auth = (client.organ, client.token)
        self._zeep: Any = None

    async def call(self, verb: str, **given: Any) -> Any:
        return await asyncio.to_thread(self._call, verb, given)

    async def close(self) -> None:
        self._session.close()

    def _call(self, verb: str, given: dict[str, Any]) -> Any:
        if self._zeep is None:
            settings = zeep.Settings(forbid_dtd=True, forbid_external=True, xml_huge_tree=True)
            transport = zeep.Transport(session=self._session)
            self._zeep = zeep.Client(f"{self.client.base}{FACE}?wsdl", transport=transport, settings=settings)
        return self._zeep.service[verb](**given)

    async def post(self, body: bytes | io.BytesIO, **headers: str) -> tuple[int, str]:
        """Post octets as they are."""
        own = {"Content-Type": "text/xml; charset=utf-8", "Authorization": f"Bearer {self.client.token}"} | headers
        async with self.client.session.post(f"{self.client.base}{FACE}", data=body, headers=own) as response:
            return response.status, await response.text()


@pytest.fixture
async def vendors(hub: Province) -> AsyncIterator[dict[str, Vendor]]:
    made = {organ: Vendor(hub[organ]) for organ in (PROVINCE, DEPARTMENT, COMMUNE)}
    yield made
    for each in made.values():
        await each.close()


async def _sent(hub: Province, vendors: dict[str, Vendor], **of: Any) -> str:
    """Send a document to the department; give the id that the sender gets."""
    package = document(**({"to": (DEPARTMENT,)} | of))
    answer = await vendors[PROVINCE].call("SendDocument", document=hub.province.sign(package))
    assert (answer.status, answer.code, answer.errors) == ("Success", 0, [])
    name: str = answer.docId
    return name


async def _pending(vendor: Vendor) -> list[str]:
    return [each.docId for each in (await vendor.call("GetPendingDocumentIds")).document]


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
    assert len(await _pending(vendors[DEPARTMENT])) == 1


async def test_what_is_urgent_comes_first_and_as_many_as_asked_for(hub: Province, vendors: dict[str, Vendor]) -> None:
    await _sent(hub, vendors, number="1")
    await _sent(hub, vendors, number="2", priority=Priority.EXPRESS)
    (first,) = (await vendors[DEPARTMENT].call("GetPendingDocumentIds", limit=1)).document
    assert first.priority == 3


async def test_confirming_one_document_leaves_the_others_waiting(hub: Province, vendors: dict[str, Vendor]) -> None:
    await _sent(hub, vendors, number="1")
    await _sent(hub, vendors, number="2")
    first, second = await _pending(vendors[DEPARTMENT])
    for _ in range(2):
        assert (await vendors[DEPARTMENT].call("ConfirmReceived", docId=first)).status == "Success"
    assert await _pending(vendors[DEPARTMENT]) == [second]


async def test_a_late_confirmation_takes_nothing_back(hub: Province, vendors: dict[str, Vendor]) -> None:
    sent = await _sent(hub, vendors)
    (name,) = await _pending(vendors[DEPARTMENT])
    await vendors[DEPARTMENT].call("UpdateTraces", docId=name, trace={"statusCode": "05"})
    assert (await vendors[DEPARTMENT].call("ConfirmReceived", docId=name)).status == "Success"
    assert (await hub.province.get(f"/documents/{sent}"))[1]["deliveries"][0]["state"] == "processing"


async def test_a_refusal_is_a_status_and_no_confirmation(hub: Province, vendors: dict[str, Vendor]) -> None:
    await _sent(hub, vendors)
    (name,) = await _pending(vendors[DEPARTMENT])
    answer = await vendors[DEPARTMENT].call("ConfirmReceived", docId=name, status="Fail")
    assert (answer.status, answer.errors[0].code) == ("Fail", "R.status")
    assert await _pending(vendors[DEPARTMENT]) == [name]


async def test_statuses_reach_the_sender_in_order_after_its_cursor(hub: Province, vendors: dict[str, Vendor]) -> None:
    sent = await _sent(hub, vendors)
    (name,) = await _pending(vendors[DEPARTMENT])
    await vendors[DEPARTMENT].call("ConfirmReceived", docId=name)
    told = await vendors[PROVINCE].call("GetTraces")
    assert [(each.docId, each.deliveryId, each.statusCode) for each in told.trace] == [(sent, name, "01")]
    reported = {"statusCode": "04", "timestamp": "2026/11/23 09:00:00", "department": "Phòng Văn thư", "staff": "Lê Thị Mẫu"}
    assert (await vendors[DEPARTMENT].call("UpdateTraces", docId=name, trace=reported)).status == "Success"
    (trace,) = (await vendors[PROVINCE].call("GetTraces", after=told.next)).trace
    assert (trace.statusCode, trace.fromOrganId, trace.toOrganId) == ("04", PROVINCE, DEPARTMENT)
    assert trace.code == "1/UBND-VP"


async def test_a_status_package_is_recorded(hub: Province, vendors: dict[str, Vendor]) -> None:
    sent = await _sent(hub, vendors)
    package = status(of_today(document(to=(DEPARTMENT,))), StatusCode.REFUSED, description="Không đúng thẩm quyền")
    assert (await vendors[DEPARTMENT].call("UpdateTraces", document=writing.emit(package))).status == "Success"
    (trace,) = (await vendors[PROVINCE].call("GetTraces")).trace
    assert (trace.docId, trace.statusCode, trace.state) == (sent, "02", "rejected")
    assert trace.description == "Không đúng thẩm quyền"


async def test_a_recall_goes_there_and_back(hub: Province, vendors: dict[str, Vendor]) -> None:
    await _sent(hub, vendors)
    (name,) = await _pending(vendors[DEPARTMENT])
    await vendors[DEPARTMENT].call("ConfirmReceived", docId=name)
    about = of_today(document(to=(DEPARTMENT,)))
    wish = status(about, StatusCode.RECALL_REQUESTED, reporter=PROVINCE, other=DEPARTMENT, description="Gửi nhầm")
    assert (await vendors[PROVINCE].call("UpdateTraces", document=writing.emit(wish))).status == "Success"
    (asked,) = (await vendors[DEPARTMENT].call("GetTraces")).trace
    assert (asked.docId, asked.statusCode, asked.description) == (name, "13", "Gửi nhầm")
    agreed = await vendors[DEPARTMENT].call("UpdateTraces", docId=name, trace={"statusCode": "15"})
    assert agreed.status == "Success"
    assert (await vendors[PROVINCE].call("GetTraces")).trace[-1].statusCode == "15"


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
    (name,) = await _pending(vendors[DEPARTMENT])
    got = await vendors[DEPARTMENT].call("GetDocument", docId=name)
    assert got.document == signed
    assert [(each.contentId, each.name, each.content) for each in got.attachment] == [("a1", "Phụ lục.bin", content)]


async def test_a_large_document_is_one_text_of_base64(hub: Province, vendors: dict[str, Vendor]) -> None:
    signed = hub.province.sign(document(to=(DEPARTMENT,), attachments=(attachment(os.urandom(9_000_000), name="a.bin"),)))
    assert len(signed) > 10_000_000
    assert (await vendors[PROVINCE].call("SendDocument", document=signed)).status == "Success"
    (name,) = await _pending(vendors[DEPARTMENT])
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


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"to": ("H56.99.99",)}, "R.MessageHeader.To.OrganId", "H56.99.99"),
        ({"subject": ""}, "N.MessageHeader.Subject", "Subject"),
        ({"sender": DEPARTMENT, "to": (PROVINCE,)}, "CheckPermission", DEPARTMENT),
    ],
)
async def test_a_refusal_has_a_code_and_vietnamese_words(
    hub: Province, vendors: dict[str, Vendor], change: dict[str, Any], code: str, words: str
) -> None:
    signed = hub.province.sign(document(**({"to": (DEPARTMENT,)} | change)))
    answer = await vendors[PROVINCE].call("SendDocument", document=signed)
    assert (answer.status, answer.code, answer.docId) == ("Fail", 9999, None)
    assert answer.errors[0].code == code and words in answer.errors[0].desc


async def test_a_changed_document_fails_the_check_of_its_signature(hub: Province, vendors: dict[str, Vendor]) -> None:
    signed = hub.province.sign(document(to=(DEPARTMENT,))).replace(b"V/v", b"V/w")
    answer = await vendors[PROVINCE].call("SendDocument", document=signed)
    assert answer.errors[0].code == "CheckSignature" and "[signature-invalid]" in answer.errors[0].desc


async def test_other_content_under_the_same_number_exists_already(hub: Province, vendors: dict[str, Vendor]) -> None:
    await _sent(hub, vendors)
    other = hub.province.sign(document(to=(DEPARTMENT,), subject="Khác"))
    assert (await vendors[PROVINCE].call("SendDocument", document=other)).errors[0].code == "ExistDoc"


async def test_a_status_package_is_no_document(hub: Province, vendors: dict[str, Vendor]) -> None:
    package = writing.emit(status(of_today(document()), StatusCode.REGISTERED))
    assert (await vendors[DEPARTMENT].call("SendDocument", document=package)).errors[0].code == "M.SendDocument"


async def test_a_status_on_an_unknown_document_is_refused(hub: Province, vendors: dict[str, Vendor]) -> None:
    package = writing.emit(status(of_today(document("77")), StatusCode.REGISTERED))
    assert (await vendors[DEPARTMENT].call("UpdateTraces", document=package)).errors[0].code == "M.UpdateStatusDoc"


@pytest.mark.parametrize("verb", ["GetDocument", "ConfirmReceived"])
@pytest.mark.parametrize("whose", [COMMUNE, PROVINCE])
async def test_a_delivery_is_its_receivers_alone(hub: Province, vendors: dict[str, Vendor], verb: str, whose: str) -> None:
    await _sent(hub, vendors)
    (name,) = await _pending(vendors[DEPARTMENT])
    answer = await vendors[whose].call(verb, docId=name)
    assert (answer.status, answer.errors[0].code) == ("Fail", "R.docId")
    assert await _pending(vendors[DEPARTMENT]) == [name]


async def test_a_wrong_password_is_asked_for_anew(hub: Province, vendors: dict[str, Vendor]) -> None:
    status_, _ = await vendors[PROVINCE].post(b"", Authorization="Basic eDp5")
    assert status_ == 401


HOSTILE = {
    "no XML": "<",
    "a DTD": '<!DOCTYPE a [<!ENTITY b "c">]>' + CALL.format(header="", verb="CheckPermission", inside=""),
    "an entity": CALL.format(header="", verb="GetDocument", inside="<docId>&b;</docId>"),
    "depth": CALL.format(header="", verb="GetDocument", inside="<a>" * 40 + "</a>" * 40),
    "many elements": CALL.format(header="", verb="GetDocument", inside="<a/>" * 30_000),
    "an instruction": CALL.format(header="", verb="GetDocument", inside="<?php x?>"),
    "SOAP 1.2": CALL.format(header="", verb="CheckPermission", inside="").replace(
        "http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"
    ),
    "no call": '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body/></s:Envelope>',
    "another namespace": CALL.format(header="", verb="CheckPermission", inside="").replace("e-doc.vn", "e-doc.example"),
    "an unknown call": CALL.format(header="", verb="DropTables", inside=""),
    "a header that must be understood": CALL.format(
        header='<s:Header><x xmlns="urn:x" s:mustUnderstand="1"/></s:Header>', verb="CheckPermission", inside=""
    ),
    "no base64": CALL.format(header="", verb="SendDocument", inside="<document>é</document>"),
    "two documents": CALL.format(header="", verb="SendDocument", inside="<document>AA==</document>" * 2),
    "MTOM": CALL.format(header="", verb="SendDocument", inside='<document><x:Include xmlns:x="urn:x"/></document>'),
    "no docId": CALL.format(header="", verb="GetDocument", inside=""),
    "a limit that is none": CALL.format(header="", verb="GetTraces", inside="<limit>-1</limit>"),
    "a status that is none": CALL.format(
        header="", verb="UpdateTraces", inside="<docId>{docId}</docId><trace><statusCode>99</statusCode></trace>"
    ),
    "13 without a package": CALL.format(
        header="", verb="UpdateTraces", inside="<docId>{docId}</docId><trace><statusCode>13</statusCode></trace>"
    ),
}


@pytest.mark.parametrize("what", HOSTILE)
async def test_what_is_no_call_is_a_fault_of_the_client(hub: Province, vendors: dict[str, Vendor], what: str) -> None:
    await _sent(hub, vendors)
    (name,) = await _pending(vendors[DEPARTMENT])
    status_, said = await vendors[DEPARTMENT].post(HOSTILE[what].replace("{docId}", name).encode())
    assert status_ == 400 and "<faultcode>soap:" in said and "Traceback" not in said
    assert await _pending(vendors[DEPARTMENT]) == [name]


EVERY = {
    "GetPendingDocumentIds": "",
    "GetDocument": "<docId>{docId}</docId>",
    "ConfirmReceived": "<docId>{docId}</docId>",
    "UpdateTraces": "<docId>{docId}</docId><trace><statusCode>03</statusCode></trace>",
    "GetTraces": "",
    "GetOrganizations": "",
    "CheckPermission": "",
    "SendDocument": "<document>AA==</document>",
}


@pytest.mark.parametrize("whose", [PROVINCE, DEPARTMENT])
async def test_every_answer_is_as_the_wsdl_has_it(hub: Province, vendors: dict[str, Vendor], whose: str) -> None:
    described: Any = etree.parse(shipped("adapters") / "soap_edoc" / "edoc.wsdl")
    schema = etree.XMLSchema(described.find(".//{http://www.w3.org/2001/XMLSchema}schema"))
    await _sent(hub, vendors)
    (name,) = await _pending(vendors[DEPARTMENT])
    for verb, inside in EVERY.items():
        call = CALL.format(header="", verb=verb, inside=inside.replace("{docId}", name))
        _, said = await vendors[whose].post(call.encode())
        (answer,) = etree.fromstring(said.encode()).iterfind("{*}Body/*")
        assert etree.QName(answer).localname == f"{verb}Response", said
        schema.assertValid(answer)


async def test_zeep_reads_the_faults(hub: Province, vendors: dict[str, Vendor]) -> None:
    with pytest.raises(zeep.exceptions.Fault, match="docId"):
        await vendors[DEPARTMENT].call("GetDocument", docId="")


async def test_too_large_a_call_is_refused(hub: Province, vendors: dict[str, Vendor]) -> None:
    limit = hub.hub.rules().limits.envelope
    status_, _ = await vendors[PROVINCE].post(io.BytesIO(b"x" * (limit * 11 // 8 + 65_537)))
    assert status_ == 413


async def test_the_wsdl_has_the_address_that_it_was_asked_at(hub: Province) -> None:
    headers = {"Authorization": f"Bearer {hub.province.token}", "Host": 'a&"b'}
    async with hub.province.session.get(f"{hub.base}{FACE}?wsdl", headers=headers) as response:
        described = await response.text()
        assert response.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert 'location="http://a&amp;&quot;b/faces/soap_edoc"' in described


async def test_other_methods_and_addresses_are_none(hub: Province) -> None:
    headers = {"Authorization": f"Bearer {hub.province.token}"}
    async with hub.province.session.put(f"{hub.base}{FACE}", headers=headers) as response:
        assert response.status == 405
    async with hub.province.session.get(f"{hub.base}{FACE}/x", headers=headers) as response:
        assert response.status == 404


async def test_the_time_of_a_status_is_vietnams(hub: Province, vendors: dict[str, Vendor]) -> None:
    await _sent(hub, vendors)
    (name,) = await _pending(vendors[DEPARTMENT])
    reported = {"statusCode": "3", "timestamp": "2026/11/23 09:00:00"}
    await vendors[DEPARTMENT].call("UpdateTraces", docId=name, trace=reported)
    (trace,) = (await vendors[PROVINCE].call("GetTraces")).trace
    assert trace.statusCode == "03"
    assert datetime.strptime(trace.timestamp, "%Y/%m/%d %H:%M:%S").replace(tzinfo=VIETNAM)
