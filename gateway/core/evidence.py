"""The evidence of a document: what lies in the package, and the list of digests that the hub signs.

Everything in it follows from the ledger, the payloads and the trust store: the same state gives the same octets.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.core.findings import trusted_as
from gateway.core.model import VIETNAM, Delivery, Document, Event, OrganId, Receipt
from gateway.core.trust import TrustStore, line

FORMAT: Final = "lienthong-evidence-1"
GUIDE: Final = "KIEM-TRA.txt"
SUMS: Final = "SHA256SUMS"
SEAL: Final = "SHA256SUMS.sig"
RECORD: Final = "document.json"
EVENTS: Final = "events.jsonl"
ENVELOPE: Final = "envelope.edxml"
ATTACHMENTS: Final = "attachments"
RECEIPTS: Final = "receipts"
CERTIFICATES: Final = "certificates"
SENDER: Final = f"{CERTIFICATES}/sender.pem"
HUB: Final = f"{CERTIFICATES}/hub.pem"
NO_EVENT: Final = "0" * 64
"""What the first event gives as the digest of the line before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signers:
    """Who signed, as far as it is known, each a leaf and the CA certificates that were shown with it.

    No `sender` where the envelope was accepted without a signature. The first of `hubs` signs the list.
    """

    sender: tuple[x509.Certificate, ...]
    hubs: tuple[tuple[x509.Certificate, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What is proved: a document as some agencies see it."""

    hub: str
    seen_by: tuple[OrganId, ...]
    document: Document
    deliveries: tuple[Delivery, ...]
    events: tuple[Event, ...]
    receipts: tuple[Receipt, ...]


def record(matter: Matter) -> bytes:
    """Write what the hub took down of the document, and the end of the chain of events."""
    document, events = matter.document, chained(matter.events)
    said = {
        "format": FORMAT,
        "hub": matter.hub,
        "seen_by": sorted(matter.seen_by),
        "document": {
            "id": document.id,
            "document_id": document.document_id,
            "kind": document.kind,
            "sender": document.sender,
            "number": document.number,
            "notation": document.notation,
            "subject": document.subject,
            "promulgated_on": document.promulgated_on.isoformat(),
            "accepted_at": moment(document.accepted_at),
            "trust": trusted_as(document),
            "sha256": document.sha256,
            "size": document.size,
        },
        "attachments": [
            {
                "content_id": each.content_id,
                "name": each.name,
                "media_type": each.media_type,
                "size": each.size,
                "sha256": each.sha256,
                "file": attachment_file(each.sha256) if each.apart else None,
            }
            for each in document.attachments
        ],
        "findings": [{"code": each.code, "path": each.path, "message": each.message} for each in document.findings],
        "deliveries": [
            {"id": each.id, "receiver": each.receiver, "state": each.state, "status_code": each.status_code}
            for each in matter.deliveries
        ],
        "events": {"count": len(matter.events), "last_sha256": end_of_chain(events)},
    }
    return _octets(json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True)) + b"\n"


def chained(events: Iterable[Event]) -> bytes:
    """Write events as canonical JSON lines, each with the SHA-256 of the whole line before it, its line feed included."""
    lines, previous = list[bytes](), NO_EVENT
    for event in events:
        said: dict[str, Any] = {
            "seq": event.seq,
            "at": moment(event.at),
            "type": event.type,
            "document": event.document,
            "delivery": event.delivery,
            "data": event.data,
            "previous": previous,
        }
        lines.append(canonical(said))
        previous = hashlib.sha256(lines[-1]).hexdigest()
    return b"".join(lines)


def canonical(event: Mapping[str, Any]) -> bytes:
    """Write one line: keys in order, no white space, UTF-8, a line feed."""
    return _octets(json.dumps(event, ensure_ascii=False, sort_keys=True, separators=(",", ":"))) + b"\n"


def end_of_chain(lines: bytes) -> str:
    """Digest the last line; the digest that stands for none where there is none."""
    return hashlib.sha256(lines[lines.rfind(b"\n", 0, -1) + 1 :]).hexdigest() if lines else NO_EVENT


def receipt_files(receipts: Iterable[Receipt]) -> dict[str, bytes]:
    """Name the receipts, in their order."""
    return {f"{RECEIPTS}/{number:05}-{each.fact}-{each.id}.xml": each.xml for number, each in enumerate(receipts, 1)}


def attachment_file(sha256: str) -> str:
    """Name an attachment that came beside the envelope."""
    return f"{ATTACHMENTS}/{sha256}"


def certificate_files(signers: Signers, store: TrustStore) -> dict[str, bytes]:
    """Write the signers' certificates, those of the CAs above them, and beside each CA its CRL that is in force."""
    leaves = {SENDER: signers.sender} if signers.sender else {}
    leaves |= {HUB if not number else f"{CERTIFICATES}/hub-{number + 1}.pem": each for number, each in enumerate(signers.hubs)}
    above = _unique(each for shown in leaves.values() for each in (*line(shown[0], store)[1:], *shown[1:]))
    roots = [each for each in above if each in store.anchors]
    authorities = [each for each in above if each not in store.anchors]
    files = {name: shown[0].public_bytes(Encoding.PEM) for name, shown in leaves.items()}
    for kind, group in (("ca", authorities), ("root", roots)):
        for number, each in enumerate(group, 1):
            files[f"{CERTIFICATES}/{kind}-{number}.pem"] = each.public_bytes(Encoding.PEM)
            if (known := store.revocations(each)) is not None:
                files[f"{CERTIFICATES}/{kind}-{number}.crl"] = known.crl.public_bytes(Encoding.PEM)
    return files


def listing(digests: Mapping[str, str]) -> bytes:
    """Write digests by name as ``sha256sum --check`` reads them."""
    return "".join(f"{sha256}  {name}\n" for name, sha256 in sorted(digests.items())).encode("ascii")


def moment(at: datetime) -> str:
    """Write a moment, in Vietnam's time."""
    return at.astimezone(VIETNAM).isoformat()


def _unique(certificates: Iterable[x509.Certificate]) -> Sequence[x509.Certificate]:
    return tuple(dict.fromkeys(certificates))


def _octets(text: str) -> bytes:
    """Encode text; halves of characters, which JSON can hold, become question marks."""
    return text.encode("utf-8", "replace")
