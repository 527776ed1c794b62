"""An officer looks at the working calendar in a real browser, from the overview on, and asks what a day off would move."""

from tests.api.conftest import Province
from tests.console.browsing import Screen, browser, chromium, expect, screen
from tests.documents import document

__all__ = ["browser", "chromium", "screen"]


async def test_an_officer_sees_what_a_day_off_would_move(hub: Province, screen: Screen) -> None:
    await hub.province.send(document())
    day = hub.hub.rules().timekeeping.working_time.calendar.next_working_day(hub.clock.now().date())
    await screen.open()
    await screen.page.locator(".strip").get_by_role("link", name=f"{hub.clock.now().year} ").click()
    await screen.sees("Các tháng", "Ngày khác thường")
    await screen.page.get_by_label("Ngày", exact=True).fill(day.isoformat())
    await screen.press("Xem ảnh hưởng")
    await screen.sees("đơn vị sẽ dời", "Gửi đề xuất")
    await screen.press("Xem")
    await screen.sees("Hạn trả lời", "Lấy văn bản về")


async def test_the_minutes_of_an_agency_can_be_heard_and_lead_to_it(hub: Province, screen: Screen) -> None:
    await hub.province.send(document())
    await screen.open()
    await expect(screen.page.get_by_role("img", name="30 phút qua: 0 lượt giao, 0 lỗi").first).to_be_visible()
    await screen.page.locator(".pulses").get_by_role("link", name="UBND xã B (mẫu)").click()
    await screen.sees("UBND xã B (mẫu)", "H56.40.02")
