"""What administrators do about other officers: each way in is given and taken, shown once, and never the last one of them."""

import html
import re
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pyotp
import pytest

from gateway.core.directory import Operator
from gateway.core.roles import Role
from gateway.entry.api.door import CONSOLE
from gateway.entry.registry import operators
from gateway.infra.agencies_file import OPERATOR, editing, read, revise
from tests.api.conftest import Province
from tests.console.conftest import OFFICERS, REASON, Browser

ADMIN, DUTY, VIEWER = OFFICERS[Role.ADMIN], OFFICERS[Role.DUTY], OFFICERS[Role.VIEWER]
NEW = "truc-dem"


@pytest.fixture
async def elsewhere(hub: Province) -> AsyncIterator[Browser]:
    """Another browser, not signed in yet."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        yield Browser(session=session, base=hub.base)


def shown(text: str) -> list[str]:
    return [html.unescape(each) for each in re.findall(r'<dd class="mono once">(.*?)</dd>', text)]


def officer_of(hub: Province, name: str) -> Operator:
    found = hub.hub.rules().operators.find(name)
    assert found is not None
    return found


async def audited(hub: Province) -> tuple[str, str, dict[str, Any], str]:
    entries = (await hub.hub.ports.audit.listing(after=None, limit=9)).items
    last = next(each for each in entries if each.action != "console.sign-in")
    return last.actor, last.action, dict(last.subject), last.reason


async def test_an_officer_who_is_added_signs_in_with_the_password_that_is_shown(
    hub: Province, admin: Browser, elsewhere: Browser
) -> None:
    status, text = await admin.do("/users/add", name=NEW, role="duty", by="password")
    (password,) = shown(text)
    assert (status, await elsewhere.sign_in(NEW, password)) == (200, 303)
    assert officer_of(hub, NEW).role is Role.DUTY
    assert await audited(hub) == (ADMIN, "operator.added", {"operator": NEW, "role": "duty"}, REASON)


async def test_what_is_shown_once_is_nowhere_afterwards(admin: Browser) -> None:
    _, text = await admin.do("/users/add", name=NEW, role="admin", by="password")
    pages = [(await admin.get(path))[1] for path in ("/users", f"/users/{NEW}", "/audit")]
    assert [each for each in shown(text) for page in pages if each in page] == []


async def test_an_administrator_who_is_added_gets_in_from_afar_with_his_second_factor(
    hub: Province, admin: Browser, elsewhere: Browser
) -> None:
    _, text = await admin.do("/users/add", name=NEW, role="admin", by="password")
    password, secret = shown(text)
    assert '<img class="qr" src="data:image/svg+xml' in text
    fields = {"name": NEW, "password": password, "code": pyotp.TOTP(secret).at(hub.clock.now())}
    assert (await elsewhere.post("/sign-in", fields, headers={"X-Forwarded-For": "192.0.2.1"}))[0] == 303


async def test_a_program_that_is_added_calls_with_its_token_and_has_no_password(hub: Province, admin: Browser) -> None:
    _, text = await admin.do("/users/add", name="giam-sat", role="viewer", by="token")
    (token,) = shown(text)
    headers = {"Authorization": f"Bearer {token}"}
    async with admin.session.get(f"{hub.base}/api/v1/admin/queues", headers=headers) as response:
        assert response.status == 200
    assert officer_of(hub, "giam-sat").password is None


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"name": "trực đêm"}, 400, "malformed-request"),
        ({"name": ""}, 400, "malformed-request"),
        ({"name": "a/b"}, 400, "malformed-request"),
        ({"name": "-a"}, 400, "malformed-request"),
        ({"name": "a" * 65}, 400, "malformed-request"),
        ({"role": "root"}, 400, "malformed-request"),
        ({"reason": " "}, 400, "malformed-request"),
        ({"name": DUTY}, 409, "entry-exists"),
    ],
)
async def test_who_cannot_be_added_is_not(hub: Province, admin: Browser, fields: dict[str, str], status: int, code: str) -> None:
    before = hub.hub.rules().operators
    refused = await admin.do("/users/add", **({"name": NEW, "role": "duty", "by": "password"} | fields))
    assert (refused[0], code in refused[1]) == (status, True)
    assert [*hub.hub.rules().operators] == [*before]


async def test_another_role_holds_at_once_in_the_session_that_is_open(
    hub: Province, admin: Browser, elsewhere: Browser, letters: list[str]
) -> None:
    await elsewhere.sign_in(DUTY)
    assert 'value="requeued"' in (await elsewhere.get("/undelivered"))[1]
    assert (await admin.do(f"/users/{DUTY}/role", role="viewer"))[0] == 303
    status, text = await elsewhere.get("/undelivered")
    assert (status, 'value="requeued"' in text) == (200, False)
    assert await audited(hub) == (ADMIN, "operator.role-set", {"operator": DUTY, "role": "viewer"}, REASON)


async def test_who_becomes_an_administrator_has_to_sign_in_as_one(admin: Browser, elsewhere: Browser) -> None:
    await elsewhere.sign_in(DUTY)
    await admin.do(f"/users/{DUTY}/role", role="admin")
    assert (await elsewhere.get(""))[0] == 303


async def test_a_new_password_ends_the_sessions_and_the_old_one(admin: Browser, elsewhere: Browser) -> None:
    await elsewhere.sign_in(DUTY)
    _, text = await admin.do(f"/users/{DUTY}/password")
    assert (await elsewhere.get(""))[0] == 303
    assert [await elsewhere.sign_in(DUTY), await elsewhere.sign_in(DUTY, *shown(text))] == [401, 303]


async def test_a_second_factor_is_given_anew_and_taken_away(hub: Province, admin: Browser, elsewhere: Browser) -> None:
    for _ in range(2):
        (secret,) = shown((await admin.do(f"/users/{DUTY}/second-factor"))[1])
    assert await elsewhere.sign_in(DUTY) == 401
    assert await elsewhere.sign_in(DUTY, code=pyotp.TOTP(secret).at(hub.clock.now())) == 303
    assert (await admin.do(f"/users/{DUTY}/second-factor/take"))[0] == 303
    assert await elsewhere.sign_in(DUTY) == 303


def test_a_telephone_is_told_the_hub_and_whose_secret_it_is() -> None:
    secret = pyotp.random_base32()
    found = pyotp.parse_uri(operators.enrolment(secret, NEW, "Trục liên thông văn bản tỉnh"))
    assert isinstance(found, pyotp.TOTP)
    assert (found.issuer, found.name, found.secret) == ("Trục liên thông văn bản tỉnh", NEW, secret)


@pytest.mark.parametrize(("keep_old", "holds"), [("", False), ("1", True)])
async def test_a_new_token_ends_the_old_one_unless_it_is_to_hold(
    hub: Province, admin: Browser, keep_old: str, holds: bool
) -> None:
    (first,) = shown((await admin.do(f"/users/{DUTY}/token"))[1])
    await admin.do(f"/users/{DUTY}/token", keep_old=keep_old)
    headers = {"Authorization": f"Bearer {first}"}
    async with admin.session.get(f"{hub.base}/api/v1/admin/queues", headers=headers) as response:
        assert response.status == (200 if holds else 401)


async def test_tokens_are_taken_away(hub: Province, admin: Browser) -> None:
    await admin.do(f"/users/{DUTY}/token")
    assert (await admin.do(f"/users/{DUTY}/tokens/take"))[0] == 303
    assert officer_of(hub, DUTY).token_sha256 == ()


async def test_from_who_is_revoked_everything_is_taken_but_the_name(hub: Province, admin: Browser, elsewhere: Browser) -> None:
    for way in ("token", "second-factor"):
        await admin.do(f"/users/{VIEWER}/{way}")
    await elsewhere.sign_in(DUTY)
    for name in (VIEWER, DUTY):
        assert (await admin.do(f"/users/{name}/revoke"))[0] == 303
        left = officer_of(hub, name)
        assert (left.password, left.totp, left.token_sha256) == (None, None, ())
    assert (await elsewhere.get(""))[0] == 303


OWN = [("role", {"role": "viewer"}), ("revoke", {}), ("password", {}), ("second-factor", {}), ("second-factor/take", {})]


@pytest.mark.parametrize(("way", "fields"), OWN)
async def test_nobody_does_to_himself_what_another_has_to_decide(
    hub: Province, admin: Browser, way: str, fields: dict[str, str]
) -> None:
    before = officer_of(hub, ADMIN)
    status, text = await admin.do(f"/users/{ADMIN}/{way}", **fields)
    assert (status, "own-account" in text, officer_of(hub, ADMIN)) == (409, True, before)
    assert f'action="{CONSOLE}/users/{ADMIN}/{way}"' not in (await admin.get(f"/users/{ADMIN}"))[1]


def operator_in_file(hub: Province) -> dict[str, Any]:
    settings = hub.hub.settings
    table: dict[str, Any] = read(settings.path(settings.directory.agencies)).get(OPERATOR, "operator").unwrap()
    return table


@pytest.mark.parametrize(("way", "fields"), OWN[:2])
async def test_the_last_administrator_who_can_sign_in_stays_even_when_two_take_it_from_each_other(
    hub: Province, admin: Browser, way: str, fields: dict[str, str]
) -> None:
    settings, rules = hub.hub.settings, hub.hub.rules()
    hub.hub.rules = lambda: rules  # another process was a moment faster, and this one has not read it yet
    with editing(settings.path(settings.directory.agencies)) as draft:
        revise(draft.get(OPERATOR, ADMIN), {"role": "viewer"})
    before = operator_in_file(hub)
    status, text = await admin.do(f"/users/operator/{way}", **fields)
    assert (status, "administrator-last" in text) == (409, True)
    assert operator_in_file(hub) == before


@pytest.mark.parametrize("way", ["role", "password", "second-factor", "token", "revoke"])
async def test_nobody_is_changed_who_is_not_there(admin: Browser, way: str) -> None:
    status, text = await admin.do(f"/users/khong-ai/{way}", role="duty")
    assert (status, "entry-unknown" in text) == (404, True)
    assert (await admin.get("/users/khong-ai"))[0] == 404
