"""The log tells my calls, and explains what was wrong with them."""

import json
import re
from typing import Any

import pytest

from gateway.core.fault_codes import FAULTS
from gateway.entry.sandbox.explained import problems
from tests.sandbox.conftest import Vendor

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_a_broken_signature_is_explained_with_its_cure(vendor: Vendor) -> None:
    await vendor.send(vendor.letter().replace("phối hợp".encode(), "đối chiếu".encode()))
    ((problem,),) = [call["problems"] for call in await vendor.calls()]
    known = FAULTS["signature-invalid"]
    assert (problem["code"], problem["vi"], problem["cure_vi"]) == ("signature-invalid", known.vi, known.cure_vi)
    assert (problem["en"], problem["cure_en"]) == (known.en, known.cure_en)


async def test_each_error_of_a_wrong_envelope_has_its_path_and_line(vendor: Vendor) -> None:
    await vendor.call("POST", "/validations", data=b"<edXML>\n</wrong>", headers={"Content-Type": "application/xml"})
    ((problem,),) = [call["problems"] for call in await vendor.calls()]
    assert (problem["code"], problem["line"]) == ("malformed-xml", 2)


async def test_a_refusal_of_the_policy_names_its_article(vendor: Vendor) -> None:
    await vendor.send(vendor.letter(subject="Tối mật: Phương án bảo vệ"))
    ((problem,),) = [call["problems"] for call in await vendor.calls()]
    assert (problem["code"], problem["article"], problem["path"]) == ("state-secret", "1.1b", "MessageHeader/Subject")


async def test_findings_of_an_accepted_document_are_explained(vendor: Vendor) -> None:
    envelope = vendor.letter()
    await vendor.advance(4 * 24 * 60)
    await vendor.send(envelope)
    ((finding,),) = [call["findings"] for call in await vendor.calls()]
    assert (finding["code"], finding["article"], finding["cure_vi"]) == ("issued-late", "6.3", "Phát hành ngay trong ngày ký.")


async def test_a_wrong_token_is_my_problem(vendor: Vendor) -> None:
    await vendor.call("GET", "/inbox", headers={"Authorization": "Bearer wrong"})
    ((problem,),) = [call["problems"] for call in await vendor.calls()]
    assert problem["code"] == "unauthenticated"


async def test_calls_of_the_peers_are_not_mine(vendor: Vendor) -> None:
    await vendor.play("/send", {"kind": "document"})
    assert await vendor.calls() == []


async def test_an_injected_fault_is_no_problem_of_mine(vendor: Vendor) -> None:
    await vendor.switch(busy=True, busy_every=1)
    await vendor.call("GET", "/agencies")
    (call,) = await vendor.calls()
    assert (call["status"], call["injected"], call["problems"]) == (503, ["busy"], [])


async def test_a_good_day_has_nothing_to_mend(vendor: Vendor) -> None:
    await vendor.send(vendor.letter())
    await vendor.play("/send", {"kind": "document"})
    taken = await vendor.take()
    for code in ("01", "03", "06"):
        await vendor.report(taken["id"], code)
    await vendor.advance(24 * 60)
    summary = (await vendor.play("/calls", method="GET"))["summary"]
    assert summary == {"calls": 7, "problems": 0, "findings": 0, "hints": 0, "injected": 0}


async def test_the_log_knows_size_and_digest_of_a_body(vendor: Vendor) -> None:
    envelope = vendor.letter()
    _, answer = await vendor.send(envelope)
    (call,) = await vendor.calls()
    assert (call["sent_bytes"], call["sent_sha256"]) == (len(envelope), answer["sha256"])


async def test_the_log_keeps_no_token_and_no_body(vendor: Vendor) -> None:
    token, file = vendor.sandbox.laid.token(vendor.mine.organ), vendor.sandbox.laid.folder / "calls.jsonl"
    before = len(file.read_text("utf-8")) if file.exists() else 0
    await vendor.play("/send", {"kind": "document"})
    lease = await vendor.lease()
    await vendor.call("POST", f"/inbox/leases/{lease['token']}/ack", json={})
    await vendor.call("GET", "/inbox", params={"x": token})
    await vendor.send(vendor.letter())
    kept = file.read_text("utf-8")[before:] + json.dumps(await vendor.calls())
    assert [secret for secret in (token, lease["token"], "Kinh gui", "edXMLHeader") if secret in kept] == []


async def test_the_file_has_each_call_and_each_hint(vendor: Vendor) -> None:
    envelope = vendor.letter()
    await vendor.send(envelope)
    await vendor.send(envelope)
    lines = [json.loads(line) for line in (vendor.sandbox.laid.folder / "calls.jsonl").read_text("utf-8").splitlines()[-3:]]
    first, second, third = ((line.get("status"), (line.get("hint") or {}).get("code")) for line in lines)
    assert (first, second, third) == ((202, None), (200, None), (None, "repeat-without-key"))
    assert lines[1]["number"] == lines[2]["number"]


async def test_a_body_of_many_parts_is_overheard_once(vendor: Vendor) -> None:
    boundary, envelope = "thu", vendor.letter()
    data = b"--thu\r\nContent-Type: application/xml\r\nContent-ID: <edxml>\r\n\r\n" + envelope + b"\r\n--thu--\r\n"
    headers = {"Content-Type": f"multipart/related; boundary={boundary}"}
    status, _ = await vendor.call("POST", "/documents", data=data, headers=headers)
    (call,) = await vendor.calls()
    assert (status, call["sent_bytes"]) == (202, len(data))


async def test_a_vendor_s_pipeline_asks_for_what_is_troubled(vendor: Vendor) -> None:
    await vendor.call("GET", "/agencies")
    await vendor.call("GET", "/nowhere")
    troubled: dict[str, Any] = await vendor.play("/calls?troubled=1", method="GET")
    assert [call["path"] for call in troubled["items"]] == ["/api/v1/nowhere"]
    cleared = await vendor.play("/calls", method="DELETE")
    assert cleared["summary"]["problems"] == 0


async def test_the_trace_id_is_that_of_the_answer(vendor: Vendor) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    await vendor.call("GET", "/agencies", headers={"traceparent": f"00-{trace}-00f067aa0ba902b7-01"})
    (call,) = await vendor.calls()
    assert (call["trace_id"], bool(re.fullmatch(r"[\d.]+", str(call["milliseconds"])))) == (trace, True)


async def test_a_call_of_a_face_is_logged_too(vendor: Vendor) -> None:
    async with vendor.session.post(f"{vendor.sandbox.url}/faces/no_such/x", data=b"<x/>") as response:
        assert response.status == 401
    (call,) = await vendor.calls()
    assert (call["path"], [each["code"] for each in call["problems"]]) == ("/faces/no_such/x", ["unauthenticated"])


async def test_a_fault_of_another_protocol_is_told_by_its_status() -> None:
    (problem,) = problems({}, 500)
    assert (problem.code, problem.said) == ("refused-by-face", "HTTP 500")
