"""The signature profile lt-1: its algorithms, its limits, and the exact shape of one `ds:Signature`.

Everything here looks at shape only; nothing is canonicalised or computed with a key before the shape is right.
"""

import binascii
import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final, TypeVar, cast

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from lxml import etree

from gateway.core.faults import Rejected

DS: Final = "http://www.w3.org/2000/09/xmldsig#"
SIGNATURE: Final = f"{{{DS}}}Signature"
EXCLUSIVE_C14N: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPED: Final = f"{DS}enveloped-signature"
WHOLE: Final = ""
"""The Reference URI of the document that holds the signature."""
PART: Final = "cid:"
"""The Reference URI of a MIME part is this and its content id (RFC 2392)."""

MIN_RSA_BITS: Final = 2048
"""NIST SP 800-57: 112 bits of security, the least for anything signed today."""
MAX_CERTIFICATES: Final = 8
"""A signer's chain: real ones hold one to four."""
MAX_CERTIFICATE_CHARACTERS: Final = 12_000
"""Base64 of one certificate: real ones are 1 to 3 kB."""
_CERTIFICATES_KEPT: Final = 1_024
"""Read certificates that are kept: all agencies of a province, and at most 25 MB if somebody fills it with junk."""
_SHOWN: Final = 120
"""Characters of a sender's own text that a refusal repeats."""
UNREADABLE: Final = (
    ValueError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)
"""All that the library raises on a certificate that is not one."""
_LEAF_FIRST = (
    "chứng thư ký phải đứng đầu, sau đó chỉ nhận chứng thư CA",
    "the signing certificate comes first, then only CA certificates",
)

_MORE = "http://www.w3.org/2001/04/xmldsig-more#"
_MORE_2007 = "http://www.w3.org/2007/05/xmldsig-more#"
_XMLENC = "http://www.w3.org/2001/04/xmlenc#"
_WHITE = " \t\r\n"
_T = TypeVar("_T")
_Extension = TypeVar("_Extension", bound=x509.ExtensionType)


class Family(StrEnum):
    """The kinds of signature. A method fits only the kind of key that it names."""

    RSA = "rsa"
    RSA_PSS = "rsa-pss"
    ECDSA = "ecdsa"


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A SignatureMethod: `hash` is a `hashlib` name. PSS salts are as long as the hash (RFC 9231 §2.3.10)."""

    uri: str
    family: Family
    hash: str


def _methods(*rows: tuple[str, Family, str]) -> dict[str, Method]:
    return {uri: Method(uri=uri, family=family, hash=name) for uri, family, name in rows}


_METHODS = _methods(
    *((f"{_MORE}rsa-{name}", Family.RSA, name) for name in ("sha256", "sha384", "sha512")),
    *((f"{_MORE_2007}{name}-rsa-MGF1", Family.RSA_PSS, name) for name in ("sha256", "sha384", "sha512")),
    *((f"{_MORE}ecdsa-{name}", Family.ECDSA, name) for name in ("sha256", "sha384", "sha512")),
)
_DIGESTS = {f"{_XMLENC}sha256": "sha256", f"{_MORE}sha384": "sha384", f"{_XMLENC}sha512": "sha512"}
SHA1: Final = "sha1"
_LEGACY_METHODS = _METHODS | _methods((f"{DS}rsa-sha1", Family.RSA, SHA1))
_LEGACY_DIGESTS = _DIGESTS | {f"{DS}sha1": SHA1}
_OTHER_C14N: Final = frozenset(
    uri + comments
    for uri in ("http://www.w3.org/TR/2001/REC-xml-c14n-20010315", "http://www.w3.org/2006/12/xml-c14n11", EXCLUSIVE_C14N[:-1])
    for comments in ("", "#", "#WithComments")
) - {EXCLUSIVE_C14N}
"""Canonicalisations that are well known but not of the profile: a sender who uses one gets told just that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """What the signer says that a digest is of. `part` is a content id without ``cid:``; None is the document itself."""

    part: str | None
    digest: str
    value: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """The signing certificate as KeyInfo shows it: a claim, never an identity."""

    der: bytes
    sha256: str
    family: Family | None
    weak: bool
    authority: bool


def family_of(key: object) -> Family | None:
    """Give the kind of a public key; None for those that no method of the profile uses."""
    if isinstance(key, rsa.RSAPublicKey):
        return Family.RSA
    return Family.ECDSA if isinstance(key, ec.EllipticCurvePublicKey) else None


def is_weak(key: object) -> bool:
    """Tell whether a key is below the profile: RSA under 2048 bits, a curve that is not P-256 or P-384, any other kind."""
    if isinstance(key, rsa.RSAPublicKey):
        return key.key_size < MIN_RSA_BITS
    return not (isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, (ec.SECP256R1, ec.SECP384R1)))


def extension(certificate: x509.Certificate, kind: type[_Extension]) -> _Extension | None:
    """Give an extension of a certificate, or None where it has none of that kind."""
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def is_authority(certificate: x509.Certificate) -> bool:
    """Tell whether a certificate may issue others (BasicConstraints CA:TRUE)."""
    constraints = extension(certificate, x509.BasicConstraints)
    return constraints is not None and constraints.ca


def refusal(code: str, element: etree._Element, vi: str = "", en: str = "") -> Rejected:
    """Make the refusal of an element: its path by element names and its line."""
    path = [etree.QName(ancestor).localname for ancestor in (element, *element.iterancestors())]
    line = cast("int | None", element.sourceline)
    return Rejected(code, path="/".join(reversed(path)), line=line, detail=vi[:_SHOWN], detail_en=en[:_SHOWN])


def read_signed_info(signed_info: etree._Element, *, parts: int, legacy: bool) -> tuple[Method, tuple[Reference, ...]]:
    """Read SignedInfo. `parts` bounds its References; `legacy` lets SHA-1 through."""
    references = len(signed_info) - 2
    if references > 1 + parts:  # counted before anything is read
        raise refusal("signature-reference", signed_info, "quá nhiều Reference", "too many References")
    inside = exactly(signed_info, "signature-profile", "CanonicalizationMethod", "SignatureMethod", *["Reference"] * references)
    _chosen(inside[0], {EXCLUSIVE_C14N: EXCLUSIVE_C14N}, "signature-c14n")
    method = _chosen(inside[1], _LEGACY_METHODS if legacy else _METHODS, "signature-algorithm")
    digests = _LEGACY_DIGESTS if legacy else _DIGESTS
    return method, tuple(_reference(reference, digests) for reference in inside[2:])


def read_key_info(key_info: etree._Element, method: Method) -> list[Leaf]:
    """Read the certificates: the signer's own first, then only certificates of authorities.

    KeyInfo is the one part of a package that nothing signs, so it may hold certificates and their names, and nothing else.
    """
    (data,) = exactly(key_info, "signature-keyinfo", "X509Data")
    inside = _children(data, "signature-keyinfo", ())
    elements = [child for child in inside if child.tag == f"{{{DS}}}X509Certificate"]
    if not 0 < len(elements) <= MAX_CERTIFICATES:
        raise refusal("signature-keyinfo", data)
    for child in inside:
        if child not in elements:
            _demand_name(child)
    leaf, *others = map(_certificate, elements)
    if not all(other.authority for other in others):
        raise refusal("signature-keyinfo", data, *_LEAF_FIRST)
    _demand_fit(leaf, method, key_info)
    return [leaf, *others]


def exactly(element: etree._Element, code: str, *names: str, attributes: Collection[str] = ("Id",)) -> list[etree._Element]:
    """Give the child elements, which must be those named, of XML-DSig, in this order."""
    inside = _children(element, code, attributes)
    if [child.tag for child in inside] != [f"{{{DS}}}{name}" for name in names]:
        raise refusal(code, element)
    return inside


def octets(element: etree._Element, code: str) -> bytes:
    """Give the octets that an element holds in base64, and nothing else."""
    try:
        return _decode(_text(element, code))
    except ValueError as error:
        raise refusal(code, element, "base64 sai", "not base64") from error


def _reference(reference: etree._Element, digests: Mapping[str, str]) -> Reference:
    uri = reference.get("URI")
    if uri is None or not (uri == WHOLE or uri.startswith(PART)):
        raise refusal("signature-reference", reference, f"URI {uri}")
    inside = _children(reference, "signature-reference", ("Id", "URI"))
    if [child.tag for child in inside[-2:]] != [f"{{{DS}}}DigestMethod", f"{{{DS}}}DigestValue"]:
        raise refusal("signature-reference", reference)
    _demand_transforms(reference, inside[:-2], [ENVELOPED, EXCLUSIVE_C14N] if uri == WHOLE else [])
    digest = _chosen(inside[-2], digests, "signature-algorithm")
    part = None if uri == WHOLE else uri.removeprefix(PART)
    return Reference(part=part, digest=digest, value=octets(inside[-1], "signature-reference"))


def _demand_transforms(reference: etree._Element, before: list[etree._Element], expected: list[str]) -> None:
    """Hold a Reference to its one transform list: enveloped then exclusive C14N for the document, none for a part."""
    if [child.tag for child in before] != [f"{{{DS}}}Transforms"] * bool(expected):
        raise refusal("signature-transform", reference)
    for transforms in before:
        inside = _children(transforms, "signature-transform", ())
        if len(inside) > len(expected) or any(child.tag != f"{{{DS}}}Transform" for child in inside):
            raise refusal("signature-transform", transforms)
        found = [_algorithm(child, "signature-transform") for child in inside]
        if found != expected:
            code = "signature-c14n" if _OTHER_C14N.intersection(found) else "signature-transform"
            raise refusal(code, transforms, " ".join(found))


def _demand_name(element: etree._Element) -> None:
    """Hold that an element only names the certificate: X509IssuerSerial with its two texts, or a text."""
    texts = [element]
    if element.tag == f"{{{DS}}}X509IssuerSerial":
        texts = exactly(element, "signature-keyinfo", "X509IssuerName", "X509SerialNumber")
    elif element.tag not in {f"{{{DS}}}X509SubjectName", f"{{{DS}}}X509SKI"}:
        raise refusal("signature-keyinfo", element)
    for text in texts:
        _text(text, "signature-keyinfo")


def _demand_fit(leaf: Leaf, method: Method, key_info: etree._Element) -> None:
    if leaf.family is None or (leaf.family is Family.ECDSA) != (method.family is Family.ECDSA):
        raise refusal("signature-algorithm", key_info, f"{method.uri}: không hợp với khóa", f"{method.uri}: does not fit the key")
    if leaf.weak:
        raise refusal("signature-key-weak", key_info)


def _certificate(element: etree._Element) -> Leaf:
    text = _text(element, "signature-keyinfo")
    if len(text) > MAX_CERTIFICATE_CHARACTERS:
        raise refusal("signature-keyinfo", element)
    try:
        return _leaf(text)
    except UNREADABLE as error:
        raise refusal("signature-keyinfo", element, "chứng thư không đọc được", "the certificate cannot be read") from error


@lru_cache(maxsize=_CERTIFICATES_KEPT)
def _leaf(text: str) -> Leaf:
    der = _decode(text)
    certificate = x509.load_der_x509_certificate(der)
    key = certificate.public_key()
    sha256 = hashlib.sha256(der).hexdigest()
    return Leaf(der=der, sha256=sha256, family=family_of(key), weak=is_weak(key), authority=is_authority(certificate))


def _children(element: etree._Element, code: str, attributes: Collection[str]) -> list[etree._Element]:
    """Give the child elements; there may be only white space between them, and no attribute but those named."""
    inside = list(element)
    between = [element.text or "", *[child.tail or "" for child in inside]]
    if "".join(between).strip(_WHITE) or not set(element.keys()).issubset(attributes):
        raise refusal(code, element)
    return inside


def _algorithm(element: etree._Element, code: str) -> str:
    """Give the Algorithm of an element that has nothing else: a parameter is refused."""
    if len(element) or (element.text or "").strip(_WHITE) or element.keys() != ["Algorithm"]:
        raise refusal(code, element)
    return element.get("Algorithm", "")


def _chosen(element: etree._Element, choices: Mapping[str, _T], code: str) -> _T:
    uri = _algorithm(element, code)
    if uri not in choices:
        raise refusal(code, element, uri, uri)
    return choices[uri]


def _text(element: etree._Element, code: str) -> str:
    if len(element) or not set(element.keys()).issubset(("Id",)):
        raise refusal(code, element)
    return element.text or ""


def _decode(text: str) -> bytes:
    raw = text.encode("ascii").translate(None, _WHITE.encode())
    decoded = binascii.a2b_base64(raw, strict_mode=True)
    if binascii.b2a_base64(decoded, newline=False) != raw:  # bits behind the end, which some readers refuse
        raise ValueError(text[-4:])
    return decoded
