"""A package of evidence that no hub made: the same parts, put together by the test, to be tampered with."""

import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Final

from gateway.core import evidence, packing, signing, writing
from gateway.core.evidence import Matter, Signers
from gateway.core.evidence_guide import guide
from gateway.core.model import VIETNAM, Attached, Delivery, Document, Event, Receipt, State
from gateway.core.packing import Member
from gateway.core.receipts import Attestation
from gateway.infra.signer_file import FileSigner
from tests.attestations import COMMUNE, acceptance, collection, sent, status
from tests.documents import PDF, attachment, document
from tests.pki import pki

HUB: Final = "Trục liên thông (mẫu)"
THEN: Final = (pki().at - timedelta(days=3)).astimezone(VIETNAM)
"""When the document was accepted, and all else happened."""
LISTED: Final = {evidence.SUMS, evidence.SEAL}


@cache
def envelope() -> bytes:
    """An envelope with one attachment inside, and one beside it."""
    inside, beside = attachment(), replace(attachment(PDF, content_id="b2"), encoded=None)
    own = pki()["province"]
    emitted = writing.emit(document(attachments=(inside, beside)))
    return signing.sign(emitted, certificate=own.certificate, key=own.key, parts={"b2": PDF})


def accepted(**fields: object) -> Document:
    """The document as the ledger has it."""
    apart = Attached(content_id="b2", name="b.pdf", media_type="application/pdf", sha256=_sha256(PDF), size=len(PDF), apart=True)
    size = len(envelope()) + len(PDF)
    found = {"accepted_at": THEN, "sha256": _sha256(envelope()), "size": size, "attachments": (apart,)}
    return sent(**(found | fields))


def sealed(attestation: Attestation, about: Document) -> Receipt:
    """A receipt of the hub about a document."""
    own = pki()["hub"].folder
    return FileSigner.load(own / "key.pem", own / "cert.pem", HUB).seal(replace(attestation, document=about, at=THEN))


def matter(about: Document | None = None) -> Matter:
    """What became of the document: it was accepted, collected and entered into the receiver's book."""
    about = about or accepted()
    delivery = collection().delivery
    assert delivery is not None
    told = ((None, "document.accepted"), (delivery.id, "delivery.collected"), (delivery.id, "status.received"))
    return Matter(
        hub=HUB,
        seen_by=(about.sender,),
        document=about,
        deliveries=(Delivery(id=delivery.id, document=about.id, receiver=COMMUNE, state=State.RECEIVED),),
        events=tuple(
            Event(seq=7 * place, at=THEN, type=kind, document=about.id, delivery=whose, data={"subject": "V/v kết nối"})
            for place, (whose, kind) in enumerate(told, 1)
        ),
        receipts=tuple(sealed(each, about) for each in (acceptance(), collection(), status())),
    )


def signers() -> Signers:
    return Signers(sender=(pki()["province"].certificate,), hubs=((pki()["hub"].certificate,),))


def files(own: Matter | None = None) -> dict[str, bytes]:
    """All files of the package but the list."""
    own = own or matter()
    certificates = evidence.certificate_files(signers(), pki().store)
    return {
        evidence.GUIDE: guide(own, signers(), certificates),
        evidence.RECORD: evidence.record(own),
        evidence.EVENTS: evidence.chained(own.events),
        **certificates,
        **evidence.receipt_files(own.receipts),
        evidence.ENVELOPE: envelope(),
        evidence.attachment_file(_sha256(PDF)): PDF,
    }


def listed(made: Mapping[str, bytes], *, by: str = "hub") -> dict[str, bytes]:
    """The same with its list, signed by somebody."""
    named = {name: octets for name, octets in made.items() if name not in LISTED}
    sums = evidence.listing({name: _sha256(octets) for name, octets in named.items()})
    return {evidence.SUMS: sums, evidence.SEAL: signing.sign_octets(sums, pki()[by].key), **named}


@cache
def whole() -> Mapping[str, bytes]:
    """A package that is as it should be."""
    return listed(files())


def packed(made: Mapping[str, bytes]) -> bytes:
    """The ZIP of a package, as the hub writes it."""
    members = [Member(name=name, size=len(octets), crc32=zlib.crc32(octets)) for name, octets in made.items()]
    pieces = [packing.head(each) + made[each.name] for each in members]
    return b"".join(pieces) + packing.contents(members)


def zipped(made: Iterable[tuple[str, bytes]], method: int = zipfile.ZIP_STORED) -> bytes:
    """A ZIP that somebody else wrote."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, octets in made:
            archive.writestr(name, octets)
    return out.getvalue()


def _sha256(octets: bytes) -> str:
    return hashlib.sha256(octets).hexdigest()
