"""What administrators do about other officers: add them, choose their role, give and take what they prove themselves by."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import quote

import pyotp
from aiohttp import hdrs, web

from gateway.core.faults import Rejected
from gateway.core.roles import ROLE_NAMES, Role
from gateway.entry.api.door import CONSOLE
from gateway.entry.console import given
from gateway.entry.console.given import Given, show_once
from gateway.entry.console.visit import Form, Visit
from gateway.entry.registry import credentials, operators
from gateway.entry.registry.changing import changing
from gateway.infra import passwords
from gateway.infra.agencies_file import OPERATOR, DirectoryDraft


async def add(visit: Visit, form: Form) -> web.Response:
    """Add an officer with a first password, or a program with a first token. Raises what `operators.add` raises.

    An administrator gets a second factor too, without which he would sign in nowhere but at the hub.
    """
    name, role, is_program = form.get("name"), _role(form), form.get("by") == "token"
    made, hashed = await _new_password()
    secret = pyotp.random_base32() if role is Role.ADMIN and not is_program else None
    subject: dict[str, object] = {"operator": name, "role": role}
    async with changing(visit.at, "operator.added", subject, visit.decision(form)) as draft:
        operators.add(draft, name, role)
        if is_program:
            shown = [given.token(credentials.rotate(draft, OPERATOR, name, keep_old=False))]
        else:
            operators.set_password(draft, name, hashed)
            shown = [given.password(made)]
        if secret is not None:
            operators.set_second_factor(draft, visit.at.settings, name, secret)
            shown.append(given.second_factor(visit, name, secret))
    said = visit.say(*ROLE_NAMES[role])
    return _shown(visit, name, *shown, title=visit.say(f"Đã thêm {name} ({said})", f"{name} was added ({said})"))


async def set_role(visit: Visit, form: Form) -> web.Response:
    """Give another officer another role, in force at once. Raises `own-account` and `administrator-last`."""
    role = _role(form)
    async with _about_another(visit, form, "operator.role-set", role=role) as (name, draft):
        operators.set_role(draft, name, role)
        operators.demand_administrator(draft)
    return _back(name)


async def give_password(visit: Visit, form: Form) -> web.Response:
    """Give another officer a new password, or a first one; his sessions end."""
    made, hashed = await _new_password()
    async with _about_another(visit, form, "operator.password-given") as (name, draft):
        operators.set_password(draft, name, hashed)
    return _shown(visit, name, given.password(made), title=visit.say(f"Mật khẩu mới của {name}", f"A new password for {name}"))


async def give_second_factor(visit: Visit, form: Form) -> web.Response:
    """Give another officer a new second factor, or a first one; the old one ends."""
    secret = pyotp.random_base32()
    async with _about_another(visit, form, "operator.second-factor-given") as (name, draft):
        operators.set_second_factor(draft, visit.at.settings, name, secret)
    title = visit.say(f"Mã 6 số mới của {name}", f"A new second factor for {name}")
    return _shown(visit, name, given.second_factor(visit, name, secret), title=title)


async def take_second_factor(visit: Visit, form: Form) -> web.Response:
    """Take the second factor away from another officer."""
    async with _about_another(visit, form, "operator.second-factor-taken") as (name, draft):
        operators.set_second_factor(draft, visit.at.settings, name, None)
    return _back(name)


async def set_identity(visit: Visit, form: Form) -> web.Response:
    """Attach another officer to an account of the identity provider; an empty one takes it away. Raises `administrator-last`."""
    identity = form.get("identity") or None
    async with _about_another(visit, form, "operator.identity-set", identity=identity) as (name, draft):
        operators.set_identity(draft, name, identity)
        operators.demand_administrator(draft)
    return _back(name)


async def give_token(visit: Visit, form: Form) -> web.Response:
    """Give an operator a new token; the old ones end, or hold until the next."""
    name, keeps_old = visit.request.match_info["operator"], form.get("keep_old") == "1"
    subject: dict[str, object] = {"operator": name, "kept_old": keeps_old}
    async with changing(visit.at, "operator.token-given", subject, visit.decision(form)) as draft:
        made = credentials.rotate(draft, OPERATOR, name, keep_old=keeps_old)
    return _shown(visit, name, given.token(made), title=visit.say(f"Mã truy cập mới của {name}", f"A new token for {name}"))


async def take_tokens(visit: Visit, form: Form) -> web.Response:
    """Take all tokens from an operator."""
    name = visit.request.match_info["operator"]
    async with changing(visit.at, "operator.tokens-taken", {"operator": name}, visit.decision(form)) as draft:
        operators.take_tokens(draft, name)
    return _back(name)


async def revoke(visit: Visit, form: Form) -> web.Response:
    """Take everything from another officer. Raises `own-account` and `administrator-last`."""
    async with _about_another(visit, form, "operator.revoked") as (name, draft):
        operators.revoke(draft, name)
        operators.demand_administrator(draft)
    return _back(name)


@asynccontextmanager
async def _about_another(visit: Visit, form: Form, action: str, **more: object) -> AsyncIterator[tuple[str, DirectoryDraft]]:
    """Change the entry of the officer whom the address names. Raises `own-account` where it is one's own, and `entry-unknown`."""
    name = visit.request.match_info["operator"]
    if name == visit.officer.id:
        raise Rejected("own-account", path=name)
    async with changing(visit.at, action, {"operator": name} | more, visit.decision(form)) as draft:
        yield name, draft


def _role(form: Form) -> Role:
    given_role = form.get("role")
    try:
        return Role(given_role)
    except ValueError as error:
        raise Rejected("malformed-request", path="role", detail=given_role) from error


async def _new_password() -> tuple[str, str]:
    """Make a password; give it, and its hash."""
    made = passwords.new()
    return made, await asyncio.to_thread(passwords.hashed, made)


def _page_of(name: str) -> str:
    return f"{CONSOLE}/users/{quote(name, safe='')}"


def _back(name: str) -> web.Response:
    return web.Response(status=303, headers={hdrs.LOCATION: _page_of(name)})


def _shown(visit: Visit, name: str, *made: Given, title: str) -> web.Response:
    return show_once(visit, *made, title=title, back=_page_of(name))
