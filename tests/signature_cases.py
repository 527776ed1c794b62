"""Every way to sign that the profile lt-1 accepts."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from gateway.core import signature, xmlsafe
from gateway.core.faults import Rejected
from tests.pki import Member, pki
from tests.signer import (
    DOCUMENT,
    DS,
    ENC,
    MORE,
    MORE_2007,
    QCVN,
    SLOT,
    base64_of,
    sign,
)

PARTS = {"vanban.pdf@h56": b"%PDF-1.7\r\n", "phuluc": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}
NEXT = "http://www.go.vn/eDoc"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """`code` is the refusal, None where the document is good. `signer` is the member whose certificate is pinned."""

    data: bytes
    code: str | None
    signer: Member
    parts: Mapping[str, bytes] = field(default_factory=dict)

    def digest_part(self, content_id: str, algorithm: str) -> bytes:
        return hashlib.new(algorithm, self.parts[content_id]).digest()


@cache
def accepted() -> dict[str, Case]:
    return {name: Case(data=data, code=None, signer=pki()[who], parts=parts) for name, who, data, parts in _accepted()}


Good = tuple[str, str, bytes, Mapping[str, bytes]]


def _good(name: str, who: str = "province", **choices: Any) -> Good:
    parts = choices.get("parts", {})
    document = sent_by(who, choices.pop("document", DOCUMENT)).replace("<edXML:edXMLBody/>", _body(parts))
    return name, who, sign(pki()[who], document=document, **choices), parts


def sent_by(who: str, document: str) -> str:
    """Make the plain document another member's."""
    return document.replace(pki()["province"].organ_id, pki()[who].organ_id)


def _body(parts: Mapping[str, bytes]) -> str:
    """Write a body that names the parts."""
    rows = (
        f"<edXML:Reference><edXML:ContentId>cid:{name}</edXML:ContentId><edXML:AttachmentName>{name}</edXML:AttachmentName>"
        "</edXML:Reference>"
        for name in parts
    )
    return (
        f"<edXML:edXMLBody><edXML:edXMLManifest>{''.join(rows)}</edXML:edXMLManifest></edXML:edXMLBody>"
        if parts
        else ("<edXML:edXMLBody/>")
    )


def changed(old: str, new: str) -> str:
    """Give the plain document with one passage replaced."""
    assert old in DOCUMENT
    return DOCUMENT.replace(old, new)


def _accepted() -> Iterator[Good]:
    yield _good("rsa-sha256")
    yield _good("a 3072-bit key", "department")
    for bits in ("384", "512"):
        yield _good(f"rsa-sha{bits}", method=f"{MORE}rsa-sha{bits}", digest=f"{ENC if bits == '512' else MORE}sha{bits}")
    for bits in ("256", "384", "512"):
        yield _good(f"rsa-pss-sha{bits}", method=f"{MORE_2007}sha{bits}-rsa-MGF1")
        yield _good(f"P-256 with sha{bits}", "commune", method=f"{MORE}ecdsa-sha{bits}")
    yield _good("P-384", "ward", method=f"{MORE}ecdsa-sha384", digest=f"{MORE}sha384")
    yield _good("prefix ds", prefix="ds")
    yield _good("another prefix", prefix="x-1")
    yield _good("the prefix bound at the root", prefix="ds", document=changed("<edXML ", f'<edXML xmlns:ds="{DS}" '))
    yield _good("the prefix used by the root", prefix="ds", document=changed("<edXML ", f'<edXML ds:a="1" xmlns:ds="{DS}" '))
    yield _good("an indented signature", gap="\n        ")
    yield _good("identified elements", attributes=' Id="chu-ky"')
    yield _good("one part", parts={"vanban": PARTS["vanban.pdf@h56"]})
    yield _good("two parts, one with a DOCTYPE in it", parts=PARTS)
    yield from _good_documents()
    yield from _good_key_info()


def _good_documents() -> Iterator[Good]:
    yield _good("CDATA", document=changed("V/v kết nối, ", "<![CDATA[V/v <kết> & nối, ]]>"))
    yield _good("character references", document=changed("kết nối", "k&#x1EBF;t&#10;&#9;n&#7889;i &lt;&gt;&amp;&quot;&apos;"))
    yield _good("a carriage return by reference", document=changed("kết nối", "kết&#13;\nnối"))
    yield _good("CRLF line ends", document=DOCUMENT.replace("\n", "\r\n"))
    yield _good("a byte order mark", document="\ufeff" + DOCUMENT)
    yield _good("no declaration", document=DOCUMENT.partition("\n")[2])
    yield _good("white space everywhere", document=re.sub(r">\s*<", ">\t\r\n  <", DOCUMENT))
    yield _good("no white space", document=re.sub(r">\s+<", "><", DOCUMENT).replace(f"\n      {SLOT}\n    ", SLOT))
    yield _good("text after the signature", document=changed(f"{SLOT}\n", f"{SLOT} và chữ &amp; sau\n"))
    yield _good("text before the signature", document=changed(f"\n      {SLOT}", f" chữ trước {SLOT}"))
    yield _good("unused namespaces", document=changed("<edXML ", '<edXML xmlns:xsi="urn:x" xmlns:xsd="urn:y" '))
    yield _good("other prefixes", document=DOCUMENT.replace("edXML:", "e:").replace("xmlns:edXML", "xmlns:e"))
    yield _good("default namespace only", document=DOCUMENT.replace("edXML:", "").replace(f' xmlns:edXML="{QCVN}"', ""))
    yield _good("an older namespace", document=DOCUMENT.replace(QCVN, NEXT))
    yield _good(
        "an undeclared default", document=changed("<edXML:edXMLBody/>", '<edXML:edXMLBody><x xmlns=""><y/></x></edXML:edXMLBody>')
    )
    yield _good(
        "redeclared prefixes",
        document=changed("<edXML:edXMLBody/>", '<edXML:edXMLBody/><b xmlns:edXML="urn:b" edXML:c="1"><edXML:d/></b>'),
    )
    yield _good(
        "attributes in any order",
        document=changed("<edXML:edXMLBody/>", "<edXML:edXMLBody z='1' a='&#10;\"' xml:lang='vi' b='\n'/>"),
    )
    yield _good("a decorative Signature", document=changed(SLOT, f"<Signature><SignatureValue/></Signature>{SLOT}"))
    yield _good(
        "one more after it", document=changed("<edXML:edXMLBody/>", "<edXML:edXMLBody/><Signature a=''><Signature/></Signature>")
    )
    yield _good("letters beyond the basic plane", document=changed("kết nối", "𝒌ế𝒕 nối e\u0302\u0301"))


def _good_key_info() -> Iterator[Good]:
    province, intermediate, root = pki()["province"].certificate, pki().authority("intermediate"), pki().authority("root")
    yield _good("a chain in KeyInfo", certificates=(province, intermediate, root))
    names = (
        "<X509IssuerSerial><X509IssuerName>CN=x</X509IssuerName><X509SerialNumber>1</X509SerialNumber></X509IssuerSerial>"
        "<X509SKI>AAAA</X509SKI><X509SubjectName>CN=y</X509SubjectName>"
    )
    lines = "\n".join(re.findall(".{1,64}", base64_of(province)))
    yield _good("names in KeyInfo", key_info=f"<X509Data>{names}<X509Certificate>\n{lines}\n</X509Certificate></X509Data>")


def verdict(case: Case) -> str | None:
    """Let the gateway judge a case: the code that it refuses it with, or None."""
    try:
        root = xmlsafe.parse(case.data)
        claim = signature.examine(root, parts=case.parts)
        if claim is None:
            return "signature-missing"
        verified = signature.verify(root, claim, case.signer.certificate, digest_part=case.digest_part)
    except Rejected as refusal:
        return refusal.code
    assert verified.covers == set(case.parts)
    return None
