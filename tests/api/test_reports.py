"""Registers for agencies, and reports for operators: who sees what, as JSON, Excel and PDF."""

import io
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from gateway.core.model import VIETNAM, StatusCode
from gateway.entry.api.shapes_reports import OntimeShape, OverdueShape, RegisterPage, WholeRegister
from tests.api.conftest import DEPARTMENT_ALIAS, Client, Province
from tests.contracts.entries import report, seal
from tests.documents import COMMUNE, DEPARTMENT, PROVINCE, document

YEAR = datetime.now(VIETNAM).year


@pytest.fixture
def operator(hub: Province, working_folder: Path) -> Client:
    return replace(hub.province, token=(working_folder / "operator" / "token").read_text().strip())


@pytest.fixture
async def letter(hub: Province) -> str:
    """A letter of the province that arrived at the department."""
    sent = await hub.province.send(document())
    lease = await hub.department.lease(max=9)
    await hub.department.post(f"/inbox/leases/{lease['token']}/ack")
    found: str = sent["id"]
    return found


async def test_the_sender_has_the_document_in_its_outgoing_register(hub: Province, letter: str) -> None:
    status, page = await hub.province.get("/registers", kind="out")
    RegisterPage.model_validate(page)
    assert (status, page["agency"], page["kind"], page["year"]) == (200, PROVINCE, "out", YEAR)
    (line,) = page["items"]
    assert line["document"] == letter and DEPARTMENT in {each["id"] for each in line["to"]}
    assert line["type_name"] == document().header.document_type.type_name


async def test_the_receiver_has_it_in_its_incoming_register_under_a_number(hub: Province, letter: str) -> None:
    _, page = await hub.department.get("/registers", kind="in", year=YEAR)
    RegisterPage.model_validate(page)
    (line,) = page["items"]
    assert (line["arrival_number"], line["document"], line["from"]["id"]) == (1, letter, PROVINCE)
    assert (await hub.department.get("/registers", kind="in", year=YEAR - 1))[1]["items"] == []


async def test_registers_are_read_page_by_page(hub: Province, letter: str) -> None:
    _, page = await hub.province.get("/registers", kind="out", limit=1)
    assert page["next"] is None
    status, body = await hub.province.get("/registers", kind="out", after="x")
    assert (status, body["code"]) == (400, "malformed-request")


@pytest.mark.parametrize("agency", [PROVINCE, "H56.99"])
async def test_nobody_sees_the_register_of_another_agency(hub: Province, letter: str, agency: str) -> None:
    for path in ("/registers", "/registers.xlsx"):
        status, body = await hub.department.get(path, kind="out", agency=agency)
        assert (status, body["code"]) == (404, "not-found")


async def test_an_agency_may_be_named_by_any_of_its_ids(hub: Province, letter: str) -> None:
    _, page = await hub.department.get("/registers", agency=DEPARTMENT_ALIAS)
    assert page["agency"] == DEPARTMENT


@pytest.mark.parametrize("asked", [{"kind": "both"}, {"year": "1"}, {"month": "13"}, {"limit": "0"}, {"moth": "1"}])
async def test_a_register_that_makes_no_sense_is_refused(hub: Province, asked: dict[str, str]) -> None:
    status, body = await hub.province.get("/registers", **asked)
    assert (status, body["code"]) == (400, "malformed-request")


async def test_a_register_is_drawn_as_a_file_with_a_name(hub: Province, letter: str) -> None:
    status, octets, headers = await hub.department.call("GET", "/registers.xlsx")
    assert status == 200 and f"so-van-ban-den-{DEPARTMENT}-{YEAR}.xlsx" in headers["Content-Disposition"]
    assert load_workbook(io.BytesIO(octets)).sheetnames == ["Sổ văn bản đến"]
    status, octets, headers = await hub.department.call("GET", "/registers.pdf")
    assert (status, headers["Content-Type"]) == (200, "application/pdf")
    assert "SỔ VĂN BẢN ĐẾN" in PdfReader(io.BytesIO(octets)).pages[0].extract_text()


async def test_operators_see_the_register_of_any_agency(hub: Province, operator: Client, letter: str) -> None:
    _, whole = await operator.get("/admin/reports/registers.json", agency=DEPARTMENT_ALIAS, kind="in")
    WholeRegister.model_validate(whole)
    assert [each["document"] for each in whole["items"]] == [letter] and whole["whole"] is True
    assert (await operator.get("/admin/reports/registers.json"))[0] == 400
    assert (await operator.get("/admin/reports/registers.json", agency="H56.99"))[0] == 404


async def test_operators_see_how_deadlines_were_kept(hub: Province, operator: Client, letter: str) -> None:
    now = hub.clock.now()
    months = {f"{day:%Y-%m}" for day in (now, now + timedelta(days=15))}  # what begins today may be due in the next
    counted: dict[tuple[str, str], dict[str, Any]] = {}
    for month in months:
        _, found = await operator.get("/admin/reports/ontime.json", month=month)
        OntimeShape.model_validate(found)
        counted |= {(each["agency"]["id"], each["rule"]): each for each in found["items"]}
    assert counted[DEPARTMENT, "collection"]["in_time"] == 1
    assert counted[DEPARTMENT, "intake"]["owed"] == 1
    _, own = await operator.get("/admin/reports/ontime.json", agency=COMMUNE)
    assert {each["agency"]["id"] for each in own["items"]} <= {COMMUNE}
    _, before = await operator.get("/admin/reports/ontime.json", month="2024-01")
    assert before == {"month": "2024-01", "items": []}


async def test_operators_see_who_owes_what_since_when(hub: Province, operator: Client, letter: str) -> None:
    hub.clock.advance(days=20)
    _, found = await operator.get("/admin/reports/overdue.json", agency=DEPARTMENT)
    OverdueShape.model_validate(found)
    owed = {each["rule"]: each for each in found["items"]}
    assert owed["intake"]["document"] == letter and owed["intake"]["late_minutes"] > 0
    assert owed["intake"]["creditor"]["id"] == PROVINCE
    view = await hub.hub.ports.ledger.document(letter, {DEPARTMENT})
    done = report(StatusCode.REGISTERED, DEPARTMENT)
    await hub.hub.ports.ledger.record_status(view.deliveries[0].id, done, {DEPARTMENT}, now=hub.clock.now(), seal=seal)
    _, after = await operator.get("/admin/reports/overdue.json", agency=DEPARTMENT)
    assert "intake" not in {each["rule"] for each in after["items"]}


@pytest.mark.parametrize("name", ["ontime", "overdue"])
async def test_reports_are_drawn(operator: Client, letter: str, name: str) -> None:
    for form, start in (("xlsx", b"PK"), ("pdf", b"%PDF")):
        status, octets, _ = await operator.call("GET", f"/admin/reports/{name}.{form}")
        assert status == 200 and octets.startswith(start)
    assert (await operator.get(f"/admin/reports/{name}.docx"))[0] == 404
    assert (await operator.get(f"/admin/reports/{name}.json", month="2026-13"))[0] == 400


@pytest.mark.parametrize("name", ["registers", "ontime", "overdue"])
async def test_reports_on_the_province_are_for_operators(hub: Province, name: str) -> None:
    for form in ("json", "xlsx", "pdf"):
        assert (await hub.province.get(f"/admin/reports/{name}.{form}"))[0] == 404
