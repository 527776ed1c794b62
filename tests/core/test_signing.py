"""Signing: the signature is put in, and nothing else is touched."""

import re

import pytest

from gateway.core import signature, signing, xmlsafe
from gateway.core.faults import Rejected
from tests.pki import pki
from tests.signature_cases import PARTS, Case, accepted, verdict
from tests.signer import DOCUMENT, QCVN, SLOT, sign

UNSIGNED = DOCUMENT.replace(SLOT, "").encode()
SIGNATURE = re.compile(rb'<Signature xmlns="http://www.w3.org/2000/09/xmldsig#">.*</Signature>')


def _signed(data: bytes = UNSIGNED, who: str = "commune", **more: object) -> bytes:
    return signing.sign(data, certificate=pki()[who].certificate, key=pki()[who].key, **more)


@pytest.mark.parametrize("who", ["province", "department", "commune", "ward"])
def test_what_is_signed_is_accepted(who: str) -> None:
    assert verdict(Case(data=_signed(who=who), code=None, signer=pki()[who])) is None


def test_parts_are_signed_too() -> None:
    assert verdict(Case(data=_signed(parts=PARTS), code=None, signer=pki()["commune"], parts=PARTS)) is None


def test_a_content_id_may_hold_any_character() -> None:
    parts = {"a&b <\"c'>": b"x"}
    assert verdict(Case(data=_signed(parts=parts), code=None, signer=pki()["commune"], parts=parts)) is None


@pytest.mark.parametrize("name", [name for name in accepted() if "Signature" not in name and "part" not in name])
def test_every_other_byte_stays(name: str) -> None:
    """Take the signature of any good document out, and sign it again."""
    blank = re.sub(rb"<([\w-]+:)?Signature [^>]*xmldsig#.*?</([\w-]+:)?Signature>", b"", accepted()[name].data, flags=re.DOTALL)
    signed = _signed(blank)
    assert SIGNATURE.sub(b"", signed) == blank
    assert verdict(Case(data=signed, code=None, signer=pki()["commune"])) is None


def test_the_signature_stands_right_before_the_end_of_the_header() -> None:
    assert b"</Signature></edXML:edXMLHeader>" in _signed()


def test_a_header_in_a_comment_or_in_text_is_not_taken_for_the_header() -> None:
    data = UNSIGNED.replace("kết nối".encode(), b"<![CDATA[</edXML:edXMLHeader>]]>")
    assert verdict(Case(data=_signed(data), code=None, signer=pki()["commune"])) is None


def test_a_signed_document_is_not_signed_again() -> None:
    with pytest.raises(Rejected, match="signature-multiple"):
        _signed(sign(pki()["province"]))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"<edXML/>", "signature-wrapped"),
        (f'<edXML xmlns="{QCVN}"><edXMLEnvelope><edXMLHeader/></edXMLEnvelope></edXML>'.encode(), "schema-invalid"),
        (b"<edXML>", "malformed-xml"),
    ],
)
def test_what_is_no_package_is_not_signed(data: bytes, code: str) -> None:
    with pytest.raises(Rejected) as caught:
        _signed(data)
    assert caught.value.code == code


@pytest.mark.parametrize("who", ["weak", "curve"])
def test_a_weak_key_does_not_sign(who: str) -> None:
    with pytest.raises(Rejected, match="signature-key-weak"):
        _signed(who=who)


def test_a_canonical_document_is_signed_at_its_end() -> None:
    canonical = f'<receipt xmlns="urn:x"><a>{"x" * 9}</a></receipt>'.encode()
    signed = signing.sign_last_child(canonical, certificate=pki()["hub"].certificate, key=pki()["hub"].key)
    root = xmlsafe.parse(signed)
    claim = signature.examine_receipt(root)
    assert claim is not None
    assert signature.verify(root, claim, pki()["hub"].certificate).root[0].text == "x" * 9
    assert SIGNATURE.sub(b"", signed) == canonical
