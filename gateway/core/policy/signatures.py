"""Signatures in PDFs: they stand in for the envelope's where an agency is trusted by its channel (articles 6.1, 14)."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.core import trust
from gateway.core.directory import Agency
from gateway.core.faults import Fault
from gateway.core.pdf import PdfSignature
from gateway.core.trust import TrustStore


def signed_by(agency: Agency, signatures: Iterable[PdfSignature], store: TrustStore, now: datetime) -> PdfSignature | None:
    """Find a whole and intact signature made with a certificate that is registered for the agency, in date and not revoked.

    Only the directory says whose a certificate is, never the name in it.
    """
    own = {hashlib.sha256(each.public_bytes(Encoding.DER)).hexdigest(): each for each in agency.certificates}
    for signature in signatures:
        certificate = own.get(signature.certificate_sha256)
        if signature.intact and signature.whole and certificate is not None and _holds(certificate, store, now):
            return signature
    return None


def _holds(certificate: x509.Certificate, store: TrustStore, now: datetime) -> bool:
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        return False
    try:
        trust.demand_unrevoked(certificate, store, now)
    except Fault:
        return False
    return True
