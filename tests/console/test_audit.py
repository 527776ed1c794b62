"""The audit log on the console: who may see it, what it shows, finds and exports."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from openpyxl import load_workbook

from gateway.core.roles import Role
from tests.api.conftest import Province
from tests.console.conftest import REASON, Browser
from tests.console.morning import worked_off
from tests.contracts.entries import RECEIVER, SYSTEM
from tests.contracts.ledger_policy_contract import held_entry

HOSTILE = '=HYPERLINK("https://evil.example")<script>'


def rows(text: str) -> list[str]:
    return [" ".join(re.sub(r"<[^>]+>", " ", each).split()) for each in re.findall(r"<tr data-row>(.*?)</tr>", text, re.DOTALL)]


@pytest.fixture
async def decided(admin: Browser) -> Browser:
    """An officer who has paused a system and resumed it."""
    await admin.do(f"/queues/{SYSTEM}/pause")
    await admin.do(f"/queues/{SYSTEM}/resume", reason=HOSTILE)
    return admin


@pytest.mark.parametrize(("role", "status"), [(Role.VIEWER, 403), (Role.DUTY, 403), (Role.ADMIN, 200), (Role.AUDITOR, 200)])
async def test_only_auditors_and_administrators_see_it(officer: Any, role: Role, status: int) -> None:
    browser: Browser = await officer(role)
    for path in ("/audit", "/audit.xlsx"):
        async with browser.session.get(f"{browser.base}/console{path}") as response:
            assert response.status == status, path
    assert ("/console/audit" in (await browser.get(""))[1]) is (status == 200)


async def test_decisions_are_shown_newest_first_with_who_and_why(decided: Browser) -> None:
    resumed, paused, signed_in = rows((await decided.get("/audit"))[1])
    assert "can-bo-admin Cho hệ thống chạy lại" in resumed and "Tạm dừng hệ thống" in paused and REASON in paused
    assert f"hệ thống: {SYSTEM}" in paused and "Đăng nhập" in signed_in


async def test_a_reason_with_markup_is_shown_as_text(decided: Browser) -> None:
    assert "<script>" not in re.sub(r"<script src[^>]*>", "", (await decided.get("/audit"))[1])


async def test_decisions_are_found_by_who_made_which_when(hub: Province, decided: Browser) -> None:
    today = hub.clock.now().date()
    for query, count in [
        ("actor=can-bo-admin", 3),
        ("actor=ai-khac", 0),
        ("action=system.paused", 1),
        (f"since={today}&until={today}", 3),
        (f"since={today + timedelta(days=1)}", 0),
        (f"until={today - timedelta(days=1)}", 0),
    ]:
        assert len(rows((await decided.get(f"/audit?{query}"))[1])) == count, query
    assert (await decided.get("/audit?since=x"))[0] == 400
    assert "Không có quyết định nào như vậy." in (await decided.get("/audit?actor=ai-khac"))[1]


async def test_a_decision_about_a_document_leads_to_it(hub: Province, admin: Browser) -> None:
    held = held_entry(1)
    await hub.hub.ports.ledger.accept(held)
    await admin.do(f"/documents/{held.document.id}/release")
    assert f"/console/documents/{held.document.id}" in (await admin.get("/audit"))[1]


async def test_a_page_goes_on_where_the_one_before_ended(decided: Browser) -> None:
    for _ in range(25):
        await decided.do(f"/queues/{SYSTEM}/pause")
        await decided.do(f"/queues/{SYSTEM}/resume")
    _, first = await decided.get("/audit?actor=can-bo-admin")
    after = first.rpartition("after=")[2].partition('"')[0].partition("&")[0]
    _, second = await decided.get(f"/audit?actor=can-bo-admin&after={after}")
    assert (len(rows(first)), len(rows(second))) == (50, 3)


async def test_what_is_filtered_is_exported_and_no_cell_is_a_formula(decided: Browser) -> None:
    async with decided.session.get(f"{decided.base}/console/audit.xlsx?action=system.resumed") as response:
        sheet = load_workbook(io.BytesIO(await response.read())).worksheets[0]
        assert "nhat-ky-" in response.headers["Content-Disposition"]
    (row,) = sheet.iter_rows(min_row=2)
    assert row[6].value == f"'{HOSTILE}" and {cell.data_type for cell in row} <= {"s", "n", "d", "inlineStr"}


async def test_what_a_decision_is_about_is_told_as_people_say_it(hub: Province, admin: Browser, letters: list[str]) -> None:
    await admin.do("/undelivered/decide", receiver=RECEIVER, cause="receiver-refused", decision="parked", job="a" * 32)
    await worked_off(hub)
    await admin.do(f"/queues/{SYSTEM}/pause", hours="2")
    until = hub.clock.now() + timedelta(hours=2)
    paused, put_aside, _ = rows((await admin.get("/audit"))[1])
    assert f"hệ thống: {SYSTEM} · đến: {until:%H:%M %d/%m/%Y}" in paused
    assert "nơi nhận: Sở A (mẫu) · nguyên nhân: " in put_aside and put_aside.endswith(" 3")


async def test_the_screen_is_in_english_too(decided: Browser) -> None:
    await decided.post("/language", {"language": "en", "to": "/console"})
    _, text = await decided.get("/audit")
    assert "<h1>Audit log</h1>" in text and "Paused a system" in text
