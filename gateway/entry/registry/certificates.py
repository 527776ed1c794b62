"""What an agency signs with, in agencies.toml: a certificate is registered beside those that are there, or taken away."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography import x509

from gateway.config import Settings
from gateway.core import trust
from gateway.core.faults import Fault, Rejected, Transient
from gateway.core.signature_profile import UNREADABLE
from gateway.core.trust import TrustStore
from gateway.infra.agencies_file import AGENCY, DirectoryDraft, revise
from gateway.infra.authority import load_trust
from gateway.infra.key_files import PEM, misconfigured, read_certificates

LARGEST: Final = 16 * 1024
"""Characters of a certificate in PEM: an honest one with its chain has eight thousand."""


def leaf(file: Path) -> x509.Certificate:
    """Read the first certificate of a PEM or DER file."""
    found = next(iter(read_certificates(file)), None)
    if found is None:
        raise misconfigured(file, "không có chứng thư nào", "holds no certificate")
    return found


def read_pem(text: str) -> x509.Certificate:
    """Read the first certificate of a PEM text. Raises `malformed-request`; a key is never taken."""
    if "PRIVATE KEY" in text:
        vi, en = (
            "Đây là khóa bí mật: không gửi cho ai, kể cả trục.",
            "This is a private key: give it to nobody, not the hub.",
        )
        raise Rejected("malformed-request", path="certificate", detail=vi, detail_en=en)
    try:
        if len(text) > LARGEST:
            raise ValueError(len(text))
        return x509.load_pem_x509_certificates(text.encode())[0]
    except UNREADABLE as error:
        vi = "Không phải chứng thư PEM (-----BEGIN CERTIFICATE-----)."
        en = "This is no certificate in PEM (-----BEGIN CERTIFICATE-----)."
        raise Rejected("malformed-request", path="certificate", detail=vi, detail_en=en) from error


def admit(certificate: x509.Certificate, store: TrustStore, at: datetime) -> tuple[x509.Certificate, ...]:
    """Judge a certificate that an agency wants to sign with; give its chain.

    Raises what `trust.admit` raises, and `certificate-revoked`. Where no fresh list says anything it is taken: uses ask again.
    """
    chain = trust.admit(certificate, store, at)
    with suppress(Transient):
        trust.demand_unrevoked(certificate, store, at)
    return chain


def demand_new(organ: str, certificate: x509.Certificate, known: Iterable[x509.Certificate]) -> None:
    """See that an agency does not have a certificate already. Raises `certificate-registered`."""
    if certificate in known:
        raise Rejected("certificate-registered", path=organ, detail=f"{certificate.serial_number:x}")


def register(
    draft: DirectoryDraft,
    settings: Settings,
    organ: str,
    certificate: x509.Certificate,
    *,
    at: datetime,
    file: Path | None = None,
) -> str:
    """Add a certificate to those of an agency; give its file, kept beside the agency's others unless it lies there already.

    Raises what `admit` raises, and `certificate-registered`.
    """
    table, home = draft.get(AGENCY, organ), _home(settings)
    admit(certificate, load_trust(settings.path(settings.directory.trust)), at)
    names = [str(each) for each in table.get("certificates", ())]
    demand_new(organ, certificate, (known for _, known in _known(home, names)))
    kept = str(_lying(certificate, file, home / "agencies" / str(table["id"])).relative_to(home))
    revise(table, {"certificates": [*names, kept], "updated_on": at.date()})
    return kept


def take_away(draft: DirectoryDraft, settings: Settings, organ: str, serial: str, *, at: datetime) -> x509.Certificate:
    """Take a certificate, by its serial (hex), from those of an agency; its file stays. Raises `not-found`."""
    table, home = draft.get(AGENCY, organ), _home(settings)
    names = [str(each) for each in table.get("certificates", ())]
    for name, certificate in _known(home, names):
        if f"{certificate.serial_number:x}" == serial:
            left = [each for each in names if each != name]
            revise(table, {"certificates": left or None, "updated_on": at.date()})
            return certificate
    raise Rejected("not-found", path=serial)


def _known(home: Path, names: list[str]) -> Iterator[tuple[str, x509.Certificate]]:
    """Read the registered certificates; what cannot be read is none, and told of by `lienthong check`."""
    for name in names:
        try:
            yield name, leaf(home / name)
        except Fault:
            continue


def _lying(certificate: x509.Certificate, file: Path | None, folder: Path) -> Path:
    if file is not None and file.resolve().is_relative_to(folder):
        return file.resolve()
    kept = folder / f"{certificate.serial_number:x}.pem"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(certificate.public_bytes(PEM))
    return kept


def _home(settings: Settings) -> Path:
    return settings.path(settings.directory.agencies).parent.resolve()
