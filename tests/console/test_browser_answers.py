"""In a real browser: from what is overdue to who is late since when, to a list, to a reminder; a leader told, a sheet taken."""

import os
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from openpyxl import load_workbook

from gateway.core.deadlines import DeadlineState, Rule
from gateway.core.model import OrganId
from gateway.ports import Owing
from tests.api.conftest import Province
from tests.console import lately
from tests.console.browsing import Screen, browser, chromium, expect, screen
from tests.console.test_browser_looks import LOOKS, RULES

__all__ = ["browser", "chromium", "screen"]


async def actions(hub: Province) -> list[str]:
    """Give what officers did about deadlines, the last first."""
    audited = (await hub.hub.ports.audit.listing(after=None, limit=9)).items
    return [each.action for each in audited if each.action.startswith("deadline.")]


async def test_an_officer_goes_from_what_is_overdue_to_who_is_late_and_reminds_two(hub: Province, screen: Screen) -> None:
    await lately.begun(hub)
    page = screen.page
    await screen.open("/answers")
    await page.get_by_label("Loại thời hạn").select_option(Rule.COLLECTION.value)
    await screen.press("Lọc")
    await screen.press("Bản đồ trễ hạn")
    cell = page.locator("td.heat-5 a").first
    count = int(await cell.inner_text())
    await cell.click()
    await expect(page.locator("tbody tr[data-row]")).to_have_count(count)
    await page.keyboard.press("j")
    await page.keyboard.press("x")
    await page.keyboard.press("j")
    await page.keyboard.press("x")
    await expect(page.locator("input[name=id]:checked")).to_have_count(2)
    await screen.press("Nhắc các dòng đã chọn")
    await screen.sees("Nhắc: 2 thời hạn")
    await screen.give_reason("Nhắc 2 thời hạn")
    await screen.sees("2 / 2 thời hạn đã nhắc")
    assert await actions(hub) == ["deadline.reminded"] * 2
    await screen.press("Quay lại danh sách")
    await expect(page.locator("tbody tr[data-row]")).to_have_count(count)


async def test_a_leader_is_told_from_a_row_and_the_list_stays_as_it_was_filtered(hub: Province, screen: Screen) -> None:
    await lately.begun(hub)
    owes = lately.debtor(await lately.overdue(hub))
    await screen.open(f"/answers?view=overdue&organ={owes}")
    await screen.press("Báo lãnh đạo")
    await screen.sees("Trục chưa gửi thư")
    await screen.give_reason("Báo lãnh đạo")
    await screen.page.wait_for_url(f"**/answers?view=overdue&organ={owes}")
    assert await actions(hub) == ["deadline.escalated"]


async def test_the_whole_list_is_taken_along_as_it_is_filtered(hub: Province, screen: Screen, tmp_path: Path) -> None:
    await lately.begun(hub)
    owes = lately.debtor(await lately.overdue(hub))
    await screen.open(f"/answers?view=overdue&organ={owes}")
    async with screen.page.expect_download() as saving:
        await screen.press("Xuất Excel")
    await (await saving.value).save_as(tmp_path / "sheet.xlsx")
    rows = list(load_workbook(tmp_path / "sheet.xlsx").worksheets[0].iter_rows(min_row=2))
    assert len(rows) == await overdue(hub, owes) > 0


async def overdue(hub: Province, organ: OrganId) -> int:
    (count,) = await hub.hub.ports.deadlines.count([Owing(debtor=organ, states=(DeadlineState.OVERDUE,))], most=99)
    return count or 0


async def test_a_leader_is_told_from_the_page_of_the_document(hub: Province, screen: Screen) -> None:
    await lately.begun(hub)
    (owed, *_) = await lately.overdue(hub)
    await screen.open(f"/documents/{owed.document.id}")
    await screen.press("Báo lãnh đạo")
    await screen.give_reason("Báo lãnh đạo")
    await screen.page.wait_for_url(f"**/documents/{owed.document.id}")
    await screen.sees("đã kiểm tra với đơn vị")
    assert await actions(hub) == ["deadline.escalated"]


@pytest.mark.parametrize(("look", "screen"), LOOKS.items(), ids=LOOKS, indirect=["screen"])
async def test_every_view_can_be_read_by_anybody_and_fits_its_window(hub: Province, screen: Screen, look: str) -> None:
    await lately.begun(hub)
    wrong = []
    for view in ("overdue", "missed", "heat"):
        await screen.open(f"/answers?view={view}")
        if look in RULES:
            found = await Axe().run(screen.page, options=RULES[look])
            wrong += [(view, each["id"], each["nodes"][0]["html"][:200]) for each in found.response["violations"]]
        if await screen.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wrong.append((view, "scrolls sideways", ""))
        if shots := os.environ.get("LIENTHONG_SHOTS"):
            await screen.shoot(f"answers-late-{view}-{look}", Path(shots))
    assert wrong == []
