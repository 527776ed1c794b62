"""A small signer that does whatever it is told, right or wrong. It shares no line with the one of the gateway."""

import base64
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, hmac, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from lxml import etree

from tests.pki import Member

QCVN = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
DS = "http://www.w3.org/2000/09/xmldsig#"
MORE = "http://www.w3.org/2001/04/xmldsig-more#"
MORE_2007 = "http://www.w3.org/2007/05/xmldsig-more#"
ENC = "http://www.w3.org/2001/04/xmlenc#"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
ENVELOPED = f"{DS}enveloped-signature"
SLOT = "{signature}"
VALUE = "{value}"
DIGESTS = {f"{DS}sha1": "sha1", f"{ENC}sha256": "sha256", f"{MORE}sha384": "sha384", f"{ENC}sha512": "sha512"}

DOCUMENT = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f'<edXML xmlns="{QCVN}">\n'
    f'  <edXML:edXMLEnvelope xmlns:edXML="{QCVN}">\n'
    "    <edXML:edXMLHeader>\n"
    "      <edXML:MessageHeader>\n"
    "        <edXML:From><edXML:OrganId>000.00.00.H56</edXML:OrganId></edXML:From>\n"
    "        <edXML:To><edXML:OrganId>H56.40.02</edXML:OrganId></edXML:To>"
    "<edXML:DocumentId>000.00.00.H56,2024/11/25,1/UBND-VP</edXML:DocumentId>"
    "<edXML:Code><edXML:CodeNumber>1</edXML:CodeNumber><edXML:CodeNotation>UBND-VP</edXML:CodeNotation></edXML:Code>"
    "<edXML:PromulgationInfo><edXML:PromulgationDate>2024/11/25</edXML:PromulgationDate></edXML:PromulgationInfo>"
    "<edXML:DocumentType><edXML:Type>1</edXML:Type><edXML:TypeName>Công văn</edXML:TypeName></edXML:DocumentType>\n"
    "        <edXML:Subject>V/v kết nối, chia sẻ dữ liệu</edXML:Subject>"
    "<edXML:SignerInfo><edXML:FullName>Nguyễn Văn Mẫu</edXML:FullName></edXML:SignerInfo>\n"
    "      </edXML:MessageHeader>\n"
    f'      <edXML:TraceHeaderList id="trace"></edXML:TraceHeaderList>\n      {SLOT}\n'
    "    </edXML:edXMLHeader>\n"
    "    <edXML:edXMLBody/>\n"
    "  </edXML:edXMLEnvelope>\n"
    "</edXML>\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How to sign. `transforms` of the document: (algorithm, inner XML) each. `certificates` go into KeyInfo.

    `references` replaces all References by XML, where ``{digest}`` is the document's; `key_info` replaces KeyInfo's content.
    `document` has the place of the signature as ``{signature}``; `digested` is what is digested instead of it.
    """

    document: str = DOCUMENT
    digested: str | None = None
    prefix: str = ""
    method: str | None = None
    parameter: str = ""
    digest: str = f"{ENC}sha256"
    c14n: str = EXCLUSIVE
    c14n_parameter: str = ""
    transforms: tuple[tuple[str, str], ...] = ((ENVELOPED, ""), (EXCLUSIVE, ""))
    parts: Mapping[str, bytes] | None = None
    part_transforms: str = ""
    references: str | None = None
    certificates: tuple[x509.Certificate, ...] | None = None
    key_info: str | None = None
    beside: str = ""
    attributes: str = ""
    gap: str = ""
    value: str | None = None


def sign(member: Member, **choices: Any) -> bytes:
    """Sign by a recipe; give the bytes of the whole document."""
    recipe = replace(Recipe(), **choices)
    blank = (recipe.digested or recipe.document).replace(SLOT, "")
    text = recipe.document.replace(SLOT, _signature(recipe, member, _digest(blank, recipe)))
    root = etree.fromstring(text.encode())
    signed_info = next(root.iter(f"{{{DS}}}SignedInfo"))
    octets = etree.tostring(signed_info, method="c14n", exclusive=recipe.c14n == EXCLUSIVE, with_comments=False)
    value = recipe.value or base64.b64encode(sign_octets(member.key, _method(recipe, member), octets)).decode()
    return text.replace(VALUE, value).encode()


def sign_octets(key: Any, method: str, octets: bytes) -> bytes:
    """Compute a SignatureValue; an HMAC method takes the public key as its secret (the algorithm confusion attack)."""
    name = method.partition("#")[2]
    algorithm = next(known() for known in (hashes.SHA1, hashes.SHA256, hashes.SHA384, hashes.SHA512) if known.name in name)
    if "hmac" in name:
        public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        mac = hmac.HMAC(public, algorithm)
        mac.update(octets)
        return mac.finalize()
    if isinstance(key, rsa.RSAPrivateKey):
        pss = padding.PSS(mgf=padding.MGF1(algorithm), salt_length=algorithm.digest_size)
        return key.sign(octets, pss if "MGF1" in name else padding.PKCS1v15(), algorithm)
    width = (key.curve.key_size + 7) // 8
    return b"".join(number.to_bytes(width) for number in utils.decode_dss_signature(key.sign(octets, ec.ECDSA(algorithm))))


def reference(uri: str, octets: bytes, transforms: str = "", digest: str = f"{ENC}sha256") -> str:
    """Write a Reference without prefix."""
    value = base64.b64encode(hashlib.new(DIGESTS[digest], octets).digest()).decode()
    method = f'<DigestMethod Algorithm="{digest}"/><DigestValue>{value}</DigestValue>'
    return f'<Reference URI="{uri}">{transforms}{method}</Reference>'


def base64_of(certificate: x509.Certificate) -> str:
    return base64.b64encode(certificate.public_bytes(serialization.Encoding.DER)).decode()


def _digest(blank: str, recipe: Recipe) -> bytes:
    exclusive = INCLUSIVE not in [algorithm for algorithm, _ in recipe.transforms]
    return etree.tostring(etree.fromstring(blank.encode()), method="c14n", exclusive=exclusive, with_comments=False)


def _method(recipe: Recipe, member: Member) -> str:
    if recipe.method is not None:
        return recipe.method
    return f"{MORE}rsa-sha256" if isinstance(member.key, rsa.RSAPrivateKey) else f"{MORE}ecdsa-sha256"


def _signature(recipe: Recipe, member: Member, canonical: bytes) -> str:
    transforms = "".join(f'<Transform Algorithm="{algorithm}">{inner}</Transform>' for algorithm, inner in recipe.transforms)
    whole = reference("", canonical, f"<Transforms>{transforms}</Transforms>" if transforms else "", recipe.digest)
    parts = (reference(f"cid:{name}", octets, recipe.part_transforms) for name, octets in (recipe.parts or {}).items())
    references = whole + "".join(parts)
    if recipe.references is not None:
        references = recipe.references.replace("{whole}", whole)
    lines = (
        f'<CanonicalizationMethod Algorithm="{recipe.c14n}">{recipe.c14n_parameter}</CanonicalizationMethod>',
        f'<SignatureMethod Algorithm="{_method(recipe, member)}">{recipe.parameter}</SignatureMethod>',
        f"{references}</SignedInfo>",
        f"<SignatureValue>{VALUE}</SignatureValue>",
        f"<KeyInfo>{_key_info(recipe, member)}</KeyInfo>{recipe.beside}</Signature>",
    )
    text = recipe.gap.join((f'<Signature xmlns="{DS}"{recipe.attributes}>', "<SignedInfo>", *lines))
    return _prefixed(text, recipe.prefix) if recipe.prefix else text


def _key_info(recipe: Recipe, member: Member) -> str:
    if recipe.key_info is not None:
        return recipe.key_info
    certificates: Iterable[x509.Certificate] = recipe.certificates or (member.certificate,)
    texts = (f"<X509Certificate>{base64_of(certificate)}</X509Certificate>" for certificate in certificates)
    return f"<X509Data>{''.join(texts)}</X509Data>"


def _prefixed(text: str, prefix: str) -> str:
    """Give every element a prefix (there is no `<` but of tags)."""
    bound = text.replace(f'xmlns="{DS}"', f'xmlns:{prefix}="{DS}"')
    return bound.replace("<", f"<{prefix}:").replace(f"<{prefix}:/", f"</{prefix}:")
