"""Signing in at the province's identity provider: a browser is sent away, and comes back with a code."""

import hmac
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl, urlencode

from aiohttp import hdrs, web

from gateway.core.directory import Operator
from gateway.core.faults import Fault, Rejected
from gateway.core.roles import Role
from gateway.entry.api.hub import SOURCE, hub
from gateway.entry.console.door import SIGN_IN, speaks_english
from gateway.entry.console.pages import signed_in
from gateway.entry.console.sign_in import asked_to_sign_in, begin, keep, keep_session
from gateway.entry.console.visit import own_place
from gateway.ports import Departure, IdentityProvider

AWAY: Final = f"{SIGN_IN}/provider"
BACK: Final = f"{SIGN_IN}/return"
COOKIE: Final = "lienthong-departure"
SECONDS: Final = 600
"""How long somebody may take to sign in over there."""


async def depart(request: web.Request) -> web.Response:
    """Send a browser to the provider. What it must bring back stays with it, out of reach of scripts."""
    to = own_place(request.query.get("to", ""))
    try:
        departure = await _provider(request).depart()
    except Fault as fault:
        return _refused(request, fault, to)
    response = web.Response(status=303, headers={hdrs.LOCATION: departure.url, hdrs.CACHE_CONTROL: "no-store"})
    value = urlencode({"state": departure.state, "nonce": departure.nonce, "verifier": departure.verifier, "to": to})
    keep(response, request, COOKIE, value, max_age=SECONDS, path=SIGN_IN, samesite="Lax")  # another site sends it back
    return response


async def arrive(request: web.Request) -> web.Response:
    """Begin the session of whoever the provider knows.

    The page that answers leads on by itself: a redirect would still be the other site's, and bring no session with it.
    """
    kept = dict(parse_qsl(request.cookies.get(COOKIE, "")))
    to = own_place(kept.get("to", ""))
    try:
        officer = await _known(request, kept)
        token = await begin(request, officer, by_identity=True)
    except Fault as fault:
        hub(request).quotas.failed(request[SOURCE])
        response = _refused(request, fault, to)
    else:
        response = signed_in(english=speaks_english(request), to=to)
        keep_session(response, request, token)
    response.del_cookie(COOKIE, path=SIGN_IN)
    return response


async def _known(request: web.Request, kept: Mapping[str, str]) -> Operator:
    """Give the operator whom the provider knows.

    Raises `identity-refused`, `identity-unknown`, and `factors-missing` of an administrator who showed a password alone.
    """
    provider, state, code = _provider(request), request.query.get("state", ""), request.query.get("code", "")
    if not kept.get("state") or not hmac.compare_digest(kept["state"].encode(), state.encode()) or not code:
        raise Rejected("identity-refused", detail=request.query.get("error", "state")[:100])
    departure = Departure(url="", state=state, nonce=kept.get("nonce", ""), verifier=kept.get("verifier", ""))
    identity = await provider.arrive(code, departure)
    officer = hub(request).rules().operators.by_identity(identity.name)
    if officer is None:
        raise Rejected("identity-unknown", path=identity.name, detail=identity.name)
    if (officer.role is Role.ADMIN or officer.totp) and not identity.by_several_factors:
        raise Rejected("factors-missing", path=officer.id)
    return officer


def _provider(request: web.Request) -> IdentityProvider:
    """Give the provider. Raises `not-found` where the settings name none."""
    provider = hub(request).ports.identity
    if provider is None:
        raise Rejected("not-found", path=request.path)
    return provider


def _refused(request: web.Request, fault: Fault, to: str) -> web.Response:
    hub(request).ports.telemetry.record("console.refused", source=request[SOURCE], code=fault.code)
    return asked_to_sign_in(request, to=to, fault=fault)
