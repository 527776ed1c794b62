"""Người dùng · Users: who may do what at the hub, how they prove who they are, and where they are signed in."""

import hashlib
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

from aiohttp import hdrs, web

from gateway.core.directory import Operator
from gateway.core.faults import Rejected
from gateway.core.roles import ROLE_NAMES, Right, Role, may
from gateway.entry.api.door import CONSOLE
from gateway.entry.console.door import holder
from gateway.entry.console.pages import page
from gateway.entry.console.sheet import Column, Row, sheet
from gateway.entry.console.visit import Form, Visit, own_place
from gateway.ports import Session

RIGHTS: Final[Mapping[Right, tuple[str, str]]] = {
    Right.SEE: ("xem", "see"),
    Right.ACT: ("quyết định về văn bản", "decide about documents"),
    Right.MANAGE: ("quản lý đơn vị, hệ thống, người dùng", "manage agencies, systems and people"),
    Right.AUDIT: ("nhật ký kiểm toán", "the audit log"),
}


COLUMNS: Final[tuple[Column, ...]] = (
    ("Tên", "Name", 24),
    ("Vai trò", "Role", 16),
    ("Mật khẩu", "Password", 12),
    ("Mã 6 số", "Second factor", 14),
    ("Mã truy cập API", "Tokens for the API", 18),
    ("Phiên đang mở", "Open sessions", 16),
    ("Dùng lần cuối", "Last used", 18),
)


async def show(visit: Visit) -> web.Response:
    """Show everybody who runs the hub."""
    people, sessions = await _everybody(visit)
    return page(
        visit,
        "users.html",
        title=visit.say("Người dùng", "Users"),
        people=people,
        sessions=sessions,
        open=sum(len(own) for own in sessions.values()),
        roles=Role,
        **_said(visit),
    )


async def one(visit: Visit) -> web.Response:
    """Show an officer, and what an administrator can do about him. Raises `not-found`."""
    officer = visit.rules.operators.find(visit.request.match_info["operator"])
    if officer is None:
        raise Rejected("not-found", path=visit.request.path)
    sessions = await living(visit, officer.id)
    return page(visit, "user.html", title=officer.id, officer=officer, sessions=sessions, roles=Role, **_said(visit))


async def export(visit: Visit) -> web.Response:
    """Give everybody as a workbook."""
    people, sessions = await _everybody(visit)

    async def rows() -> AsyncIterator[Row]:
        for each in people:
            own, has = sessions[each.id], {True: "✓", False: ""}
            used = own[0].seen_at.replace(tzinfo=None) if own else None
            given = has[each.password is not None], has[each.totp is not None], len(each.token_sha256)
            yield each.id, visit.say(*ROLE_NAMES[each.role]), *given, len(own), used

    return await sheet(visit, "nguoi-dung", visit.say("Người dùng", "Users"), COLUMNS, rows())


async def end(visit: Visit, form: Form) -> web.Response:
    """End one session of an operator, or all. Raises `not-found` where there is none."""
    await end_sessions(visit, form, visit.request.match_info["operator"], but=None)
    return web.Response(status=303, headers={hdrs.LOCATION: own_place(form.get("to"), f"{CONSOLE}/users")})


def handle(session: Session) -> str:
    """Name a session on a page: by what neither its token nor the proof of its forms can be made from."""
    return hashlib.sha256(f"console session {session.token_sha256}".encode()).hexdigest()[:32]


def rights(visit: Visit, role: Role) -> str:
    """Say what a role may do."""
    return ", ".join(visit.say(*RIGHTS[each]) for each in Right if may(role, each))


async def living(visit: Visit, operator: str | None) -> list[Session]:
    """Give the sessions that would be let in now: not those left idle, or begun with a password that is no more."""
    found = await visit.ports.sessions.of(operator, now=visit.now)
    return [each for each in found if holder(each, visit.rules, visit.now) is not None]


async def end_sessions(visit: Visit, form: Form, operator: str, *, but: str | None) -> None:
    """End the session that the address names, or all but one. Raises `not-found` where there is none."""
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


async def _everybody(visit: Visit) -> tuple[list[Operator], dict[str, list[Session]]]:
    people, sessions = sorted(visit.rules.operators, key=lambda each: each.id), await living(visit, None)
    return people, {each.id: [one for one in sessions if one.operator == each.id] for each in people}


def _said(visit: Visit) -> dict[str, Any]:
    """Give what the pages about people say of sessions and roles."""
    return {
        "handle": handle,
        "role_name": lambda role: visit.say(*ROLE_NAMES[role]),
        "rights": lambda role: rights(visit, role),
    }
