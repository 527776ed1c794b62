"""Documents and statuses between a system that calls by the national SDK and one that calls the API."""

import base64
import hashlib
from collections.abc import Callable

from gateway.core import writing
from gateway.core.fault_codes import FAULTS
from gateway.entry.vxp.codes import CODES
from tests.api.conftest import Province, of_today
from tests.documents import COMMUNE, DEPARTMENT, PROVINCE, document
from tests.vxp.sdk import Sdk

Made = Callable[..., Sdk]


async def test_what_the_api_sends_the_sdk_takes_and_done_is_collected_and_no_more(hub: Province, sdk: Made) -> None:
    answer = await hub.province.send(document("11", to=(DEPARTMENT,)))
    own = sdk(DEPARTMENT)
    (row,) = await own.received()
    assert row["from"] == PROVINCE
    assert row["status"] == "initial"
    raw = await own.call("downloadEdoc", method="GET", docId=row["docId"])
    whole = await own.call("getEdoc", data=b"{}", docId=row["docId"], filePath="C:/edoc")
    assert base64.b64decode(whole["data"]) == raw
    assert hashlib.sha256(raw).hexdigest() == answer["sha256"]
    assert (await own.call("updateStatus", data=b"{}", docId=row["docId"], status="processing"))["status"] == "OK"
    (again,) = await own.received()
    assert again["status"] == "processing"
    assert (await own.call("countReceiveEdoc", data=b"{}"))["count"] == 1
    assert (await own.call("updateStatus", data=b"{}", docId=row["docId"], status="done"))["ErrorCode"] == "0"
    assert await own.received() == []
    _, shown = await hub.province.get(f"/documents/{answer['id']}")
    assert (shown["deliveries"][0]["state"], shown["deliveries"][0]["status_code"]) == ("collected", None)


async def test_what_the_sdk_sends_the_api_takes_and_its_status_comes_back_as_a_package(hub: Province, sdk: Made) -> None:
    own = sdk(PROVINCE)
    sent = await own.send(hub.province.sign(document("12", to=(COMMUNE,))), PROVINCE)
    assert sent["status"] == "OK", sent
    leased = await hub.commune.lease()
    delivery = leased["deliveries"][0]["id"]
    await hub.commune.post(f"/inbox/leases/{leased['token']}/ack")
    await hub.commune.post("/statuses", {"delivery": delivery, "code": "03"})
    (row,) = (await own.call("getSentEdocList", servicetype="eDoc", messagetype="edoc", docId=sent["DocId"]))["data"]
    assert (row["sendStatus"], row["receiveStatus"]) == ("done", "03")
    (status,) = await own.received("status")
    package = await own.call("downloadEdoc", method="GET", docId=status["docId"])
    assert b"<edXML:StatusCode>03<" in package
    await own.call("updateStatus", data=b"{}", docId=status["docId"], status="done")
    assert await own.received("status") == []
    assert (await own.call("countReceiveStatus", data=b"{}"))["count"] == 0


async def test_a_status_package_of_the_sdk_reaches_the_sender(hub: Province, sdk: Made) -> None:
    first, second = sdk(PROVINCE), sdk(DEPARTMENT)
    sent = await first.send(hub.province.sign(document("13", to=(DEPARTMENT,))), PROVINCE)
    (row,) = await second.received()
    await second.call("updateStatus", data=b"{}", docId=row["docId"], status="done")
    made = of_today(document("13", to=(DEPARTMENT,))).header
    package = f"""<?xml version="1.0" encoding="UTF-8"?>
<edXML xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016"><edXML:edXMLEnvelope
 xmlns:edXML="http://www.mic.gov.vn/TBT/QCVN_102_2016"><edXML:edXMLHeader><edXML:MessageHeader>
<edXML:From><edXML:OrganId>{DEPARTMENT}</edXML:OrganId></edXML:From>
<edXML:ResponseFor><edXML:OrganId>{PROVINCE}</edXML:OrganId><edXML:Code>{made.code.number}/{made.code.notation}</edXML:Code>
<edXML:PromulgationDate>{made.promulgation_date:%Y/%m/%d}</edXML:PromulgationDate>
<edXML:DocumentId>{made.document_id}</edXML:DocumentId></edXML:ResponseFor>
<edXML:StatusCode>05</edXML:StatusCode><edXML:Timestamp>{made.promulgation_date:%Y/%m/%d} 08:00:00</edXML:Timestamp>
</edXML:MessageHeader></edXML:edXMLHeader></edXML:edXMLEnvelope></edXML>"""
    assert (await second.send(package.encode(), DEPARTMENT, kind="status"))["status"] == "OK"
    _, shown = await hub.province.get(f"/documents/{sent['DocId']}")
    assert shown["deliveries"][0]["status_code"] == "05"
    assert len(await first.received("status")) == 1


async def test_a_hand_over_that_is_refused_is_seen_by_the_sender_with_its_reason(hub: Province, sdk: Made) -> None:
    answer = await hub.province.send(document("14", to=(DEPARTMENT,)))
    own = sdk(DEPARTMENT)
    (row,) = await own.received()
    await own.call("updateStatus", data=b"{}", docId=row["docId"], status="fail", description="Het dung luong")
    _, shown = await hub.province.get(f"/documents/{answer['id']}")
    assert shown["deliveries"][0]["state"] == "failed"
    sent = await sdk(PROVINCE).call("getSentEdocList", servicetype="eDoc", messagetype="edoc", docId=answer["id"])
    assert "Het dung luong" in sent["data"][0]["sendStatusDesc"]
    assert sent["data"][0]["sendStatus"] == "fail"


async def test_each_mistake_has_the_code_of_the_axis(hub: Province, sdk: Made) -> None:
    own = sdk(PROVINCE)
    good = hub.province.sign(document("15", to=(COMMUNE,)))
    strange = hub.province.sign(document("16", to=("H56.99.99",)))
    assert (await sdk(PROVINCE, "wrong").send(good, PROVINCE))["ErrorCode"] == "15"
    assert (await own.send(good, "H56.99.99"))["ErrorCode"] == "19"
    assert (await own.send(good, COMMUNE))["ErrorCode"] == "19"
    assert (await own.send(strange, PROVINCE))["ErrorCode"] == "18"
    assert (await own.send(b"<edXML", PROVINCE))["ErrorCode"] == "22"
    assert (await own.send(good, PROVINCE, **{"hash-file": "0" * 64}))["ErrorCode"] == "10"
    assert (await own.call("updateStatus", data=b"{}", docId="x" * 32, status="done"))["ErrorCode"] == "100"
    unsigned = writing.emit(of_today(document("17", to=(COMMUNE,))))
    assert (await own.send(unsigned, PROVINCE))["ErrorCode"] == "22"
    only = await own.send(good, PROVINCE, to=f'["{COMMUNE}"]')
    assert only["ErrorCode"] == "0"


def test_every_fault_has_a_code_of_the_sdk() -> None:
    assert set(CODES) == set(FAULTS)
    assert set(CODES.values()) <= {"10", "15", "18", "19", "20", "21", "22", "23", "100"}
