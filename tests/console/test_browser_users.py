"""In a real browser: an administrator lets somebody in, who makes the account his own; and what is shown once can be read."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pyotp
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser

from gateway.core.roles import Role
from tests.api.conftest import Province
from tests.console.browsing import PHONE, Screen, browser, chromium, expect, screen
from tests.console.conftest import OFFICERS

__all__ = ["browser", "chromium", "screen"]

NAME = "truc-dem"
CHOSEN = "mật khẩu mới của tôi"
LOOKS = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": PHONE, "device_scale_factor": 2, "is_mobile": True, "has_touch": True},
}


@pytest.fixture
async def own(hub: Province, browser: Browser) -> AsyncIterator[Screen]:
    """Another person's browser, which has never been here."""
    context = await browser.new_context(locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh")
    yield Screen(page=await context.new_page(), base=hub.base)
    await context.close()


async def sign_in(seen: Screen, password: str, code: str = "") -> None:
    await seen.open("/sign-in?to=/console/me")
    await seen.page.get_by_label("Tên").fill(NAME)
    await seen.page.get_by_label("Mật khẩu").fill(password)
    await seen.page.get_by_label("Mã 6 số").fill(code)
    await seen.press("Đăng nhập")


async def shown(seen: Screen) -> str:
    return await seen.page.locator(".once").first.inner_text()


async def add(screen: Screen, role: str) -> None:
    await screen.open("/users")
    await screen.press("Thêm người dùng")
    await screen.page.get_by_label("Tên đăng nhập").fill(NAME)
    await screen.page.get_by_label("Vai trò").select_option(role)
    await screen.give_reason("Thêm")
    await screen.sees(f"Đã thêm {NAME}", "Chỉ hiện lần này.")


async def test_somebody_is_let_in_and_makes_the_account_his_own(hub: Province, screen: Screen, own: Screen) -> None:
    await add(screen, "duty")
    first = await shown(screen)
    await screen.press("Đã chép xong")
    await screen.sees("Trực", "Không đăng nhập ở đâu.")

    await sign_in(own, first)
    await own.press("Đổi mật khẩu")
    for field, text in (("Mật khẩu hiện nay", first), ("Mật khẩu mới, ít nhất", CHOSEN), ("Nhập lại mật khẩu mới", CHOSEN)):
        await own.page.get_by_label(field).filter(visible=True).fill(text)
    await own.press("Đổi")
    await own.sees("Đã đổi mật khẩu")
    await own.press("Về tài khoản của tôi", "Đặt mã 6 số")
    await own.page.get_by_label("Mật khẩu hiện nay").filter(visible=True).fill(CHOSEN)
    await own.press("Tiếp")
    await expect(own.page.get_by_role("img", name="Mã QR")).to_be_visible()
    totp = pyotp.TOTP(await shown(own))
    await own.page.get_by_label("Mã 6 số đang hiện").fill(totp.at(hub.clock.now()))
    await own.press("Xác nhận")
    await own.sees("đã đặt")
    await own.press("Thoát")

    hub.clock.advance(seconds=30)
    await sign_in(own, CHOSEN)
    await own.sees("Mã 6 số không đúng hoặc đã dùng.")
    await sign_in(own, CHOSEN, totp.at(hub.clock.now()))
    await own.sees("Tài khoản của tôi", f"{NAME} · Trực")


async def test_each_way_in_is_given_and_taken_on_the_page_of_the_officer(hub: Province, screen: Screen) -> None:
    name = OFFICERS[Role.DUTY]
    await screen.open("/users")
    await screen.press(name)
    for button, confirm, title in (
        ("Đặt lại mật khẩu", "Cấp mật khẩu", "Mật khẩu mới của"),
        ("Đặt mã 6 số", "Cấp khóa", "Mã 6 số mới của"),
        ("Cấp mã mới", "Cấp mã", "Mã truy cập mới của"),
    ):
        await screen.press(button)
        await screen.give_reason(confirm)
        await screen.sees(title)
        await screen.press("Đã chép xong")
    await screen.press("Đổi vai trò")
    await screen.page.locator("#role select").select_option("auditor")
    await screen.give_reason("Đổi")
    await screen.sees("Vai trò: Kiểm toán")
    for button, confirm, told in (("Bỏ mã 6 số", "Bỏ", "chưa đặt"), ("Bỏ mọi mã", "Bỏ", "chưa có")):
        await screen.press(button)
        await screen.give_reason(confirm)
        await screen.sees(told)
    await screen.press("Thu hồi tất cả")
    await screen.give_reason("Thu hồi")
    await screen.sees("không vào trang này")
    left = hub.hub.rules().operators.find(name)
    assert left is not None and (left.role, left.password) == (Role.AUDITOR, None)


@pytest.mark.parametrize(("look", "screen"), LOOKS.items(), ids=LOOKS, indirect=["screen"])
async def test_what_is_shown_once_can_be_read_by_anybody(hub: Province, screen: Screen, look: str) -> None:
    shots, axe, wrong = os.environ.get("LIENTHONG_SHOTS"), Axe(), []
    for place in ("added", "user", "own"):
        if place == "added":
            await add(screen, "admin")
        else:
            await screen.open(f"/users/{NAME if place == 'user' else OFFICERS[Role.ADMIN]}")
        wrong += [(place, each["id"]) for each in (await axe.run(screen.page)).response["violations"]]
        if await screen.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wrong.append((place, "scrolls sideways"))
        if shots:
            await screen.shoot(f"users-{place}-{look}", Path(shots))
    assert wrong == []
