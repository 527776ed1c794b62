"""Who sends: the agency of the directory that the calling system may act for, and the proof that the envelope is its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from gateway.core import canonical, signature, trust
from gateway.core.directory import Agency, System
from gateway.core.faults import Rejected
from gateway.core.findings import finding
from gateway.core.model import Finding, Trust
from gateway.core.rules import Rules

_FROM = "MessageHeader/From/OrganId"


@dataclass(frozen=True, slots=True, kw_only=True)
class Authenticated:
    """A sender, and what of the envelope is proven to be its own: all that is read afterwards is read from `root`."""

    root: etree._Element
    sender: Agency
    trusted_as: Trust
    findings: tuple[Finding, ...]


def authenticate(
    root: etree._Element,
    rules: Rules,
    caller: System,
    now: datetime,
    *,
    parts: Sequence[str],
    digest_part: Callable[[str, str], bytes] | None,
) -> Authenticated:
    """Prove the sender: by the signature, or by the channel where the agency has that exception. Raises Rejected or Transient.

    `parts` are the content ids of MIME parts, whose octets `digest_part(content_id, hashlib_name)` digests.
    """
    agency = sender(canonical.sender(root), rules, caller, now)
    trusted_as = agency.trusted_as(now.date())
    if trusted_as is Trust.CHANNEL:
        return Authenticated(root=root, sender=agency, trusted_as=trusted_as, findings=_channel_findings(root))
    claim = signature.examine(root, parts=parts, legacy=trusted_as is Trust.LEGACY)
    if claim is None:
        raise Rejected("signature-missing", path="edXMLHeader/Signature")
    certificate = trust.bind(agency, claim, rules.trust, now)
    verified = signature.verify(root, claim, certificate, digest_part=digest_part)
    if canonical.sender(verified.root) != canonical.sender(root):
        raise Rejected("signature-wrapped", path=_FROM)
    weak = (finding("legacy-signature", "edXMLHeader/Signature"),) if claim.legacy else ()
    return Authenticated(root=verified.root, sender=agency, trusted_as=trusted_as, findings=weak)


def sender(organ: str | None, rules: Rules, caller: System, now: datetime) -> Agency:
    """Find the agency named in From, and hold that the calling system may send for it."""
    agency = rules.directory.find(organ) if organ else None
    if agency is None:
        raise Rejected(
            "sender-unknown", path=_FROM, detail=f"{organ}: không có trong danh bạ.", detail_en=f"{organ}: not in the directory."
        )
    if agency.id not in caller.organs:
        raise Rejected(
            "sender-mismatch",
            path=_FROM,
            detail=f"Hệ thống {caller.id} không được gửi thay {organ}.",
            detail_en=f"System {caller.id} may not send for {organ}.",
        )
    if agency.locked is not None:
        raise Rejected(
            "sender-locked", path=_FROM, detail=f"{organ}: đang khóa, lý do: {agency.locked}.", detail_en=f"{organ}: locked."
        )
    if not agency.in_force(now.date()):
        raise Rejected(
            "sender-dissolved", path=_FROM, detail=f"{organ}: không còn hiệu lực.", detail_en=f"{organ}: not in force."
        )
    return agency


def _channel_findings(root: etree._Element) -> tuple[Finding, ...]:
    signed = signature.present(root)
    ignored = (finding("signature-ignored", "edXMLHeader/Signature"),) if signed else ()
    return (finding("unsigned-envelope", "edXMLHeader"), *ignored)
