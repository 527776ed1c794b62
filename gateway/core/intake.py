"""What the hub decides about a document before it is recorded: guard, signature, trust, content, receivers, in this order."""

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime

from lxml import etree

from gateway.core import attachments, canonical, reading, routing, signature, trust, xmlsafe
from gateway.core.directory import Agency, System
from gateway.core.envelope import Attachment, DocumentPackage
from gateway.core.faults import Rejected
from gateway.core.findings import finding
from gateway.core.model import Delivery, Document, Finding, Kind, OrganId, Part, Priority, Problem, State, Trust
from gateway.core.rules import Rules

_FROM = "MessageHeader/From/OrganId"
_REFERENCE = "edXMLBody/edXMLManifest/Reference/ContentId"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """What a sender handed in: the envelope's bytes, and the attachments that came as MIME parts.

    `digest_part(content_id, hashlib_name)` digests a part's octets.
    """

    envelope: bytes
    sha256: str
    parts: tuple[Part, ...] = ()
    digest_part: Callable[[str, str], bytes] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """The decision: what will be recorded."""

    document: Document
    deliveries: tuple[Delivery, ...]
    package: DocumentPackage


@dataclass(frozen=True, slots=True, kw_only=True)
class _Authenticated:
    root: etree._Element
    sender: Agency
    findings: tuple[Finding, ...]


def take_in(upload: Upload, rules: Rules, caller: System, now: datetime) -> Intake:
    """Judge an upload; raise Rejected (or Transient, where trust cannot be decided now) with all reasons at once."""
    root = xmlsafe.parse(upload.envelope)
    if canonical.kind(root) is Kind.STATUS:
        raise Rejected("not-a-document", path="MessageHeader/StatusCode")
    try:
        known = _authenticate(root, upload, rules, caller, now)
    except Rejected as fault:
        raise _with_content_problems(fault, root, rules, now) from fault
    try:
        package, tolerated = reading.read_document(known.root, rules.schema, today=now.date())
    except Rejected:  # say it again from the bytes as sent, whose line numbers the sender knows
        reading.read_document(root, rules.schema, today=now.date())
        raise
    parts = match_parts(package.attachments, upload.parts)
    for attachment in package.attachments:
        if attachment.encoded is not None:
            attachments.octets(attachment.encoded)
    receivers, doubled = routing.plan(package.header.receivers, rules.directory, now.date())
    document = _document(upload, package, known, caller, now)
    document = replace(document, parts=parts, findings=(*known.findings, *tolerated, *doubled))
    return Intake(document=document, deliveries=_deliveries(document, receivers), package=package)


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


def match_parts(listed: tuple[Attachment, ...], parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """Give the MIME parts in the order of the manifest, with its names; every attachment has its octets exactly once.

    Raises `attachment-missing` or `attachment-unexpected`, naming each.
    """
    by_id = {part.content_id: part for part in parts}
    expected = {attachment.content_id: attachment for attachment in listed if attachment.encoded is None}
    missing = [_part_problem("attachment-missing", name) for name in expected if name not in by_id]
    surplus = [_part_problem("attachment-unexpected", name) for name in by_id if name not in expected]
    if missing or surplus:
        raise Rejected((missing or surplus)[0].code, path=_REFERENCE, problems=(*missing, *surplus))
    return tuple(replace(by_id[name], name=attachment.name) for name, attachment in expected.items())


def _part_problem(code: str, content_id: str) -> Problem:
    return Problem(code=code, path=_REFERENCE, vi=f"cid:{content_id}", en=f"cid:{content_id}")


def _authenticate(root: etree._Element, upload: Upload, rules: Rules, caller: System, now: datetime) -> _Authenticated:
    agency = sender(canonical.sender(root), rules, caller, now)
    trusted_as = agency.trusted_as(now.date())
    if trusted_as is Trust.CHANNEL:
        return _Authenticated(root=root, sender=agency, findings=_channel_findings(root))
    parts = [part.content_id for part in upload.parts]
    claim = signature.examine(root, parts=parts, legacy=trusted_as is Trust.LEGACY)
    if claim is None:
        raise Rejected("signature-missing", path="edXMLHeader/Signature")
    certificate = trust.bind(agency, claim, rules.trust, now)
    verified = signature.verify(root, claim, certificate, digest_part=upload.digest_part)
    if canonical.sender(verified.root) != canonical.sender(root):
        raise Rejected("signature-wrapped", path=_FROM)
    weak = (finding("legacy-signature", "edXMLHeader/Signature"),) if claim.legacy else ()
    return _Authenticated(root=verified.root, sender=agency, findings=weak)


def _channel_findings(root: etree._Element) -> tuple[Finding, ...]:
    signed = signature.present(root)
    ignored = (finding("signature-ignored", "edXMLHeader/Signature"),) if signed else ()
    return (finding("unsigned-envelope", "edXMLHeader"), *ignored)


def _with_content_problems(fault: Rejected, root: etree._Element, rules: Rules, now: datetime) -> Rejected:
    """Add what is wrong with the content: the sender mends everything in one go."""
    try:
        reading.read_document(root, rules.schema, today=now.date())
    except Rejected as content:
        return Rejected(
            content.code, detail=content.detail, detail_en=content.detail_en, problems=(*content.problems, *fault.problems)
        )
    return fault


def _document(upload: Upload, package: DocumentPackage, known: _Authenticated, caller: System, now: datetime) -> Document:
    header, business = package.header, package.trace.business
    natural_key = "\n".join(
        (known.sender.id, str(header.promulgation_date.year), header.code.number, header.code.notation, str(int(business.type)))
    )
    return Document(
        id=derived_id("document", natural_key),
        document_id=header.document_id,
        kind=Kind.DOCUMENT,
        sender=known.sender.id,
        number=header.code.number,
        notation=header.code.notation,
        subject=header.subject,
        priority=(header.other_info.priority if header.other_info else None) or Priority.NORMAL,
        business_type=business.type,
        promulgated_on=header.promulgation_date,
        due_on=header.due_date,
        natural_key=natural_key,
        sha256=upload.sha256,
        content_sha256=_content_sha256(upload.sha256, upload.parts),
        size=len(upload.envelope) + sum(part.size for part in upload.parts),
        accepted_at=now,
        system=caller.id,
    )


def _deliveries(document: Document, receivers: Collection[OrganId]) -> tuple[Delivery, ...]:
    return tuple(
        Delivery(id=derived_id(document.id, receiver), document=document.id, receiver=receiver, state=State.AVAILABLE)
        for receiver in receivers
    )


def derived_id(*names: str) -> str:
    """Derive an id (32 hex digits) from names, so that every step can be repeated safely."""
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:32]


def _content_sha256(envelope: str, parts: tuple[Part, ...]) -> str:
    if not parts:
        return envelope
    listed = sorted(f"{part.content_id} {part.sha256}" for part in parts)
    return hashlib.sha256("\n".join((envelope, *listed)).encode()).hexdigest()
