"""How each system is connected and fares; one is tried, paused, told again; and no secret is shown."""

import io
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from openpyxl import load_workbook

from gateway.core.circuit import CircuitState
from gateway.core.directory import Link, System, Systems
from gateway.core.faults import Misconfigured
from gateway.core.model import OrganId, SystemId
from gateway.core.roles import Role
from gateway.ports import Telling
from tests.api.conftest import Province
from tests.console.conftest import REASON, Browser
from tests.contracts.dead_letters_contract import failed
from tests.contracts.entries import NOW, RECEIVER, SENDER, SYSTEM, pushed_entry
from tests.documents import document as document_package

POLLING = "000.00.00.H56"
"""The system that `init` made for the province, which calls the API."""


def plain(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def row(text: str, name: str) -> str:
    return next(plain(each) for each in re.findall(r"<tr data-row>(.*?)</tr>", text, re.DOTALL) if f">{name}<" in each)


def linked(hub: Province, adapter: str, settings: dict[str, object], **fields: Any) -> None:
    """Let the linked system be reached by another adapter."""
    rules = hub.hub.rules()
    link = Link(adapter=adapter, settings=settings, **fields)
    systems = [replace(each, link=link) if each.id == SYSTEM else each for each in rules.systems]
    made = replace(rules, systems=Systems.of(systems))
    hub.hub.rules = lambda: made


async def untold(hub: Province) -> None:
    """Let the linked system refuse its news for want of a right."""
    notices, now = hub.hub.ports.notices, hub.clock.now()
    await notices.replay(SYSTEM, since=NOW - timedelta(days=1), by="x", reason="x", now=now)
    fault = Misconfigured("link-unauthorised", detail="HTTP 401")
    found = await notices.claim(SYSTEM, {SENDER}, limit=9, until=now + timedelta(minutes=1), now=now)
    assert found is not None
    await notices.settle(found, Telling(told=0, fault=fault, attempts=1, again=now + timedelta(minutes=5)), now=now)


async def test_every_system_is_shown_with_how_it_is_connected_and_when_it_looked(hub: Province, admin: Browser) -> None:
    await hub.province.get("/inbox")
    _, text = await admin.get("/systems")
    assert "trục chuyển tới, bộ nối loopback trục lấy văn bản đi, bộ nối loopback Tốt" in row(text, SYSTEM)
    assert "UBND tỉnh (mẫu) gọi bằng SDK trục quốc gia tự gọi API Tốt" in row(text, POLLING) and "dưới 1 phút trước" in row(
        text, POLLING
    )
    assert "chưa lần nào hỏi trục" in row(text, "H56.01.07")


async def test_what_waits_is_on_its_way_or_failed_is_counted(hub: Province, admin: Browser, letters: list[str]) -> None:
    ports, now = hub.hub.ports, hub.clock.now()
    for number in (11, 12):
        await ports.ledger.accept(pushed_entry(number, accepted_at=now - timedelta(hours=2)))
    claim = await ports.outbox.claim(limit=9, until=now + timedelta(minutes=1), now=now)
    await ports.outbox.published(claim, [each.delivery for each in claim.notes], now=now)
    await ports.outbox.begin(claim.notes[0].delivery, until=now + timedelta(minutes=1), now=now)
    assert re.search(r"Tốt 2 2 giờ( \d+ phút)? 1 3 –", row((await admin.get("/systems"))[1], SYSTEM))
    _, text = await admin.get(f"/systems/{SYSTEM}")
    assert f"/console/undelivered?receiver={RECEIVER}&amp;cause=" in text and "Xử lý nhóm" in text


async def test_one_that_is_away_says_why_and_what_to_do(hub: Province, admin: Browser) -> None:
    ports = hub.hub.ports
    await failed(ports.ledger, ports.outbox, 1, fault=Misconfigured("link-unauthorised", detail="HTTP 401: sai mã"))
    assert "Mất kết nối" in row((await admin.get("/systems?state=disconnected"))[1], SYSTEM)
    _, text = await admin.get(f"/systems/{SYSTEM}")
    assert "HTTP 401: sai mã" in text and "Trục tự dò lại" in text


async def test_one_that_fetches_and_does_not_look_is_silent(hub: Province, admin: Browser) -> None:
    await hub.province.send(document_package())
    hub.clock.advance(days=9)
    await admin.sign_in("can-bo-admin")
    assert "Im lặng" in row((await admin.get("/systems?state=silent"))[1], "H56.40.02")
    assert "Chờ hệ thống đến lấy" in (await admin.get("/systems/H56.40.02"))[1]


async def test_one_that_cannot_be_told_its_news_is_late(hub: Province, admin: Browser, letters: list[str]) -> None:
    await untold(hub)
    assert "Trễ" in row((await admin.get("/systems"))[1], SYSTEM)
    assert "Chưa nghe được tin từ" in (await admin.get(f"/systems/{SYSTEM}"))[1]


async def test_systems_are_found_by_agency_adapter_and_state(admin: Browser) -> None:
    for query, found in [
        ("q=loopb", {SYSTEM}),
        (f"q={quote('xã b')}", {"H56.40.02"}),
        (f"q={SYSTEM}&state=good", {SYSTEM}),
        (f"q={SYSTEM}&state=paused", set()),
        ("q=khong-co", set()),
    ]:
        _, text = await admin.get(f"/systems?{query}")
        assert {each for each in (SYSTEM, POLLING, "H56.40.02") if f'/systems/{each}"' in text} == found, query
    assert (await admin.get("/systems?state=none"))[0] == 400


async def test_settings_are_drawn_from_the_adapter_s_form_without_secrets(hub: Province, admin: Browser) -> None:
    linked(
        hub, "webhook", {"url": "https://hub:mat-khau@so.example/nhan?k=bi-mat", "secret_file": "secrets/so", "password": "lo"}
    )
    _, text = await admin.get(f"/systems/{SYSTEM}")
    shown = plain(text)
    assert "https://hub:…@so.example/nhan?…" in shown and "secrets/so" in shown
    assert "Chờ kết nối, giây" in shown and "bộ nối không có cấu hình này" in shown
    assert not re.search(r"mat-khau|bi-mat|\"lo\"", text)


async def test_an_adapter_that_is_not_there_is_said_to_be_missing(hub: Province, admin: Browser) -> None:
    linked(hub, "khong_co", {})
    status, text = await admin.get(f"/systems/{SYSTEM}")
    assert (status, "không có adapter khong_co" in text) == (200, True)
    assert "✗" in (await admin.do(f"/systems/{SYSTEM}/test"))[1]


async def test_a_link_is_tried_step_by_step(hub: Province, admin: Browser) -> None:
    status, text = await admin.do(f"/systems/{SYSTEM}/test", reason="")
    assert (status, text.count("✓"), "✗" in text) == (200, 3, False)
    assert f'hx-get="/console/systems/{SYSTEM}"' in text
    assert b'lienthong_events_total{code="None",event="link.tried"} 1.0' in hub.hub.counters()


async def test_the_step_that_fails_says_what_is_wrong_and_what_to_do(hub: Province, admin: Browser, tmp_path: Path) -> None:
    told: dict[str, object] = {"url": "http://127.0.0.1:9/", "secret_file": str(tmp_path / "none"), "networks": ["127.0.0.0/8"]}
    linked(hub, "webhook", told)
    _, text = await admin.do(f"/systems/{SYSTEM}/test")
    assert (text.count("✓"), text.count("✗"), text.count("chưa thử")) == (1, 1, 1)
    assert "secret_file" in plain(text)
    (tmp_path / "none").write_text("whsec_" + "0" * 32)
    _, text = await admin.do(f"/systems/{SYSTEM}/test")
    assert (text.count("✓"), text.count("✗"), text.count("chưa thử")) == (2, 1, 0)


async def test_a_system_that_the_hub_does_not_reach_is_not_tried(admin: Browser) -> None:
    assert (await admin.do(f"/systems/{POLLING}/test"))[0] == 404
    assert (await admin.do("/systems/none/test"))[0] == 404
    assert (await admin.get("/systems/none"))[0] == 404


async def test_one_is_paused_for_maintenance_and_resumed_on_its_own_page(hub: Province, admin: Browser) -> None:
    place = f"/console/systems/{SYSTEM}"
    csrf = await admin.csrf()
    for what, state in (("pause", CircuitState.PAUSED), ("resume", CircuitState.RECOVERING)):
        fields = {"csrf": csrf, "reason": REASON, "hours": "2", "to": place}
        address = f"{admin.base}/console/queues/{SYSTEM}/{what}"
        async with admin.session.post(address, data=fields, allow_redirects=False) as response:
            assert (response.status, response.headers["Location"]) == (303, place)
        (circuit,) = await hub.hub.ports.outbox.circuits()
        assert circuit.state is state
    assert "Đang hồi phục:" in (await admin.get(f"/systems/{SYSTEM}"))[1]


@pytest.mark.parametrize("to", ["https://evil.example", "//evil.example", "/api/v1/documents", ""])
async def test_a_decision_leads_to_no_other_place_than_the_console(admin: Browser, to: str) -> None:
    fields = {"csrf": await admin.csrf(), "reason": REASON, "to": to}
    async with admin.session.post(f"{admin.base}/console/queues/{SYSTEM}/pause", data=fields, allow_redirects=False) as response:
        assert response.headers["Location"] == "/console/queues"


async def test_news_since_a_moment_is_told_again_with_a_reason(hub: Province, admin: Browser) -> None:
    since = hub.clock.now() - timedelta(hours=3)
    for fields, status in [
        ({"since": f"{since:%Y-%m-%dT%H:%M}"}, 303),
        ({"since": f"{since:%Y-%m-%dT%H:%M}", "reason": " "}, 400),
        ({"since": f"{since + timedelta(days=9):%Y-%m-%dT%H:%M}"}, 400),
        ({"since": "hôm qua"}, 400),
    ]:
        assert (await admin.do(f"/systems/{SYSTEM}/replay", **fields))[0] == status, fields
    assert (await admin.do(f"/systems/{POLLING}/replay", since=f"{since:%Y-%m-%dT%H:%M}"))[0] == 404
    (audited, *_) = (await hub.hub.ports.audit.listing(after=None, limit=9)).items
    assert (audited.actor, audited.action, audited.reason) == ("can-bo-admin", "notices.replayed", REASON)


async def test_who_may_only_look_is_shown_no_button(officer: Any) -> None:
    browser: Browser = await officer(Role.VIEWER)
    _, text = await browser.get(f"/systems/{SYSTEM}")
    assert "Thông tin" in text and not re.search(r"/test\"|data-open=\"(pause|replay)\"", text)


async def test_a_system_without_credentials_or_agencies_is_shown_too(hub: Province, admin: Browser) -> None:
    rules = hub.hub.rules()
    made = replace(rules, systems=Systems.of([*rules.systems, System(id=SystemId("cũ"), organs=frozenset[OrganId]())]))
    hub.hub.rules = lambda: made
    assert "không còn mã truy cập nào" in row((await admin.get("/systems"))[1], "cũ")
    assert (await admin.get(f"/systems/{quote('cũ')}"))[0] == 200


async def test_the_screens_are_in_english_too(admin: Browser) -> None:
    await admin.post("/language", {"language": "en", "to": "/console"})
    assert "<h1>Systems</h1>" in (await admin.get("/systems"))[1]
    assert "The system answers" in (await admin.do(f"/systems/{SYSTEM}/test"))[1]


async def test_the_systems_that_are_found_are_exported(admin: Browser) -> None:
    async with admin.session.get(f"{admin.base}/console/systems.xlsx?q=so+a") as response:
        sheet = load_workbook(io.BytesIO(await response.read())).worksheets[0]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert SYSTEM in {row[0] for row in rows} and all("Sở A (mẫu)" in str(row[1]) for row in rows)
