"""One's own account: the password and the second factor are changed by whoever shows that it is his, and by nobody else."""

import asyncio
import html
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import aiohttp
import pyotp
import pytest

from gateway.core.directory import Operator
from gateway.core.roles import Role
from gateway.entry.console.account import HIMSELF
from gateway.entry.console.sign_in import TRIES_PER_MINUTE
from tests.api.conftest import Province
from tests.console.conftest import OFFICERS, PASSWORD, Browser

ADMIN, DUTY = OFFICERS[Role.ADMIN], OFFICERS[Role.DUTY]
CHOSEN = "mật khẩu mới của tôi"
PENDING = re.compile(r'name="pending" value="([^"]+)"')
AFAR = {"X-Forwarded-For": "192.0.2.1"}


@pytest.fixture
async def duty(officer: Any) -> Browser:
    """The duty officer, signed in."""
    browser: Browser = await officer(Role.DUTY)
    return browser


@pytest.fixture
async def elsewhere(hub: Province) -> AsyncIterator[Browser]:
    """The duty officer, signed in at another browser."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        browser = Browser(session=session, base=hub.base)
        await browser.sign_in(DUTY)
        yield browser


def officer_of(hub: Province, name: str) -> Operator:
    found = hub.hub.rules().operators.find(name)
    assert found is not None
    return found


async def offered(browser: Browser, **fields: str) -> tuple[str, str]:
    """Ask for a second factor; give the secret that is shown, and what the page keeps of it."""
    status, text = await browser.do("/me/second-factor", **({"password": PASSWORD} | fields))
    secret, pending = re.search(r'<dd class="mono once">(\w+)</dd>', text), PENDING.search(text)
    assert status == 200 and secret is not None and pending is not None
    return secret[1], html.unescape(pending[1])


@pytest.fixture
async def secret(hub: Province, duty: Browser) -> str:
    """The duty officer's second factor, which he has just set; the clock is past the code that confirmed it."""
    secret, pending = await offered(duty)
    assert (await duty.do("/me/second-factor/keep", pending=pending, code=pyotp.TOTP(secret).at(hub.clock.now())))[0] == 303
    hub.clock.advance(seconds=30)
    return secret


async def audited(hub: Province) -> tuple[str, str, dict[str, Any], str]:
    entries = (await hub.hub.ports.audit.listing(after=None, limit=9)).items
    last = next(each for each in entries if each.action != "console.sign-in")
    return last.actor, last.action, dict(last.subject), last.reason


async def test_a_changed_password_ends_the_other_sessions_and_this_one_goes_on(
    hub: Province, duty: Browser, elsewhere: Browser
) -> None:
    assert (await duty.do("/me/password", password=PASSWORD, new=CHOSEN, again=CHOSEN))[0] == 200
    assert [(await each.get("/me"))[0] for each in (duty, elsewhere)] == [200, 303]
    assert [await elsewhere.sign_in(DUTY), await elsewhere.sign_in(DUTY, CHOSEN)] == [401, 303]
    assert await audited(hub) == (DUTY, "operator.password-changed", {"operator": DUTY}, HIMSELF)


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"password": "không phải mật khẩu"}, 401, "sign-in-failed"),
        ({"password": ""}, 401, "sign-in-failed"),
        ({"new": "ngắn", "again": "ngắn"}, 400, "malformed-request"),
        ({"new": "", "again": ""}, 400, "malformed-request"),
        ({"again": "một mật khẩu khác"}, 400, "malformed-request"),
    ],
)
async def test_a_password_is_not_changed_by_who_does_not_know_it_or_mistypes(
    hub: Province, duty: Browser, fields: dict[str, str], status: int, code: str
) -> None:
    before = officer_of(hub, DUTY)
    refused = await duty.do("/me/password", **({"password": PASSWORD, "new": CHOSEN, "again": CHOSEN} | fields))
    assert (refused[0], code in refused[1], officer_of(hub, DUTY)) == (status, True, before)


async def test_a_password_cannot_be_guessed_from_a_session_that_was_left_open(hub: Province, duty: Browser) -> None:
    fields = {"csrf": await duty.csrf(), "password": "x", "new": CHOSEN, "again": CHOSEN}
    tries = await asyncio.gather(*(duty.post("/me/password", fields) for _ in range(2 * TRIES_PER_MINUTE)))
    assert {status for status, _ in tries} == {401, 429}


async def test_a_second_factor_holds_once_the_first_code_is_shown(hub: Province, duty: Browser) -> None:
    secret, pending = await offered(duty)
    assert officer_of(hub, DUTY).totp is None
    code = pyotp.TOTP(secret).at(hub.clock.now())
    assert (await duty.do("/me/second-factor/keep", pending=pending, code=code))[0] == 303
    assert officer_of(hub, DUTY).totp == secret
    assert await audited(hub) == (DUTY, "operator.second-factor-set", {"operator": DUTY}, HIMSELF)
    assert (await duty.get("/me"))[0] == 200


async def test_the_code_that_confirmed_it_signs_in_no_more(hub: Province, secret: str, elsewhere: Browser) -> None:
    codes = [pyotp.TOTP(secret).at(hub.clock.now() - timedelta(seconds=ago)) for ago in (30, 0)]
    assert [await elsewhere.sign_in(DUTY, code=code) for code in codes] == [401, 303]


async def test_after_a_wrong_first_code_the_same_secret_waits_for_the_right_one(hub: Province, duty: Browser) -> None:
    secret, pending = await offered(duty)
    status, text = await duty.do("/me/second-factor/keep", pending=pending, code="000000")
    assert (status, secret in text, officer_of(hub, DUTY).totp) == (401, True, None)
    again = PENDING.search(text)
    assert again is not None
    code = pyotp.TOTP(secret).at(hub.clock.now())
    assert (await duty.do("/me/second-factor/keep", pending=html.unescape(again[1]), code=code))[0] == 303


async def test_a_secret_that_was_offered_to_another_session_or_tampered_with_is_not_kept(
    hub: Province, duty: Browser, elsewhere: Browser
) -> None:
    secret, pending = await offered(elsewhere)
    code = pyotp.TOTP(secret).at(hub.clock.now())
    for given in (pending, "", secret, pending[:-4] + "AAA=", "v1:", "v1:AAAA"):
        status, text = await duty.do("/me/second-factor/keep", pending=given, code=code)
        assert (status, "malformed-request" in text) == (400, True), given
    assert officer_of(hub, DUTY).totp is None


@pytest.mark.parametrize("path", ["/me/second-factor", "/me/second-factor/drop"])
async def test_a_second_factor_is_changed_by_nobody_who_only_found_the_session(
    hub: Province, secret: str, duty: Browser, path: str
) -> None:
    code = pyotp.TOTP(secret).at(hub.clock.now())
    for fields in ({"password": "x", "code": code}, {"password": PASSWORD, "code": "000000"}, {"password": PASSWORD}):
        assert (await duty.do(path, **fields))[0] == 401, fields
    assert officer_of(hub, DUTY).totp == secret


async def test_another_telephone_takes_over_once_it_is_confirmed(hub: Province, secret: str, duty: Browser) -> None:
    code = pyotp.TOTP(secret).at(hub.clock.now())
    another, pending = await offered(duty, code=code)
    assert officer_of(hub, DUTY).totp == secret
    confirming = pyotp.TOTP(another).at(hub.clock.now())
    assert (await duty.do("/me/second-factor/keep", pending=pending, code=confirming))[0] == 303
    assert officer_of(hub, DUTY).totp == another


async def test_an_officer_does_without_a_second_factor_again(hub: Province, secret: str, duty: Browser) -> None:
    code = pyotp.TOTP(secret).at(hub.clock.now())
    assert (await duty.do("/me/second-factor/drop", password=PASSWORD, code=code))[0] == 303
    assert officer_of(hub, DUTY).totp is None
    assert await audited(hub) == (DUTY, "operator.second-factor-dropped", {"operator": DUTY}, HIMSELF)


@pytest.mark.parametrize(("headers", "status", "kept"), [(AFAR, 403, True), ({}, 303, False)])
async def test_an_administrator_does_without_it_at_the_hub_alone(
    hub: Province, admin: Browser, headers: dict[str, str], status: int, kept: bool
) -> None:
    secret, pending = await offered(admin)
    await admin.do("/me/second-factor/keep", pending=pending, code=pyotp.TOTP(secret).at(hub.clock.now()))
    hub.clock.advance(seconds=30)
    fields = {"csrf": await admin.csrf(), "password": PASSWORD, "code": pyotp.TOTP(secret).at(hub.clock.now())}
    assert (await admin.post("/me/second-factor/drop", fields, headers=headers))[0] == status
    assert (officer_of(hub, ADMIN).totp == secret) is kept
    assert ("Bỏ mã 6 số" in (await admin.get("/me", headers=headers))[1]) is (not headers and kept)
