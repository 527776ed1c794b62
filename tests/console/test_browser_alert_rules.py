"""In a real browser: an administrator tries another threshold on the last month, sees what it would have told, and keeps it."""

import os
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe

from gateway.config import Settings
from gateway.core.alert_rules import USUAL, Trouble
from gateway.core.alerts import Sign
from gateway.infra.alerts_file import load_alerts, shipped_alerts
from tests.api.conftest import Province
from tests.console.browsing import Screen, browser, chromium, screen
from tests.console.test_browser_alerts import LOOKS
from tests.contracts.entries import RECEIVER, SYSTEM

__all__ = ["browser", "chromium", "screen"]

PAGE = "/alerts/rules/queue-waits"
TRIED = f"{PAGE}?on=1&at=30&lasting=5&quiet=60"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """With rules of the province's own."""
    shutil.copy(shipped_alerts(), settings.file.parent / "alerts.toml")
    own = settings.directory.model_copy(update={"alerts": Path("alerts.toml")})
    return settings.model_copy(update={"directory": own})


async def measured(hub: Province) -> None:
    """Let a month have passed in which a system kept its documents waiting on some mornings, on two of them for long."""
    for day in range(29, 0, -1):
        morning = (hub.clock.now() - timedelta(days=day)).replace(hour=8, minute=0, second=0, microsecond=0)
        longest = {9: 55.0, 17: 40.0}.get(day, 25.0 if day % 4 == 0 else 4.0)
        for minute in range(0, 90, 5):
            waits = min(float(minute), longest) if minute <= longest else 0.0
            since = morning + timedelta(minutes=minute)
            sign = Sign(trouble=Trouble.QUEUE_WAITS, subject=SYSTEM if day != 9 else RECEIVER, vi="", en="", value=waits)
            await hub.hub.ports.alerts.look([sign], USUAL, channels=(), now=since)


async def test_another_threshold_is_tried_on_the_last_month_and_kept(hub: Province, screen: Screen) -> None:
    await measured(hub)
    await screen.open("/alerts?view=rules")
    await screen.page.locator("tr", has_text="queue-waits").get_by_role("link", name="Thử và đổi").click()
    await screen.sees("Luật đang có hiệu lực", "lần báo trong 30 ngày qua")
    await screen.page.get_by_label("Ngưỡng").fill("30")
    await screen.page.get_by_role("button", name="Thử trên 30 ngày qua").click()
    await screen.sees("Giá trị đang thử", "ít hơn 7", "không báo nữa", "vẫn báo", "giá trị thử: từ 08:30")
    await screen.page.get_by_label("Lý do").fill("buổi sáng chờ 25 phút là thường")
    await screen.page.get_by_role("button", name="Giữ", exact=True).click()
    await screen.page.wait_for_url("**/alerts?view=rules")
    await screen.sees("Luật đang có hiệu lực")
    assert hub.hub.rules().alerts[Trouble.QUEUE_WAITS].at == 30
    assert load_alerts(hub.hub.settings.file.parent / "alerts.toml")[Trouble.QUEUE_WAITS].at == 30


@pytest.mark.parametrize(("look", "screen"), LOOKS.items(), ids=LOOKS, indirect=["screen"])
async def test_the_page_of_a_rule_can_be_read_by_anybody_and_fits_its_window(hub: Province, screen: Screen, look: str) -> None:
    await measured(hub)
    await screen.open(TRIED)
    found = await Axe().run(screen.page, options={"resultTypes": ["violations"]})
    wrong = [(each["id"], each["nodes"][0]["html"][:200]) for each in found.response["violations"]]
    if await screen.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        wrong.append(("scrolls sideways", ""))
    if shots := os.environ.get("LIENTHONG_SHOTS"):
        await screen.shoot(f"alert-rule-{look}", Path(shots))
    assert wrong == []
