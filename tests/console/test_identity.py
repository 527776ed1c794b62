"""Signing in at the province's identity provider: who is let in, and what a browser must bring back."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from gateway.core.roles import Role
from gateway.infra.agencies_file import OPERATOR, editing, revise
from gateway.infra.clock import SystemClock
from gateway.infra.identity_oidc import OidcProvider
from gateway.infra.outgoing import connection
from tests.api.conftest import Province
from tests.console.browsing import Screen, browser, chromium, expect, screen
from tests.console.conftest import OFFICERS, Browser
from tests.identity_provider import BA, LAN, issuer

__all__ = ["browser", "chromium", "issuer", "screen"]

DUTY, ADMIN = OFFICERS[Role.DUTY], OFFICERS[Role.ADMIN]


@pytest.fixture
async def provider(hub: Province, issuer: str, tmp_path: Path) -> AsyncIterator[OidcProvider]:
    """The hub, with a provider that knows Lan and Ba by another site's name."""
    (tmp_path / "client-secret").write_text("bi mat cua truc")
    made = OidcProvider(
        label="Tài khoản của tỉnh",
        connection=connection(
            "console.oidc", issuer.replace("127.0.0.1", "localhost"), ca_file=None, networks=("127.0.0.0/8", "::1/128")
        ),  # type: ignore[arg-type]  # pydantic reads them
        client_id="truc",
        client_secret_file=tmp_path / "client-secret",
        returns_to=f"{hub.base}/console/sign-in/return",
        claim="sub",
        acr=frozenset(),
        home=tmp_path,
        clock=SystemClock(),
        telemetry=hub.hub.ports.telemetry,
    )
    hub.hub.ports = replace(hub.hub.ports, identity=made)
    yield made


async def known_as(hub: Province, officer: str, identity: str | None) -> None:
    """Say which account an officer has at the provider."""
    with editing(hub.hub.settings.path(hub.hub.settings.directory.agencies)) as draft:
        revise(draft.get(OPERATOR, officer), {"identity": identity})
    await hub.hub.refresh()


async def signed_in(stranger: Browser, who: str, *, to: str = "") -> tuple[int, str]:
    """Sign in at the provider as somebody; give what the hub answers in the end."""
    async with stranger.session.get(f"{stranger.base}/console/sign-in/provider?to={to}", allow_redirects=False) as answer:
        away = answer.headers["Location"]
    async with stranger.session.post(away, data={"sub": who}, allow_redirects=False) as answer:
        back = urlsplit(answer.headers["Location"])
    return await stranger.get(f"{back.path.removeprefix('/console')}?{back.query}")


async def test_an_officer_signs_in_by_the_province_s_account(hub: Province, provider: OidcProvider, stranger: Browser) -> None:
    await known_as(hub, DUTY, BA["sub"])
    status, text = await signed_in(stranger, BA["sub"], to="/console/queues")
    assert status == 200 and 'content="0; url=/console/queues"' in text
    assert DUTY in (await stranger.get(""))[1]


async def test_an_account_that_belongs_to_nobody_is_told_so_by_its_name(provider: OidcProvider, stranger: Browser) -> None:
    status, text = await signed_in(stranger, BA["sub"])
    assert status == 403 and "identity-unknown" in text and BA["sub"] in text
    assert (await stranger.get(""))[0] == 303


@pytest.mark.parametrize(("who", "status"), [(LAN["sub"], 200), (BA["sub"], 403)])
async def test_an_administrator_must_have_shown_several_factors(
    hub: Province, provider: OidcProvider, stranger: Browser, who: str, status: int
) -> None:
    await known_as(hub, ADMIN, who)
    answered, text = await signed_in(stranger, who)
    assert answered == status and ("factors-missing" in text) is (status == 403)


async def test_a_session_ends_with_the_account_that_it_was_begun_by(
    hub: Province, provider: OidcProvider, stranger: Browser
) -> None:
    await known_as(hub, DUTY, BA["sub"])
    await signed_in(stranger, BA["sub"])
    assert (await stranger.get(""))[0] == 200
    await known_as(hub, DUTY, None)
    assert (await stranger.get(""))[0] == 303


@pytest.mark.parametrize("query", ["code=x&state=planted", "code=x", "state=planted", "error=access_denied", ""])
async def test_what_another_site_sends_begins_no_session(provider: OidcProvider, stranger: Browser, query: str) -> None:
    status, text = await stranger.get(f"/sign-in/return?{query}")
    assert status == 401 and "identity-refused" in text


async def test_a_code_of_another_departure_begins_no_session(hub: Province, provider: OidcProvider, stranger: Browser) -> None:
    await known_as(hub, DUTY, BA["sub"])
    async with stranger.session.get(f"{stranger.base}/console/sign-in/provider", allow_redirects=False) as answer:
        first = answer.headers["Location"]
    await stranger.get("/sign-in/provider")
    async with stranger.session.post(first, data={"sub": BA["sub"]}, allow_redirects=False) as answer:
        back = urlsplit(answer.headers["Location"])
    assert (await stranger.get(f"/sign-in/return?{back.query}"))[0] == 401


async def test_it_leads_to_no_other_place_than_the_console(hub: Province, provider: OidcProvider, stranger: Browser) -> None:
    await known_as(hub, DUTY, BA["sub"])
    _, text = await signed_in(stranger, BA["sub"], to="https://evil.example")
    assert 'content="0; url=/console"' in text


async def test_what_a_browser_keeps_meanwhile_is_out_of_reach_of_scripts(provider: OidcProvider, stranger: Browser) -> None:
    async with stranger.session.get(f"{stranger.base}/console/sign-in/provider", allow_redirects=False) as answer:
        kept = answer.cookies["lienthong-departure"]
    assert (kept["path"], kept["httponly"], kept["samesite"]) == ("/console/sign-in", True, "Lax")


async def test_a_provider_that_does_not_answer_is_told_and_the_password_still_works(
    hub: Province, provider: OidcProvider, stranger: Browser
) -> None:
    away = connection("console.oidc", "http://127.0.0.1:9", ca_file=None, networks=("127.0.0.0/8",))  # type: ignore[arg-type]
    hub.hub.ports = replace(hub.hub.ports, identity=replace(provider, connection=away))
    status, text = await stranger.get("/sign-in/provider")
    assert status == 503 and "identity-provider-failed" in text
    assert await stranger.sign_in(DUTY) == 303


async def test_a_hub_without_a_provider_offers_none(stranger: Browser) -> None:
    assert "/console/sign-in/provider" not in (await stranger.get("/sign-in"))[1]
    assert (await stranger.get("/sign-in/provider"))[0] == 404


async def test_in_a_browser_it_is_one_button_and_the_page_that_was_asked_for(
    hub: Province, provider: OidcProvider, screen: Screen
) -> None:
    await known_as(hub, DUTY, BA["sub"])
    await screen.page.context.clear_cookies()
    await screen.open("/queues?view=fetched")
    await screen.press("Tài khoản của tỉnh")
    await screen.page.get_by_role("button", name=BA["sub"]).click()
    await expect(screen.page.get_by_text(DUTY)).to_be_visible()
    assert screen.page.url.endswith("/console/queues?view=fetched")
    screen.troubles[:] = [each for each in screen.troubles if "Failed to load resource" not in each]  # the other site's own


async def test_an_administrator_attaches_an_account_which_only_one_officer_has(
    hub: Province, provider: OidcProvider, admin: Browser
) -> None:
    assert (await admin.do(f"/users/{DUTY}/identity", identity=BA["sub"]))[0] == 303
    assert hub.hub.rules().operators.by_identity(BA["sub"]) is not None
    assert BA["sub"] in (await admin.get(f"/users/{DUTY}"))[1]
    status, text = await admin.do(f"/users/{OFFICERS[Role.VIEWER]}/identity", identity=BA["sub"])
    assert status == 409 and "entry-exists" in text
    assert (await admin.do(f"/users/{DUTY}/identity", identity=""))[0] == 303
    assert hub.hub.rules().operators.by_identity(BA["sub"]) is None


async def test_where_people_are_listed_it_is_told_who_comes_by_which_account(
    hub: Province, provider: OidcProvider, admin: Browser
) -> None:
    await known_as(hub, ADMIN, LAN["sub"])
    assert 'class="pill good">Tài khoản của tỉnh</span>' in (await admin.get("/users"))[1]
    assert LAN["sub"] in (await admin.get("/me"))[1]
