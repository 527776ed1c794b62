"""The systems of agencies.toml: for whom each acts, what it shows to prove itself, and how the hub reaches it."""

import hashlib
import hmac
import re
from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from tomlkit.items import Table

from gateway.config import Settings
from gateway.core.directory import Link
from gateway.core.faults import Rejected
from gateway.core.model import VIETNAM
from gateway.entry.registry.agencies import EXCEPTION
from gateway.entry.registry.credentials import digest, new_secret
from gateway.infra.agencies_file import AGENCY, SYSTEM, DirectoryDraft, Fields, revise
from gateway.infra.seals import ensure_key, seal, unseal

_ID: Final = re.compile(r"\w[\w.@-]{0,63}")
"""It stands in addresses, names of queues and lines of logs."""


class Proof(StrEnum):
    """What a system may prove itself by."""

    TOKEN = "token"  # noqa: S105  a word
    SDK = "sdk"
    CERTIFICATE = "certificate"


def add(
    draft: DirectoryDraft,
    name: str,
    organs: Iterable[str],
    *,
    token: str | None = None,
    sealed: str | None = None,
    certificate: x509.Certificate | None = None,
) -> list[str]:
    """Add a system that acts for these agencies; give their ids. Raises `entry-exists`, `entry-unknown`, `malformed-request`."""
    if not _ID.fullmatch(name):
        detail = "Mã hệ thống: từ 1 đến 64 chữ, số, dấu chấm, gạch."
        raise Rejected(
            "malformed-request", path="id", detail=detail, detail_en="An id has 1 to 64 letters, digits, dots, dashes."
        )
    bound = _bound(draft, organs)
    fields: Fields = {
        "id": name,
        "organs": bound,
        "token_sha256": [digest(token)] if token else [],
        "certificate_sha256": [_new_certificate(draft, certificate)] if certificate else [],
        "vxp": {"secrets": [sealed]} if sealed else None,
    }
    draft.add(SYSTEM, fields)
    return bound


def act_for(draft: DirectoryDraft, name: str, organs: Iterable[str]) -> list[str]:
    """Let a system act for these agencies and no others; give their ids. Raises `entry-unknown`, `malformed-request`."""
    table, bound = draft.get(SYSTEM, name), _bound(draft, organs)
    if table.get("link", {}).get("push", "link" in table):
        _demand_sole(draft, name, bound)
    revise(table, {"organs": bound})
    return bound


def sealed(settings: Settings, name: str, secret: str) -> str:
    """Seal a system's secret of the national SDK as agencies.toml keeps it."""
    return seal(ensure_key(settings.path(settings.directory.key)), name, secret)


def rotate_secret(draft: DirectoryDraft, settings: Settings, name: str, *, keep_old: bool) -> str:
    """Give a system a new secret for the national SDK; the old ones end at once, or hold until the next rotation.

    Raises `entry-unknown`.
    """
    secret, access = new_secret(), _access(draft.get(SYSTEM, name))
    old = [*access.get("secrets", [])] if keep_old else []
    revise(draft.get(SYSTEM, name), {"vxp": {**access, "secrets": [*old, sealed(settings, name, secret)]}})
    return secret


def set_access(
    draft: DirectoryDraft, name: str, *, registers: bool | None, until: date | None, window_seconds: int | None
) -> dict[str, Any]:
    """Set what a system may do by the national SDK; None leaves it. To register by itself is dated, by default for a year."""
    access = _access(draft.get(SYSTEM, name))
    if not access.get("secrets"):
        raise Rejected("entry-unknown", path=f"{name}.vxp", detail=f"{name}: chưa có mật khẩu SDK, system rotate --vxp.")
    if registers is not None:
        access.pop("registers_until", None)
    if registers:
        access["registers_until"] = until or datetime.now(VIETNAM).date() + EXCEPTION
    if window_seconds is not None:
        access["window_seconds"] = window_seconds
    revise(draft.get(SYSTEM, name), {"vxp": access})
    return access


def register_certificate(draft: DirectoryDraft, name: str, certificate: x509.Certificate) -> str:
    """Let a system prove itself by one more mTLS certificate; give its digest. Raises `entry-unknown`, `entry-exists`."""
    table = draft.get(SYSTEM, name)
    known = _new_certificate(draft, certificate)
    revise(table, {"certificate_sha256": [*table.get("certificate_sha256", []), known]})
    return known


def take_away(draft: DirectoryDraft, settings: Settings, name: str, proof: Proof, sha256: str) -> None:
    """Take one credential from a system, named by its digest; the others hold. Raises `entry-unknown`."""
    table = draft.get(SYSTEM, name)
    if proof is Proof.SDK:
        access, key = _access(table), ensure_key(settings.path(settings.directory.key))
        before = [*access.get("secrets", [])]
        left = [each for each in before if not _is(unseal(key, name, each), sha256)]
        revise(table, {"vxp": {**access, "secrets": left} if left else None})
    else:
        field = f"{proof}_sha256"
        before = [*table.get(field, [])]
        left = [each for each in before if each != sha256]
        revise(table, {field: left})
    if left == before:
        raise Rejected("entry-unknown", path=f"{name}.{proof}", detail=sha256[:12])


def revoke(draft: DirectoryDraft, name: str) -> Table:
    """Take all credentials from a system. Its entry stays, so that its past is still readable. Raises `entry-unknown`."""
    table = draft.get(SYSTEM, name)
    revise(table, {"token_sha256": [], "certificate_sha256": [], "vxp": None})
    return table


def set_link(draft: DirectoryDraft, name: str, link: Link | None) -> None:
    """Let the hub reach a system by itself, or no longer. Raises `entry-unknown`, `malformed-request`."""
    table = draft.get(SYSTEM, name)
    if link is None:
        revise(table, {"link": None})
        return
    if link.push:
        _demand_sole(draft, name, table["organs"])
    usual = Link(adapter=link.adapter, settings={})
    further = ("push", "in_flight", "seconds")
    chosen = {field: getattr(link, field) for field in further if getattr(link, field) != getattr(usual, field)}
    settings = {"settings": dict(link.settings)} if link.settings else {}
    revise(table, {"link": {"adapter": link.adapter, **chosen, **settings}})


def secret_digest(secret: bytes) -> str:
    """Name a secret of the national SDK; it has 256 bits, so nobody finds it by this."""
    return hashlib.sha256(secret).hexdigest()


def _is(secret: bytes, sha256: str) -> bool:
    return hmac.compare_digest(secret_digest(secret).encode(), sha256.encode())


def _bound(draft: DirectoryDraft, organs: Iterable[str]) -> list[str]:
    """Give the ids of agencies that are named by any of theirs, each once."""
    found = list(dict.fromkeys(str(draft.get(AGENCY, organ)["id"]) for organ in organs))
    if not found:
        detail = "Nêu ít nhất một đơn vị."
        raise Rejected("malformed-request", path="organs", detail=detail, detail_en="Name at least one agency.")
    return found


def _demand_sole(draft: DirectoryDraft, name: str, organs: Iterable[str]) -> None:
    """See that no other system is pushed the documents of these agencies."""
    own = set(organs)
    for other in draft.tables(SYSTEM):
        both = own & set(other["organs"])
        if other["id"] != name and "link" in other and other["link"].get("push", True) and both:
            named = ", ".join(sorted(both))
            raise Rejected(
                "malformed-request",
                path="organs",
                detail=f"{named}: trục đã chuyển tới hệ thống {other['id']}; mỗi đơn vị chỉ một hệ thống được chuyển tới.",
                detail_en=f"{named}: pushed to by {other['id']} already; an agency has one system that is pushed to.",
            )


def _new_certificate(draft: DirectoryDraft, certificate: x509.Certificate) -> str:
    known = certificate.fingerprint(hashes.SHA256()).hex()
    for table in draft.tables(SYSTEM):
        if known in table.get("certificate_sha256", ()):
            raise Rejected("entry-exists", path=str(table["id"]), detail=f"{table['id']}: mTLS {known[:12]}")
    return known


def _access(table: Table) -> dict[str, Any]:
    return dict(table.get("vxp", {}))
