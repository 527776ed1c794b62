"""Filters that officers keep: each for himself, one click away, forgotten again."""

import pytest

from gateway.core.roles import Role
from gateway.entry.console.views import MOST, filters
from gateway.ports import KeptView
from tests.api.conftest import Province
from tests.console.browsing import Screen, browser, chromium, screen
from tests.console.conftest import OFFICERS, Browser
from tests.console.morning import accept

__all__ = ["browser", "chromium", "screen"]

ADMIN = OFFICERS[Role.ADMIN]
HOSTILE = "<script>alert(1)</script>"


async def test_a_filter_is_kept_under_a_name_and_leads_back_to_it(hub: Province, admin: Browser) -> None:
    status, _ = await admin.do("/views/keep", name="Hỏa tốc", query="after=9&priority=4&q=+bão&x=1")
    assert status == 303
    assert await hub.hub.ports.views.of(ADMIN) == (KeptView(name="Hỏa tốc", query="q=b%C3%A3o&priority=4"),)
    assert 'href="?q=b%C3%A3o&amp;priority=4"' in (await admin.get("/documents"))[1]


async def test_nobody_sees_the_filters_of_another(hub: Province, admin: Browser) -> None:
    await hub.hub.ports.views.keep(OFFICERS[Role.DUTY], KeptView(name="Của người khác", query="q=x"), most=MOST)
    assert "Của người khác" not in (await admin.get("/documents"))[1]


async def test_a_filter_is_forgotten(hub: Province, admin: Browser) -> None:
    await admin.do("/views/keep", name="Hỏa tốc", query="priority=4")
    assert (await admin.do("/views/forget", name="Hỏa tốc"))[0] == 303
    assert await hub.hub.ports.views.of(ADMIN) == ()


@pytest.mark.parametrize(("name", "query"), [("", "q=x"), ("x" * 61, "q=x"), ("Mọi văn bản", ""), ("Mọi văn bản", "after=9")])
async def test_what_has_no_name_or_filters_nothing_is_not_kept(hub: Province, admin: Browser, name: str, query: str) -> None:
    assert (await admin.do("/views/keep", name=name, query=query))[0] == 400
    assert await hub.hub.ports.views.of(ADMIN) == ()


async def test_a_name_is_no_script(admin: Browser) -> None:
    await admin.do("/views/keep", name=HOSTILE, query="q=x")
    assert HOSTILE not in (await admin.get("/documents"))[1]


def test_filters_that_ask_for_the_same_are_the_same() -> None:
    assert filters("state=failed&q=x&after=3") == filters("q=x&sender=&state=failed") == "q=x&state=failed"


async def test_an_officer_keeps_a_filter_comes_back_to_it_and_forgets_it(hub: Province, screen: Screen) -> None:
    await accept(hub, 1)
    await screen.open("/documents?q=ke+hoach")
    await screen.press("Lưu bộ lọc này")
    await screen.page.get_by_label("Tên", exact=True).fill("Kế hoạch của tôi")
    await screen.page.get_by_role("button", name="Lưu", exact=True).click()
    await screen.open("/documents")
    await screen.press("Kế hoạch của tôi")
    await screen.sees("Kế hoạch ứng phó bão")
    await screen.press("Bỏ bộ lọc này")
    await screen.misses("Kế hoạch của tôi")
