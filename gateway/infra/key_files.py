"""Keys, certificates and CRLs as files. Whatever cannot be read is Misconfigured, naming the file."""

from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from gateway.core.faults import Misconfigured
from gateway.core.signature_profile import UNREADABLE
from gateway.core.signing import SigningKey

PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey

PEM: Final = serialization.Encoding.PEM
_RSA_BITS: Final = {"rsa2048": 2048, "rsa3072": 3072, "rsa4096": 4096}
_CURVES: Final = {"p256": ec.SECP256R1(), "p384": ec.SECP384R1()}


def read_certificates(file: Path) -> list[x509.Certificate]:
    """Read the certificates of a PEM or DER file; none where it holds only other PEM blocks."""
    try:
        data = file.read_bytes()
        if b"-----BEGIN CERTIFICATE-----" in data:
            return x509.load_pem_x509_certificates(data)
        return [] if data.lstrip().startswith(b"-----BEGIN ") else [x509.load_der_x509_certificate(data)]
    except (OSError, *UNREADABLE) as error:
        raise misconfigured(file, "không đọc được chứng thư", "the certificate cannot be read") from error


def read_crl(file: Path) -> x509.CertificateRevocationList:
    """Read a CRL, PEM or DER."""
    try:
        data = file.read_bytes()
        load = x509.load_pem_x509_crl if b"-----BEGIN X509 CRL-----" in data else x509.load_der_x509_crl
        return load(data)
    except (OSError, *UNREADABLE) as error:
        raise misconfigured(file, "không đọc được CRL", "the CRL cannot be read") from error


def load_key(file: Path) -> SigningKey:
    """Read an unencrypted RSA or EC private key (PEM)."""
    try:
        key = serialization.load_pem_private_key(file.read_bytes(), password=None)
    except (OSError, TypeError, *UNREADABLE) as error:
        raise misconfigured(file, "không đọc được khóa", "the key cannot be read") from error
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise misconfigured(file, "cần khóa RSA hoặc EC", "an RSA or EC key is needed")
    return key


def load_identity(key: Path, certificate: Path) -> tuple[SigningKey, x509.Certificate]:
    """Read a key and its certificate (the first of the file), which must fit each other."""
    private, leaf = load_key(key), next(iter(read_certificates(certificate)), None)
    if leaf is None or leaf.public_key() != private.public_key():
        raise misconfigured(certificate, f"không phải chứng thư của khóa {key}", f"not the certificate of the key {key}")
    return private, leaf


def generate_key(kind: str) -> SigningKey:
    """Make a key: `rsa2048`, `rsa3072`, `rsa4096`, `p256` or `p384`."""
    if kind in _CURVES:
        return ec.generate_private_key(_CURVES[kind])
    if kind in _RSA_BITS:
        return rsa.generate_private_key(public_exponent=65537, key_size=_RSA_BITS[kind])
    kinds = ", ".join((*_RSA_BITS, *_CURVES))
    raise Misconfigured(
        "misconfigured", detail=f"{kind}: loại khóa phải là {kinds}.", detail_en=f"{kind}: the key is one of {kinds}."
    )


def kind_of(key: PublicKey) -> str:
    """Name the kind of a public key as `generate_key` does."""
    return f"{'rsa' if isinstance(key, rsa.RSAPublicKey) else 'p'}{key.key_size}"


def key_pem(key: SigningKey) -> bytes:
    """Write a key as unencrypted PKCS#8."""
    return key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def write_secret(file: Path, data: bytes) -> None:
    """Write a new file that only its owner may read. One that exists is never overwritten."""
    try:
        file.touch(mode=0o600, exist_ok=False)
    except FileExistsError as error:
        raise misconfigured(file, "tệp khóa đã có, không ghi đè", "the key file exists and is not overwritten") from error
    file.write_bytes(data)


def misconfigured(file: Path, vi: str, en: str) -> Misconfigured:
    """Make the fault that names a file."""
    return Misconfigured("misconfigured", path=str(file), detail=f"{file}: {vi}.", detail_en=f"{file}: {en}.")
