"""An identity provider by OpenID Connect: discovery, authorization code with PKCE (RFC 7636), and a signed ID token."""

import asyncio
import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

import jwt

from gateway.core.faults import Fault, Rejected, Transient, Undeliverable
from gateway.infra.outgoing import context
from gateway.ports import Clock, Departure, Identity, Telemetry
from gateway.sdk.contract import Context
from gateway.sdk.http import Body, Connection, connected

SECONDS: Final = 10.0
"""For one request; an officer waits for two."""
ANSWER_OCTETS: Final = 256 * 1024
KEPT: Final = timedelta(minutes=10)
"""How long what the provider says of itself is believed; a key that is not known is looked for at once."""
LEEWAY_SECONDS: Final = 60
ALGORITHMS: Final = ("RS256", "PS256", "ES256", "ES384", "EdDSA")
"""Signatures by keys that the provider publishes: never `none`, never a shared secret."""
FACTORS: Final = frozenset({"mfa", "otp", "hwk", "sc", "fpt", "face"})
"""Methods (RFC 8176) that are, or come on top of, a second factor."""
RANDOM_OCTETS: Final = 32
NAME: Final = "oidc"


@dataclass(frozen=True, slots=True)
class _Known:
    """What the provider says of itself, and when it said so."""

    endpoints: Mapping[str, Any]
    keys: jwt.PyJWKSet
    at: datetime


@dataclass(slots=True, kw_only=True)
class OidcProvider:
    """IdentityProvider port. `claim` of the ID token is the name by which agencies.toml knows somebody.

    `returns_to` is the address that the provider sends browsers back to. Values of `acr` prove several factors.
    """

    label: str
    connection: Connection
    client_id: str
    client_secret_file: Path
    returns_to: str
    claim: str
    acr: frozenset[str]
    home: Path
    clock: Clock
    telemetry: Telemetry
    _known: _Known | None = field(default=None)

    @property
    def issuer(self) -> str:
        """Give the provider's name of itself, as the settings have it."""
        return str(self.connection.url).rstrip("/")

    async def depart(self) -> Departure:
        known = await self._provider()
        state, nonce, verifier = (secrets.token_urlsafe(RANDOM_OCTETS) for _ in range(3))
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.returns_to,
            "scope": "openid profile email",
            "state": state,
            "nonce": nonce,
            "code_challenge": _base64(hashlib.sha256(verifier.encode()).digest()),
            "code_challenge_method": "S256",
        }
        url = f"{known.endpoints['authorization_endpoint']}?{urlencode(asked)}"
        return Departure(url=url, state=state, nonce=nonce, verifier=verifier)

    async def arrive(self, code: str, departure: Departure) -> Identity:
        known = await self._provider()
        given = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.returns_to,
            "code_verifier": departure.verifier,
        }
        token = (await self._ask(known.endpoints["token_endpoint"], given)).get("id_token")
        if not isinstance(token, str):
            raise Rejected("identity-refused", detail="id_token?")
        return self._identity(await self._claims(token, known), departure)

    async def _claims(self, token: str, known: _Known) -> Mapping[str, Any]:
        """Verify the ID token (OpenID Connect Core §3.1.3.7). Raises `identity-refused`."""
        try:
            named = jwt.get_unverified_header(token).get("kid")
            key = _key(known.keys, named) or _key((await self._provider(anew=True)).keys, named)
            if key is None:
                raise Rejected("identity-refused", detail="kid?")
            claims: Mapping[str, Any] = jwt.decode(
                token,
                key,
                algorithms=ALGORITHMS,
                audience=self.client_id,
                issuer=known.endpoints["issuer"],
                options={"require": ["exp", "iat", "iss", "aud", "sub"], "verify_exp": False, "verify_iat": False},
            )
        except (jwt.PyJWTError, ValueError) as error:
            raise Rejected("identity-refused", detail=type(error).__name__) from error
        now = self.clock.now().timestamp()
        if not (claims["iat"] - LEEWAY_SECONDS <= now <= claims["exp"] + LEEWAY_SECONDS):
            raise Rejected("identity-refused", detail="exp, iat")
        if claims.get("azp", self.client_id) != self.client_id:
            raise Rejected("identity-refused", detail="azp")
        return claims

    def _identity(self, claims: Mapping[str, Any], departure: Departure) -> Identity:
        if not secrets.compare_digest(str(claims.get("nonce", "")), departure.nonce):
            raise Rejected("identity-refused", detail="nonce")
        name = claims.get(self.claim)
        if not isinstance(name, str) or not name:
            raise Rejected("identity-refused", detail=f"{self.claim}?")
        methods = claims.get("amr", ())
        several = bool(FACTORS.intersection(methods if isinstance(methods, list) else ())) or claims.get("acr") in self.acr
        return Identity(name=name, by_several_factors=several)

    async def _provider(self, *, anew: bool = False) -> _Known:
        """Give what the provider says of itself; its issuer must be the one that the settings name."""
        now, known = self.clock.now(), self._known
        if known is not None and not anew and now - known.at < KEPT:
            return known
        endpoints = await self._ask(f"{self.issuer}/.well-known/openid-configuration")
        if str(endpoints.get("issuer", "")).rstrip("/") != self.issuer:
            raise Transient("identity-provider-failed", detail=f"issuer: {endpoints.get('issuer')}")
        try:
            keys = jwt.PyJWKSet.from_dict(await self._ask(endpoints["jwks_uri"]))
            known = _Known({name: endpoints[name] for name in ("issuer", "authorization_endpoint", "token_endpoint")}, keys, now)
        except (KeyError, jwt.PyJWTError) as error:
            raise Transient("identity-provider-failed", detail=f"{type(error).__name__}: {error}") from error
        self._known = known
        return known

    async def _ask(self, url: str, form: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Give the object that an address answers with.

        Raises `identity-provider-failed`, and `identity-refused` where what is sent is not taken.
        """
        try:
            async with asyncio.timeout(SECONDS), connected(self.connection, self._context()) as client:
                if form is None:
                    answer = await client.ask("GET", url, most=ANSWER_OCTETS)
                else:
                    body = Body(content_type="application/x-www-form-urlencoded", sections=(urlencode(form).encode(),))
                    headers = {"Authorization": self._basic()}
                    answer = await client.ask("POST", url, headers=headers, body=body, most=ANSWER_OCTETS)
            said = json.loads(answer.content)
        except TimeoutError as error:
            raise Transient("identity-provider-failed", detail=f"> {SECONDS:g} s") from error
        except Undeliverable as error:
            raise Rejected("identity-refused", detail=error.detail) from error
        except (Fault, ValueError) as error:
            detail = error.detail if isinstance(error, Fault) else "JSON"
            raise Transient("identity-provider-failed", detail=f"{url}: {detail}") from error
        if not isinstance(said, dict):
            raise Transient("identity-provider-failed", detail=f"{url}: JSON")
        return said

    def _basic(self) -> str:
        """Prove who the hub is to the provider (RFC 6749 §2.3.1)."""
        secret = self._context().secret(self.client_secret_file, "client_secret_file")
        return f"Basic {base64.b64encode(f'{quote(self.client_id)}:{quote(secret)}'.encode()).decode()}"

    def _context(self) -> Context:
        return context(NAME, self.home, self.clock, self.telemetry)


def _key(keys: jwt.PyJWKSet, named: str | None) -> jwt.PyJWK | None:
    """Give the key that a token names; the only one where it names none."""
    found = [each for each in keys.keys if named in {None, each.key_id}]
    return found[0] if len(found) == 1 else None


def _base64(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
