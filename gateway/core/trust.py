"""Whose certificate it is, and whether it may be used now. The answer comes from the directory, never from a document.

At registration (`admit`): chain, purpose, key, dates. At every use (`bind`): registered, dates, revocation by CRL.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Final, Self, cast

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPublicKeyTypes
from cryptography.x509.oid import ExtendedKeyUsageOID
from cryptography.x509.verification import ExtensionPolicy, PolicyBuilder, Store, VerificationError

from gateway.core.directory import Agency
from gateway.core.faults import Rejected, Transient
from gateway.core.signature import Claim
from gateway.core.signature_profile import UNREADABLE, extension, family_of, is_authority, is_weak

SIGNING_PURPOSES: Final = frozenset(
    {
        x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36"),  # document signing (RFC 9336)
        x509.ObjectIdentifier("1.3.6.1.4.1.311.10.3.12"),  # the same, as Microsoft writes it
        ExtendedKeyUsageOID.EMAIL_PROTECTION,
        ExtendedKeyUsageOID.CLIENT_AUTH,
        ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,
    }
)
"""What a certificate that limits its purposes must allow one of: CAs issue agencies all of these, never just TLS servers."""
CRL_PATIENCE: Final = 300
"""Seconds until a sender tries again when no fresh CRL is there: about how often CRL files are fetched."""
_MAX_CHAIN: Final = 8
"""Certificates from leaf to anchor: government chains have three or four."""
_PATHS_KEPT: Final = 2_048
"""Remembered ways from a certificate to its anchor: every agency of a province, and those of the store before a reload."""
_PAIRS_KEPT: Final = 16_384
"""Remembered answers of «did this CA issue that»: a thousand agencies and sixteen CAs."""


class Verdict(StrEnum):
    """Whether a registered certificate may be used at a moment."""

    GOOD = "good"
    EARLY = "early"
    EXPIRED = "expired"
    REVOKED = "revoked"
    UNKNOWN = "unknown"
    """No fresh CRL says that it is not revoked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocations:
    """What the newest sound CRL of one CA says. Without `next_update` nobody knows how long it holds, so it never does."""

    serials: frozenset[int]
    issued_at: datetime
    next_update: datetime | None
    crl: x509.CertificateRevocationList = field(repr=False)

    def fresh(self, at: datetime) -> bool:
        """Tell whether the CRL still speaks for that moment."""
        return self.next_update is not None and at <= self.next_update

    def revoked_by(self, serial: int, at: datetime) -> bool:
        """Tell whether a serial was revoked at a moment; the date from which its key was unsafe counts, if it is told."""
        entry = self.crl.get_revoked_certificate_by_serial_number(serial) if serial in self.serials else None
        return entry is not None and _unsafe_since(entry) <= at


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TrustStore:
    """Anchors, intermediates, and what the CRLs that verify under one of them say."""

    anchors: tuple[x509.Certificate, ...]
    intermediates: tuple[x509.Certificate, ...]
    _revocations: dict[x509.Certificate, Revocations] = field(repr=False)

    @classmethod
    def of(
        cls,
        anchors: Iterable[x509.Certificate],
        intermediates: Iterable[x509.Certificate] = (),
        crls: Iterable[x509.CertificateRevocationList] = (),
    ) -> Self:
        """Bundle them. A CRL that no CA of the store signed, or that is only part of one (delta, scoped), says nothing."""
        anchors, intermediates = tuple(anchors), tuple(intermediates)
        whole = sorted((crl for crl in crls if not _is_partial(crl)), key=lambda crl: crl.last_update_utc)
        revocations = {
            authority: Revocations(
                serials=frozenset(entry.serial_number for entry in crl),
                issued_at=crl.last_update_utc,
                next_update=crl.next_update_utc,
                crl=crl,
            )
            for crl in whole  # the newest comes last and stays
            for authority in (*anchors, *intermediates)
            if _signed_crl(authority, crl)
        }
        return cls(anchors=anchors, intermediates=intermediates, _revocations=revocations)

    def issuer(self, certificate: x509.Certificate) -> x509.Certificate | None:
        """Find the CA whose key signed a certificate."""
        return next((authority for authority in (*self.anchors, *self.intermediates) if _issued(authority, certificate)), None)

    def revocations(self, authority: x509.Certificate) -> Revocations | None:
        """Give what is known of a CA's revocations."""
        return self._revocations.get(authority)


def admit(certificate: x509.Certificate, store: TrustStore, at: datetime) -> tuple[x509.Certificate, ...]:
    """Judge a certificate that an agency wants to register; give its chain, leaf first, anchor last.

    Raises `signature-key-weak`, `certificate-untrusted`, or, for one that is good in all else, `certificate-expired`.
    """
    try:
        _demand_fitness(certificate)
    except UNREADABLE as error:
        raise _refusal("certificate-untrusted", certificate, "không đọc được", "it cannot be read") from error
    chain = _chain(certificate, store, at)
    _demand_dates(certificate, at)
    return chain


def bind(agency: Agency, claim: Claim, store: TrustStore, at: datetime) -> x509.Certificate:
    """Give the agency's registered certificate that a claim names, if it may be used at that moment.

    Raises `certificate-unregistered`, `certificate-expired`, `certificate-revoked`; Transient `revocation-unknown`.
    """
    for certificate in agency.certificates:
        if _sha256(certificate) == claim.leaf_sha256:
            _demand_dates(certificate, at)
            demand_unrevoked(certificate, store, at)
            return certificate
    raise Rejected(
        "certificate-unregistered",
        path="edXMLHeader/Signature/KeyInfo",
        detail=f"SHA-256 {claim.leaf_sha256} chưa đăng ký cho {agency.id} ({agency.name}).",
        detail_en=f"SHA-256 {claim.leaf_sha256} is not registered for {agency.id}.",
    )


def demand_unrevoked(certificate: x509.Certificate, store: TrustStore, at: datetime) -> None:
    """Hold that neither the certificate nor a CA between it and the anchor is revoked.

    Raises `certificate-revoked`; Transient `revocation-unknown` where a CRL is missing or stale.
    """
    _demand_unrevoked(certificate, store, at, lambda known, serial: serial in known.serials)


def demand_unrevoked_then(certificate: x509.Certificate, store: TrustStore, then: datetime) -> None:
    """Hold that neither the certificate nor a CA above it was revoked at a moment that has passed, by what is known today.

    What was revoked later was good then. Raises as `demand_unrevoked` does.
    """
    _demand_unrevoked(certificate, store, then, lambda known, serial: known.revoked_by(serial, then))


def line(certificate: x509.Certificate, store: TrustStore) -> tuple[x509.Certificate, ...]:
    """Give a certificate and the CAs above it, its anchor last, as far as the store knows them; whether it holds is not asked."""
    found = [subject for subject, _ in _path(certificate, store)]
    above = store.issuer(found[-1]) if found else certificate
    return tuple(found) if above is None or above in found else (*found, above)


def _demand_unrevoked(
    certificate: x509.Certificate, store: TrustStore, at: datetime, revoked: Callable[[Revocations, int], bool]
) -> None:
    path = _path(certificate, store)
    for subject, known in path:
        if known is not None and revoked(known, subject.serial_number):
            raise _refusal("certificate-revoked", subject)
    for subject, known in path:
        if known is None or not known.fresh(at):
            fault = _refusal("revocation-unknown", subject)
            raise Transient(fault.code, detail=fault.detail, detail_en=fault.detail_en, retry_after=CRL_PATIENCE)


def verdict(certificate: x509.Certificate, store: TrustStore, at: datetime) -> Verdict:
    """Say whether a registered certificate may be used at a moment; where several things are wrong, what cannot be mended."""
    revocation = Verdict.GOOD
    try:
        demand_unrevoked(certificate, store, at)
    except Rejected:
        return Verdict.REVOKED
    except Transient:
        revocation = Verdict.UNKNOWN
    if certificate.not_valid_after_utc < at:
        return Verdict.EXPIRED
    return Verdict.EARLY if at < certificate.not_valid_before_utc else revocation


@lru_cache(maxsize=_PATHS_KEPT)
def _path(certificate: x509.Certificate, store: TrustStore) -> tuple[tuple[x509.Certificate, Revocations | None], ...]:
    """Remember the walk: neither certificates nor a store ever change."""
    return tuple(_walk(certificate, store))


def _walk(certificate: x509.Certificate, store: TrustStore) -> Iterator[tuple[x509.Certificate, Revocations | None]]:
    """Walk from a certificate up to the anchor (left out), each with what its issuer's CRL says."""
    for _ in range(_MAX_CHAIN):
        if certificate in store.anchors:
            return
        issuer = store.issuer(certificate)
        yield certificate, store.revocations(issuer) if issuer else None
        if issuer is None:
            return
        certificate = issuer
    yield certificate, None  # a circle of cross-certificates: no anchor, so nothing is known


def _demand_fitness(certificate: x509.Certificate) -> None:
    if is_weak(certificate.public_key()):
        raise _refusal("signature-key-weak", certificate)
    if is_authority(certificate):
        raise _refusal("certificate-untrusted", certificate, "là chứng thư CA", "it is a CA's certificate")
    if not _may_sign(certificate):
        raise _refusal("certificate-untrusted", certificate, "không dành cho ký số", "it is not meant for signing")


def _chain(certificate: x509.Certificate, store: TrustStore, at: datetime) -> tuple[x509.Certificate, ...]:
    """Find a chain that holds at the moment within the leaf's own dates that is nearest to `at`."""
    if not store.anchors:
        raise _refusal("certificate-untrusted", certificate, "chưa có chứng thư gốc nào", "there is no trust anchor")
    authorities, leaf = ExtensionPolicy.webpki_defaults_ca(), ExtensionPolicy.permit_all()  # the leaf's are judged above
    moment = min(max(at, certificate.not_valid_before_utc), certificate.not_valid_after_utc)
    builder = PolicyBuilder().store(Store(list(store.anchors))).time(moment).max_chain_depth(_MAX_CHAIN)
    verifier = builder.extension_policies(ca_policy=authorities, ee_policy=leaf).build_client_verifier()
    try:
        return tuple(verifier.verify(certificate, list(store.intermediates)).chain)
    except VerificationError as error:
        raise _refusal("certificate-untrusted", certificate, "không nối tới chứng thư gốc", "no chain to an anchor") from error


def _demand_dates(certificate: x509.Certificate, at: datetime) -> None:
    start, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if not start <= at <= end:
        raise _refusal(
            "certificate-expired",
            certificate,
            f"hiệu lực {start:%d/%m/%Y} – {end:%d/%m/%Y}",
            f"valid {start.date()} to {end.date()}",
        )


def _may_sign(certificate: x509.Certificate) -> bool:
    """Demand KeyUsage digitalSignature or contentCommitment (RFC 5280 §4.2.1.3); ExtendedKeyUsage allows it or is absent."""
    usage, purposes = extension(certificate, x509.KeyUsage), extension(certificate, x509.ExtendedKeyUsage)
    if usage is None or not (usage.digital_signature or usage.content_commitment):
        return False
    return purposes is None or not SIGNING_PURPOSES.isdisjoint(purposes)


def _unsafe_since(entry: x509.RevokedCertificate) -> datetime:
    """Give when a certificate was revoked, or its key was unsafe, whichever was first (RFC 5280 §5.3.2)."""
    try:
        known = entry.extensions.get_extension_for_class(x509.InvalidityDate).value.invalidity_date_utc
    except (x509.ExtensionNotFound, *UNREADABLE):
        return entry.revocation_date_utc
    return min(known, entry.revocation_date_utc)


def _is_partial(crl: x509.CertificateRevocationList) -> bool:
    """Tell a delta or scoped CRL: its extension is critical (RFC 5280 §5.2.4, §5.2.5), as is anything that we do not know."""
    return any(each.critical for each in crl.extensions)


def _signed_crl(authority: x509.Certificate, crl: x509.CertificateRevocationList) -> bool:
    usage, key = extension(authority, x509.KeyUsage), authority.public_key()
    if usage is None or not usage.crl_sign or crl.issuer != authority.subject or family_of(key) is None:
        return False
    return crl.is_signature_valid(cast("CertificateIssuerPublicKeyTypes", key))


@lru_cache(maxsize=_PAIRS_KEPT)
def _issued(authority: x509.Certificate, certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


@lru_cache(maxsize=_PAIRS_KEPT)
def _sha256(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(hashes.SHA256()).hex()


def _refusal(code: str, certificate: x509.Certificate, vi: str = "", en: str = "") -> Rejected:
    who = f"{certificate.subject.rfc4514_string()} (serial {certificate.serial_number:x})"
    return Rejected(code, detail=f"{who}: {vi}" if vi else who, detail_en=f"{who}: {en}" if en else who)
