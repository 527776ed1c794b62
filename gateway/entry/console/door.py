"""The console's door: who is signed in, what they may do, and that what they send comes from the console's own pages."""

import hashlib
import hmac
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import quote

from aiohttp import hdrs, web
from yarl import URL

from gateway.core.directory import Operator
from gateway.core.faults import Fault, Rejected
from gateway.core.roles import Right, Role, may
from gateway.core.rules import Rules
from gateway.entry.api.door import CONSOLE
from gateway.entry.api.hub import hub
from gateway.entry.console.pages import refused
from gateway.entry.console.visit import CSRF, Action, Page, Visit, read_form
from gateway.ports import Session

SIGN_IN: Final = f"{CONSOLE}/sign-in"
COOKIE: Final = "lienthong-session"
LANGUAGE: Final = "lienthong-language"
SESSION_TIME: Final = timedelta(hours=12)
"""A shift; whoever works longer signs in again."""
IDLE_TIME: Final = timedelta(hours=2)
SEEN_TIME: Final = timedelta(minutes=1)
"""How exactly it is kept when a session was last used."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def shown(right: Right, shows: Page) -> Handler:
    """Show a page to those who have a right."""

    async def handler(request: web.Request) -> web.StreamResponse:
        visit = await _visit(request)
        if visit is None:
            return _to_sign_in(request)
        return await _guarded(visit, right, lambda: shows(visit))

    return handler


def done(right: Right, act: Action) -> Handler:
    """Let those who have a right do something, by a form of the console's own pages."""

    async def handler(request: web.Request) -> web.StreamResponse:
        visit = await _visit(request)
        if visit is None:
            return _to_sign_in(request)

        async def doing() -> web.StreamResponse:
            demand_own_site(request)
            form = await read_form(request)
            if not hmac.compare_digest(form.get(CSRF).encode(), visit.csrf.encode()):
                raise Rejected("request-forged")
            return await act(visit, form)

        return await _guarded(visit, right, doing)

    return handler


def demand_own_site(request: web.Request) -> None:
    """See that a browser sends what a page of this very site made. Raises `request-forged`."""
    origin = request.headers.get(hdrs.ORIGIN)
    own = URL.build(scheme="http", authority=request.host).host  # a proxy may leave the port out
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin" or (origin is not None and URL(origin).host != own):
        raise Rejected("request-forged")


def proof(officer: Operator, *, by_identity: bool = False) -> str:
    """Digest what a session is begun with: one that was begun with another password, or as an administrator or not, is over.

    An administrator has shown more to get in.
    """
    more = "\nadministrator" if officer.role is Role.ADMIN else ""
    shown = f"identity {officer.identity}" if by_identity else officer.password or ""
    return hashlib.sha256(f"{shown}{more}".encode()).hexdigest()


def digest(token: str) -> str:
    """Hash the token of a session."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


def speaks_english(request: web.Request) -> bool:
    """Tell whether the officer chose English: the console is Vietnamese."""
    return request.cookies.get(LANGUAGE) == "en"


def holder(session: Session, rules: Rules, now: datetime) -> Operator | None:
    """Give whose session it is, as long as it is used and its proof is still the officer's."""
    officer = rules.operators.find(session.operator)
    if officer is None or now - session.seen_at > IDLE_TIME:
        return None
    good = [proof(officer)] if officer.password else []
    good += [proof(officer, by_identity=True)] if officer.identity else []
    return officer if any(hmac.compare_digest(session.proof, each) for each in good) else None


async def _visit(request: web.Request) -> Visit | None:
    at, token = hub(request), request.cookies.get(COOKIE)
    if token is None:
        return None
    now, rules, heard = at.ports.clock.now(), at.rules(), at.ports.waiting.mark
    session = await at.ports.sessions.find(digest(token), now=now)
    if session is None:
        return None
    officer = holder(session, rules, now)
    if officer is None:
        return None
    if now - session.seen_at > SEEN_TIME:
        await at.ports.sessions.seen(session.token_sha256, now=now)
    english = speaks_english(request)
    return Visit(request=request, at=at, rules=rules, officer=officer, session=session, english=english, now=now, heard=heard)


async def _guarded(visit: Visit, right: Right, do: Callable[[], Awaitable[web.StreamResponse]]) -> web.StreamResponse:
    """Do it where the officer has the right; tell what is wrong on a page."""
    try:
        if not may(visit.officer.role, right):
            raise Rejected("role-insufficient", path=visit.request.path)
        return await do()
    except Fault as fault:
        return refused(visit, fault)


def _to_sign_in(request: web.Request) -> web.Response:
    """Send to the page for signing in, and from there back to a page that was asked for."""
    back = request.path_qs if request.method == hdrs.METH_GET else CONSOLE
    place = f"{SIGN_IN}?to={quote(back, safe='')}"
    if "HX-Request" in request.headers:  # a part of a page was asked for: the whole page goes there
        return web.Response(status=401, headers={"HX-Redirect": SIGN_IN})
    return web.Response(status=303, headers={hdrs.LOCATION: place})
