"""Alerts on the console: what is open, who deals with it, what is silenced, by which rules it is told; decisions are audited."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from openpyxl import load_workbook

from gateway.core.alert_rules import USUAL, Trouble
from gateway.core.alerts import AlertState, Sign, named
from gateway.core.roles import Role
from gateway.entry.console.alerts import PLACES
from tests.api.conftest import Province
from tests.console.conftest import OFFICERS, REASON, Browser
from tests.contracts.entries import RECEIVER, SYSTEM

HOSTILE = "<script>alert(1)</script>"
PARKED = Sign(trouble=Trouble.SYSTEM_PARKED, subject=SYSTEM, vi=f"{SYSTEM}: {HOSTILE}", en=f"{SYSTEM}: no answer")
ID = named(PARKED.trouble, PARKED.subject)
RULES = {trouble: replace(rule, lasting=timedelta(0)) for trouble, rule in USUAL.items()}


async def look(hub: Province, *signs: Sign) -> None:
    await hub.hub.ports.alerts.look(signs, RULES, channels=(), now=hub.clock.now())


async def state(hub: Province) -> AlertState:
    (only,) = await hub.hub.ports.alerts.listing(now=hub.clock.now())
    found: AlertState = only.state
    return found


async def test_where_nothing_is_wrong_every_list_says_so(admin: Browser) -> None:
    for view, said in (("", "đang mở"), ("acknowledged", "được nhận xử lý"), ("silenced", "bị tắt tiếng"), ("closed", "đã hết")):
        status, text = await admin.get(f"/alerts?view={view}" if view else "/alerts")
        assert status == 200 and said in text and "Chưa đặt kênh báo" in text
    assert (await admin.get("/alerts?view=none"))[0] == 400


async def test_an_alert_is_shown_with_what_and_where_and_nothing_of_it_is_run(hub: Province, admin: Browser) -> None:
    await look(hub, PARKED)
    _, text = await admin.get("/alerts")
    assert "Hệ thống mất kết nối" in text and f"/console/queues?system={SYSTEM}" in text
    assert HOSTILE not in text and "&lt;script&gt;" in text


async def test_what_somebody_is_woken_for_comes_first(hub: Province, admin: Browser) -> None:
    await look(hub, PARKED)
    hub.clock.advance(seconds=30)
    await look(hub, PARKED, Sign(trouble=Trouble.BROKER_DOWN, vi="không kết nối được", en="out of reach"))
    rows = (await admin.get("/alerts"))[1].split("<tbody>")[1]
    assert rows.index(USUAL[Trouble.BROKER_DOWN].vi) < rows.index(USUAL[Trouble.SYSTEM_PARKED].vi)


async def test_one_is_acknowledged_with_a_reason_and_is_seen_apart(hub: Province, admin: Browser) -> None:
    await look(hub, PARKED)
    assert (await admin.do(f"/alerts/{ID}/acknowledge", reason=" "))[0] == 400
    assert (await admin.do(f"/alerts/{ID}/acknowledge"))[0] == 303
    assert await state(hub) is AlertState.ACKNOWLEDGED
    assert ID not in (await admin.get("/alerts"))[1]
    assert f"{OFFICERS[Role.ADMIN]}: {REASON}" in (await admin.get("/alerts?view=acknowledged"))[1]
    _, log = await admin.get("/audit")
    assert "Nhận xử lý cảnh báo" in log and "system-parked" in log


async def test_one_is_silenced_for_some_hours_and_told_again(hub: Province, admin: Browser) -> None:
    await look(hub, PARKED)
    assert (await admin.do(f"/alerts/{ID}/silence", hours="8"))[0] == 303
    _, text = await admin.get("/alerts?view=silenced")
    assert "tắt tiếng tới" in text and "/unsilence" in text
    assert ID not in (await admin.get("/alerts"))[1]
    assert (await admin.do(f"/alerts/{ID}/unsilence"))[0] == 303
    assert ID in (await admin.get("/alerts"))[1]


@pytest.mark.parametrize("hours", ["", "0", "x", "-1", "721", "99999999", "1.5"])
async def test_a_silence_has_an_end_within_a_month(hub: Province, admin: Browser, hours: str) -> None:
    await look(hub, PARKED)
    assert (await admin.do(f"/alerts/{ID}/silence", hours=hours))[0] == 400


async def test_what_is_over_is_listed_and_cannot_be_acknowledged(hub: Province, admin: Browser) -> None:
    await look(hub, PARKED)
    await look(hub)
    _, text = await admin.get("/alerts?view=closed")
    assert "hết lúc" in text and "/acknowledge" not in text.split("<dialog")[0]
    status, text = await admin.do(f"/alerts/{ID}/acknowledge")
    assert (status, "alert-closed" in text) == (409, True)
    assert (await admin.do("/alerts/none/acknowledge"))[0] == 404


async def test_who_may_only_look_is_shown_no_buttons(hub: Province, officer: Callable[[Role], Any]) -> None:
    await look(hub, PARKED)
    viewer: Browser = await officer(Role.VIEWER)
    _, text = await viewer.get("/alerts")
    assert "Hệ thống mất kết nối" in text and "/acknowledge" not in text


async def test_the_rules_in_force_are_shown_with_their_thresholds(admin: Browser) -> None:
    _, text = await admin.get("/alerts?view=rules")
    assert all(trouble in text and rule.vi in text for trouble, rule in USUAL.items())


async def test_the_screen_is_in_english_too(hub: Province, admin: Browser) -> None:
    await look(hub, PARKED)
    await admin.post("/language", {"language": "en", "to": "/console"})
    _, text = await admin.get("/alerts")
    assert "<h1>Alerts</h1>" in text and "A system takes nothing" in text and "Acknowledge" in text


async def test_each_list_is_exported_as_it_is_shown(hub: Province, admin: Browser) -> None:
    await look(hub, replace(PARKED, vi="=1+1"))
    for view, count in (("open", 1), ("closed", 0)):
        async with admin.session.get(f"{admin.base}/console/alerts.xlsx?view={view}") as response:
            rows = list(load_workbook(io.BytesIO(await response.read())).worksheets[0].iter_rows(values_only=True))
        assert len(rows) == 1 + count
        assert [row[:3] for row in rows[1:]] == [("Hệ thống mất kết nối", "'=1+1", "Thường")][:count]
    assert (await admin.get("/alerts.xlsx?view=rules"))[0] == 400


@pytest.mark.parametrize("trouble", PLACES)
async def test_the_way_to_mend_it_is_a_page(admin: Browser, trouble: Trouble) -> None:
    place = PLACES[trouble](RECEIVER).partition("#")[0]
    assert (await admin.get(place))[0] == 200
