"""In a real browser: a system is added, given a link through the form, its token rotated, and a test document seen to arrive."""

import os
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe

from gateway.core.model import SystemId
from tests.api.conftest import Province
from tests.console.browsing import PHONE, Screen, browser, chromium, expect, screen
from tests.console.test_trial_document import own, working

__all__ = ["browser", "chromium", "own", "screen"]

NEW = "xa-b"
ORGAN = "H56.40.02"


async def shoot(screen: Screen, name: str) -> None:
    """Keep a picture where somebody looks at them."""
    if folder := os.environ.get("LIENTHONG_SHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        await screen.shoot(f"linking-{name}", Path(folder))


async def test_a_system_is_added_linked_tried_kept_rotated_and_gets_a_test_document(
    hub: Province, screen: Screen, own: str, tmp_path: Path
) -> None:
    for tray in ("den", "di", "trang-thai", "loi"):
        (tmp_path / "xa" / tray).mkdir(parents=True)
    page = screen.page
    await screen.open("/systems")
    await screen.press("Thêm hệ thống")
    await page.get_by_label("Mã hệ thống").fill(NEW)
    await page.locator("#add textarea[name=organs]").fill(ORGAN)
    await shoot(screen, "adding")
    await page.locator("#add textarea[name=reason]").fill("nối xã B")
    await page.locator("#add").get_by_role("button", name="Thêm", exact=True).click()
    await screen.sees("Chỉ hiện lần này")
    first = await page.locator(".once").inner_text()
    await shoot(screen, "token")
    await screen.press("Đã chép xong", "Nối tới hệ thống này")
    await shoot(screen, "adapters")
    await screen.press("folder")

    await page.get_by_label("path").first.fill("khong-co")
    await page.get_by_label("settle_seconds").fill("nhanh")
    await screen.press("Thử trước")
    await screen.sees("phải là số")
    await shoot(screen, "mistakes")
    screen.troubles.clear()  # the browser notes that the page came with 422
    await page.get_by_label("settle_seconds").fill("0")
    await screen.press("Thử trước")
    await screen.sees("✗ không đạt", "1. Bộ nối có trên trục")
    await shoot(screen, "failed")
    await page.get_by_label("path").first.fill(str(tmp_path / "xa"))
    await screen.press("Thử trước")
    await screen.sees("3. Hệ thống trả lời")
    await screen.misses("✗")
    assert (found := hub.hub.rules().systems.find(SystemId(NEW))) is not None and found.link is None
    await page.get_by_label("Lý do").fill("đã thử tốt")
    await screen.press("Lưu kết nối")
    await screen.sees("Bộ nối folder")

    await screen.press("Cấp mã truy cập mới")
    await page.locator("#rotate-token textarea").fill("định kỳ")
    await page.locator("#rotate-token").get_by_role("button", name="Cấp", exact=True).click()
    await screen.sees("Chỉ hiện lần này")
    assert await page.locator(".once").inner_text() != first
    await screen.press("Đã chép xong")
    await screen.sees("cũ, vẫn dùng được")
    await shoot(screen, "system")

    async with working(hub):
        await screen.press("Gửi văn bản thử")
        await page.locator("#test-document textarea").fill("xem xã B có nhận không")
        await page.locator("#test-document").get_by_role("button", name="Gửi", exact=True).click()
        await screen.sees("Văn bản thử kết nối tới UBND xã B (mẫu)")
        await screen.sees("Bên nhận đã lấy về")
        await shoot(screen, "arrived")
    assert list((tmp_path / "xa" / "den").rglob("*TKN*"))


async def test_a_maintenance_window_is_begun_and_ended_where_the_system_is(hub: Province, screen: Screen) -> None:
    await screen.open("/systems/department")
    await screen.press("Bảo trì")
    await screen.page.get_by_label("Trong bao nhiêu giờ").fill("2")
    await screen.give_reason("Bắt đầu bảo trì")
    await screen.sees("Tự chạy lại lúc", "Bảo trì.")
    await shoot(screen, "maintenance")
    await screen.press("Kết thúc bảo trì")
    await screen.give_reason("Cho chạy")
    await expect(screen.page.get_by_role("button", name="Bảo trì", exact=True)).to_be_visible()


@pytest.mark.parametrize(
    "screen", [{}, {"color_scheme": "dark"}, {"viewport": PHONE}], ids=["light", "dark", "phone"], indirect=True
)
async def test_every_dialog_can_be_read_by_anybody_and_fits(hub: Province, screen: Screen, own: str) -> None:
    axe, wrong = Axe(), []
    for path in ("/systems/department", "/systems/000.00.00.H56", "/systems", "/agencies/H56.40.02"):
        await screen.open(path)
        for name in await screen.page.locator("dialog").evaluate_all("all => all.map(each => each.id)"):
            await screen.page.evaluate("name => document.getElementById(name).showModal()", name)
            found = await axe.run(screen.page, context=f"#{name}", options={"resultTypes": ["violations"]})
            wrong += [(path, name, each["id"], each["nodes"][0]["html"][:200]) for each in found.response["violations"]]
            wide = "name => { const box = document.getElementById(name); return box.scrollWidth > box.clientWidth; }"
            if await screen.page.evaluate(wide, name):
                wrong.append((path, name, "scrolls sideways", ""))
            await shoot(screen, f"dialog-{name}")
            await screen.page.evaluate("name => document.getElementById(name).close()", name)
    assert wrong == []
