"""A real browser without a window: one Chromium for all tests, and in each test an officer who looks at the console in it."""

import asyncio
import os
import re
import secrets
import subprocess
import threading
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from gateway.core.roles import Role
from gateway.entry.console.door import COOKIE, digest, proof
from gateway.ports import Session
from tests.api.conftest import Province
from tests.console.conftest import OFFICERS
from tests.services import require

__all__ = ["Screen", "browser", "chromium", "expect", "screen", "window"]

DESKTOP = {"width": 1320, "height": 940}
PHONE = {"width": 390, "height": 844}
PATIENCE_MILLISECONDS = 8_000
"""For what a page should show at once; only a machine that is very busy needs more than a moment."""
FLAGS = ("--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-port=0", "--no-first-run")


@pytest.fixture(scope="session")
def chromium(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Give the address by which Debian's Chromium is driven: one for this process; each module may import this fixture."""
    program = require("chromium", "apt-get install chromium")
    stash = request.config.stash
    if ADDRESS not in stash:
        rootly = ("--no-sandbox",) if os.geteuid() == 0 else ()
        command = [str(program), *FLAGS, *rootly, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        request.config.add_cleanup(lambda: _ended(process))
        assert process.stderr is not None
        address = next((found[0] for line in process.stderr if (found := re.search(r"ws://\S+", line))), None)
        assert address is not None, "Chromium ended at once"
        threading.Thread(target=process.stderr.read, daemon=True).start()  # what it says later fills no pipe
        stash[ADDRESS] = address
    return stash[ADDRESS]


def _ended(process: subprocess.Popen[str]) -> None:
    process.terminate()
    process.wait()


ADDRESS = pytest.StashKey[str]()


@pytest.fixture
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        yield await playwright.chromium.connect_over_cdp(chromium)


@dataclass(kw_only=True)
class Screen:
    """What an officer sees. `troubles` are errors of scripts and of the content security policy, of which there are none."""

    page: Page
    base: str
    troubles: list[str] = field(default_factory=list)

    async def open(self, path: str = "") -> None:
        await self.page.goto(f"{self.base}/console{path}")
        await self.page.evaluate("document.fonts.ready")

    async def press(self, *names: str) -> None:
        """Press buttons or links, one after the other, by what stands on them."""
        for name in names:
            pressed = self.page.get_by_role("button", name=name, exact=True)
            await pressed.or_(self.page.get_by_role("link", name=name, exact=True)).filter(visible=True).first.click()

    async def sees(self, *texts: str) -> None:
        for text in texts:
            await expect(self.page.get_by_text(text).filter(visible=True).first).to_be_visible()

    async def misses(self, text: str) -> None:
        await expect(self.page.get_by_text(text).filter(visible=True)).to_have_count(0)

    async def give_reason(self, button: str) -> None:
        """Say why in the dialog or form that is open, and press its button."""
        form = self.page.locator("form:has(textarea:visible)")
        await form.locator("textarea").fill("đã kiểm tra với đơn vị")
        await form.get_by_role("button", name=button).first.click()
        await self.page.wait_for_load_state()

    async def shoot(self, name: str, shots: Path) -> None:
        await self.page.screenshot(path=shots / f"{name}.png", full_page=True)


@pytest.fixture
async def screen(hub: Province, browser: Browser, request: pytest.FixtureRequest) -> AsyncIterator[Screen]:
    """An administrator who is signed in; `request.param` is what sets the window apart."""
    async with window(hub, browser, Role.ADMIN, getattr(request, "param", {})) as seen:
        yield seen


@asynccontextmanager
async def window(hub: Province, browser: Browser, role: Role, more: Mapping[str, Any]) -> AsyncIterator[Screen]:
    """Open a window of an officer's own; two officers have one each."""
    context = await browser.new_context(locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh", **{"viewport": DESKTOP, **more})
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    token = await signed_in(hub, role)
    await context.add_cookies([{"name": COOKIE, "value": token, "url": f"{hub.base}/console"}])
    seen = Screen(page=await context.new_page(), base=hub.base)
    seen.page.on("console", lambda said: seen.troubles.append(said.text) if said.type in {"error", "warning"} else None)
    seen.page.on("pageerror", lambda error: seen.troubles.append(str(error)))
    yield seen
    await context.close()
    await asyncio.sleep(0)
    assert seen.troubles == []


async def signed_in(hub: Province, role: Role = Role.ADMIN) -> str:
    """Begin an officer's session beside the form, whose password takes time on purpose; give its token."""
    officer = hub.hub.rules().operators.find(OFFICERS[role])
    assert officer is not None
    token, now = secrets.token_urlsafe(32), hub.clock.now()
    session: dict[str, Any] = {
        "operator": officer.id,
        "proof": proof(officer),
        "source": "127.0.0.1",
        "begun_at": now,
        "seen_at": now,
    }
    await hub.hub.ports.sessions.begin(Session(token_sha256=digest(token), ends_at=now + timedelta(hours=12), **session))
    return token
