"""The hub's own key, in a file: it signs the receipts."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from cryptography import x509

from gateway.core import receipts, signing
from gateway.core.model import Receipt
from gateway.core.receipts import Attestation
from gateway.core.signature_profile import is_weak
from gateway.core.signing import SigningKey
from gateway.infra.key_files import load_identity, misconfigured


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSigner:
    """Implements `ports.Signer`. P-256 signs in 0.05 ms where RSA-2048 takes 0.7 ms."""

    hub: str
    certificate: x509.Certificate
    _key: SigningKey = field(repr=False)

    @classmethod
    def load(cls, key: Path, certificate: Path, hub: str) -> Self:
        """Read the key and its certificate (PEM); raise Misconfigured naming the file that is wrong."""
        private, leaf = load_identity(key, certificate)
        if is_weak(private.public_key()):
            raise misconfigured(key, "khóa quá yếu (cần P-256, P-384 hoặc RSA ≥ 2048)", "the key is too weak")
        return cls(hub=hub, certificate=leaf, _key=private)

    def sign(self, octets: bytes) -> bytes:
        """Sign octets by themselves."""
        return signing.sign_octets(octets, self._key)

    def sign_document(self, document: bytes) -> bytes:
        """Sign an edXML document as its sender."""
        return signing.sign(document, certificate=self.certificate, key=self._key)

    def seal(self, attestation: Attestation) -> Receipt:
        """Make the signed receipt of a fact; the same fact always has the same receipt id."""
        name = receipts.receipt_id(attestation)
        unsigned = receipts.draft(attestation, hub=self.hub, receipt_id=name)
        return Receipt(
            id=name,
            fact=attestation.fact,
            document=attestation.document.id,
            delivery=attestation.delivery.id if attestation.delivery else None,
            at=attestation.at,
            xml=signing.sign_last_child(unsigned, certificate=self.certificate, key=self._key),
        )
