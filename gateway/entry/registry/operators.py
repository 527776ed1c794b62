"""Who runs the hub: officers and their programs, their role, and what they prove themselves by."""

import re
from typing import Final

import pyotp
from tomlkit.items import Table

from gateway.config import Settings
from gateway.core.faults import Rejected
from gateway.core.roles import Role
from gateway.infra.agencies_file import OPERATOR, DirectoryDraft, revise
from gateway.infra.rules_files import second_factor as bound_to
from gateway.infra.seals import ensure_key, seal

NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
"""What every keyboard types the same way, and an address and a log line show as it is."""


def add(draft: DirectoryDraft, name: str, role: Role) -> None:
    """Add an operator, who can do nothing until he is given something to prove himself by.

    Raises `entry-exists`, and `malformed-request` for a name that cannot be typed everywhere.
    """
    if not NAME.fullmatch(name):
        vi = "Tên gồm chữ không dấu, số và . _ - @, không quá 64 ký tự."
        en = "A name has letters without accents, digits and . _ - @, 64 at most."
        raise Rejected("malformed-request", path="name", detail=vi, detail_en=en)
    draft.add(OPERATOR, {"id": name, "role": role})


def set_role(draft: DirectoryDraft, name: str, role: Role) -> None:
    """Give an operator another role. Raises `entry-unknown`."""
    revise(draft.get(OPERATOR, name), {"role": role})


def set_password(draft: DirectoryDraft, name: str, hashed: str) -> None:
    """Give an operator a password, by what `passwords.hashed` makes of it: all sessions end. Raises `entry-unknown`."""
    revise(draft.get(OPERATOR, name), {"password": hashed})


def set_second_factor(draft: DirectoryDraft, settings: Settings, name: str, secret: str | None) -> None:
    """Give an operator a secret (base32) for codes of the moment, sealed; None takes it away. Raises `entry-unknown`."""
    sealed = None if secret is None else seal(ensure_key(settings.path(settings.directory.key)), bound_to(name), secret)
    revise(draft.get(OPERATOR, name), {"totp": sealed})


def set_identity(draft: DirectoryDraft, name: str, identity: str | None) -> None:
    """Say by what name the identity provider knows an operator; None: by none.

    Raises `entry-unknown`, and `entry-exists` where another has it.
    """
    if any(table.get("identity") == identity and table["id"] != name for table in draft.tables(OPERATOR) if identity):
        raise Rejected("entry-exists", path=identity or "", detail=identity or "")
    revise(draft.get(OPERATOR, name), {"identity": identity})


def enrolment(secret: str, name: str, issuer: str) -> str:
    """Give the address (otpauth:) by which an authenticator app takes a secret for an operator of a hub."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer)


def take_tokens(draft: DirectoryDraft, name: str) -> None:
    """Take all tokens from an operator. Raises `entry-unknown`."""
    revise(draft.get(OPERATOR, name), {"token_sha256": []})


def revoke(draft: DirectoryDraft, name: str) -> Table:
    """Take everything from an operator; the entry stays, so that the audit log is still readable. Raises `entry-unknown`."""
    table = draft.get(OPERATOR, name)
    revise(table, {"token_sha256": [], "password": None, "totp": None, "identity": None})
    return table


def demand_administrator(draft: DirectoryDraft) -> None:
    """See that an administrator is left who can sign in. Raises `administrator-last`."""
    administrators = [table for table in draft.tables(OPERATOR) if table.get("role", Role.ADMIN) == Role.ADMIN]
    if not any("password" in table or "identity" in table for table in administrators):
        raise Rejected("administrator-last")
