"""Roles: what an officer of the province may do with the hub, in the console and by the calls for operators."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Right(StrEnum):
    """One thing that a role may do. To act is to decide about documents; to manage, about agencies, systems and people."""

    SEE = "see"
    ACT = "act"
    MANAGE = "manage"
    AUDIT = "audit"


class Role(StrEnum):
    """What somebody is to the hub."""

    VIEWER = "viewer"
    DUTY = "duty"
    ADMIN = "admin"
    AUDITOR = "auditor"


RIGHTS: Final[Mapping[Role, frozenset[Right]]] = {
    Role.VIEWER: frozenset({Right.SEE}),
    Role.DUTY: frozenset({Right.SEE, Right.ACT}),
    Role.ADMIN: frozenset(Right),
    Role.AUDITOR: frozenset({Right.SEE, Right.AUDIT}),
}

ROLE_NAMES: Final[Mapping[Role, tuple[str, str]]] = {
    Role.VIEWER: ("Xem", "Viewer"),
    Role.DUTY: ("Trực", "Duty officer"),
    Role.ADMIN: ("Quản trị", "Administrator"),
    Role.AUDITOR: ("Kiểm toán", "Auditor"),
}
"""Vietnamese, English."""


def may(role: Role, right: Right) -> bool:
    """Tell whether a role has a right."""
    return right in RIGHTS[role]
