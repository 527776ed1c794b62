"""Proving a signed document or a receipt of the hub once more: what a person is told of the signature, point by point."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from cryptography import x509
from lxml import etree

from gateway.core import receipts, signature, trust, xmlsafe
from gateway.core.fault_codes import FAULTS
from gateway.core.faults import Fault, Rejected, Transient
from gateway.core.signature import Claim, Verified
from gateway.core.signature_profile import DS, PART
from gateway.core.trust import TrustStore
from gateway.sdk.shipped import shipped

_RECEIPT: Final = f"{{{receipts.NAMESPACE}}}{receipts.ROOT}"
Parts = Mapping[str, Callable[[str], bytes]]
"""What digests the octets of each MIME part, by content id; it takes the name that `hashlib` has for the algorithm."""
NO_PARTS: Final[Parts] = MappingProxyType({})


class Validity(StrEnum):
    """What is known after all checks. Indeterminate: nothing is wrong, but a CRL is missing or stale."""

    VALID = "valid"
    INVALID = "invalid"
    INDETERMINATE = "indeterminate"


class Subject(StrEnum):
    """What was verified."""

    DOCUMENT = "document"
    RECEIPT = "receipt"


_SAID: Final = {
    Subject.DOCUMENT: (
        ("Cơ quan gửi, theo văn bản", "Sender, as the document says", ".//{*}From/{*}OrganId"),
        ("Mã văn bản", "Document id", ".//{*}MessageHeader/{*}DocumentId"),
    ),
    Subject.RECEIPT: (
        ("Trục cấp", "Issued by the hub", "{*}hub"),
        ("Sự việc", "Fact", "{*}fact"),
        ("Thời điểm", "At", "{*}at"),
        ("Mã văn bản", "Document id", "{*}document/{*}documentId"),
        ("SHA-256 văn bản", "Document's SHA-256", "{*}document/{*}sha256"),
    ),
}
"""What is read out from the signed content: words and path."""
_NAMES: Final = {Subject.DOCUMENT: ("văn bản", "document"), Subject.RECEIPT: ("biên nhận", "receipt")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One finding, in both languages: `good` is None for what is only told, or was not checked."""

    good: bool | None
    vi: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was found. `code` is that of the fault; `chain` has subjects, the signer's first; `covers` content ids of parts.

    `at` is when it was signed, where that is told: by a receipt. `trusted` is None where no CA was given. `certificate` is the
    signer's, once it has proved the content.
    """

    validity: Validity
    subject: Subject | None
    lines: tuple[Line, ...]
    code: str | None = None
    certificate: x509.Certificate | None = None
    signer: str | None = None
    sha256: str | None = None
    at: datetime | None = None
    trusted: bool | None = None
    chain: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()


def judge(
    data: bytes,
    store: TrustStore | None,
    now: datetime,
    *,
    parts: Parts = NO_PARTS,
    signed_at: datetime | None = None,
    legacy: bool = False,
    in_retrospect: bool = False,
) -> Verdict:
    """Prove octets with the certificate that they show, and that certificate with a trust store, if one is given.

    The certificate must have been valid when it signed: at the time that a receipt gives, else at `signed_at`, else now;
    revocation is asked of now, or `in_retrospect` of the time of signing. `legacy` also lets SHA-1 through.
    """
    try:
        proof = _prove(xmlsafe.parse(data), parts, legacy=legacy)
    except Rejected as fault:
        return Verdict(validity=Validity.INVALID, subject=None, code=fault.code, lines=(_complaint(fault),))
    if store is None:
        unasked = Line(
            good=None, vi="Chưa kiểm tra người ký: thêm --ca THƯ-MỤC.", en="The signer was not checked: add --ca FOLDER."
        )
        return _verdict(proof, Validity.VALID, unasked)
    signed = proof.at or signed_at or now
    try:
        chain = trust.admit(proof.verified.certificate, store, signed)
        if in_retrospect:
            trust.demand_unrevoked_then(proof.verified.certificate, store, signed)
        else:
            trust.demand_unrevoked(proof.verified.certificate, store, now)
    except Transient as fault:
        return replace(_verdict(proof, Validity.INDETERMINATE, _complaint(fault)), code=fault.code)
    except Rejected as fault:
        return replace(_verdict(proof, Validity.INVALID, _complaint(fault)), code=fault.code, trusted=False)
    names = tuple(_name(certificate) for certificate in chain)
    trusted = Line(good=True, vi=f"Chuỗi tin cậy: {' ← '.join(names)}", en="The chain is trusted, and nothing in it is revoked.")
    return replace(_verdict(proof, Validity.VALID, trusted), trusted=True, chain=names)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Proof:
    subject: Subject
    claim: Claim
    verified: Verified
    at: datetime | None = None


def _prove(root: etree._Element, parts: Parts, *, legacy: bool) -> _Proof:
    if root.tag == _RECEIPT:
        claim = _demand(signature.examine_receipt(root))
        verified = signature.verify(root, claim, x509.load_der_x509_certificate(claim.leaf))
        _demand_shape(root)
        at = datetime.fromisoformat(verified.root.findtext(f"{{{receipts.NAMESPACE}}}at", ""))
        return _Proof(subject=Subject.RECEIPT, claim=claim, verified=verified, at=at)
    _demand_parts(root, parts)
    claim = _demand(signature.examine(root, parts=parts, legacy=legacy))
    leaf = x509.load_der_x509_certificate(claim.leaf)
    verified = signature.verify(root, claim, leaf, digest_part=lambda name, known: parts[name](known))
    return _Proof(subject=Subject.DOCUMENT, claim=claim, verified=verified)


def _demand(claim: Claim | None) -> Claim:
    if claim is None:
        raise Rejected("signature-missing")
    return claim


def _demand_shape(receipt: etree._Element) -> None:
    schema = etree.XMLSchema(file=str(shipped("schemas") / "receipts" / "receipt.xsd"))
    if not schema.validate(receipt):
        raise Rejected("schema-invalid", detail=str(schema.error_log).splitlines()[0])


def _demand_parts(root: etree._Element, parts: Parts) -> None:
    """Ask for the files of the parts that are referenced: without them nothing can be said of the whole."""
    referenced = [reference.get("URI", "") for reference in root.iter(f"{{{DS}}}Reference")]
    missing = [uri for uri in referenced if uri.startswith(PART) and uri.removeprefix(PART) not in parts]
    if missing:
        names = ", ".join(missing)
        raise Rejected("attachment-missing", detail=f"Cần tệp của {names}.", detail_en=f"The files of {names} are needed.")


def _verdict(proof: _Proof, validity: Validity, last: Line) -> Verdict:
    signer, covers = _name(proof.verified.certificate), tuple(sorted(proof.verified.covers))
    return Verdict(
        validity=validity,
        subject=proof.subject,
        lines=(*_told(proof, signer, covers), last),
        certificate=proof.verified.certificate,
        signer=signer,
        sha256=proof.claim.leaf_sha256,
        at=proof.at,
        covers=covers,
    )


def _told(proof: _Proof, signer: str, covers: tuple[str, ...]) -> Iterator[Line]:
    method = proof.claim.method.uri.rpartition("#")[2]
    what_vi, what_en = _NAMES[proof.subject]
    yield Line(good=True, vi=f"Chữ ký khớp nội dung ({method}).", en=f"The signature matches the content ({method}).")
    parts = "".join(f", {PART}{name}" for name in covers)
    yield Line(good=True, vi=f"Bao phủ: toàn bộ {what_vi}{parts}.", en=f"Covers: the whole {what_en}{parts}.")
    yield Line(good=None, vi=f"Người ký: {signer}", en=f"Signer: {signer}")
    yield Line(
        good=None, vi=f"SHA-256 chứng thư: {proof.claim.leaf_sha256}", en=f"Certificate's SHA-256: {proof.claim.leaf_sha256}"
    )
    for label_vi, label_en, path in _SAID[proof.subject]:
        said = proof.verified.root.findtext(path, "")
        yield Line(good=None, vi=f"{label_vi}: {said}", en=f"{label_en}: {said}")


def _complaint(fault: Fault) -> Line:
    words = FAULTS[fault.code]
    good = None if isinstance(fault, Transient) else False
    return Line(
        good=good,
        vi=f"{words.vi} {fault.detail}".rstrip() + f" [{fault.code}]",
        en=f"{words.en} {fault.detail_en}".rstrip() + f" [{fault.code}]",
    )


def _name(certificate: x509.Certificate) -> str:
    return certificate.subject.rfc4514_string()
