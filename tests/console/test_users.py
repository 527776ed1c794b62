"""Who runs the hub and where they are signed in: administrators see all and end any, others see and end their own."""

import io
import re
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import pytest
from openpyxl import load_workbook

from gateway.core.roles import Role
from gateway.entry.console.door import COOKIE, IDLE_TIME, digest
from gateway.entry.console.users import handle
from gateway.ports import Session
from tests.api.conftest import Province
from tests.console.conftest import OFFICERS, REASON, Browser

DUTY, ADMIN = OFFICERS[Role.DUTY], OFFICERS[Role.ADMIN]


@pytest.fixture
async def elsewhere(hub: Province) -> AsyncIterator[Browser]:
    """The duty officer, signed in at another browser."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        browser = Browser(session=session, base=hub.base)
        assert await browser.sign_in(DUTY) == 303
        yield browser


async def sessions(hub: Province, operator: str) -> tuple[Session, ...]:
    return await hub.hub.ports.sessions.of(operator, now=hub.clock.now())


def plain(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def row(text: str, name: str) -> str:
    return next(plain(each) for each in re.findall(r"<tr data-row>(.*?)</tr>", text, re.DOTALL) if f">{name}<" in each)


async def test_everybody_is_shown_with_their_role_and_what_they_prove_themselves_by(admin: Browser) -> None:
    _, text = await admin.get("/users")
    assert "Trực xem, quyết định về văn bản mật khẩu" in row(text, DUTY)
    assert "thiếu mã 6 số" in row(text, ADMIN) and "thiếu mã 6 số" not in row(text, DUTY)
    assert "1 mã truy cập API" in row(text, "operator")


async def test_no_secret_and_no_hash_is_shown(hub: Province, admin: Browser, elsewhere: Browser) -> None:
    text = (await admin.get("/users"))[1] + (await admin.get("/me"))[1]
    hidden = [each.token_sha256 for each in await sessions(hub, DUTY) + await sessions(hub, ADMIN)]
    for operator in hub.hub.rules().operators:
        hidden += [each for each in (*operator.token_sha256, operator.password, operator.totp) if each]
    assert [each for each in hidden if each in text] == []


async def test_a_session_is_shown_with_where_it_comes_from_and_one_left_idle_is_not(
    hub: Province, admin: Browser, elsewhere: Browser
) -> None:
    assert "127.0.0.1 từ" in row((await admin.get("/users"))[1], DUTY)
    hub.clock.advance(seconds=IDLE_TIME.total_seconds() + 60)
    await admin.sign_in(ADMIN)
    assert "127.0.0.1" not in row((await admin.get("/users"))[1], DUTY)


async def test_all_sessions_of_a_person_are_ended_with_a_reason(hub: Province, admin: Browser, elsewhere: Browser) -> None:
    assert (await admin.do(f"/users/{DUTY}/end", reason=" "))[0] == 400
    assert (await elsewhere.get(""))[0] == 200
    assert (await admin.do(f"/users/{DUTY}/end"))[0] == 303
    assert (await elsewhere.get(""))[0] == 303
    (audited, *_) = (await hub.hub.ports.audit.listing(after=None, limit=9)).items
    assert (audited.actor, audited.action, audited.subject) == (ADMIN, "console.sessions-ended", {"operator": DUTY})
    assert audited.reason == REASON


async def test_one_session_is_ended_and_the_others_go_on(hub: Province, admin: Browser, elsewhere: Browser) -> None:
    token = next(each.value for each in elsewhere.session.cookie_jar if each.key == COOKIE)
    await elsewhere.sign_in(DUTY)
    (lost,) = [each for each in await sessions(hub, DUTY) if each.token_sha256 == digest(token)]
    assert (await admin.do(f"/users/{DUTY}/end/{handle(lost)}"))[0] == 303
    assert (await elsewhere.get(""))[0] == 200
    elsewhere.session.cookie_jar.clear()
    assert (await elsewhere.get("", headers={"Cookie": f"{COOKIE}={token}"}))[0] == 303


@pytest.mark.parametrize(
    "path", ["/users/khong-ai/end", f"/users/{DUTY}/end", f"/users/{ADMIN}/end/none", "/me/end", "/me/end/x"]
)
async def test_what_is_not_there_is_not_ended(hub: Province, admin: Browser, path: str) -> None:
    assert (await admin.do(path))[0] == 404
    assert len(await sessions(hub, ADMIN)) == 1


async def test_an_administrator_cannot_end_a_session_under_another_name(
    hub: Province, admin: Browser, elsewhere: Browser
) -> None:
    (own,) = await sessions(hub, DUTY)
    assert (await admin.do(f"/users/{ADMIN}/end/{handle(own)}"))[0] == 404
    assert await sessions(hub, DUTY) == (own,)


async def test_an_officer_sees_his_own_sessions_and_ends_the_others(hub: Province, elsewhere: Browser, officer: Any) -> None:
    browser: Browser = await officer(Role.DUTY)
    _, text = await browser.get("/me")
    assert "Phiên đang mở (2)" in text and "phiên này" in text
    assert (await browser.do("/me/end"))[0] == 303
    assert ((await browser.get("/me"))[0], (await elsewhere.get("/me"))[0]) == (200, 303)
    assert "Kết thúc các phiên khác" not in (await browser.get("/me"))[1]


async def test_one_s_own_session_is_ended_by_signing_out_alone(hub: Province, officer: Any) -> None:
    browser: Browser = await officer(Role.DUTY)
    (own,) = await sessions(hub, DUTY)
    assert (await browser.do(f"/me/end/{handle(own)}"))[0] == 404
    assert await sessions(hub, DUTY) == (own,)


async def test_nobody_ends_another_s_session_as_his_own(hub: Province, elsewhere: Browser, officer: Any) -> None:
    browser: Browser = await officer(Role.VIEWER)
    (other,) = await sessions(hub, DUTY)
    assert (await browser.do(f"/me/end/{handle(other)}"))[0] == 404
    assert (await elsewhere.get(""))[0] == 200


@pytest.mark.parametrize("role", [each for each in Role if each is not Role.ADMIN])
async def test_only_administrators_see_who_else_there_is(officer: Callable[[Role], Any], role: Role) -> None:
    browser: Browser = await officer(role)
    status, text = await browser.get("/users")
    assert (status, "role-insufficient" in text, 'href="/console/users"' in text) == (403, True, False)


async def test_the_sheet_of_users_names_everybody_and_no_secret(hub: Province, admin: Browser) -> None:
    async with admin.session.get(f"{admin.base}/console/users.xlsx") as response:
        (read,) = load_workbook(io.BytesIO(await response.read())).worksheets
    rows = {row[0]: row for row in read.iter_rows(values_only=True)}
    assert set(rows) == {"Tên", *(each.id for each in hub.hub.rules().operators)}
    assert rows[DUTY][1:6] == ("Trực", "✓", None, 0, 0) and rows[ADMIN][5] == 1


async def test_the_screens_are_in_english_too(admin: Browser) -> None:
    await admin.post("/language", {"language": "en", "to": "/console"})
    assert "Open sessions" in (await admin.get("/users"))[1]
    assert "Rights and ways in" in (await admin.get(f"/users/{DUTY}"))[1]
    assert "<h1>My account</h1>" in (await admin.get("/me"))[1]
