"""Jobs in a real browser: counted, begun, seen to move by themselves, stopped; what failed leads to its document."""

import asyncio

import pytest
from playwright.async_api import Locator, Route

from gateway.core.model import State
from gateway.ports import Filter
from tests.api.conftest import Province
from tests.console.browsing import PHONE, Screen, browser, chromium, expect, screen
from tests.console.morning import pile_up, worked_off
from tests.contracts.dead_letters_contract import own

__all__ = ["browser", "chromium", "screen"]


async def begun(screen: Screen, button: str, *, pace: str) -> Locator:
    """Decide about the whole group; give the bar of the job."""
    await screen.open("/undelivered?cause=link-unauthorised")
    await screen.press(button)
    await screen.page.get_by_label(pace).check()
    await screen.give_reason(button)
    await screen.page.wait_for_url("**/jobs/*")
    await screen.page.evaluate("document.body.dataset.same = 'page'")
    return screen.page.get_by_role("progressbar")


async def test_chosen_letters_are_counted_before_they_are_given_back(hub: Province, screen: Screen) -> None:
    await pile_up(hub, 3)
    await screen.open("/undelivered?cause=link-unauthorised")
    await screen.page.locator("input[name=id]").nth(1).check()
    await screen.press("Trả bên gửi")
    await screen.sees("Trả bên gửi: 1 văn bản", "không gửi lại được nữa")
    await screen.give_reason("Trả bên gửi 1 văn bản")
    await worked_off(hub)
    await screen.sees("1 / 1 văn bản đã xử lý")
    assert await hub.hub.ports.dead_letters.preview(Filter()) == 2


async def test_a_job_is_seen_to_move_and_what_it_could_not_do_leads_to_the_document(hub: Province, screen: Screen) -> None:
    letters = await pile_up(hub, 3)
    bar = await begun(screen, "Gửi lại", pace="10 mỗi phút")
    await screen.sees("Đang chạy", "10 mỗi phút")
    ports = hub.hub.ports
    await ports.dead_letters.park(Filter(ids=letters[2:]), by="chị Lan", reason="chờ", now=hub.clock.now(), limit=1)
    for done in (1, 2, 3):
        await worked_off(hub)
        await expect(bar).to_have_attribute("value", str(done))
        hub.clock.advance(seconds=6)
    await screen.sees("2 / 3 văn bản đã xử lý", "Xong", "Đã khác lúc bắt đầu")
    assert await screen.page.evaluate("document.body.dataset.same") == "page"
    await screen.page.locator("#live td a").click()
    await screen.sees("Để riêng", "Biên nhận của trục")
    assert (await own(ports.ledger, letters[2])).state is State.SUSPENDED


async def test_what_a_job_does_before_its_page_listens_is_not_missed(hub: Province, screen: Screen) -> None:
    await pile_up(hub, 2)
    over = asyncio.Event()

    async def held_up(route: Route) -> None:
        await over.wait()
        await route.continue_()

    await screen.page.route("**/console/live", held_up)
    await begun(screen, "Gửi lại", pace="Nhanh nhất có thể")
    await screen.sees("0 / 2 văn bản đã xử lý")
    await worked_off(hub)
    over.set()
    await screen.sees("2 / 2 văn bản đã xử lý", "Xong")


@pytest.mark.parametrize("screen", [{"viewport": PHONE, "is_mobile": True, "has_touch": True}], ids=["phone"], indirect=True)
async def test_a_job_is_stopped_from_a_phone_and_the_rest_stays(hub: Province, screen: Screen) -> None:
    await pile_up(hub, 3)
    await begun(screen, "Để riêng", pace="10 mỗi phút")
    await worked_off(hub)
    await screen.sees("1 / 3 văn bản đã xử lý")
    await screen.press("Dừng")
    await screen.give_reason("Dừng")
    await screen.sees("Đã dừng", "2 văn bản còn lại giữ nguyên như cũ.")
    await screen.press("Xem những gì còn không gửi được")
    await screen.sees("Nhóm theo nguyên nhân")
    await screen.press("Lượt xử lý")
    await screen.sees("Để riêng: 3 văn bản", "Đã dừng")
    assert await hub.hub.ports.dead_letters.preview(Filter(parked=False)) == 2
