"""Người dùng · Users: who may do what at the hub, how they prove who they are, and where they are signed in."""

import hashlib
from collections.abc import Mapping
from typing import Final

from aiohttp import hdrs, web

from gateway.core.faults import Rejected
from gateway.core.roles import ROLE_NAMES, Right, Role, may
from gateway.entry.api.door import CONSOLE
from gateway.entry.console.door import holder
from gateway.entry.console.pages import page
from gateway.entry.console.visit import Form, Visit
from gateway.ports import Session

RIGHTS: Final[Mapping[Right, tuple[str, str]]] = {
    Right.SEE: ("xem", "see"),
    Right.ACT: ("quyết định về văn bản", "decide about documents"),
    Right.MANAGE: ("quản lý đơn vị, hệ thống, người dùng", "manage agencies, systems and people"),
    Right.AUDIT: ("nhật ký kiểm toán", "the audit log"),
}


async def show(visit: Visit) -> web.Response:
    """Show everybody who runs the hub."""
    living = await _living(visit, None)
    return page(
        visit,
        "users.html",
        title=visit.say("Người dùng", "Users"),
        people=sorted(visit.rules.operators, key=lambda each: each.id),
        sessions={each.id: [one for one in living if one.operator == each.id] for each in visit.rules.operators},
        open=len(living),
        handle=handle,
        role_name=lambda role: visit.say(*ROLE_NAMES[role]),
        rights=lambda role: rights(visit, role),
    )


async def me(visit: Visit) -> web.Response:
    """Show an officer who he is to the hub, and where he is signed in."""
    return page(
        visit,
        "me.html",
        title=visit.say("Tài khoản của tôi", "My account"),
        sessions=await _living(visit, visit.officer.id),
        handle=handle,
        rights=rights(visit, visit.officer.role),
    )


async def end(visit: Visit, form: Form) -> web.Response:
    """End one session of an operator, or all. Raises `not-found` where there is none."""
    await _end(visit, form, visit.request.match_info["operator"], but=None)
    return web.Response(status=303, headers={hdrs.LOCATION: f"{CONSOLE}/users"})


async def end_own(visit: Visit, form: Form) -> web.Response:
    """End one of one's other sessions, or all of these. Raises `not-found` where there is none."""
    await _end(visit, form, visit.officer.id, but=visit.session.token_sha256)
    return web.Response(status=303, headers={hdrs.LOCATION: f"{CONSOLE}/me"})


def handle(session: Session) -> str:
    """Name a session on a page: by what neither its token nor the proof of its forms can be made from."""
    return hashlib.sha256(f"console session {session.token_sha256}".encode()).hexdigest()[:32]


def rights(visit: Visit, role: Role) -> str:
    """Say what a role may do."""
    return ", ".join(visit.say(*RIGHTS[each]) for each in Right if may(role, each))


async def _living(visit: Visit, operator: str | None) -> list[Session]:
    """Give the sessions that would be let in now: not those left idle, or begun with a password that is no more."""
    found = await visit.ports.sessions.of(operator, now=visit.now)
    return [each for each in found if holder(each, visit.rules, visit.now) is not None]


async def _end(visit: Visit, form: Form, operator: str, *, but: str | None) -> None:
    decided, named, only = visit.decision(form), visit.request.match_info.get("session"), None
    if named is not None:
        own = await visit.ports.sessions.of(operator, now=visit.now)
        only = next((each.token_sha256 for each in own if handle(each) == named), None)
        if only is None:
            raise Rejected("not-found", path=visit.request.path)
    ended = await visit.ports.sessions.end_all(
        operator, only=only, but=but, by=decided.by, reason=decided.reason, now=decided.now
    )
    if not ended:
        raise Rejected("not-found", path=visit.request.path)
    visit.ports.telemetry.record("console.sessions_ended", operator=operator, by=decided.by, sessions=ended)
