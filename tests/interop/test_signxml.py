"""Our verifier against signxml, which never refuses what we accept (but for two defects of its own, named here)."""

import random

import pytest
from lxml import etree
from signxml.algorithms import CanonicalizationMethod
from signxml.signer import XMLSigner

from gateway.core import signing
from tests.oracles import signxml_refusal
from tests.pki import pki
from tests.signature_attacks import refused
from tests.signature_cases import PARTS, Case, accepted, verdict
from tests.signer import DOCUMENT, DS, QCVN, SLOT, sign

DEFECTS = {
    "two parts, one with a DOCTYPE in it": "DTD declarations are not supported",  # it parses attachments as XML
    "text after the signature": "Extra content at the end",  # it copies the signature with the text that follows
}
HEADER = f"{{{QCVN}}}edXMLEnvelope/{{{QCVN}}}edXMLHeader"
UNSIGNED = DOCUMENT.replace(SLOT, "").encode()


@pytest.mark.parametrize("name", [name for name in accepted() if name not in DEFECTS])
def test_signxml_accepts_what_we_accept(name: str) -> None:
    assert (verdict(accepted()[name]), signxml_refusal(accepted()[name])) == (None, None)


@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_of_signxml_is_still_there(name: str) -> None:
    assert DEFECTS[name] in (signxml_refusal(accepted()[name]) or "")


@pytest.mark.parametrize("name", [name for name, case in refused().items() if case.code == "signature-invalid"])
def test_signxml_refuses_what_is_invalid(name: str) -> None:
    assert signxml_refusal(refused()[name]) is not None


@pytest.mark.parametrize("who", ["province", "commune", "ward"])
def test_signxml_accepts_what_we_sign(who: str) -> None:
    member = pki()[who]
    data = signing.sign(UNSIGNED, certificate=member.certificate, key=member.key, parts=PARTS | {"phuluc": b"<a/>"})
    assert signxml_refusal(Case(data=data, code=None, signer=member, parts=PARTS | {"phuluc": b"<a/>"})) is None


@pytest.mark.parametrize("who", ["province", "commune", "ward"])
def test_we_accept_what_signxml_signs(who: str) -> None:
    member = pki()[who]
    root = etree.fromstring(UNSIGNED)
    header = root.find(HEADER)
    assert header is not None
    etree.SubElement(header, f"{{{DS}}}Signature", {"Id": "placeholder"})
    method = "rsa-sha256" if who == "province" else "ecdsa-sha256"
    signer = XMLSigner(signature_algorithm=method, c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0)
    signed = signer.sign(root, key=member.key, cert=[member.certificate])
    assert verdict(Case(data=etree.tostring(signed), code=None, signer=member)) is None


def test_no_changed_byte_is_accepted_by_us_and_refused_by_signxml() -> None:
    member, chance = pki()["commune"], random.Random(2016)  # noqa: S311 - repeatable
    good = sign(member, parts={"vanban": b"x"})
    for _ in range(400):
        at, byte = chance.randrange(len(good)), chance.randrange(32, 127)
        case = Case(data=good[:at] + bytes([byte]) + good[at + 1 :], code=None, signer=member, parts={"vanban": b"x"})
        if verdict(case) is None:
            assert signxml_refusal(case) is None, case.data[at - 20 : at + 20]
