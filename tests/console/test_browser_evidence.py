"""In a real browser: an officer takes the package of evidence from the page of a document, and it stands every check."""

import os
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe

from tests.api.conftest import Province
from tests.api.test_evidence import examined, sent
from tests.console.browsing import PHONE, Screen, browser, chromium, expect, screen
from tests.console.test_browser_looks import RULES

__all__ = ["browser", "chromium", "screen"]


async def test_the_button_gives_a_file_that_stands_every_check(hub: Province, screen: Screen) -> None:
    document = await sent(hub)
    await screen.open(f"/documents/{document}")
    await screen.press("Bằng chứng")
    await screen.sees("Có cả nội dung văn bản")
    async with screen.page.expect_download() as saving:
        await screen.give_reason("Tải về")
    saved = await saving.value
    assert saved.suggested_filename == "bang-chung-1-UBND-VP.zip"
    assert not examined(hub, Path(await saved.path()).read_bytes()).failed
    await expect(screen.page.locator("dialog[open]")).to_have_count(0)


@pytest.mark.parametrize(
    ("look", "screen"),
    {
        "light": {},
        "dark": {"color_scheme": "dark"},
        "phone": {"viewport": PHONE, "is_mobile": True},
    }.items(),
    ids=["light", "dark", "phone"],
    indirect=["screen"],
)
async def test_the_dialog_can_be_read_by_anybody(hub: Province, screen: Screen, look: str) -> None:
    await screen.open(f"/documents/{await sent(hub)}")
    await screen.press("Bằng chứng")
    if shots := os.environ.get("LIENTHONG_SHOTS"):
        await screen.page.screenshot(path=Path(shots) / f"evidence-{look}.png")
    found = await Axe().run(screen.page, options=RULES[look])
    assert [(each["id"], each["nodes"][0]["html"][:200]) for each in found.response["violations"]] == []
