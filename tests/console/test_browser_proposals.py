"""Two officers change the working calendar in two real browsers: a Saturday that is worked instead brings deadlines forward."""

import os
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser

from gateway.core.model import VIETNAM
from gateway.core.roles import Role
from gateway.flows.keep_time import move_all
from tests.api.conftest import FakeClock, Province
from tests.console.browsing import PHONE, Screen, browser, chromium, expect, screen, window
from tests.console.test_calendar import owed
from tests.console.test_proposals import settings
from tests.documents import document

FRIDAY = 4

__all__ = ["browser", "chromium", "screen", "settings"]


@pytest.fixture
def clock() -> FakeClock:
    """The afternoon of the next Friday: what comes now is due on Monday, or on a Saturday that is worked."""
    now = datetime.now(VIETNAM)
    ahead = (FRIDAY - now.weekday()) % 7 or 7  # never before the certificates were made
    return FakeClock(time=(now + timedelta(days=ahead)).replace(hour=16, minute=30))


@pytest.fixture
async def duty(hub: Province, browser: Browser) -> AsyncIterator[Screen]:
    """A duty officer in a window of his own."""
    async with window(hub, browser, Role.DUTY, {}) as seen:
        yield seen


async def shoot(screen: Screen, name: str) -> None:
    """Keep pictures of a page where LIENTHONG_SHOTS names a folder: light, dark, and as on a phone."""
    folder = os.environ.get("LIENTHONG_SHOTS")
    if not folder:
        return
    Path(folder).mkdir(parents=True, exist_ok=True)
    await screen.shoot(f"{name}-light", Path(folder))
    await screen.page.emulate_media(color_scheme="dark")
    await screen.shoot(f"{name}-dark", Path(folder))
    await screen.page.emulate_media(color_scheme="light")
    usual = screen.page.viewport_size
    await screen.page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # width and height
    await screen.shoot(f"{name}-phone", Path(folder))
    await screen.page.set_viewport_size(usual)  # type: ignore[arg-type]  # it has one


async def demand_readable(screen: Screen) -> None:
    usual = screen.page.viewport_size
    await screen.page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # width and height
    assert not await screen.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    await screen.page.set_viewport_size(usual)  # type: ignore[arg-type]  # it has one
    found = await Axe().run(screen.page, options={"resultTypes": ["violations"]})
    assert [(each["id"], each["nodes"][0]["html"][:200]) for each in found.response["violations"]] == []


async def test_a_saturday_is_proposed_by_one_officer_and_approved_by_another(hub: Province, duty: Screen, screen: Screen) -> None:
    await hub.province.send(document())
    await duty.open("/answers")
    kept = await owed(hub)
    saturday = hub.clock.now().date() + timedelta(days=1)

    await duty.open("/calendar")
    await duty.page.get_by_label("Ngày", exact=True).fill(saturday.isoformat())
    await duty.page.get_by_label("Sẽ là").select_option("worked")
    await duty.page.get_by_label("Căn cứ (số quyết định)").fill("Làm thay ngày lễ (12/TB-UBND)")
    await duty.press("Xem ảnh hưởng")
    await duty.sees("đơn vị sẽ dời", "UBND xã B (mẫu)")
    await shoot(duty, "calendar-effect")
    await duty.give_reason("Gửi đề xuất")
    await duty.sees("Chờ duyệt", "Đang chờ một quản trị khác duyệt")
    await demand_readable(duty)

    await screen.open("/calendar")
    await screen.sees("Đề xuất chờ duyệt (1)", "can-bo-duty")
    await shoot(screen, "calendar-pending")
    await demand_readable(screen)
    await screen.press("Xem và duyệt")
    await screen.sees("Duyệt bây giờ thì", "đơn vị sẽ dời")
    await shoot(screen, "proposal")
    await demand_readable(screen)
    await screen.press("Duyệt")
    await screen.give_reason("Duyệt")
    await screen.sees("Đã duyệt")
    await screen.page.get_by_role("link", name=f"Lịch làm việc {saturday.year}").click()
    cell = screen.page.locator('td.worked[title="làm bù: Làm thay ngày lễ (12/TB-UBND)"]')
    await expect(cell).to_have_text(str(saturday.day))
    await shoot(screen, "calendar-after")

    await move_all(hub.hub.ports.deadlines, hub.hub.rules(), hub.clock.now(), preview=False)
    assert min(await owed(hub)) <= min(kept) and await owed(hub) != kept


async def test_an_officer_withdraws_what_he_proposed(hub: Province, duty: Screen) -> None:
    await duty.open("/calendar?form=closure")
    await duty.page.get_by_label("Từ", exact=True).fill("2026-12-24T11:30")
    await duty.page.get_by_label("Đến", exact=True).fill("2026-12-25T00:00")
    await duty.page.get_by_label("Căn cứ (số thông báo)").fill("Bão số 9 (14/CĐ-UBND)")
    await duty.page.get_by_label("Đơn vị", exact=True).fill("UBND xã B (mẫu) (H56.40.02)")
    await duty.press("Xem ảnh hưởng")
    await shoot(duty, "calendar-closure")
    await duty.give_reason("Gửi đề xuất")
    await duty.sees("UBND xã B (mẫu): nghỉ từ 11:30 24/12/2026")
    await shoot(duty, "proposal-own")
    await duty.press("Rút đề xuất")
    await duty.give_reason("Rút đề xuất")
    await duty.sees("Đã rút")
    assert await hub.hub.ports.calendar_proposals.pending(limit=9) == ()
