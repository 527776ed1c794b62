"""XML signatures of the profile lt-1: `examine` looks at their shape, `verify` proves them, and only `verify` makes a `Verified`.

«Valid» and «covers everything» are two checks: `verify` proves the digests of what is referenced, `_demand_coverage`
holds that what is referenced is all there is.
"""

import hashlib
import hmac
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from typing import Final, cast

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from lxml import etree

from gateway.core.faults import Rejected
from gateway.core.signature_profile import (
    DS,
    SHA1,
    SIGNATURE,
    Family,
    Method,
    Reference,
    exactly,
    octets,
    read_key_info,
    read_signed_info,
    refusal,
)

ENVELOPE: Final = "edXMLEnvelope"
HEADER: Final = "edXMLHeader"

_HASHES: Final[dict[str, type[hashes.HashAlgorithm]]] = {
    "sha1": hashes.SHA1,
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a signature of the right shape says about itself. Nothing in it is true before `verify`.

    `leaf` is the DER of the certificate that KeyInfo shows, `chain` that of the CA certificates after it.
    """

    leaf: bytes
    leaf_sha256: str
    chain: tuple[bytes, ...]
    method: Method
    references: tuple[Reference, ...]
    value: bytes
    element: etree._Element = field(repr=False, compare=False)

    @property
    def legacy(self) -> bool:
        """Tell whether SHA-1 was used, which only `legacy` trust lets through."""
        return SHA1 in {self.method.hash, *(reference.digest for reference in self.references)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What a signature proves: `root` is parsed from the very bytes whose digest matched, without the signature.

    `covers` holds the content ids of the MIME parts whose octets were proved with it. Never made but by `verify`.
    """

    root: etree._Element
    certificate: x509.Certificate
    covers: frozenset[str]


def present(root: etree._Element) -> bool:
    """Tell whether there is an XML signature anywhere; elements of that name in other namespaces are none."""
    return next(root.iter(SIGNATURE), None) is not None


def examine(root: etree._Element, *, parts: Collection[str] = (), legacy: bool = False) -> Claim | None:
    """Look at the shape of an edXML package's signature; None where there is none.

    `parts` are the content ids (without ``cid:``) of the MIME parts that came with it. `legacy` also lets RSA-SHA1 through.
    Raises Rejected with the code of the first thing that is not of the profile.
    """
    if not present(root):
        return None
    _refuse_unsigned_constructs(root)
    return _claim(root, header(root), parts, legacy=legacy)


def examine_receipt(root: etree._Element) -> Claim | None:
    """Look at the shape of a receipt's signature, the last child of its root; None where there is none."""
    if not present(root):
        return None
    _refuse_unsigned_constructs(root)
    return _claim(root, root, (), legacy=False)


def header(root: etree._Element) -> etree._Element:
    """Find edXMLHeader, holding that it and edXMLEnvelope are there once and in their place (any generation's namespace).

    Raises `signature-wrapped`: whoever reads such a package by name could read something else than the hub does.
    """
    places = [
        [etree.QName(node).localname for node in (element, *element.iterancestors())]
        for element in islice(root.iter(f"{{*}}{ENVELOPE}", f"{{*}}{HEADER}"), 3)
    ]
    if places != [[ENVELOPE, "edXML"], [HEADER, ENVELOPE, "edXML"]]:
        raise refusal(
            "signature-wrapped",
            root,
            "cần đúng một edXML/edXMLEnvelope/edXMLHeader",
            "one edXML/edXMLEnvelope/edXMLHeader is needed",
        )
    return next(root.iter(f"{{*}}{HEADER}"))


def verify(
    root: etree._Element,
    claim: Claim,
    certificate: x509.Certificate,
    *,
    digest_part: Callable[[str, str], bytes] | None = None,
) -> Verified:
    """Prove a claim with the certificate given, which comes from the directory and never from KeyInfo.

    `digest_part(content_id, hashlib_name)` digests the octets of a MIME part. Raises `signature-invalid`.
    """
    _prove_value(claim, certificate)
    content = _canonical_without(root, claim.element)
    for reference in claim.references:
        _prove_digest(claim, reference, content, digest_part)
    covers = frozenset(reference.part for reference in claim.references if reference.part is not None)
    return Verified(root=etree.fromstring(content, _parser()), certificate=certificate, covers=covers)


def prove_octets(octets: bytes, value: bytes, certificate: x509.Certificate) -> None:
    """Prove what `signing.sign_octets` signed. Raises `signature-invalid`."""
    key = certificate.public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            return key.verify(value, octets, padding.PKCS1v15(), hashes.SHA256())
        if isinstance(key, ec.EllipticCurvePublicKey):
            return key.verify(value, octets, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature as error:
        raise Rejected("signature-invalid") from error
    raise Rejected("signature-invalid")


def _claim(root: etree._Element, parent: etree._Element, parts: Collection[str], *, legacy: bool) -> Claim:
    ids = cast("list[str]", _ids()(root))
    if len(ids) != len({value.strip() for value in ids}):
        raise refusal("signature-wrapped", root, "trùng mã định danh (Id, ID, id, xml:id)", "duplicate ids (Id, ID, id, xml:id)")
    signatures = list(root.iter(SIGNATURE))
    if len(signatures) > 1:
        raise refusal("signature-multiple", signatures[1])
    if signatures[0].getparent() is not parent or signatures[0].getnext() is not None:
        raise refusal("signature-misplaced", signatures[0])
    claim = _read(signatures[0], len(parts), legacy=legacy)
    _demand_coverage(claim, parts)
    return claim


def _read(signature: etree._Element, parts: int, *, legacy: bool) -> Claim:
    signed = ("SignedInfo", "SignatureValue")
    if [child.tag for child in signature] == [f"{{{DS}}}{name}" for name in signed]:
        raise refusal("signature-keyinfo", signature)
    signed_info, value, key_info = exactly(signature, "signature-profile", *signed, "KeyInfo")
    method, references = read_signed_info(signed_info, parts=parts, legacy=legacy)
    leaf, *chain = read_key_info(key_info, method)
    return Claim(
        leaf=leaf.der,
        leaf_sha256=leaf.sha256,
        chain=tuple(authority.der for authority in chain),
        method=method,
        references=references,
        value=octets(value, "signature-profile"),
        element=signature,
    )


def _demand_coverage(claim: Claim, parts: Collection[str]) -> None:
    """Hold that the References are the document and every part, each once, and nothing else."""
    referenced = [reference.part for reference in claim.references]
    if None not in referenced or len(referenced) != len(set(referenced)) or not {None, *parts}.issuperset(referenced):
        raise refusal("signature-reference", claim.element, "cần đúng một Reference cho văn bản và mỗi phần MIME")
    for part in parts:
        if part not in referenced:
            raise refusal("signature-uncovered", claim.element, f"cid:{part}")


def _refuse_unsigned_constructs(root: etree._Element) -> None:
    """Refuse what canonicalisation drops or what different readers treat differently."""
    inside = next(root.iter(etree.Comment, etree.ProcessingInstruction, etree.Entity), None)
    outside = (*root.itersiblings(etree.ProcessingInstruction), *root.itersiblings(etree.ProcessingInstruction, preceding=True))
    if inside is not None or outside:
        raise Rejected("forbidden-construct")


@cache
def _ids() -> etree.XPath:
    return etree.XPath("//@*[name()='Id' or name()='ID' or name()='id' or name()='xml:id']", smart_strings=False)


def _parser() -> etree.XMLParser:
    """Make a parser for bytes that came from our own canonicalisation of a tree that passed the guard."""
    return etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True, collect_ids=False)


def canonical(element: etree._Element) -> bytes:
    """Canonicalise by exclusive C14N without comments. Raises `signature-c14n`."""
    try:
        return etree.tostring(element, method="c14n", exclusive=True, with_comments=False)
    except etree.C14NError as error:
        raise refusal("signature-c14n", element, "không chuẩn hóa được", "cannot be canonicalised") from error


def _canonical_without(root: etree._Element, signature: etree._Element) -> bytes:
    """Canonicalise the document without its signature (the enveloped-signature transform), leaving the tree alone.

    In exclusive C14N an element's bytes do not depend on its siblings, so the signature is cut out of the whole.
    There `<` only begins tags; the parent's end tag occurs once or, being the root's, last; the signature is the
    parent's last child and holds no other Signature.
    """
    whole = canonical(root)
    name, parent = _qualified(signature), _qualified(next(signature.iterancestors()))
    end = whole.rindex(b"</%b>" % name, 0, whole.rindex(b"</%b>" % parent)) + len(name) + 3
    start = max(whole.rfind(b"<%b " % name, 0, end), whole.rfind(b"<%b>" % name, 0, end))
    return whole[:start] + whole[end:]


def _qualified(element: etree._Element) -> bytes:
    name = etree.QName(element).localname
    return (f"{element.prefix}:{name}" if element.prefix else name).encode()


def _prove_value(claim: Claim, certificate: x509.Certificate) -> None:
    signed_info = next(claim.element.iterchildren())
    if not _is_signed_by(certificate.public_key(), claim.method, claim.value, canonical(signed_info)):
        raise refusal(
            "signature-invalid", claim.element, "chữ ký không phải của chứng thư này", "not signed with this certificate's key"
        )


def _is_signed_by(key: object, method: Method, value: bytes, octets: bytes) -> bool:
    algorithm = _HASHES[method.hash]()
    try:
        if method.family is Family.ECDSA and isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(_der_of(value, key), octets, ec.ECDSA(algorithm))
        elif method.family is not Family.ECDSA and isinstance(key, rsa.RSAPublicKey):
            key.verify(value, octets, _padding(method, algorithm), algorithm)
        else:
            return False
    except (InvalidSignature, ValueError):
        return False
    return True


def _padding(method: Method, algorithm: hashes.HashAlgorithm) -> padding.AsymmetricPadding:
    if method.family is Family.RSA:
        return padding.PKCS1v15()
    return padding.PSS(mgf=padding.MGF1(algorithm), salt_length=algorithm.digest_size)


def _der_of(value: bytes, key: ec.EllipticCurvePublicKey) -> bytes:
    """Turn r followed by s, each as long as the curve (RFC 4050 §3.3), into the DER that the library wants."""
    width = (key.curve.key_size + 7) // 8
    if len(value) != 2 * width:
        raise ValueError("r and s are not of the curve's length")
    return utils.encode_dss_signature(int.from_bytes(value[:width]), int.from_bytes(value[width:]))


def _prove_digest(claim: Claim, reference: Reference, content: bytes, digest_part: Callable[[str, str], bytes] | None) -> None:
    if reference.part is None:
        found = hashlib.new(reference.digest, content).digest()
    elif digest_part is not None:
        found = digest_part(reference.part, reference.digest)
    else:
        raise refusal("signature-uncovered", claim.element, f"cid:{reference.part}")
    if not hmac.compare_digest(found, reference.value):
        what = "edXML" if reference.part is None else f"cid:{reference.part}"
        raise refusal("signature-invalid", claim.element, f"{what}: nội dung đã bị thay đổi", f"{what}: the content was changed")
