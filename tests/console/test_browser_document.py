"""In a real browser: what an officer does on the page of a document, from its file to a reminder, without leaving it."""

import os
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe

from tests.api.conftest import Province
from tests.console.browsing import PHONE, Screen, browser, chromium, expect, screen
from tests.console.test_browser_looks import RULES
from tests.console.test_opening import sent
from tests.documents import PDF

__all__ = ["browser", "chromium", "screen"]


async def test_a_file_is_saved_and_the_page_stays_with_its_dialog_closed_and_emptied(hub: Province, screen: Screen) -> None:
    document, _ = await sent(hub)
    await screen.open(f"/documents/{document}")
    await screen.press("a.pdf")
    async with screen.page.expect_download() as saving:
        await screen.give_reason("Mở và tải về")
    saved = await saving.value
    assert (saved.suggested_filename, Path(await saved.path()).read_bytes()) == ("a.pdf", PDF)
    await expect(screen.page.locator("dialog[open]")).to_have_count(0)
    await screen.press("Cả gói edXML đã ký")
    await expect(screen.page.locator("dialog[open] textarea")).to_have_value("")


async def test_a_signature_is_checked_a_note_written_and_the_receiver_reminded(hub: Province, screen: Screen) -> None:
    document, _ = await sent(hub)
    await screen.open(f"/documents/{document}")
    await screen.press("Kiểm tra chữ ký lại")
    await screen.sees("✓ Chữ ký đúng", "✓ của bên gửi")
    await screen.press("Ghi chú")
    await screen.page.locator("dialog[open] textarea").fill("đã gọi văn thư")
    await screen.press("Ghi")
    await screen.sees("đã gọi văn thư")
    await screen.press("Nhắc")
    await screen.give_reason("Nhắc")
    await screen.sees("Nhắc hạn")


@pytest.mark.parametrize(
    ("look", "screen"), {"light": {}, "phone": {"viewport": PHONE, "is_mobile": True}}.items(), ids=str, indirect=["screen"]
)
async def test_a_checked_document_can_be_read_by_anybody_and_fits_its_window(hub: Province, screen: Screen, look: str) -> None:
    document, _ = await sent(hub, name="a" * 120 + ".pdf")
    await hub.hub.ports.remarks.write(document, "x" * 200, by="can-bo-admin", now=hub.clock.now())
    await screen.open(f"/documents/{document}")
    await screen.press("Kiểm tra chữ ký lại")
    await screen.sees("✓ Chữ ký đúng")
    if shots := os.environ.get("LIENTHONG_SHOTS"):
        await screen.shoot(f"document-checked-{look}", Path(shots))
    found = await Axe().run(screen.page, options=RULES[look])
    assert [(each["id"], each["nodes"][0]["html"][:200]) for each in found.response["violations"]] == []
    assert not await screen.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
