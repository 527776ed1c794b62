"""Examining a package of evidence, offline: each thing that it should prove, whether it does, and what was seen."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, BinaryIO, Final, TypeVar

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from lxml import etree

from gateway.core import evidence, evidence_check, receipts, signature, trust, xmlsafe
from gateway.core.evidence_check import Opened, Record, Unsound
from gateway.core.fault_codes import FAULTS
from gateway.core.faults import Fault
from gateway.core.model import Fact, Trust
from gateway.core.signature_profile import UNREADABLE
from gateway.core.trust import TrustStore
from gateway.entry.proving import Line, Validity, Verdict, judge

_EVENT_OF: Final[Mapping[str, str]] = {
    Fact.AVAILABLE: "delivery.available",
    Fact.COLLECTED: "delivery.collected",
}
"""The events that tell whoever has a receipt of it; acceptance is told to the sender alone, a status by several."""
_SAID: Final = ("id", "fact", "delivery/id", "document/id", "document/documentId", "document/sha256")
_T = TypeVar("_T")
_AUTHORITIES: Final = f"{evidence.CERTIFICATES}/ca-"
_HUBS: Final = evidence.HUB.removesuffix(".pem")
_ACCEPTED: Final = (Fact.ACCEPTED, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at, and what was seen of it."""

    vi: str
    en: str
    seen: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """All that was looked at. It has failed where one check has; what was not looked at is no failure."""

    checks: tuple[Check, ...]
    hub_sha256: str = ""

    @property
    def failed(self) -> bool:
        return any(each.seen.good is False for each in self.checks)


@dataclass(kw_only=True)
class _Examination:
    """One package on the table. Later checks use what earlier ones read."""

    package: Opened
    record: Record
    hubs: Mapping[str, x509.Certificate]
    store: TrustStore | None
    now: datetime
    events: tuple[Mapping[str, Any], ...] = ()


def examine(content: BinaryIO, anchors: TrustStore | None, hub: x509.Certificate | None, now: datetime) -> Examined:
    """Examine a package. Only `anchors` are believed, nothing in the package; `hub` is the hub's certificate, if it is known."""
    checks: list[Check] = []
    package = _seen(checks, "Gói ZIP", "ZIP archive", lambda: _archive(content))
    if package is None:
        return Examined(checks=tuple(checks))
    _seen(checks, "Mã băm từng tệp", "Digests of all files", lambda: _digests(package))
    record = _seen(checks, "Hồ sơ văn bản", "The document's record", lambda: _record(package))
    hubs = _seen(checks, "Chứng thư của trục", "The hub's certificate", lambda: _hubs(package, hub))
    store = _seen(checks, "CA và CRL kèm theo", "CAs and CRLs beside it", partial(_store, package, anchors)) if anchors else None
    if record is None or hubs is None or (anchors and store is None):
        return Examined(checks=tuple(checks))
    own = _Examination(package=package, record=record, hubs=hubs, store=store, now=now)
    for vi, en, look in _LOOKS:
        _seen(checks, vi, en, partial(look, own))
    return Examined(checks=tuple(checks), hub_sha256=_sha256(hubs[evidence.HUB]))


def _seen(checks: list[Check], vi: str, en: str, look: Callable[[], tuple[Any, Line]]) -> Any:
    """Look at one thing, and note what is seen; give what was read, or None."""
    found, line = None, None
    try:
        found, line = look()
    except Unsound as unsound:
        line = Line(good=False, vi=unsound.vi, en=unsound.en)
    except Fault as fault:
        line = _fault(fault.code, fault.detail, fault.detail_en)
    checks.append(Check(vi=vi, en=en, seen=line))
    return found


def _archive(content: BinaryIO) -> tuple[Opened, Line]:
    package = evidence_check.opened(content)
    return package, _good(f"{len(package.names)} tệp", f"{len(package.names)} files")


def _digests(package: Opened) -> tuple[None, Line]:
    digests = evidence_check.listed(package)
    evidence_check.demand_as_listed(package, digests)
    return None, _good(f"{len(digests)} tệp đúng như danh mục", f"{len(digests)} files are as listed")


def _record(package: Opened) -> tuple[Record, Line]:
    record = evidence_check.record(package)
    told = f"{record.document_id}, {evidence.moment(record.accepted_at)}"
    return record, _good(told, told)


def _hubs(package: Opened, known: x509.Certificate | None) -> tuple[Mapping[str, x509.Certificate], Line]:
    """Read the certificates of the hub, and compare that which signs the list with the one that is known."""
    names = [each for each in package.under(evidence.CERTIFICATES) if each.startswith(_HUBS)]
    hubs = {name: _certificate(package, name) for name in names}
    own = hubs[evidence.HUB]
    told = f"{_short(own.subject.rfc4514_string())}, SHA-256 {_sha256(own)}"
    if known is not None and own != known:
        raise Unsound(f"không phải của trục này: {told}", f"not this hub's: {told}")
    if known is None:
        return hubs, Line(good=None, vi=f"hãy đối chiếu với đơn vị vận hành: {told}", en=f"compare it with the operator: {told}")
    return hubs, _good(told, told)


def _store(package: Opened, believed: TrustStore) -> tuple[TrustStore, Line]:
    """Add to what is believed what hangs on it: intermediate CAs, and lists of revocation by their own signatures."""
    names = package.under(evidence.CERTIFICATES)
    added = [_certificate(package, name) for name in names if name.startswith(_AUTHORITIES) and name.endswith(".pem")]
    authorities = (*believed.anchors, *believed.intermediates)
    known = [each.crl for authority in authorities if (each := believed.revocations(authority)) is not None]
    lists = [_crl(package, name) for name in names if name.endswith(".crl")]
    store = TrustStore.of(believed.anchors, dict.fromkeys([*believed.intermediates, *added]), [*known, *lists])
    return store, _good(f"{len(added)} CA trung gian, {len(lists)} CRL", f"{len(added)} intermediate CAs, {len(lists)} CRLs")


def _content(own: _Examination) -> tuple[None, Line]:
    """Hold that the envelope and what came beside it are those of the record, and that there is nothing else."""
    package, files = own.package, {each.file for each in own.record.parts}
    found = package.digest(evidence.ENVELOPE, "sha256").hex()
    if found != own.record.sha256:
        raise Unsound(f"{evidence.ENVELOPE}: SHA-256 là {found}", f"{evidence.ENVELOPE}: its SHA-256 is {found}")
    there = package.under(evidence.ATTACHMENTS)
    if files != set(there) or any(each != evidence.attachment_file(package.digest(each, "sha256").hex()) for each in there):
        raise Unsound("tệp kèm không khớp hồ sơ", "the attachments are not those of the record")
    return None, _good(f"gói edXML và {len(files)} tệp ngoài gói", f"the edXML and {len(files)} files beside it")


def _seal(own: _Examination) -> tuple[None, Line]:
    """Prove the list of digests by the hub's signature, and the hub by a chain."""
    hub = own.hubs[evidence.HUB]
    signature.prove_octets(own.package.read(evidence.SUMS), own.package.read(evidence.SEAL), hub)
    if own.store is None:
        return None, _good(
            "chữ ký đúng; người ký chưa được kiểm tra: thêm --ca", "it matches; its signer was not checked: add --ca"
        )
    at = min(max(own.record.accepted_at, hub.not_valid_before_utc), hub.not_valid_after_utc)
    chain = trust.admit(hub, own.store, at)
    trust.demand_unrevoked(hub, own.store, at)  # when it signed the list is not known: one that is revoked proves nothing
    return None, _trusted(each.subject.rfc4514_string() for each in chain)


def _envelope(own: _Examination) -> tuple[None, Line]:
    """Prove the envelope by its sender's signature, as of its acceptance."""
    if own.record.trust is Trust.CHANNEL:
        vi, en = "không ký: trục tin kênh truyền của bên gửi", "unsigned: the hub trusted the sender's channel"
        return None, Line(good=None, vi=vi, en=en)
    verdict = judge(
        own.package.read(evidence.ENVELOPE),
        own.store,
        own.now,
        parts={each.content_id: partial(own.package.digest, each.file) for each in own.record.parts},
        signed_at=own.record.accepted_at,
        legacy=own.record.trust is Trust.LEGACY,
        in_retrospect=True,
    )
    _demand_valid(verdict, evidence.ENVELOPE)
    if verdict.certificate != _certificate(own.package, evidence.SENDER):
        raise Unsound(f"{evidence.SENDER} không phải chứng thư đã ký", f"{evidence.SENDER} is not what it is signed with")
    if own.store is None:
        signer = _short(verdict.signer or "")
        return None, _good(f"chữ ký đúng, của {signer}; chưa kiểm tra người ký: thêm --ca", f"signed by {signer}; add --ca")
    return None, _trusted(verdict.chain)


def _chain(own: _Examination) -> tuple[None, Line]:
    own.events = evidence_check.chain(own.package, own.record)
    return None, _good(f"{len(own.events)} sự kiện, không đứt", f"{len(own.events)} events, unbroken")


def _receipts(own: _Examination) -> tuple[None, Line]:
    """Prove each receipt: the hub's, about this document, and told by an event."""
    told = {(each.get("type"), each.get("delivery")) for each in own.events}
    facts, names = list[tuple[str, str | None]](), own.package.under(evidence.RECEIPTS)
    for name in names:
        raw = own.package.read(name)
        verdict = judge(raw, own.store, own.now, in_retrospect=True)
        _demand_valid(verdict, name)
        if verdict.certificate not in own.hubs.values():
            raise Unsound(f"{name}: không do trục ký", f"{name}: not signed by the hub")
        fact = _fact(name, xmlsafe.parse(raw), own.record)
        if fact[0] in _EVENT_OF and (_EVENT_OF[fact[0]], fact[1]) not in told:
            raise Unsound(f"{name}: không có sự kiện tương ứng", f"{name}: no event tells of it")
        facts.append(fact)
    if facts.count(_ACCEPTED) != 1:
        raise Unsound("cần đúng một biên nhận đã nhận văn bản", "one receipt of acceptance is needed")
    return None, _good(f"{len(names)} biên nhận do trục ký", f"{len(names)} receipts signed by the hub")


_LOOKS: Final = (
    ("Nội dung văn bản", "The document's content", _content),
    ("Chữ ký của trục trên danh mục", "The hub's signature of the list", _seal),
    ("Chữ ký của bên gửi lúc trục nhận", "The sender's signature at acceptance", _envelope),
    ("Chuỗi sự kiện", "Chain of events", _chain),
    ("Biên nhận của trục", "The hub's receipts", _receipts),
)


def _fact(name: str, receipt: etree._Element, record: Record) -> tuple[str, str | None]:
    """Give what a receipt attests, and of which delivery. Raises Unsound where it is about another document."""
    own = {path: receipt.findtext("/".join(f"{{{receipts.NAMESPACE}}}{each}" for each in path.split("/"))) for path in _SAID}
    if [own["document/id"], own["document/documentId"], own["document/sha256"]] != [record.id, record.document_id, record.sha256]:
        raise Unsound(f"{name}: của văn bản khác", f"{name}: of another document")
    if not name.endswith(f"-{own['fact']}-{own['id']}.xml"):
        raise Unsound(f"{name}: tên không khớp nội dung", f"{name}: its name is not its content")
    return str(own["fact"]), own["delivery/id"]


def _demand_valid(verdict: Verdict, name: str) -> None:
    if verdict.validity is not Validity.VALID:
        last = verdict.lines[-1]
        raise Unsound(f"{name}: {last.vi}", f"{name}: {last.en}")


def _certificate(package: Opened, name: str) -> x509.Certificate:
    return _loaded(package, name, x509.load_pem_x509_certificate)


def _crl(package: Opened, name: str) -> x509.CertificateRevocationList:
    return _loaded(package, name, x509.load_pem_x509_crl)


def _loaded(package: Opened, name: str, load: Callable[[bytes], _T]) -> _T:
    octets = package.read(name)
    try:
        return load(octets)
    except UNREADABLE as error:
        raise Unsound(f"{name}: không đọc được", f"{name}: cannot be read") from error


def _trusted(chain: Iterable[str]) -> Line:
    names = " ← ".join(map(_short, chain))
    return _good(f"{names}; không bị thu hồi lúc ấy", f"{names}; not revoked then")


def _short(name: str) -> str:
    """Give the common name of a subject (RFC 4514), which stands first."""
    return name.partition(",")[0].removeprefix("CN=")


def _fault(code: str, vi: str, en: str) -> Line:
    known = FAULTS[code]
    return Line(good=False, vi=f"{known.vi} {vi} [{code}]", en=f"{known.en} {en} [{code}]")


def _good(vi: str, en: str) -> Line:
    return Line(good=True, vi=vi, en=en)


def _sha256(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(hashes.SHA256()).hex()
