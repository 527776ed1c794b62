"""Who comes back from the identity provider is who the provider signed for, to this hub, for this departure, now."""

import json
import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp
import jwt
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric import rsa

from gateway.core.faults import Rejected, Transient
from gateway.infra.clock import SystemClock
from gateway.infra.identity_oidc import OidcProvider
from gateway.infra.telemetry import LoggedTelemetry
from gateway.ports import Identity
from gateway.sdk.http import Connection
from tests.identity_provider import BA, LAN, issuer

__all__ = ["issuer"]

CLIENT = "truc-lien-thong"
RETURNS_TO = "https://truc.example/console/sign-in/return"
SECRET = "bi mat cua truc"
OURS, OTHERS = (rsa.generate_private_key(65537, 2048) for _ in range(2))


def provider(folder: Path, address: str, **more: Any) -> OidcProvider:
    (folder / "secret").write_text(SECRET)
    connection = Connection.model_validate({"url": address, "networks": ["127.0.0.0/8"]})
    settings: dict[str, Any] = {"label": "Tỉnh", "client_id": CLIENT, "claim": "sub", "acr": frozenset({"2"})} | more
    return OidcProvider(
        connection=connection,
        client_secret_file=Path("secret"),
        returns_to=RETURNS_TO,
        home=folder,
        clock=SystemClock(),
        telemetry=LoggedTelemetry(),
        **settings,
    )


async def authorised(url: str, who: str) -> str:
    """Say who one is, as a browser does; give the code that the provider sends back."""
    async with aiohttp.ClientSession() as session, session.post(url, data={"sub": who}, allow_redirects=False) as answer:
        return parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]


@pytest.mark.parametrize(("who", "several"), [(LAN, True), (BA, False)])
async def test_whoever_signs_in_at_the_provider_is_known_and_how_well(
    tmp_path: Path, issuer: str, who: dict[str, Any], several: bool
) -> None:
    own = provider(tmp_path, issuer)
    departure = await own.depart()
    code = await authorised(departure.url, who["sub"])
    assert await own.arrive(code, departure) == Identity(name=who["sub"], by_several_factors=several)


async def test_a_code_is_exchanged_once(tmp_path: Path, issuer: str) -> None:
    own = provider(tmp_path, issuer)
    departure = await own.depart()
    code = await authorised(departure.url, LAN["sub"])
    await own.arrive(code, departure)
    with pytest.raises(Rejected, match="identity-refused"):
        await own.arrive(code, departure)


async def test_no_departure_is_like_another_and_none_shows_its_verifier(tmp_path: Path, issuer: str) -> None:
    own = provider(tmp_path, issuer)
    first, second = await own.depart(), await own.depart()
    assert not {first.state, first.nonce, first.verifier} & {second.state, second.nonce, second.verifier}
    assert first.verifier not in first.url and "code_challenge_method=S256" in first.url


@dataclass
class Forger:
    """A provider that says what the test wants: `claims` over the right ones, signed by `key` as `algorithm`."""

    address: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    dropped: tuple[str, ...] = ()
    key: Any = OURS
    algorithm: str = "RS256"
    named: str | None = "a"
    asked: list[dict[str, str]] = field(default_factory=list)
    discovered: dict[str, Any] = field(default_factory=dict)

    def application(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/.well-known/openid-configuration", self.discover)
        app.router.add_get("/jwks", self.jwks)
        app.router.add_post("/token", self.token)
        return app

    async def discover(self, _: web.Request) -> web.Response:
        own = {"issuer": self.address, "authorization_endpoint": f"{self.address}/authorize"}
        return web.json_response(
            own | {"token_endpoint": f"{self.address}/token", "jwks_uri": f"{self.address}/jwks"} | self.discovered
        )

    async def jwks(self, _: web.Request) -> web.Response:
        key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(OURS.public_key()))
        return web.json_response({"keys": [key | {"kid": "a", "use": "sig", "alg": "RS256"}]})

    async def token(self, request: web.Request) -> web.Response:
        self.asked.append({**await request.post(), "authorization": request.headers["Authorization"]})  # type: ignore[dict-item]
        now = time.time()
        right = {
            "iss": self.address,
            "aud": CLIENT,
            "sub": "lan",
            "nonce": self.claims.get("nonce"),
            "iat": now,
            "exp": now + 300,
        }
        said = {name: value for name, value in (right | self.claims).items() if name not in self.dropped}
        headers = {"kid": self.named} if self.named else {}
        return web.json_response({"id_token": jwt.encode(said, self.key, algorithm=self.algorithm, headers=headers)})


@pytest.fixture
async def forger() -> AsyncIterator[Forger]:
    made = Forger()
    async with TestServer(made.application()) as server:
        made.address = str(server.make_url("")).rstrip("/")
        yield made


async def arrived(tmp_path: Path, forger: Forger, **claims: Any) -> Identity:
    own = provider(tmp_path, forger.address)
    departure = await own.depart()
    forger.claims = {"nonce": departure.nonce} | claims
    return await own.arrive("code", departure)


async def test_a_token_as_it_should_be_is_taken(tmp_path: Path, forger: Forger) -> None:
    assert await arrived(tmp_path, forger) == Identity(name="lan", by_several_factors=False)
    (asked,) = forger.asked
    assert (asked["code"], asked["redirect_uri"], asked["grant_type"]) == ("code", RETURNS_TO, "authorization_code")
    assert re.fullmatch(r"[\w-]{43}", asked["code_verifier"]) and asked["authorization"].startswith("Basic ")


@pytest.mark.parametrize(
    ("claims", "several"), [({"acr": "2"}, True), ({"acr": "1"}, False), ({"amr": ["pwd"]}, False), ({"amr": "otp"}, False)]
)
async def test_only_what_proves_several_factors_counts_as_that(
    tmp_path: Path, forger: Forger, claims: dict[str, Any], several: bool
) -> None:
    assert (await arrived(tmp_path, forger, **claims)).by_several_factors is several


NOW = time.time()


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://other.example"},
        {"aud": "another-client"},
        {"aud": [CLIENT, "another-client"], "azp": "another-client"},
        {"nonce": "another"},
        {"exp": NOW - 3600, "iat": NOW - 7200},
        {"iat": NOW + 86400, "exp": NOW + 90000},
        {"sub": ""},
        {"sub": 7},
    ],
    ids=lambda claims: ",".join(claims),
)
async def test_a_token_for_another_hub_time_or_departure_is_refused(
    tmp_path: Path, forger: Forger, claims: dict[str, Any]
) -> None:
    with pytest.raises(Rejected, match="identity-refused"):
        await arrived(tmp_path, forger, **claims)


@pytest.mark.parametrize("dropped", ["exp", "iat", "iss", "aud", "sub", "nonce"])
async def test_a_token_that_leaves_something_out_is_refused(tmp_path: Path, forger: Forger, dropped: str) -> None:
    forger.dropped = (dropped,)
    with pytest.raises(Rejected, match="identity-refused"):
        await arrived(tmp_path, forger)


@pytest.mark.parametrize(
    ("key", "algorithm", "named"),
    [(OTHERS, "RS256", "a"), (OTHERS, "RS256", "b"), (OTHERS, "RS256", None), (None, "none", "a"), ("x" * 64, "HS256", "a")],
)
async def test_a_token_that_the_provider_did_not_sign_is_refused(
    tmp_path: Path, forger: Forger, key: Any, algorithm: str, named: str | None
) -> None:
    forger.key, forger.algorithm, forger.named = key, algorithm, named
    with pytest.raises(Rejected, match="identity-refused"):
        await arrived(tmp_path, forger)


@pytest.mark.parametrize("said", [{"issuer": "https://other.example"}, {"jwks_uri": "http://127.0.0.1:9/jwks"}])
async def test_a_provider_that_is_another_or_away_is_told_apart_from_a_wrong_token(
    tmp_path: Path, forger: Forger, said: dict[str, Any]
) -> None:
    forger.discovered = said
    with pytest.raises(Transient, match="identity-provider-failed"):
        await arrived(tmp_path, forger)


async def test_the_address_names_what_is_asked(tmp_path: Path, forger: Forger) -> None:
    url = (await provider(tmp_path, forger.address).depart()).url
    asked = parse_qs(urlsplit(url).query)
    assert {"response_type": ["code"], "client_id": [CLIENT], "redirect_uri": [RETURNS_TO]}.items() <= asked.items()
    assert "openid" in asked["scope"][0].split() and urlencode({"client_id": CLIENT}) in url
