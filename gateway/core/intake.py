"""What the hub decides about a document before it is recorded: guard, sender, signature, content, policy, receivers.

`take_in` decides as far as the bytes tell; `conclude` adds what was seen by those who look into attachments.
"""

import hashlib
import io
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import BinaryIO

from lxml import etree

from gateway.core import attachments, canonical, reading, routing, vietnamese, xmlsafe
from gateway.core.authentication import Authenticated, authenticate
from gateway.core.directory import Agency, System, Systems
from gateway.core.envelope import Attachment, Business, DocumentPackage, MessageHeader
from gateway.core.faults import Rejected
from gateway.core.findings import finding
from gateway.core.links import Link, Revision
from gateway.core.model import Attached, Delivery, Document, Finding, Kind, OrganId, Priority, Problem, State, Trust
from gateway.core.pdf import PdfFacts
from gateway.core.policy import duties, enclosures, judge
from gateway.core.policy.case import Case, Observation
from gateway.core.policy.enclosures import Enclosure
from gateway.core.policy.signatures import signed_by
from gateway.core.rules import Rules

_REFERENCE = "edXMLBody/edXMLManifest/Reference/ContentId"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """An attachment that came as a MIME part of its own; `open()` gives its octets from the beginning."""

    content_id: str
    sha256: str
    size: int
    open: Callable[[], BinaryIO]


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
    """The decision: what will be recorded. `line` is the sender and those above it, whose policy holds."""

    document: Document
    deliveries: tuple[Delivery, ...]
    sender: Agency
    trusted_as: Trust
    line: tuple[OrganId, ...]
    header: MessageHeader
    business: Business
    enclosures: tuple[Enclosure, ...]
    observations: tuple[Observation, ...]
    links: tuple[Link, ...] = ()
    revision: Revision | None = None


def take_in(upload: Upload, rules: Rules, caller: System, now: datetime) -> Intake:
    """Judge an upload; raise Rejected (or Transient, where trust cannot be decided now) with all reasons at once."""
    root = xmlsafe.parse(upload.envelope)
    if canonical.kind(root) is Kind.STATUS:
        raise Rejected("not-a-document", path="MessageHeader/StatusCode")
    try:
        parts = [part.content_id for part in upload.parts]
        known = authenticate(root, rules, caller, now, parts=parts, digest_part=upload.digest_part)
    except Rejected as fault:
        raise _with_content_problems(fault, root, rules, now) from fault
    try:
        read = reading.read_document(known.root, rules.schema, today=now.date())
    except Rejected:  # say it again from the bytes as sent, whose line numbers the sender knows
        reading.read_document(root, rules.schema, today=now.date())
        raise
    line = judge.line(rules.directory, known.sender)
    case = _case(read.package, read.extras, known, line, rules, now)
    seen = tuple(judge.observe(case))
    judge.weigh(rules.policy, line, seen)  # a secret is refused before anything else of it is looked at
    enclosed = tuple(_enclosures(read.package.attachments, upload.parts, case.lists.executables))
    seen = (*seen, *(each for enclosure in enclosed for each in enclosure.observations))
    judge.weigh(rules.policy, line, seen)
    receivers, doubled = routing.plan(read.package.header.receivers, rules.directory, now.date())
    document = _document(upload, case, caller, findings=(*known.findings, *read.findings, *doubled))
    return Intake(
        document=document,
        deliveries=deliveries_of(document, receivers, rules.systems),
        sender=known.sender,
        trusted_as=known.trusted_as,
        line=line,
        header=read.package.header,
        business=read.package.trace.business,
        enclosures=enclosed,
        observations=seen,
    )


def conclude(taken: Intake, pdfs: Mapping[str, PdfFacts], noticed: Iterable[Observation], rules: Rules, now: datetime) -> Intake:
    """Finish the decision with what is known of the PDFs (by content id), and what else was noticed. Raises Rejected.

    The octets of the attachments are let go.
    """
    facts = {each.content_id: pdfs.get(each.content_id, PdfFacts()) for each in taken.enclosures}
    announced = taken.header.other_info.page_amount if taken.header.other_info else None
    seen = (
        *taken.observations,
        *(s for each in taken.enclosures for s in enclosures.pdf_observations(each, facts[each.content_id])),
        *enclosures.page_observations(announced, (each.pages for each in facts.values())),
        *noticed,
    )
    signed: tuple[Finding, ...] = ()
    if taken.trusted_as is Trust.CHANNEL:
        found = signed_by(taken.sender, (s for each in facts.values() for s in each.signatures or ()), rules.trust, now)
        if found is None:
            seen = (*seen, Observation(code="pdf-signature-missing", path=enclosures.PATH))
        else:
            signed = (finding("pdf-signed", enclosures.PATH, found.signer[:60]),)
    verdict = judge.weigh(rules.policy, taken.line, seen)
    document = replace(
        taken.document,
        findings=(*taken.document.findings, *signed, *verdict.findings),
        attachments=tuple(_attached(each, facts[each.content_id]) for each in taken.enclosures),
    )
    deliveries = taken.deliveries
    if verdict.held:
        why = " ".join(verdict.held)
        deliveries = tuple(replace(each, state=State.SUSPENDED, why=why) for each in deliveries)
    return replace(taken, document=document, deliveries=deliveries, enclosures=(), observations=seen)


def derived_id(*names: str) -> str:
    """Derive an id (32 hex digits) from names, so that every step can be repeated safely."""
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:32]


def _case(
    package: DocumentPackage,
    extras: Mapping[str, str],
    known: Authenticated,
    line: tuple[OrganId, ...],
    rules: Rules,
    now: datetime,
) -> Case:
    found = (rules.directory.find(each.organ_id) for each in package.header.receivers)
    return Case(
        package=package,
        subject=vietnamese.readable(package.header.subject),
        sender=known.sender,
        receivers=frozenset(each.id for each in found if each is not None),
        extras=extras,
        lists=judge.lists_for(rules.policy, line),
        calendar=rules.timekeeping.working_time.calendar,
        now=now,
    )


def _enclosures(listed: tuple[Attachment, ...], parts: tuple[Part, ...], executables: frozenset[str]) -> Iterator[Enclosure]:
    """Take up the attachments in the order of the manifest; each has its octets exactly once.

    Raises `attachment-missing` or `attachment-unexpected`, naming each, and `attachment-encoding`.
    """
    by_id = {part.content_id: part for part in parts}
    expected = {attachment.content_id for attachment in listed if attachment.encoded is None}
    missing = [_part_problem("attachment-missing", name) for name in expected if name not in by_id]
    surplus = [_part_problem("attachment-unexpected", name) for name in by_id if name not in expected]
    if missing or surplus:
        raise Rejected((missing or surplus)[0].code, path=_REFERENCE, problems=(*missing, *surplus))
    for each in listed:
        if each.encoded is None:
            part = by_id[each.content_id]
            yield enclosures.enclose(part.open(), each.content_id, each.name, executables, apart=part.sha256)
        else:
            decoded = attachments.decode(each.encoded, each.name)
            content = io.BytesIO(decoded.content)
            yield enclosures.enclose(content, each.content_id, each.name, executables, overfull=decoded.overfull)


def _part_problem(code: str, content_id: str) -> Problem:
    return Problem(code=code, path=_REFERENCE, vi=f"cid:{content_id}", en=f"cid:{content_id}")


def _with_content_problems(fault: Rejected, root: etree._Element, rules: Rules, now: datetime) -> Rejected:
    """Add what is wrong with the content: the sender mends everything in one go."""
    try:
        reading.read_document(root, rules.schema, today=now.date())
    except Rejected as content:
        return Rejected(
            content.code, detail=content.detail, detail_en=content.detail_en, problems=(*content.problems, *fault.problems)
        )
    return fault


def _document(upload: Upload, case: Case, caller: System, findings: tuple[Finding, ...]) -> Document:
    header, business = case.package.header, case.package.trace.business
    natural_key = "\n".join(
        (case.sender.id, str(header.promulgation_date.year), header.code.number, header.code.notation, str(int(business.type)))
    )
    return Document(
        id=derived_id("document", natural_key),
        document_id=header.document_id,
        kind=Kind.DOCUMENT,
        sender=case.sender.id,
        number=header.code.number,
        notation=header.code.notation,
        subject=header.subject,
        priority=(header.other_info.priority if header.other_info else None) or Priority.NORMAL,
        business_type=business.type,
        promulgated_on=header.promulgation_date,
        due_on=header.due_date,
        response_needed=duties.needs_response(case),
        paper=business.paper is True,
        natural_key=natural_key,
        sha256=upload.sha256,
        content_sha256=content_sha256(upload.sha256, [(part.content_id, part.sha256) for part in upload.parts]),
        size=len(upload.envelope) + sum(part.size for part in upload.parts),
        accepted_at=case.now,
        system=caller.id,
        type_name=header.document_type.type_name,
        findings=findings,
    )


def _attached(enclosure: Enclosure, facts: PdfFacts) -> Attached:
    return Attached(
        content_id=enclosure.content_id,
        name=enclosure.name,
        media_type=enclosure.media_type,
        sha256=enclosure.sha256,
        size=enclosure.size,
        pages=facts.pages,
        apart=enclosure.apart,
    )


def deliveries_of(document: Document, receivers: Collection[OrganId], systems: Systems) -> tuple[Delivery, ...]:
    """Make a delivery for each receiver: it waits to be pushed where the hub reaches its system, else to be polled."""
    return tuple(
        Delivery(
            id=derived_id(document.id, receiver),
            document=document.id,
            receiver=receiver,
            state=State.QUEUED if systems.pushed_to(receiver) else State.AVAILABLE,
        )
        for receiver in receivers
    )


def content_sha256(envelope: str, parts: Collection[tuple[str, str]]) -> str:
    """Name a whole content: the envelope's digest alone, or with the content ids and digests of its MIME parts."""
    if not parts:
        return envelope
    listed = sorted(f"{content_id} {sha256}" for content_id, sha256 in parts)
    return hashlib.sha256("\n".join((envelope, *listed)).encode()).hexdigest()
