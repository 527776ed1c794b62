"""Accept: judge an upload, make it durable, and only then answer with the hub's signed receipt."""

import json
from collections.abc import Callable, Collection, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace

from gateway.core import intake
from gateway.core.directory import System
from gateway.core.faults import Rejected
from gateway.core.intake import Intake, Part, Upload
from gateway.core.model import Fact, Finding, OrganId, Trust
from gateway.core.receipts import Attestation
from gateway.core.rules import Rules
from gateway.flows.link import replies, unknown
from gateway.flows.look_inside import read_pdfs, scan
from gateway.flows.revise import revised
from gateway.ports import Acceptance, Entry, Ports, Staged


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """What came in at a door: the staged envelope, and the staged octets of each MIME part by content id."""

    envelope: Staged
    parts: Mapping[str, Staged]

    @property
    def staged(self) -> tuple[Staged, ...]:
        return (self.envelope, *self.parts.values())

    @property
    def content_sha256(self) -> str:
        """Name the whole content, as the ledger does."""
        parts = [(content_id, staged.sha256) for content_id, staged in self.parts.items()]
        return intake.content_sha256(self.envelope.sha256, parts)

    @property
    def weight(self) -> int:
        """Bytes that judging will hold in memory or digest."""
        return sum(staged.size for staged in self.staged)


async def accept(
    ports: Ports,
    rules: Rules,
    package: Package,
    caller: System,
    *,
    idempotency_key: str | None,
    trace_id: str,
    only: Collection[OrganId] | None = None,
) -> Acceptance:
    """Accept a document: after this returns it is on disk (fsync) and in the ledger, exactly once.

    The very same bytes again give the very same answer. Of the receivers that it names, it goes to `only` those.
    Raises Rejected, leaving nothing behind, or Transient.
    """
    try:
        decided = _to(await judge(ports, rules, package, caller), only)
    except Rejected:  # rules and certificates change; what was once answered is answered the same
        first = await ports.ledger.accepted(package.content_sha256, caller.organs)
        if first is None:
            raise
        ports.telemetry.record("document.repeated", document=first.document, size=package.weight, trace_id=trace_id)
        return first
    document, deliveries = decided.document, decided.deliveries
    receivers = tuple(delivery.receiver for delivery in deliveries)
    receipt = ports.signer.seal(
        Attestation(fact=Fact.ACCEPTED, document=document, delivery=None, receivers=receivers, at=document.accepted_at)
    )
    added = {new.receiver for each in (decided.revision.concerned if decided.revision else ()) for new in each.added}
    entry = Entry(
        document=document,
        deliveries=deliveries,
        receipt=receipt,
        answer=_answer(decided),
        idempotency_key=idempotency_key,
        routes={organ: system for organ in {*receivers, *added} if (system := rules.systems.route(organ)) is not None},
        trace_id=trace_id,
        links=decided.links,
        revision=decided.revision,
        seal=ports.signer.seal,
    )
    await ports.ledger.foresee(entry)  # a refusal leaves nothing in the vault
    await ports.vault.keep(package.staged)
    acceptance = await ports.ledger.accept(entry)
    ports.telemetry.record(
        "document.accepted" if acceptance.created else "document.repeated",
        document=acceptance.document,
        sender=document.sender,
        deliveries=len(deliveries),
        size=document.size,
        priority=int(document.priority),
        trace_id=trace_id,
    )
    return acceptance


async def judge(ports: Ports, rules: Rules, package: Package, caller: System) -> Intake:
    """Judge an upload without storing anything (also the dry run of `POST /validations`)."""
    now = ports.clock.now()
    with ExitStack() as opened:
        upload = _upload(package, opened)
        async with ports.compute.room(package.weight) as run:
            taken = await run(lambda: intake.take_in(upload(), rules, caller, now))
            pdfs = await read_pdfs(ports.pdfs, taken.enclosures, signatures=taken.trusted_as is Trust.CHANNEL)
            answered, revises = await replies(ports, rules, taken), await revised(ports, rules, taken)
            taken = replace(taken, links=(*answered, *revises.links), revision=revises.revision)
            scanned = await scan(ports.scanner, taken.enclosures, rules.policy, taken.line)
            noticed = [*scanned, *unknown(answered), *revises.noticed]
            return intake.conclude(taken, pdfs, noticed, rules, now)


def _to(decided: Intake, only: Collection[OrganId] | None) -> Intake:
    """Keep the deliveries to some of the receivers. Raises `receiver-unknown` where one of them is not addressed."""
    if only is None:
        return decided
    strange = set(only) - {each.receiver for each in decided.deliveries}
    if strange:
        named = ", ".join(sorted(strange))
        raise Rejected("receiver-unknown", path="to", detail=f"{named}: không có trong To.", detail_en=f"{named}: not in To.")
    return replace(decided, deliveries=tuple(each for each in decided.deliveries if each.receiver in only))


def _upload(package: Package, opened: ExitStack) -> Callable[[], Upload]:
    """Make the upload where the work is done: large envelopes are read there. What is opened is closed with `opened`."""
    return lambda: Upload(
        envelope=package.envelope.read(),
        sha256=package.envelope.sha256,
        parts=tuple(
            Part(
                content_id=name,
                sha256=staged.sha256,
                size=staged.size,
                open=lambda staged=staged: opened.enter_context(staged.open()),  # type: ignore[misc]
            )
            for name, staged in package.parts.items()
        ),
        digest_part=lambda name, algorithm: package.parts[name].digest(algorithm),
    )


def _answer(decided: Intake) -> str:
    document = decided.document
    return json.dumps(
        {
            "id": document.id,
            "document_id": document.document_id,
            "sha256": document.sha256,
            "accepted_at": document.accepted_at.isoformat(),
            "receipt": f"/api/v1/documents/{document.id}/receipt",
            "deliveries": [{"id": d.id, "to": d.receiver, "state": d.state} for d in decided.deliveries],
            "findings": [finding_shape(finding) for finding in document.findings],
        },
        ensure_ascii=False,
    )


def finding_shape(finding: Finding) -> dict[str, str | None]:
    """Give the API's shape of a finding."""
    return {
        "code": finding.code,
        "path": finding.path,
        "severity": finding.severity,
        "article": finding.article,
        "message": finding.message,
    }
