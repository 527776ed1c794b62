"""Every attack on a signature, with the code that refuses it."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from tests.pki import pki, self_signed
from tests.signature_cases import PARTS, Case, changed, sent_by
from tests.signer import (
    DOCUMENT,
    DS,
    ENVELOPED,
    EXCLUSIVE,
    INCLUSIVE,
    MORE,
    QCVN,
    SLOT,
    base64_of,
    reference,
    sign,
)

XPATH = "http://www.w3.org/TR/1999/REC-xpath-19991116"
INCLUDED = f'<InclusiveNamespaces xmlns="{EXCLUSIVE}" PrefixList="edXML"/>'
ENVELOPE = re.compile("<edXML:edXMLEnvelope.*</edXML:edXMLEnvelope>", re.DOTALL)
FORGED = ENVELOPE.findall(DOCUMENT.replace(SLOT, ""))[0].replace("kết nối", "giả").replace(' id="trace"', "")

Row = tuple[str, str, str, bytes, Mapping[str, bytes]]


@cache
def refused() -> dict[str, Case]:
    rows = (*_invalid(), *_shapes(), *_transforms_and_algorithms(), *_places(), *_keys(), *_wrapped(), *_uncovered())
    return {
        f"{code}: {name}": Case(data=data, code=code, signer=pki()[who], parts=parts) for code, name, who, data, parts in rows
    }


def _bad(code: str, name: str, who: str = "province", **choices: Any) -> Row:
    document = sent_by(who, choices.pop("document", DOCUMENT))
    return code, name, who, sign(pki()[who], document=document, **choices), choices.get("parts", {})


def _invalid() -> Iterator[Row]:
    def tampered(name: str, old: str, new: str, **choices: Any) -> Row:
        code, title, who, data, parts = _bad("signature-invalid", name, **choices)
        assert old.encode() in data
        return code, title, who, data.replace(old.encode(), new.encode()), parts

    yield tampered("text changed", "kết nối", "kết  nối")
    yield tampered("attribute changed", 'id="trace"', 'id="Trace"')
    yield tampered("element added", "<edXML:edXMLBody/>", "<edXML:edXMLBody><a/></edXML:edXMLBody>")
    yield tampered("element renamed", "edXML:Subject>", "edXML:Content>")
    yield tampered("white space after the signature changed", "</Signature>\n", "</Signature>")
    yield tampered("prefix changed", 'xmlns:edXML="', 'xmlns:x="urn:x" edXML:y="" xmlns:edXML="')
    yield tampered("an attachment added", "</edXML>", "<AttachmentEncoded/></edXML>")
    yield tampered("white space in SignedInfo", "<SignedInfo>", "<SignedInfo> ")
    yield tampered("SignatureMethod changed", "rsa-sha256", "rsa-sha512")
    yield tampered("P-256 value cut", "<SignatureValue>", "<SignatureValue>AAAA", who="commune")
    yield _bad("signature-invalid", "another document's digest", digested=changed("kết nối", "khác"))
    yield _bad("signature-invalid", "an empty value", value=" ")
    yield "signature-invalid", "another agency's key", "province", sign(pki()["department"]), {}
    yield "signature-invalid", "another kind of key", "province", sign(pki()["commune"]), {}


def _shapes() -> Iterator[Row]:
    yield _bad("signature-profile", "an Object", beside="<Object/>")
    yield _bad("signature-profile", "a second SignatureValue", beside="<SignatureValue>AAAA</SignatureValue>")
    yield _bad("signature-profile", "an attribute", attributes=' a="1"')
    yield _bad("signature-profile", "text between", gap="chữ")
    yield _bad("signature-profile", "a value that is not base64", value="AAA*")
    yield _bad("signature-reference", "no Reference", references="")
    yield _bad("signature-reference", "the same twice", references="{whole}{whole}")
    yield _bad("signature-reference", "by id", references=reference("#trace", b""))
    yield _bad("signature-reference", "by XPointer", references=reference("#xpointer(/)", b""))
    yield _bad("signature-reference", "by address", references="{whole}" + reference("http://127.0.0.1:9/x", b""))
    yield _bad("signature-reference", "by file", references="{whole}" + reference("file:///etc/passwd", b""))
    yield _bad("signature-reference", "three hundred", references="{whole}" * 300)
    yield _bad("signature-reference", "without URI", references='<Reference><DigestMethod Algorithm="x"/></Reference>')
    yield _bad("signature-reference", "with a Type", references=reference("", b"").replace("URI", f'Type="{DS}Object" URI'))


def _transforms_and_algorithms() -> Iterator[Row]:
    for name, transforms in _wrong_transforms().items():
        yield _bad("signature-transform", name, transforms=transforms)
    yield _bad("signature-c14n", "inclusive SignedInfo", c14n=INCLUSIVE)
    yield _bad("signature-c14n", "SignedInfo with comments", c14n=f"{EXCLUSIVE}WithComments")
    yield _bad("signature-c14n", "inclusive prefixes", c14n_parameter=INCLUDED)
    yield _bad("signature-c14n", "inclusive document", transforms=((ENVELOPED, ""), (INCLUSIVE, "")))
    yield _bad("signature-c14n", "all inclusive", prefix="ds", c14n=INCLUSIVE, transforms=((ENVELOPED, ""), (INCLUSIVE, "")))
    yield _bad("signature-algorithm", "rsa-sha1", method=f"{DS}rsa-sha1")
    yield _bad("signature-algorithm", "a SHA-1 digest", digest=f"{DS}sha1")
    yield _bad("signature-algorithm", "dsa", method=f"{DS}dsa-sha1")
    yield _bad("signature-algorithm", "HMAC with the public key as its secret", method=f"{MORE}hmac-sha256")
    yield _bad("signature-algorithm", "a cut HMAC", method=f"{DS}hmac-sha1", parameter="<HMACOutputLength>8</HMACOutputLength>")
    yield _bad("signature-algorithm", "RSA by an EC key", "commune", method=f"{MORE}rsa-sha256")


def _places() -> Iterator[Row]:
    yield _bad(
        "signature-misplaced", "in the body", document=_moved("<edXML:edXMLBody/>", f"<edXML:edXMLBody>{SLOT}</edXML:edXMLBody>")
    )
    yield _bad("signature-misplaced", "at the end", document=_moved("</edXML>", f"{SLOT}</edXML>"))
    yield _bad("signature-misplaced", "first in the header", document=_moved("<edXML:edXMLHeader>", f"<edXML:edXMLHeader>{SLOT}"))
    yield _bad("signature-misplaced", "within a wrapper", document=changed(SLOT, f"<Signature>{SLOT}</Signature>"))
    yield _bad("signature-multiple", "a second one", document=changed(SLOT, f'<Signature xmlns="{DS}"/>{SLOT}'))
    yield _bad("signature-multiple", "one within the other", beside=f'<Object><Signature xmlns="{DS}"/></Object>')


def _wrong_transforms() -> dict[str, tuple[tuple[str, str], ...]]:
    enveloped, exclusive = (ENVELOPED, ""), (EXCLUSIVE, "")
    return {
        "none": (),
        "enveloped alone": (enveloped,),
        "exclusive alone": (exclusive,),
        "the other order": (exclusive, enveloped),
        "one more": (enveloped, exclusive, exclusive),
        "inclusive prefixes": (enveloped, (EXCLUSIVE, INCLUDED)),
        "base64": (enveloped, (f"{DS}base64", "")),
        "XPath": (enveloped, (XPATH, "<XPath>not(ancestor::*[local-name()='Subject'])</XPath>")),
        "XSLT": (enveloped, ("http://www.w3.org/TR/1999/REC-xslt-19991116", "")),
        "unknown": (enveloped, ("http://www.w3.org/TR/xml-exc-c14n#", "")),
    }


def _moved(old: str, new: str) -> str:
    """Give the plain document with the place of the signature elsewhere."""
    return DOCUMENT.replace(f"\n      {SLOT}\n", "\n").replace(old, new)


def _keys() -> Iterator[Row]:
    members, root = pki(), pki().authority("root")
    intermediate = members.authority("intermediate")
    own = members["commune"].certificate
    text, data = "<X509Certificate>{}</X509Certificate>", "<X509Data>{}</X509Data>"
    mine = text.format(base64_of(own))
    chains = {
        "a self-signed certificate in the victim's name, the CA's, the signer's": (self_signed("province")[1], intermediate, own),
        "the victim's certificate, the CA's, the signer's": (members["province"].certificate, intermediate, own),
        "the CA's before the signer's": (intermediate, own),
        "two agencies' certificates": (own, members["province"].certificate),
        "nine certificates": (own, *[root] * 8),
    }
    for name, certificates in chains.items():
        yield _bad("signature-keyinfo", name, "commune", certificates=certificates)
    contents = {
        "empty": "",
        "no certificate": data.format("<X509SubjectName>CN=x</X509SubjectName>"),
        "a KeyName": "<KeyName>x</KeyName>",
        "a KeyValue beside": f"<KeyValue/>{data.format(mine)}",
        "two X509Data": data.format(mine) * 2,
        "a RetrievalMethod": f'{data.format(mine)}<RetrievalMethod URI="#trace"/>',
        "a CRL": data.format(f"{mine}<X509CRL>AAAA</X509CRL>"),
        "not a certificate": data.format(text.format("AAAA")),
        "not base64": data.format(text.format("****")),
        "too long": data.format(text.format("A" * 20_000)),
        "unsigned content in a name": data.format(f"{mine}<X509SubjectName><To xmlns='{QCVN}'/></X509SubjectName>"),
        "unsigned content in an issuer": data.format(f"{mine}<X509IssuerSerial><a/></X509IssuerSerial>"),
        "text beside the certificate": data.format(f"{mine}chữ"),
    }
    for name, key_info in contents.items():
        yield _bad("signature-keyinfo", name, "commune", key_info=key_info)
    yield _bad("signature-key-weak", "RSA-1024", "weak")
    yield _bad("signature-key-weak", "P-521", "curve", method=f"{MORE}ecdsa-sha512")


def _wrapped() -> Iterator[Row]:
    genuine = sign(pki()["province"]).decode()
    envelope = ENVELOPE.findall(genuine)[0]
    variants = {
        "the genuine envelope in an attachment": genuine.replace(
            envelope, f"{FORGED}<AttachmentEncoded>{envelope}</AttachmentEncoded>"
        ),
        "the genuine envelope first": genuine.replace(envelope, envelope + FORGED),
        "the genuine envelope last": genuine.replace(envelope, FORGED + envelope),
        "the genuine envelope in the forged header": genuine.replace(
            envelope, FORGED.replace("</edXML:edXMLHeader>", f"{envelope}</edXML:edXMLHeader>")
        ),
        "the genuine package in a forged one": f'<edXML xmlns="{QCVN}">{FORGED}<a>{genuine.partition("?>")[2]}</a></edXML>',
        "another root": f"<a>{genuine.partition('?>')[2]}</a>",
        "the genuine header in the body": genuine.replace(
            "<edXML:edXMLHeader>", "<edXML:edXMLHeader/><edXML:edXMLBody><edXML:edXMLHeader>"
        ).replace("</edXML:edXMLHeader>", "</edXML:edXMLHeader></edXML:edXMLBody>"),
        "a forged header beside the genuine one": genuine.replace(
            "<edXML:edXMLHeader>", "<edXML:edXMLHeader/><edXML:edXMLHeader>"
        ),
        "a forged envelope in another namespace": genuine.replace("</edXML>", "<edXMLEnvelope xmlns='urn:x'/></edXML>"),
        "a layer between root and envelope": genuine.replace(envelope, f"<a>{envelope}</a>"),
    }
    for name, text in variants.items():
        yield "signature-wrapped", name, "province", text.encode(), {}
    signed_twofold = changed("</edXML>", f"{FORGED}</edXML>")
    yield _bad("signature-wrapped", "two envelopes, both signed", document=signed_twofold)
    yield _bad("signature-wrapped", "the package signed in an Object", beside=f"<Object>{genuine.partition('?>')[2]}</Object>")
    for name in ("Id", "ID", "id", "xml:id"):
        document = changed("<edXML:edXMLBody/>", f'<edXML:edXMLBody {name}="trace"/>')
        yield _bad("signature-wrapped", f"a second id as {name}", document=document)
    yield _bad("signature-wrapped", "an id of the signature's", attributes=' Id="trace"')


def _uncovered() -> Iterator[Row]:
    one, two = PARTS
    code, name, who, data, _ = _bad("signature-uncovered", "a part without Reference", parts={one: PARTS[one]})
    yield code, name, who, data, PARTS
    yield "signature-uncovered", "no part has a Reference", who, sign(pki()[who]), {one: b""}
    yield "signature-reference", "a Reference without part", who, data, {}
    yield "signature-reference", "a Reference to another part", who, data, {two: b""}
    part = reference(f"cid:{one}", PARTS[one])
    yield "signature-reference", "the same part twice", who, sign(pki()[who], references="{whole}" + part * 2), PARTS
    yield "signature-reference", "the parts alone", who, sign(pki()[who], references=part), {one: PARTS[one]}
    transforms = f"<Transforms>{_transform(EXCLUSIVE)}</Transforms>"
    yield _bad("signature-transform", "a transform of a part", parts={one: b"<a/>"}, part_transforms=transforms)
    yield _bad("signature-transform", "an empty list for a part", parts={one: b"<a/>"}, part_transforms="<Transforms/>")
    yield "signature-invalid", "a part changed", who, data, {one: b"%PDF-1.8\r\n"}
    _, _, _, both, _ = _bad("", "", parts=PARTS)
    yield "signature-invalid", "two parts exchanged", who, both, {one: PARTS[two], two: PARTS[one]}


def _transform(algorithm: str) -> str:
    return f'<Transform Algorithm="{algorithm}"/>'
