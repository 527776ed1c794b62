"""Signing in and out, and the language."""

import asyncio
import secrets
import time
from collections import OrderedDict
from typing import Final

from aiohttp import hdrs, web

from gateway.core.directory import Operator
from gateway.core.faults import Fault, Rejected, Transient
from gateway.core.quota import Bucket
from gateway.entry.api.door import CONSOLE
from gateway.entry.api.hub import SOURCE, hub
from gateway.entry.console.door import (
    COOKIE,
    LANGUAGE,
    SESSION_TIME,
    SIGN_IN,
    demand_own_site,
    digest,
    proof,
    speaks_english,
)
from gateway.entry.console.pages import signing_in
from gateway.entry.console.second_factor import SecondFactors, is_at_the_hub
from gateway.entry.console.visit import Form, Visit, own_place, read_form
from gateway.infra import passwords
from gateway.ports import Session

TOKEN_BYTES: Final = 32
TRIES_PER_MINUTE: Final = 6
"""Of one name: a person mistypes a few times; a program that guesses gets some nine thousand a day."""
NAMES: Final = 1_000
"""Names that are remembered; the one not tried for longest is forgotten first."""
LANGUAGE_SECONDS: Final = 365 * 24 * 3600


class Tries:
    """Counts how often each name was tried in this process."""

    def __init__(self) -> None:
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def demand(self, name: str) -> None:
        """Count a try. Raises `quota-exceeded` where there were too many."""
        now = time.monotonic()
        bucket = self._buckets.pop(name, None) or Bucket.full(TRIES_PER_MINUTE, now)
        self._buckets[name] = bucket
        if len(self._buckets) > NAMES:
            self._buckets.popitem(last=False)
        if wait := bucket.wait(now):
            vi, en = f"{TRIES_PER_MINUTE} lần đăng nhập/phút", f"{TRIES_PER_MINUTE} tries to sign in a minute"
            raise Transient("quota-exceeded", detail=vi, detail_en=en, retry_after=wait)
        bucket.take(1, now)


TRIES: Final[web.AppKey[Tries]] = web.AppKey("tries", Tries)
SECOND_FACTORS: Final[web.AppKey[SecondFactors]] = web.AppKey("second_factors", SecondFactors)


async def show(request: web.Request) -> web.Response:
    """Show the form."""
    return asked_to_sign_in(request, to=own_place(request.query.get("to", "")))


async def sign_in(request: web.Request) -> web.Response:
    """Begin a session, with a token that nobody has seen, whatever the browser brought."""
    form = Form(())
    try:
        demand_own_site(request)
        form = await read_form(request)
        token = await _begin(request, form)
    except Fault as fault:
        return asked_to_sign_in(request, to=own_place(form.get("to")), name=form.get("name"), fault=fault)
    response = web.Response(status=303, headers={hdrs.LOCATION: own_place(form.get("to"))})
    keep_session(response, request, token)
    return response


async def sign_out(visit: Visit, _form: Form) -> web.Response:
    """End the session."""
    await visit.ports.sessions.end(visit.session.token_sha256)
    response = web.Response(status=303, headers={hdrs.LOCATION: SIGN_IN})
    response.del_cookie(COOKIE, path=CONSOLE)
    return response


async def choose_language(request: web.Request) -> web.Response:
    """Remember the language, and show the page again."""
    demand_own_site(request)
    form = await read_form(request)
    response = web.Response(status=303, headers={hdrs.LOCATION: own_place(form.get("to"))})
    chosen = "en" if form.get("language") == "en" else "vi"
    keep(response, request, LANGUAGE, chosen, max_age=LANGUAGE_SECONDS)
    return response


def asked_to_sign_in(request: web.Request, *, to: str, name: str = "", fault: Fault | None = None) -> web.Response:
    """Show the form, with what was wrong the last time, and the way to the identity provider where there is one."""
    provider = hub(request).ports.identity
    label = provider.label if provider else None
    return signing_in(english=speaks_english(request), to=to, name=name, provider=label, fault=fault)


async def recognise(request: web.Request, name: str, password: str) -> Operator:
    """Give whose name and password these are. Raises `sign-in-failed`, and `quota-exceeded` after too many tries."""
    at = hub(request)
    request.app[TRIES].demand(name)
    officer = at.rules().operators.find(name)
    stored = officer.password if officer is not None else None
    if not await asyncio.to_thread(passwords.matches, stored, password) or officer is None:
        at.ports.telemetry.record("console.refused", source=request[SOURCE])
        at.quotas.failed(request[SOURCE])
        raise Rejected("sign-in-failed")
    return officer


async def _begin(request: web.Request, form: Form) -> str:
    """Write a session; give its token. Raises what `recognise` and `SecondFactors.demand` raise."""
    at = hub(request)
    officer = await recognise(request, form.get("name"), form.get("password"))
    now = at.ports.clock.now()
    request.app[SECOND_FACTORS].demand(officer, form.get("code"), at_the_hub=is_at_the_hub(request), now=now)
    return await begin(request, officer)


async def begin(request: web.Request, officer: Operator, *, by_identity: bool = False) -> str:
    """Write the session of somebody who has proven who he is; give its token."""
    at = hub(request)
    token, now = secrets.token_urlsafe(TOKEN_BYTES), at.ports.clock.now()
    await at.ports.sessions.begin(
        Session(
            token_sha256=digest(token),
            operator=officer.id,
            proof=proof(officer, by_identity=by_identity),
            source=request[SOURCE],
            begun_at=now,
            seen_at=now,
            ends_at=now + SESSION_TIME,
        )
    )
    return token


def keep_session(response: web.Response, request: web.Request, token: str) -> None:
    """Let a browser keep the token of its session."""
    keep(response, request, COOKIE, token)


def keep(
    response: web.Response,
    request: web.Request,
    name: str,
    value: str,
    *,
    max_age: int | None = None,
    path: str = CONSOLE,
    samesite: str = "Strict",
) -> None:
    """Set a cookie that scripts cannot read; by default other sites cannot send it. Never over plain HTTP where TLS is used."""
    secure = request.secure or hub(request).proxy.speaks(request)
    response.set_cookie(name, value, path=path, httponly=True, samesite=samesite, secure=secure, max_age=max_age)
