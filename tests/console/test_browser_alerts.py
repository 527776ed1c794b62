"""In a real browser: a morning's trouble is alerts; an officer takes one on, silences another, and anybody can read them."""

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe

from gateway.core.alert_rules import USUAL
from gateway.flows.alarm import look_out
from tests.api.conftest import Province
from tests.console.browsing import PHONE, Screen, browser, chromium, screen
from tests.console.morning import begun

__all__ = ["browser", "chromium", "screen"]

VIEWS = ("open", "acknowledged", "silenced", "closed", "rules")
LOOKS: dict[str, dict[str, Any]] = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": PHONE, "device_scale_factor": 2, "is_mobile": True, "has_touch": True},
}


async def troubled(hub: Province) -> None:
    """Let a morning begin, and the alarm look at it."""
    await begun(hub)
    at_once = {trouble: replace(rule, lasting=timedelta(0)) for trouble, rule in USUAL.items()}
    await look_out(hub.hub.ports, replace(hub.hub.rules(), alerts=at_once), "one")


async def test_an_officer_takes_one_on_and_silences_another(hub: Province, screen: Screen) -> None:
    await troubled(hub)
    count = len(await hub.hub.ports.alerts.listing(now=hub.clock.now()))
    await screen.open()
    await screen.press("Cảnh báo", "Nhận xử lý")
    await screen.give_reason("Nhận xử lý")
    await screen.sees("Đã nhận xử lý (1)", "can-bo-admin: đã kiểm tra với đơn vị")
    await screen.press(f"Đang mở ({count - 1})", "Tắt tiếng")
    await screen.page.get_by_label("Trong bao nhiêu giờ").fill("8")
    await screen.give_reason("Tắt tiếng")
    await screen.sees("Tắt tiếng (1)", f"Đang mở ({count - 2})")
    await screen.press("Cho báo lại")
    await screen.give_reason("Cho báo lại")
    await screen.sees("Tắt tiếng (0)")


@pytest.mark.parametrize(("look", "screen"), LOOKS.items(), ids=LOOKS, indirect=["screen"])
async def test_every_list_can_be_read_by_anybody_and_fits_its_window(hub: Province, screen: Screen, look: str) -> None:
    await troubled(hub)
    axe, wrong = Axe(), []
    for view in VIEWS:
        await screen.open(f"/alerts?view={view}")
        found = await axe.run(screen.page, options={"resultTypes": ["violations"]})
        wrong += [(view, each["id"], each["nodes"][0]["html"][:200]) for each in found.response["violations"]]
        if await screen.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wrong.append((view, "scrolls sideways", ""))
        if shots := os.environ.get("LIENTHONG_SHOTS"):
            await screen.shoot(f"alerts-{view}-{look}", Path(shots))
    assert wrong == []
