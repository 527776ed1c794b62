"""A development CA in a folder, and the reading of any folder of anchors, intermediates and CRLs.

The CA is for tests, demonstrations and trials only: its keys lie unencrypted beside its certificates (mode 0600).
"""

import json
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from gateway.core.signature_profile import is_authority
from gateway.core.signing import SigningKey
from gateway.core.trust import TrustStore
from gateway.infra.key_files import (
    PEM,
    PublicKey,
    generate_key,
    key_pem,
    kind_of,
    load_key,
    misconfigured,
    read_certificates,
    read_crl,
    write_secret,
)

ROOT: Final = "root"
INTERMEDIATE: Final = "intermediate"
REGISTER: Final = "issued.json"
CRL_DAYS: Final = 365
"""A development CRL must outlive a forgotten laptop; a real CA's lives for hours or days."""
AUTHORITY_DAYS: Final = 3650
AGENCY_DAYS: Final = 730
"""Two years, as public CAs give document-signing certificates."""
EARLY: Final = timedelta(minutes=5)
"""Certificates begin a little before they are made, for machines whose clock is behind."""
SIGNING: Final = frozenset({"digital_signature", "content_commitment"})
PURPOSES: Final = (ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.EMAIL_PROTECTION)
"""What public CAs allow agencies; client authentication lets the same certificate do mutual TLS."""
_USAGES: Final = (
    *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
    *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
)
_COMMON_NAME_BYTES: Final = 64
"""X.520 ub-common-name; the whole name stands in O."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """What an agency gets: its key (PKCS#8) and its certificate alone, both PEM."""

    key_pem: bytes
    certificate_pem: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of the CA's register. `serial` is lower-case hex; times are ISO 8601."""

    serial: str
    name: str
    organ_id: str
    issuer: str
    key: str
    not_before: str
    not_after: str
    revoked_at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a certificate says besides whose it is. `usages` are names of `x509.KeyUsage`; no `purposes`: no ExtendedKeyUsage."""

    days: int = AGENCY_DAYS
    not_before: datetime | None = None
    ca: bool = False
    usages: Collection[str] = SIGNING
    purposes: Collection[x509.ObjectIdentifier] = PURPOSES


_AUTHORITY = Terms(days=AUTHORITY_DAYS, ca=True, usages=("key_cert_sign", "crl_sign"), purposes=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """A root that issued one intermediate, which issues the agencies' certificates. Serials are lower-case hex."""

    folder: Path

    @classmethod
    def create(cls, folder: Path, *, not_before: datetime | None = None) -> Self:
        """Make the CA's keys, certificates, CRLs and register in a new or empty folder."""
        terms = replace(_AUTHORITY, not_before=not_before)
        folder.mkdir(parents=True, exist_ok=True)
        subjects = {name: _subject(f"Liên thông development {name} CA", name) for name in (ROOT, INTERMEDIATE)}
        keys = {name: generate_key("p384") for name in subjects}
        certificates = {
            name: _build(keys[name].public_key(), subjects[name], subjects[ROOT], keys[ROOT], terms) for name in subjects
        }
        for name in subjects:
            write_secret(folder / f"{name}-key.pem", key_pem(keys[name]))
            (folder / f"{name}.pem").write_bytes(certificates[name].public_bytes(PEM))
        authority = cls(folder=folder)
        authority._write_register([_entry(certificates[INTERMEDIATE], keys[INTERMEDIATE].public_key(), ROOT)])
        authority.refresh_crls()
        return authority

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open a folder that `create` made; raise Misconfigured naming what is missing."""
        for name in (f"{ROOT}.pem", f"{ROOT}-key.pem", f"{INTERMEDIATE}.pem", f"{INTERMEDIATE}-key.pem", REGISTER):
            if not (folder / name).is_file():
                raise misconfigured(folder / name, "thiếu tệp của CA phát triển", "a file of the development CA is missing")
        return cls(folder=folder)

    def issue(
        self, name: str, organ_id: str, *, key: str = "rsa2048", days: int = AGENCY_DAYS, not_before: datetime | None = None
    ) -> Issued:
        """Make a key (see `generate_key`) and its certificate."""
        own = generate_key(key)
        certificate = self.certify(own.public_key(), name, organ_id, Terms(days=days, not_before=not_before))
        return Issued(key_pem=key_pem(own), certificate_pem=certificate.public_bytes(PEM))

    def certify(self, key: PublicKey, name: str, organ_id: str, terms: Terms = Terms()) -> x509.Certificate:
        """Certify a key that somebody else made, and write it into the register."""
        signer, issuer = load_key(self.folder / f"{INTERMEDIATE}-key.pem"), self._certificate(INTERMEDIATE).subject
        certificate = _build(key, _subject(name, organ_id), issuer, signer, terms)
        self._write_register([*self.list(), _entry(certificate, key, INTERMEDIATE)])
        return certificate

    def renew(self, serial: str, *, days: int = AGENCY_DAYS) -> Issued:
        """Make a new key and certificate for the holder of an old one, which stays valid: both overlap while he rotates."""
        entry = self._find(serial)
        return self.issue(entry.name, entry.organ_id, key=entry.key, days=days)

    def revoke(self, serial: str, *, at: datetime | None = None) -> Entry:
        """Revoke a certificate and issue the CRLs anew; one that is revoked already keeps its time."""
        found = self._find(serial)
        revoked = found if found.revoked_at else replace(found, revoked_at=(at or _now()).isoformat())
        self._write_register([revoked if entry == found else entry for entry in self.list()])
        self.refresh_crls()
        return revoked

    def list(self) -> tuple[Entry, ...]:
        """List what the CA has issued, its intermediate first."""
        return tuple(Entry(**entry) for entry in json.loads((self.folder / REGISTER).read_text("utf-8")))

    def refresh_crls(self, *, at: datetime | None = None, days: int = CRL_DAYS) -> None:
        """Issue the CRLs of root and intermediate, dated `at` (now)."""
        moment = at or _now()
        for name in (ROOT, INTERMEDIATE):
            signer, builder = load_key(self.folder / f"{name}-key.pem"), x509.CertificateRevocationListBuilder()
            builder = builder.issuer_name(self._certificate(name).subject).last_update(moment)
            builder = builder.next_update(moment + timedelta(days=days)).add_extension(_issued_by(signer), critical=False)
            for entry in self.list():
                if entry.issuer == name and entry.revoked_at:
                    builder = builder.add_revoked_certificate(_revoked(entry, entry.revoked_at))
            _replace(self.folder / f"{name}.crl", builder.sign(signer, hashes.SHA384()).public_bytes(PEM))

    def _certificate(self, name: str) -> x509.Certificate:
        return x509.load_pem_x509_certificate((self.folder / f"{name}.pem").read_bytes())

    def _find(self, serial: str) -> Entry:
        for entry in self.list():
            if entry.serial == serial.lower():
                return entry
        raise misconfigured(
            self.folder / REGISTER, f"không có chứng thư số hiệu {serial}", f"no certificate with serial {serial}"
        )

    def _write_register(self, entries: Iterable[Entry]) -> None:
        text = json.dumps([asdict(entry) for entry in entries], ensure_ascii=False, indent=1)
        _replace(self.folder / REGISTER, f"{text}\n".encode())


def load_trust(folder: Path) -> TrustStore:
    """Read a folder: self-signed CA certificates are anchors, other CA certificates intermediates; CRLs from ``*.crl``.

    Keys and other files are left alone. Raises Misconfigured naming the file that cannot be read, or the folder without anchor.
    """
    certificates = [
        certificate
        for file in sorted(folder.glob("*"))
        if file.suffix in {".pem", ".crt", ".cer"}
        for certificate in read_certificates(file)
        if is_authority(certificate)
    ]
    anchors = [certificate for certificate in certificates if certificate.issuer == certificate.subject]
    if not anchors:
        raise misconfigured(folder, "không có chứng thư gốc nào", "there is no trust anchor")
    others = [certificate for certificate in certificates if certificate not in anchors]
    return TrustStore.of(anchors, others, [read_crl(file) for file in sorted(folder.glob("*.crl"))])


def _build(key: PublicKey, subject: x509.Name, issuer: x509.Name, signer: SigningKey, terms: Terms) -> x509.Certificate:
    start = terms.not_before or _now() - EARLY
    builder = x509.CertificateBuilder(
        issuer, subject, key, x509.random_serial_number(), start, start + timedelta(days=terms.days)
    )
    builder = builder.add_extension(x509.BasicConstraints(ca=terms.ca, path_length=None), critical=True)
    builder = builder.add_extension(x509.KeyUsage(**{usage: usage in terms.usages for usage in _USAGES}), critical=True)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    builder = builder.add_extension(_issued_by(signer), critical=False)
    if terms.purposes:
        builder = builder.add_extension(x509.ExtendedKeyUsage(terms.purposes), critical=False)
    return builder.sign(signer, hashes.SHA384())


def _subject(name: str, organ_id: str) -> x509.Name:
    common_name = name.encode()[:_COMMON_NAME_BYTES].decode(errors="ignore")
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, name),
            x509.NameAttribute(NameOID.USER_ID, organ_id),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _issued_by(signer: SigningKey) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())


def _entry(certificate: x509.Certificate, key: PublicKey, issuer: str) -> Entry:
    name, organ_id = (
        str(certificate.subject.get_attributes_for_oid(oid)[0].value) for oid in (NameOID.ORGANIZATION_NAME, NameOID.USER_ID)
    )
    return Entry(
        serial=f"{certificate.serial_number:x}",
        name=name,
        organ_id=organ_id,
        issuer=issuer,
        key=kind_of(key),
        not_before=certificate.not_valid_before_utc.isoformat(),
        not_after=certificate.not_valid_after_utc.isoformat(),
    )


def _revoked(entry: Entry, at: str) -> x509.RevokedCertificate:
    return x509.RevokedCertificateBuilder(int(entry.serial, 16), datetime.fromisoformat(at)).build()


def _replace(file: Path, data: bytes) -> None:
    beside = file.with_name(f".{file.name}.new")
    beside.write_bytes(data)
    beside.replace(file)


def _now() -> datetime:
    return datetime.now(UTC)
