"""Attest: what the hub can prove of a document, as one package that anybody checks without the hub."""

import asyncio
import hashlib
import zlib
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final

from cryptography import x509

from gateway.core import evidence, packing, signature, xmlsafe
from gateway.core.evidence import Matter, Signers
from gateway.core.evidence_guide import guide
from gateway.core.faults import Rejected, Transient
from gateway.core.findings import trusted_as
from gateway.core.model import Document, OrganId, Receipt, Trust
from gateway.core.packing import Member
from gateway.core.rules import Rules
from gateway.ports import Ports, Vault

RETRY_AFTER_SECONDS: Final = 300
"""A payload that is damaged is put back by an operator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A file of the package: its octets, or the SHA-256 under which the vault has them."""

    member: Member
    octets: bytes | None = None
    sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A package that is ready to go out; `size` is its whole length in bytes."""

    document: Document
    pieces: tuple[Piece, ...]
    size: int


async def attest(ports: Ports, rules: Rules, document: str, organs: Iterable[OrganId]) -> Evidence:
    """Gather what these agencies may see of a document, every payload read once and found whole before anything goes out.

    Raises `not-found`, `storage-unavailable` for a payload that is not what was accepted, `too-large` for too many receipts.
    """
    callers = frozenset(organs)
    await ports.ledger.attest_available(document, callers, seal=ports.signer.seal)
    receipts = await ports.ledger.receipts(document, callers)  # before the events, so that these tell of all that is attested
    history = await ports.ledger.history(document, callers)
    own = history.view.document
    parties = {own.sender, *(each.receiver for each in history.view.deliveries)}
    matter = Matter(
        hub=ports.signer.hub,
        seen_by=tuple(sorted(parties & callers)),
        document=own,
        deliveries=history.view.deliveries,
        events=history.events,
        receipts=receipts,
    )
    payloads = [await _payload(ports.vault, evidence.ENVELOPE, own.sha256)]
    for sha256 in sorted({each.sha256 for each in own.attachments if each.apart}):
        payloads.append(await _payload(ports.vault, evidence.attachment_file(sha256), sha256))
    raw = await ports.vault.read(own.sha256)
    async with ports.compute.room(len(raw) + sum(len(each.xml) for each in receipts)) as run:
        files = await run(lambda: _files(ports, rules, matter, _signers(ports.signer.certificate, matter, raw)))
    digests = {name: hashlib.sha256(octets).hexdigest() for name, octets in files.items()}
    listed = evidence.listing(digests | {each.member.name: each.sha256 for each in payloads})
    files = {evidence.GUIDE: files.pop(evidence.GUIDE), evidence.SUMS: listed, evidence.SEAL: ports.signer.sign(listed)} | files
    pieces = (*(_piece(name, octets) for name, octets in files.items()), *payloads)
    if len(pieces) > packing.MOST:
        raise Rejected("too-large", path=evidence.RECEIPTS, detail=str(len(receipts)), detail_en=str(len(receipts)))
    return Evidence(document=own, pieces=pieces, size=packing.length([each.member for each in pieces]))


async def stream(vault: Vault, package: Evidence) -> AsyncGenerator[bytes, None]:
    """Give the octets of the package, piece by piece."""
    for piece in package.pieces:
        yield packing.head(piece.member)
        if piece.octets is not None:
            yield piece.octets
            continue
        async with aclosing(vault.stream(piece.sha256)) as octets:
            async for chunk in octets:
                yield chunk
    yield packing.contents([each.member for each in package.pieces])


async def _payload(vault: Vault, name: str, sha256: str) -> Piece:
    """Read a payload through. Raises `not-found` where it is not there, `storage-unavailable` where it is not what it was."""
    digest, crc32, size = hashlib.sha256(), 0, 0
    async with aclosing(vault.stream(sha256)) as octets:
        async for chunk in octets:
            digest.update(chunk)
            crc32, size = zlib.crc32(chunk, crc32), size + len(chunk)
            await asyncio.sleep(0)  # the vault may give what it has at hand without waiting
    if digest.hexdigest() != sha256:
        raise Transient("storage-unavailable", detail=name, detail_en=name, retry_after=RETRY_AFTER_SECONDS)
    return Piece(member=Member(name=name, size=size, crc32=crc32), sha256=sha256)


def _piece(name: str, octets: bytes) -> Piece:
    return Piece(member=Member(name=name, size=len(octets), crc32=zlib.crc32(octets)), octets=octets)


def _files(ports: Ports, rules: Rules, matter: Matter, signers: Signers) -> dict[str, bytes]:
    certificates = evidence.certificate_files(signers, rules.trust)
    return {
        evidence.GUIDE: guide(matter, signers, certificates),
        evidence.RECORD: evidence.record(matter),
        evidence.EVENTS: evidence.chained(matter.events),
        **certificates,
        **evidence.receipt_files(matter.receipts),
    }


def _signers(own: x509.Certificate, matter: Matter, raw: bytes) -> Signers:
    hubs = dict.fromkeys([own, *(leaf for each in matter.receipts for leaf in _receipt_signer(each))])
    return Signers(sender=_sender(matter.document, raw), hubs=tuple((each,) for each in hubs))


def _sender(document: Document, raw: bytes) -> tuple[x509.Certificate, ...]:
    """Give the certificate that the signature of the envelope shows, and its chain; none where the signature did not count."""
    if trusted_as(document) is Trust.CHANNEL:
        return ()
    parts = [each.content_id for each in document.attachments if each.apart]
    claim = signature.examine(xmlsafe.parse(raw), parts=parts, legacy=True)
    return tuple(map(x509.load_der_x509_certificate, (claim.leaf, *claim.chain))) if claim else ()


def _receipt_signer(receipt: Receipt) -> tuple[x509.Certificate, ...]:
    claim = signature.examine_receipt(xmlsafe.parse(receipt.xml))
    return (x509.load_der_x509_certificate(claim.leaf),) if claim else ()
