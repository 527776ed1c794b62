"""The test PKI, built once a process from `pki.toml`."""

import atexit
import shutil
import tempfile
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from gateway.core.directory import Agency
from gateway.core.model import OrganId
from gateway.core.signing import SigningKey
from gateway.core.trust import TrustStore
from gateway.infra.authority import PURPOSES, SIGNING, Authority, Terms, load_trust
from gateway.infra.key_files import PEM, generate_key, key_pem, write_secret

DATA = Path(__file__).with_name("pki.toml")
UNFIT_KEYS = {
    "rsa1024": lambda: rsa.generate_private_key(65537, 1024),  # noqa: S505 - a test needs a weak one
    "p521": lambda: ec.generate_private_key(ec.SECP521R1()),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Whoever holds a certificate; `folder` has its `key.pem` and `cert.pem`."""

    name: str
    organ_id: str
    key: SigningKey
    certificate: x509.Certificate
    folder: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Pki:
    """`ca` and `foreign` are CA folders; `stores` has one trust store for each state of the CRLs, and one without any."""

    at: datetime
    ca: Path
    foreign: Path
    members: dict[str, Member]
    stores: dict[str, TrustStore]

    def __getitem__(self, name: str) -> Member:
        return self.members[name]

    @property
    def store(self) -> TrustStore:
        return self.stores["fresh"]

    def authority(self, name: str) -> x509.Certificate:
        """Give the CA's certificate `root` or `intermediate`."""
        return x509.load_pem_x509_certificate((self.ca / f"{name}.pem").read_bytes())

    def agency(self, *names: str) -> Agency:
        """Make an agency that has registered the certificates of these members."""
        members = [self.members[name] for name in names]
        return Agency(
            id=OrganId(members[0].organ_id), name=names[0], certificates=tuple(member.certificate for member in members)
        )


@cache
def pki() -> Pki:
    folder = Path(tempfile.mkdtemp(prefix="pki-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    data, at = tomllib.loads(DATA.read_text("utf-8")), datetime.now(UTC)
    authorities = {name: Authority.create(folder / name, not_before=at - timedelta(days=900)) for name in ("ca", "foreign")}
    members = {
        row["name"]: _member(row, authorities[row.get("authority", "ca")], folder / "members", at) for row in data["member"]
    }
    for row in data["member"]:
        if row.get("revoked"):
            authorities["ca"].revoke(f"{members[row['name']].certificate.serial_number:x}")
    own = load_trust(folder / "ca")
    stores = {"none": TrustStore.of(own.anchors, own.intermediates)}
    for row in reversed(data["crls"]):
        authorities["ca"].refresh_crls(at=at + timedelta(days=row.get("from", 0)), days=row.get("days", 365))
        stores[row["name"]] = load_trust(folder / "ca")
    return Pki(at=at, ca=folder / "ca", foreign=folder / "foreign", members=members, stores=stores)


def self_signed(name: str) -> tuple[SigningKey, x509.Certificate]:
    """Make a certificate in a member's name that nobody issued, with its key."""
    key, subject = generate_key("p256"), pki()[name].certificate.subject
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), 1)
    dated = builder.not_valid_before(pki().at).not_valid_after(pki().at + timedelta(days=99))
    return key, dated.sign(key, hashes.SHA256())


def _member(row: dict[str, Any], authority: Authority, folder: Path, at: datetime) -> Member:
    kind = row.get("key", "p256")
    key = UNFIT_KEYS[kind]() if kind in UNFIT_KEYS else generate_key(kind)
    terms = Terms(
        not_before=at + timedelta(days=row.get("from", -30)),
        days=row.get("days", 730),
        ca=row.get("ca", False),
        usages=row.get("usages", SIGNING),
        purposes=[x509.ObjectIdentifier(oid) for oid in row["purposes"]] if "purposes" in row else PURPOSES,
    )
    certificate = authority.certify(key.public_key(), row["name"], row["organ_id"], terms)
    own = folder / row["name"]
    own.mkdir(parents=True)
    write_secret(own / "key.pem", key_pem(key))
    (own / "cert.pem").write_bytes(certificate.public_bytes(PEM))
    return Member(name=row["name"], organ_id=row["organ_id"], key=key, certificate=certificate, folder=own)
