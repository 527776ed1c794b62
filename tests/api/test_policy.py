"""The policy as agencies meet it: refusals and findings with their articles, what is held, paper copies, statistics."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from gateway.core.envelope import DocumentType, ResponseFor
from gateway.core.model import StatusCode
from gateway.core.policy.catalogue import RULES
from tests.api.conftest import Province, lienthong
from tests.documents import COMMUNE, DEPARTMENT, PROVINCE, attachment, document
from tests.judging import archive, business

MACRO = archive(**{"[Content_Types].xml": b"", "word/document.xml": b"", "word/vbaProject.bin": b""})


def with_macro(**more: Any) -> Any:
    return document(attachments=(attachment(MACRO, name="bao-cao.docm"),), **more)


async def send_macro(hub: Province) -> dict[str, Any]:
    return await hub.province.send(with_macro())


def vault_files(hub: Province, folder: Path) -> int:
    return sum(path.is_file() and path.name != "small.sqlite3" and "sqlite3" not in path.name for path in folder.rglob("*"))


async def test_a_state_secret_is_refused_with_its_article_and_nothing_is_kept(hub: Province, tmp_path: Path) -> None:
    secret = hub.province.sign(document(subject="Tối mật: Kế hoạch", attachments=(attachment(b"%PDF-" + bytes(400_000)),)))
    status, body = await hub.province.post_xml("/documents", secret)
    assert (status, body["code"], body["owner"]) == (422, "state-secret", "sender")
    assert body["errors"][0]["article"] == "1.1b" and "Điều 1.1b" in body["errors"][0]["message"]
    assert (await hub.province.get("/documents"))[1]["items"] == []
    assert vault_files(hub, tmp_path / "vault") == 0


async def test_the_refusal_of_a_rule_is_told_in_english_where_the_caller_prefers_it(hub: Province) -> None:
    letter = hub.province.sign(document(document_type=DocumentType(type=1, type_name="Đơn tố cáo")))
    _, body = await hub.province.post_xml("/documents", letter, **{"Accept-Language": "en"})
    assert "article 1.1b" in body["detail"] and body["errors"][0]["message"].startswith(RULES["complaint-paper"].en)


async def test_both_sides_are_shown_what_was_noticed(hub: Province) -> None:
    sent = await hub.province.send(document(subject="V/v đề nghị báo cáo"))
    for client in (hub.province, hub.department):
        _, shown = await client.get(f"/documents/{sent['id']}")
        assert [(each["code"], each["article"]) for each in shown["findings"]] == [("response-due-missing", "14.2, 15.2")]


@pytest.mark.parametrize(("answered", "noticed"), [("1/UBND-VP", []), ("7/UBND-VP", ["reply-unknown"])])
async def test_a_reply_names_a_document_that_the_sender_received(hub: Province, answered: str, noticed: list[str]) -> None:
    await hub.department.send(document(sender=DEPARTMENT, to=(PROVINCE,)))
    link = ResponseFor(organ_id=DEPARTMENT, code=answered, promulgation_date=document().header.promulgation_date)
    answer = await hub.province.send(document("20", to=(DEPARTMENT,), response_for=(link,)))
    assert [each["code"] for each in answer["findings"]] == noticed


async def test_attachments_are_described_by_their_octets_under_a_safe_name(hub: Province) -> None:
    named = attachment(archive(a=b"a", b=b"b"), name="../../ho so\u202e.zip")
    sent = await hub.province.send(document(attachments=(named,)))
    _, shown = await hub.department.get(f"/documents/{sent['id']}")
    (only,) = shown["attachments"]
    assert (only["name"], only["original_name"]) == ("ho so.zip", "../../ho so\u202e.zip")
    assert (only["media_type"], only["n"], only["pages"]) == ("application/zip", 1, None)
    status, octets, headers = await hub.department.call("GET", only["url"].removeprefix("/api/v1"))
    assert status == 200 and len(octets) == only["size"]
    assert headers["Content-Disposition"] == "attachment; filename*=UTF-8''ho%20so.zip"


async def test_an_office_file_with_macros_waits_for_the_operator_unseen_by_its_receivers(hub: Province) -> None:
    answer = await send_macro(hub)
    assert {each["state"] for each in answer["deliveries"]} == {"suspended"}
    assert [each["code"] for each in answer["findings"]] == ["attachment-macro"]
    _, shown = await hub.province.get(f"/documents/{answer['id']}")
    assert (shown["deliveries"][0]["owner"], shown["deliveries"][0]["why"]) == (
        "hub",
        f"{RULES['attachment-macro'].vi[:-1]} (bao-cao.docm).",
    )
    for path in ("", "/envelope", "/attachments/1", "/receipt"):
        assert (await hub.department.get(f"/documents/{answer['id']}{path}"))[0] == 404
    assert (await hub.department.lease(max=9))["deliveries"] == []


def decide(hub: Province, tmp_path: Path, *arguments: str) -> None:
    """Run a command on the test's own ledger."""
    config = tmp_path / "gateway.toml"
    rules = f'[directory]\nagencies = "{hub.folder}/agencies.toml"\ntrust = "{hub.folder}/ca"\n'
    secrets = f'key = "{hub.folder}/hub/directory.key"\n'
    config.write_text(f'[storage]\ndata = "{tmp_path}"\n{rules}{secrets}', "utf-8")
    lienthong("held", *arguments, "--config", str(config))


async def test_the_operator_releases_it_and_the_receivers_who_wait_get_it(hub: Province, tmp_path: Path) -> None:
    answer = await send_macro(hub)
    await asyncio.to_thread(decide, hub, tmp_path, "release", answer["id"], "--reason", "đã kiểm tra")
    (leased,) = (await hub.department.lease(max=9))["deliveries"]
    assert leased["document"] == answer["id"]


async def test_the_operator_turns_it_back_and_its_sender_is_told_why(hub: Province, tmp_path: Path) -> None:
    answer = await send_macro(hub)
    await asyncio.to_thread(decide, hub, tmp_path, "return", answer["id"], "--reason", "macro lạ")
    _, shown = await hub.province.get(f"/documents/{answer['id']}")
    told = {(each["state"], each["why"], each["owner"]) for each in shown["deliveries"]}
    assert told == {("rejected", "macro lạ", "sender")}
    assert (await hub.department.get(f"/documents/{answer['id']}"))[0] == 404


async def test_a_dry_run_shows_what_would_be_held(hub: Province) -> None:
    status, body = await hub.province.post_xml("/validations", hub.province.sign(with_macro()))
    assert status == 200 and {each["state"] for each in body["plan"]["deliveries"]} == {"suspended"}


async def test_an_executable_inside_an_archive_is_refused(hub: Province) -> None:
    packed = document(attachments=(attachment(archive(**{"cai-dat.exe": b"MZ"}), name="ho-so.zip"),))
    status, body = await hub.province.post_xml("/documents", hub.province.sign(packed))
    assert (status, body["code"]) == (422, "attachment-executable")


async def test_awaited_paper_is_followed_until_its_receiver_has_it(hub: Province) -> None:
    paper = business(
        document(to=(PROVINCE,), sender=COMMUNE, document_type=DocumentType(type=1, type_name="Tờ trình")), paper=True
    )
    sent = await hub.commune.send(paper)
    assert sent["findings"] == []
    (awaited,) = (await hub.province.get("/papers"))[1]["items"]
    assert (awaited["document"], awaited["from"], awaited["to"]) == (sent["id"], COMMUNE, PROVINCE)
    said = {"delivery": awaited["delivery"], "note": "đủ 5 bản"}
    assert (await hub.province.post("/papers", said))[0] == 202
    status, again = await hub.province.post("/papers", said)
    assert status == 200 and (await hub.commune.get("/papers"))[1]["items"] == []
    _, shown = await hub.commune.get(f"/documents/{sent['id']}")
    assert shown["paper"] and shown["deliveries"][0]["paper_arrived_at"] == again["arrived_at"]


async def test_paper_that_nobody_announced_is_refused(hub: Province) -> None:
    sent = await hub.province.send(document(to=(DEPARTMENT,)))
    status, body = await hub.department.post("/papers", {"delivery": sent["deliveries"][0]["id"]})
    assert (status, body["code"]) == (422, "paper-unexpected")


async def test_an_agency_sees_its_own_findings_counted(hub: Province) -> None:
    for number in ("1", "2"):
        await hub.province.send(document(number, subject="V/v đề nghị báo cáo"))
    (counted,) = (await hub.province.get("/findings"))[1]["items"]
    assert (counted["sender"], counted["code"], counted["documents"]) == (PROVINCE, "response-due-missing", 2)
    assert counted["message"] == RULES["response-due-missing"].vi
    assert (await hub.department.get("/findings"))[1]["items"] == []
    assert (await hub.province.get("/findings", until="2026-01-01"))[1]["items"] == []


async def _assigned(hub: Province, units: list[dict[str, Any]], code: StatusCode = StatusCode.ASSIGNED) -> tuple[int, Any]:
    sent = await hub.province.send(document(to=(DEPARTMENT,)))
    return await hub.department.post("/statuses", {"delivery": sent["deliveries"][0]["id"], "code": code, "units": units})


LEAD = {"department": "Phòng A", "role": "lead", "due_on": "2026-12-01"}
COORDINATOR = {"department": "Phòng B", "role": "coordinator", "due_on": "2026-11-28"}


async def test_an_assignment_names_one_lead_and_coordinators_each_with_a_due_date(hub: Province) -> None:
    status, _ = await _assigned(hub, [LEAD, COORDINATOR])
    events = (await hub.province.get("/events"))[1]["events"]
    assert status == 202 and events[-1]["data"]["units"] == [LEAD, COORDINATOR]


@pytest.mark.parametrize("units", [[COORDINATOR], [LEAD, LEAD | {"department": "Phòng C"}]])
async def test_an_assignment_without_exactly_one_lead_is_refused(hub: Province, units: list[dict[str, Any]]) -> None:
    status, body = await _assigned(hub, units)
    assert (status, body["code"]) == (422, "assignment-lead") and "12.2b" in body["detail"]


async def test_units_go_with_an_assignment_only(hub: Province) -> None:
    status, body = await _assigned(hub, [LEAD], StatusCode.REGISTERED)
    assert (status, body["code"]) == (400, "malformed-request")
