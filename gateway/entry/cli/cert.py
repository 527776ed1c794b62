"""`lienthong cert`: the certificates of the development CA."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from gateway.infra.authority import AGENCY_DAYS, Authority, Entry, Issued
from gateway.infra.key_files import misconfigured, read_certificates, write_secret

KEY_FILE = "key.pem"
CERTIFICATE_FILE = "cert.pem"


class Standing(StrEnum):
    """What a certificate is worth now."""

    VALID = "valid"
    FUTURE = "future"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the list."""

    entry: Entry
    standing: Standing


def issue(ca: Path, name: str, organ_id: str, out: Path, *, key: str = "rsa2048", days: int = AGENCY_DAYS) -> Path:
    """Make a key and a certificate in the folder `out` (`key.pem`, `cert.pem`); give the certificate's file."""
    _demand_free(out)
    return _write(Authority.open(ca).issue(name, organ_id, key=key, days=days), out)


def renew(ca: Path, certificate: Path, out: Path, *, days: int = AGENCY_DAYS) -> Path:
    """Make the next key and certificate of a certificate's holder in the folder `out`; the old ones stay valid."""
    _demand_free(out)
    return _write(Authority.open(ca).renew(serial_of(certificate), days=days), out)


def revoke(ca: Path, certificate: Path | str) -> Entry:
    """Revoke a certificate, named by its file or its serial (hex), and issue the CRLs anew."""
    serial = serial_of(certificate) if isinstance(certificate, Path) else certificate
    return Authority.open(ca).revoke(serial)


def list_issued(ca: Path, *, at: datetime | None = None) -> tuple[Row, ...]:
    """List what the CA has issued, with its standing at a moment (now)."""
    moment = at or datetime.now(UTC)
    return tuple(Row(entry=entry, standing=_standing(entry, moment)) for entry in Authority.open(ca).list())


def serial_of(certificate: Path) -> str:
    """Read the serial (hex) of a certificate file."""
    found = read_certificates(certificate)
    if not found:
        raise misconfigured(certificate, "không có chứng thư", "there is no certificate")
    return f"{found[0].serial_number:x}"


def _standing(entry: Entry, moment: datetime) -> Standing:
    if entry.revoked_at:
        return Standing.REVOKED
    if moment < datetime.fromisoformat(entry.not_before):
        return Standing.FUTURE
    return Standing.EXPIRED if moment > datetime.fromisoformat(entry.not_after) else Standing.VALID


def _demand_free(out: Path) -> None:
    """Hold that the folder has no key yet, before anything is issued."""
    for name in (KEY_FILE, CERTIFICATE_FILE):
        if (out / name).exists():
            raise misconfigured(out / name, "tệp đã có, không ghi đè", "the file exists and is not overwritten")


def _write(issued: Issued, out: Path) -> Path:
    out.mkdir(parents=True, exist_ok=True)
    write_secret(out / KEY_FILE, issued.key_pem)
    (out / CERTIFICATE_FILE).write_bytes(issued.certificate_pem)
    return out / CERTIFICATE_FILE
