"""Tài khoản của tôi · My account: an officer changes his own password and second factor, and ends his other sessions."""

import asyncio
from dataclasses import replace
from typing import Final

import pyotp
from aiohttp import hdrs, web

from gateway.core.faults import Fault, Rejected
from gateway.core.roles import Role
from gateway.entry.api.door import CONSOLE
from gateway.entry.console import given
from gateway.entry.console.door import proof
from gateway.entry.console.given import show_once
from gateway.entry.console.pages import page
from gateway.entry.console.second_factor import is_at_the_hub
from gateway.entry.console.sign_in import SECOND_FACTORS, recognise
from gateway.entry.console.users import end_sessions, handle, living, rights
from gateway.entry.console.visit import Form, Visit
from gateway.entry.registry import operators
from gateway.entry.registry.changing import changing
from gateway.flows.oversee import Decision
from gateway.infra import passwords
from gateway.infra.seals import ensure_key, seal, unseal

BACK: Final = f"{CONSOLE}/me"
HIMSELF: Final = "tự đổi"
"""The reason in the audit log of what an officer does to his own account."""


async def show(visit: Visit) -> web.Response:
    """Show an officer who he is to the hub, and where he is signed in."""
    return page(
        visit,
        "me.html",
        title=visit.say("Tài khoản của tôi", "My account"),
        sessions=await living(visit, visit.officer.id),
        handle=handle,
        rights=rights(visit, visit.officer.role),
        shortest=passwords.SHORTEST,
        may_do_without=_may_do_without(visit),
    )


async def end(visit: Visit, form: Form) -> web.Response:
    """End one of one's other sessions, or all of these. Raises `not-found` where there is none."""
    await end_sessions(visit, form, visit.officer.id, but=visit.session.token_sha256)
    return _back()


async def change_password(visit: Visit, form: Form) -> web.Response:
    """Change one's own password: all other sessions end. Raises what `recognise` raises, and `malformed-request`."""
    await recognise(visit.request, visit.officer.id, form.get("password"))
    chosen = form.get("new")
    if chosen != form.get("again"):
        vi, en = "Hai lần nhập mật khẩu mới không giống nhau.", "The new password was not typed the same twice."
        raise Rejected("malformed-request", path="again", detail=vi, detail_en=en)
    hashed = await asyncio.to_thread(passwords.hashed, chosen)
    async with changing(visit.at, "operator.password-changed", _subject(visit), _decision(visit)) as draft:
        operators.set_password(draft, visit.officer.id, hashed)
    renewed = proof(replace(visit.officer, password=hashed))
    await visit.ports.sessions.renew(visit.session.token_sha256, proof=renewed)
    # no redirection: another process of the hub reads the new password within a second
    return show_once(visit, title=visit.say("Đã đổi mật khẩu", "The password was changed"), back=BACK)


async def offer_second_factor(visit: Visit, form: Form) -> web.Response:
    """Make a secret, which the page shows and keeps sealed until a first code confirms it. Raises as `_demand_himself`."""
    await _demand_himself(visit, form)
    return _offered(visit, pyotp.random_base32())


async def keep_second_factor(visit: Visit, form: Form) -> web.Response:
    """Keep the secret that was offered to this session, once a code of it is shown. Raises `malformed-request`."""
    try:
        secret = unseal(_key(visit), _pending(visit), form.get("pending")).decode()
    except ValueError as error:
        raise Rejected("malformed-request", path="pending") from error
    try:
        visit.request.app[SECOND_FACTORS].confirm(visit.officer.id, secret, form.get("code"), now=visit.now)
    except Rejected as fault:
        return _offered(visit, secret, fault)
    async with changing(visit.at, "operator.second-factor-set", _subject(visit), _decision(visit)) as draft:
        operators.set_second_factor(draft, visit.at.settings, visit.officer.id, secret)
    return _back()


async def drop_second_factor(visit: Visit, form: Form) -> web.Response:
    """Do without a second factor. Raises as `_demand_himself`, and `second-factor-missing` for an administrator from afar."""
    if not _may_do_without(visit):
        raise Rejected("second-factor-missing", path="code")
    await _demand_himself(visit, form)
    async with changing(visit.at, "operator.second-factor-dropped", _subject(visit), _decision(visit)) as draft:
        operators.set_second_factor(draft, visit.at.settings, visit.officer.id, None)
    return _back()


async def _demand_himself(visit: Visit, form: Form) -> None:
    """See that the officer himself sits there: by the password, and the code of the second factor that he has.

    Raises what `recognise` raises, and `second-factor-failed`.
    """
    officer = await recognise(visit.request, visit.officer.id, form.get("password"))
    visit.request.app[SECOND_FACTORS].demand(officer, form.get("code"), at_the_hub=True, now=visit.now)


def _may_do_without(visit: Visit) -> bool:
    return visit.officer.role is not Role.ADMIN or is_at_the_hub(visit.request)


def _offered(visit: Visit, secret: str, fault: Fault | None = None) -> web.Response:
    return show_once(
        visit,
        given.second_factor(visit, visit.officer.id, secret),
        title=visit.say("Đặt mã 6 số", "Set a second factor"),
        back=BACK,
        pending=seal(_key(visit), _pending(visit), secret),
        fault=fault,
    )


def _pending(visit: Visit) -> str:
    """Name what the seal of an offered secret is bound to: it is kept by nobody else, and in no other session."""
    return f"operator {visit.officer.id}: totp offered to {visit.session.token_sha256}"


def _key(visit: Visit) -> bytes:
    return ensure_key(visit.at.settings.path(visit.at.settings.directory.key))


def _subject(visit: Visit) -> dict[str, object]:
    return {"operator": visit.officer.id}


def _decision(visit: Visit) -> Decision:
    return Decision(by=visit.officer.id, reason=HIMSELF, now=visit.now)


def _back() -> web.Response:
    return web.Response(status=303, headers={hdrs.LOCATION: BACK})
