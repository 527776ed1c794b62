"""What an officer does in a real browser: by keys, by buttons, in dialogs; and what a live page does by itself."""

import pytest

from gateway.core.circuit import CircuitState
from gateway.core.deadlines import DeadlineState
from gateway.core.roles import Role
from gateway.ports import Owing
from tests.api.conftest import Province
from tests.console.browsing import Screen, browser, chromium, expect, screen
from tests.console.conftest import OFFICERS, PASSWORD
from tests.console.morning import accept, pile_up
from tests.contracts.entries import SYSTEM
from tests.contracts.ledger_policy_contract import held_entry
from tests.documents import document as package

__all__ = ["browser", "chromium", "screen"]


async def test_an_officer_signs_in_and_out(screen: Screen) -> None:
    await screen.page.context.clear_cookies()
    await screen.open("/queues")
    await screen.page.get_by_label("Tên", exact=True).fill(OFFICERS[Role.DUTY])
    await screen.page.get_by_label("Mật khẩu").fill(PASSWORD)
    await screen.press("Đăng nhập")
    await screen.sees("Trục chuyển tới")
    await screen.press("Thoát")
    await screen.sees("Bảng điều khiển của đơn vị vận hành.")
    await screen.open("/queues")
    await screen.sees("Bảng điều khiển của đơn vị vận hành.")


async def test_the_language_is_switched_and_the_page_stays(screen: Screen) -> None:
    await screen.open("/answers?view=met")
    await screen.press("English")
    await screen.sees("Receipts and answers")
    assert screen.page.url.endswith("/answers?view=met")
    await screen.press("Tiếng Việt")
    await screen.sees("Biên nhận & hồi đáp")


async def test_keys_search_walk_choose_and_open(hub: Province, screen: Screen) -> None:
    await pile_up(hub, 3)
    await screen.open("/undelivered?cause=link-unauthorised")
    keyboard, boxes = screen.page.keyboard, screen.page.locator("input[name=id]")
    for key in "jjjkx":  # the group, then the first letters
        await keyboard.press(key)
    assert [await boxes.nth(place).is_checked() for place in range(3)] == [True, False, False]
    await keyboard.press("Enter")
    await screen.sees("Biên nhận của trục")
    await keyboard.press("/")
    await expect(screen.page.get_by_role("searchbox")).to_be_focused()
    await keyboard.type("giay moi")
    await keyboard.press("Enter")
    await screen.page.wait_for_url("**/documents?q=giay+moi*")


async def test_a_dialog_closes_by_escape_and_by_its_button(screen: Screen) -> None:
    await screen.open()
    for close in (lambda: screen.page.keyboard.press("Escape"), lambda: screen.press("Đóng")):
        await screen.page.keyboard.press("?")
        await screen.sees("Phím tắt")
        await close()
        await screen.misses("Phím tắt")


async def test_a_live_page_shows_what_happens_and_keeps_still_while_it_is_paused(hub: Province, screen: Screen) -> None:
    await screen.open("/documents")
    await screen.page.evaluate("document.body.dataset.same = 'page'")
    await hub.province.send(package("41"))
    await screen.sees("41/UBND-VP")
    await screen.press("Đang cập nhật")
    await hub.province.send(package("42"))
    async with screen.page.expect_event("console", lambda said: said.text == "told"):
        await screen.page.evaluate("document.body.addEventListener('htmx:sseMessage', () => console.log('told'), {once: true})")
    await screen.misses("42/UBND-VP")
    assert await screen.page.evaluate("document.body.dataset.same") == "page"


async def test_a_system_is_paused_and_resumed(hub: Province, screen: Screen) -> None:
    await screen.open("/queues")
    await screen.press("Tạm dừng")
    await screen.page.get_by_label("Trong bao nhiêu giờ").fill("2")
    await screen.give_reason("Tạm dừng")
    await screen.sees("đã kiểm tra với đơn vị", "Tự chạy lại lúc")
    await screen.press("Cho chạy")
    await screen.give_reason("Cho chạy")
    await screen.misses("Tự chạy lại lúc")
    assert [(each.system, each.state) for each in await hub.hub.ports.outbox.circuits()] != [(SYSTEM, CircuitState.PAUSED)]


async def test_a_decision_is_not_made_without_a_reason(hub: Province, screen: Screen) -> None:
    await screen.open("/queues")
    await screen.press("Tạm dừng")
    await screen.page.locator("dialog[open] button.main").click()
    await expect(screen.page.locator("dialog[open]")).to_be_visible()
    assert await hub.hub.ports.outbox.circuits() == ()


async def test_what_the_policy_holds_is_released(hub: Province, screen: Screen) -> None:
    held = held_entry(1)
    await hub.hub.ports.ledger.accept(held)
    await screen.open(f"/documents/{held.document.id}")
    await screen.press("Cho đi tiếp")
    await screen.give_reason("Cho đi tiếp")
    await screen.sees("đã kiểm tra với đơn vị")
    assert await hub.hub.ports.ledger.held() == ()


@pytest.mark.parametrize(
    ("button", "due", "state"), [("Gia hạn", "2031-01-06T10:00", DeadlineState.EXTENDED), ("Miễn", "", DeadlineState.WAIVED)]
)
async def test_a_deadline_is_decided_in_a_dialog(
    hub: Province, screen: Screen, button: str, due: str, state: DeadlineState
) -> None:
    await accept(hub, 1)
    await screen.open("/answers?view=open")
    await screen.press(button)
    if due:
        await screen.page.get_by_label("Hạn mới").fill(due)
    async with screen.page.expect_navigation(url="**/answers?view=open"):  # the list that it was decided on
        await screen.give_reason(button)
    (owed,) = (await hub.hub.ports.deadlines.owed(Owing(states=(state,)), after=None, limit=9)).items
    assert owed.deadline.reason == "đã kiểm tra với đơn vị"
