"""What the SOAP face of the hub refuses, and how it says so."""

import io
from collections.abc import AsyncIterator
from typing import Any

import pytest
from lxml import etree

from gateway.core import writing
from gateway.core.model import StatusCode
from gateway.sdk.shipped import shipped
from tests.api.conftest import Province, of_today
from tests.api.soap_vendor import CALL, FACE, Vendor, opened, pending, send, zeep
from tests.documents import COMMUNE, DEPARTMENT, PROVINCE, document, status


@pytest.fixture
async def vendors(hub: Province) -> AsyncIterator[dict[str, Vendor]]:
    async with opened(hub) as made:
        yield made


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
    await send(hub, vendors)
    other = hub.province.sign(document(to=(DEPARTMENT,), subject="Khác"))
    assert (await vendors[PROVINCE].call("SendDocument", document=other)).errors[0].code == "ExistDoc"


async def test_a_status_package_is_no_document(hub: Province, vendors: dict[str, Vendor]) -> None:
    package = writing.emit(status(of_today(document()), StatusCode.REGISTERED))
    assert (await vendors[DEPARTMENT].call("SendDocument", document=package)).errors[0].code == "M.SendDocument"


async def test_a_status_on_a_document_that_is_not_here_yet_is_taken(hub: Province, vendors: dict[str, Vendor]) -> None:
    package = writing.emit(status(of_today(document("77")), StatusCode.REGISTERED))
    assert (await vendors[DEPARTMENT].call("UpdateTraces", document=package)).status == "Success"


async def test_an_answer_that_nobody_asked_for_is_refused(hub: Province, vendors: dict[str, Vendor]) -> None:
    await send(hub, vendors)
    package = writing.emit(status(of_today(document()), StatusCode.RECALL_AGREED))
    assert (await vendors[DEPARTMENT].call("UpdateTraces", document=package)).errors[0].code == "M.UpdateStatusDoc"


@pytest.mark.parametrize("verb", ["GetDocument", "ConfirmReceived"])
@pytest.mark.parametrize("whose", [COMMUNE, PROVINCE])
async def test_a_delivery_is_its_receivers_alone(hub: Province, vendors: dict[str, Vendor], verb: str, whose: str) -> None:
    await send(hub, vendors)
    (name,) = await pending(vendors[DEPARTMENT])
    answer = await vendors[whose].call(verb, docId=name)
    assert (answer.status, answer.errors[0].code) == ("Fail", "R.docId")
    assert await pending(vendors[DEPARTMENT]) == [name]


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
    await send(hub, vendors)
    (name,) = await pending(vendors[DEPARTMENT])
    status_, said = await vendors[DEPARTMENT].post(HOSTILE[what].replace("{docId}", name).encode())
    assert status_ == 400 and "<faultcode>soap:" in said and "Traceback" not in said
    assert await pending(vendors[DEPARTMENT]) == [name]


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
    await send(hub, vendors)
    (name,) = await pending(vendors[DEPARTMENT])
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
