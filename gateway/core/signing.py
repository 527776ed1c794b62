"""Give a document its lt-1 signature, keeping every byte that was there."""

import base64
import hashlib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final
from xml.parsers import expat

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

from gateway.core import signature, xmlsafe
from gateway.core.faults import Rejected
from gateway.core.signature_profile import DS, ENVELOPED, EXCLUSIVE_C14N, PART, WHOLE, is_weak

SigningKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
Octets = bytes | bytearray | memoryview

_MORE: Final = "http://www.w3.org/2001/04/xmldsig-more#"
_SHA256: Final = "http://www.w3.org/2001/04/xmlenc#sha256"
_TRANSFORMS: Final = "<Transforms>{}</Transforms>".format(
    "".join(f'<Transform Algorithm="{uri}"></Transform>' for uri in (ENVELOPED, EXCLUSIVE_C14N))
)
_ATTRIBUTE: Final = str.maketrans({"&": "&amp;", "<": "&lt;", '"': "&quot;", "\t": "&#x9;", "\n": "&#xA;", "\r": "&#xD;"})
"""How canonical XML writes an attribute value (Canonical XML 1.0 §2.3)."""
_CERTIFICATES_KEPT: Final = 64
"""A process signs for one hub or a few agencies."""


def sign(data: bytes, *, certificate: x509.Certificate, key: SigningKey, parts: Mapping[str, Octets] | None = None) -> bytes:
    """Sign an edXML document: SHA-256 over it and over each MIME part (content id without ``cid:`` → octets).

    Raises `signature-multiple` where there is a signature already, and what `xmlsafe.parse` raises.
    """
    root = xmlsafe.parse(data)
    if signature.present(root):
        raise Rejected("signature-multiple", detail="Văn bản đã có chữ ký.", detail_en="The document is signed already.")
    if len(signature.header(root)) == 0:
        raise Rejected("schema-invalid", path="edXML/edXMLEnvelope/edXMLHeader")
    digests = {WHOLE: signature.canonical(root), **{PART + name: octets for name, octets in (parts or {}).items()}}
    return _insert(data, _end_of_header(data), _signature(digests, certificate, key))


def sign_last_child(canonical: bytes, *, certificate: x509.Certificate, key: SigningKey) -> bytes:
    """Sign a document that is in exclusive canonical form, the signature becoming the last child of its root."""
    return _insert(canonical, canonical.rindex(b"</"), _signature({WHOLE: canonical}, certificate, key))


def sign_octets(octets: bytes, key: SigningKey) -> bytes:
    """Sign octets by themselves, for ``openssl dgst -sha256 -verify``; the same octets get the same signature (RFC 6979)."""
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(octets, padding.PKCS1v15(), hashes.SHA256())
    return key.sign(octets, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))


def _insert(data: bytes, at: int, piece: bytes) -> bytes:
    return b"".join((data[:at], piece, data[at:]))


def _end_of_header(data: bytes) -> int:
    """Find the byte at which the end tag of edXMLHeader begins. The document has passed the guard, so expat may read it."""
    ends: list[int] = []
    parser = expat.ParserCreate()

    def end(name: str) -> None:
        if name.rpartition(":")[2] == signature.HEADER:
            ends.append(parser.CurrentByteIndex)

    parser.EndElementHandler = end
    parser.Parse(data, True)  # noqa: FBT003 - expat knows no keyword
    return ends[0]


def _signature(contents: Mapping[str, Octets], certificate: x509.Certificate, key: SigningKey) -> bytes:
    """Write the whole ds:Signature, in canonical form. `contents` are octets by Reference URI."""
    method, algorithm = _method(key)
    inside = (
        f'<CanonicalizationMethod Algorithm="{EXCLUSIVE_C14N}"></CanonicalizationMethod>'
        f'<SignatureMethod Algorithm="{method}"></SignatureMethod>{_references(contents.items())}</SignedInfo>'
    )
    value = _raw_signature(key, f'<SignedInfo xmlns="{DS}">{inside}'.encode(), algorithm)
    return (
        f'<Signature xmlns="{DS}"><SignedInfo>{inside}<SignatureValue>{_base64(value)}</SignatureValue>'
        f"<KeyInfo><X509Data><X509Certificate>{_certificate(certificate)}</X509Certificate></X509Data></KeyInfo></Signature>"
    ).encode()


def _references(contents: Iterable[tuple[str, Octets]]) -> str:
    return "".join(
        f'<Reference URI="{uri.translate(_ATTRIBUTE)}">{_TRANSFORMS if uri == WHOLE else ""}'
        f'<DigestMethod Algorithm="{_SHA256}"></DigestMethod>'
        f"<DigestValue>{_base64(hashlib.sha256(octets).digest())}</DigestValue></Reference>"
        for uri, octets in contents
    )


def _method(key: SigningKey) -> tuple[str, hashes.HashAlgorithm]:
    if is_weak(key.public_key()):
        raise Rejected("signature-key-weak")
    if isinstance(key, rsa.RSAPrivateKey):
        return f"{_MORE}rsa-sha256", hashes.SHA256()
    if isinstance(key.curve, ec.SECP384R1):
        return f"{_MORE}ecdsa-sha384", hashes.SHA384()
    return f"{_MORE}ecdsa-sha256", hashes.SHA256()


def _raw_signature(key: SigningKey, octets: bytes, algorithm: hashes.HashAlgorithm) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(octets, padding.PKCS1v15(), algorithm)
    r, s = utils.decode_dss_signature(key.sign(octets, ec.ECDSA(algorithm)))
    width = (key.curve.key_size + 7) // 8
    return r.to_bytes(width) + s.to_bytes(width)


@lru_cache(maxsize=_CERTIFICATES_KEPT)
def _certificate(certificate: x509.Certificate) -> str:
    return _base64(certificate.public_bytes(serialization.Encoding.DER))


def _base64(octets: bytes) -> str:
    return base64.b64encode(octets).decode()
