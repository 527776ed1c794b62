"""Who gets into the console, what each role may do there, and that other sites and scripts get nothing."""

import re
from collections.abc import Callable
from http.cookies import SimpleCookie
from typing import Any

import pytest
from yarl import URL

from gateway.core.roles import Role, may
from gateway.entry.console.door import COOKIE, IDLE_TIME, SESSION_TIME
from gateway.entry.console.routes import ACTIONS, PAGES
from gateway.entry.console.sign_in import TRIES_PER_MINUTE
from tests.api.conftest import Province
from tests.console.conftest import OFFICERS, PASSWORD, Browser

ADMIN = OFFICERS[Role.ADMIN]


def named(path: str) -> str:
    return re.sub(r"\{\w+\}", "x", path)


def cookie(browser: Browser) -> str:
    return next(each.value for each in browser.session.cookie_jar if each.key == COOKIE)


async def test_nobody_who_is_not_signed_in_gets_anything(stranger: Browser) -> None:
    for page in PAGES:
        assert await stranger.get(named(page.path)) == (303, ""), page
    for action in ACTIONS:
        assert await stranger.post(named(action.path), {"reason": "x"}) == (303, ""), action


@pytest.mark.parametrize("role", Role)
async def test_a_role_gets_nothing_that_it_has_no_right_to(officer: Callable[[Role], Any], role: Role) -> None:
    browser: Browser = await officer(role)
    for action in ACTIONS:
        if not may(role, action.right):
            status, text = await browser.do(named(action.path), decision="requeued", to="x", due_at="2027-01-01T00:00")
            assert (status, "role-insufficient" in text) == (403, True), action


@pytest.mark.parametrize("role", Role)
async def test_every_role_sees_the_pages_that_it_has_a_right_to_and_no_others(officer: Callable[[Role], Any], role: Role) -> None:
    browser: Browser = await officer(role)
    for page in PAGES:
        if "{" not in page.path and page.path != "/live":
            async with browser.session.get(f"{browser.base}/console{page.path}") as response:
                assert response.status == (200 if may(role, page.right) else 403), page


async def test_who_may_not_act_is_shown_no_buttons_to_act(officer: Callable[[Role], Any], letters: list[str]) -> None:
    browser: Browser = await officer(Role.VIEWER)
    _, text = await browser.get("/undelivered")
    assert 'value="requeued"' not in text


@pytest.mark.parametrize("token", ["", "0" * 64])
async def test_a_form_without_the_proof_of_the_session_does_nothing(admin: Browser, token: str) -> None:
    for action in ACTIONS:
        status, text = await admin.post(named(action.path), {"csrf": token, "reason": "x"})
        assert (status, "request-forged" in text) == (403, True), action


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}])
async def test_another_site_cannot_send_a_form(admin: Browser, headers: dict[str, str]) -> None:
    fields = {"csrf": await admin.csrf(), "reason": "x"}
    status, _ = await admin.post("/sign-out", fields, headers=headers)
    assert status == 403
    assert (await admin.get(""))[0] == 200


async def test_another_site_cannot_sign_anybody_in(stranger: Browser) -> None:
    fields = {"name": ADMIN, "password": PASSWORD}
    assert (await stranger.post("/sign-in", fields, headers={"Origin": "https://evil.example"}))[0] == 403
    assert (await stranger.get(""))[0] == 303


@pytest.mark.parametrize(
    ("name", "password"), [(ADMIN, "sai mat khau roi"), ("khong-ai", PASSWORD), ("operator", PASSWORD), ("", "")]
)
async def test_a_wrong_name_or_password_is_told_alike(stranger: Browser, name: str, password: str) -> None:
    status, text = await stranger.post("/sign-in", {"name": name, "password": password})
    assert (status, "Tên hoặc mật khẩu không đúng." in text, "sign-in-failed" in text) == (401, True, True)


async def test_guessing_is_slowed_for_one_name_and_no_other(stranger: Browser) -> None:
    tried = [await stranger.sign_in(ADMIN, "sai") for _ in range(TRIES_PER_MINUTE + 1)]
    assert tried == [401] * TRIES_PER_MINUTE + [429]
    assert await stranger.sign_in(OFFICERS[Role.VIEWER]) == 303


async def test_a_session_gets_a_token_that_the_browser_did_not_bring(hub: Province, stranger: Browser) -> None:
    planted: SimpleCookie = SimpleCookie(f"{COOKIE}=planted; Path=/console")
    stranger.session.cookie_jar.update_cookies(planted, URL(f"{hub.base}/console"))
    assert (await stranger.get(""))[0] == 303
    assert await stranger.sign_in(ADMIN) == 303
    assert cookie(stranger) != "planted"


async def test_each_sign_in_has_another_token(stranger: Browser) -> None:
    await stranger.sign_in(ADMIN)
    first = cookie(stranger)
    await stranger.sign_in(ADMIN)
    assert cookie(stranger) != first


async def test_the_cookie_is_for_the_console_alone_and_out_of_reach_of_scripts_and_sites(stranger: Browser) -> None:
    fields = {"name": ADMIN, "password": PASSWORD}
    async with stranger.session.post(f"{stranger.base}/console/sign-in", data=fields, allow_redirects=False) as response:
        given = response.cookies[COOKIE]
    assert (given["path"], given["httponly"], given["samesite"]) == ("/console", True, "Strict")


async def test_signing_out_ends_the_session_for_whoever_has_its_token(admin: Browser) -> None:
    token = cookie(admin)
    assert (await admin.do("/sign-out"))[0] == 303
    admin.session.cookie_jar.clear()
    assert (await admin.get("", headers={"Cookie": f"{COOKIE}={token}"}))[0] == 303


@pytest.mark.parametrize("span", [IDLE_TIME, SESSION_TIME])
async def test_a_session_ends_by_itself(hub: Province, admin: Browser, span: Any) -> None:
    hub.clock.advance(seconds=span.total_seconds() + 61)
    assert (await admin.get(""))[0] == 303


async def test_a_session_that_is_used_goes_on(hub: Province, admin: Browser) -> None:
    for _ in range(3):
        hub.clock.advance(seconds=IDLE_TIME.total_seconds() - 60)
        assert (await admin.get(""))[0] == 200


@pytest.mark.parametrize("to", ["https://evil.example", "//evil.example", "/api/v1/documents", "/console.evil", "/consolex"])
async def test_signing_in_leads_to_no_other_place_than_the_console(stranger: Browser, to: str) -> None:
    fields = {"name": ADMIN, "password": PASSWORD, "to": to}
    async with stranger.session.post(f"{stranger.base}/console/sign-in", data=fields, allow_redirects=False) as response:
        assert response.headers["Location"] == "/console"


async def test_signing_in_leads_back_to_the_page_that_was_asked_for(stranger: Browser) -> None:
    async with stranger.session.get(f"{stranger.base}/console/documents?q=b%C3%A1o", allow_redirects=False) as response:
        place = response.headers["Location"]
    _, form = await stranger.get(place.removeprefix("/console"))
    assert 'name="to" value="/console/documents?q=b%C3%A1o"' in form


async def test_a_page_runs_no_foreign_script_and_stands_in_no_foreign_frame(admin: Browser) -> None:
    async with admin.session.get(f"{admin.base}/console") as response:
        policy, text = response.headers["Content-Security-Policy"], await response.text()
    assert {"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "form-action 'self'"} <= set(policy.split("; "))
    assert not re.search(r"<script(?![^>]* src=)|\son\w+=|\sstyle=", text)


async def test_an_agency_s_token_opens_no_page(hub: Province, stranger: Browser) -> None:
    status, _ = await stranger.get("", headers={"Authorization": f"Bearer {hub.province.token}"})
    assert status == 303
