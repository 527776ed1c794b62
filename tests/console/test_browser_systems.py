"""In a real browser: a link is tried and paused on its own page, and an officer ends the session that he left elsewhere."""

import pytest

from gateway.core.circuit import CircuitState
from gateway.core.roles import Role
from tests.api.conftest import Province
from tests.console.browsing import Screen, browser, chromium, expect, screen, signed_in
from tests.console.conftest import OFFICERS
from tests.contracts.entries import SYSTEM

__all__ = ["browser", "chromium", "screen"]


async def test_a_link_is_tried_then_paused_for_maintenance_on_its_own_page(hub: Province, screen: Screen) -> None:
    await screen.open("/systems")
    await screen.press(SYSTEM, "Thử kết nối")
    await screen.sees("3. Hệ thống trả lời", "✓ đạt")
    await screen.press("Bảo trì")
    await screen.page.get_by_label("Trong bao nhiêu giờ").fill("2")
    await screen.give_reason("Bắt đầu bảo trì")
    await screen.sees("Tự chạy lại lúc")
    assert screen.page.url.endswith(f"/console/systems/{SYSTEM}")
    assert [each.state for each in await hub.hub.ports.outbox.circuits()] == [CircuitState.PAUSED]


async def test_a_page_with_what_was_tried_is_live_and_keeps_it(hub: Province, screen: Screen) -> None:
    await screen.open(f"/systems/{SYSTEM}")
    await screen.press("Thử kết nối")
    await hub.hub.ports.outbox.pause(SYSTEM, by="truc-dem", reason="mất điện", until=None, now=hub.clock.now())
    await screen.page.evaluate("htmx.trigger('#live', 'sse:changed')")
    await screen.sees("truc-dem: mất điện", "3. Hệ thống trả lời")


@pytest.mark.parametrize("place", ["/me", "/users"])
async def test_the_session_left_elsewhere_is_ended(hub: Province, screen: Screen, place: str) -> None:
    await signed_in(hub)
    await screen.open(place)
    await screen.page.get_by_role("button", name="Kết thúc", exact=True).filter(visible=True).first.click()
    await screen.give_reason("Kết thúc")
    await expect(screen.page.get_by_role("button", name="Kết thúc", exact=True).filter(visible=True)).to_have_count(0)
    await screen.sees("phiên này")
    assert len(await hub.hub.ports.sessions.of(OFFICERS[Role.ADMIN], now=hub.clock.now())) == 1
