"""Signatures of the profile lt-1: what is accepted, what is refused and with which code, and what is read afterwards."""

import ast
import time
from dataclasses import replace
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from cryptography import x509
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from gateway.core import signature, xmlsafe
from gateway.core.faults import Rejected
from gateway.core.signature import Claim
from tests.pki import pki
from tests.signature_attacks import refused
from tests.signature_cases import PARTS, accepted, changed, verdict
from tests.signer import DOCUMENT, DS, QCVN, SLOT, base64_of, sign

GATEWAY = Path(__file__).resolve().parents[2] / "gateway"


def _examined(data: bytes, **more: object) -> tuple[etree._Element, Claim]:
    root = xmlsafe.parse(data)
    claim = signature.examine(root, **more)
    assert claim is not None
    return root, claim


def _refusal(root: etree._Element) -> Rejected:
    with pytest.raises(Rejected) as caught:
        signature.examine(root)
    return caught.value


@pytest.mark.parametrize("name", accepted())
def test_a_good_document_is_accepted(name: str) -> None:
    assert verdict(accepted()[name]) is None


@pytest.mark.parametrize("name", refused())
def test_an_attack_is_refused_with_its_code(name: str) -> None:
    assert verdict(refused()[name]) == refused()[name].code


def test_a_document_without_signature_makes_no_claim() -> None:
    assert signature.examine(xmlsafe.parse(DOCUMENT.replace(SLOT, "").encode())) is None


def test_a_decorative_signature_is_none() -> None:
    fake = DOCUMENT.replace(SLOT, "<Signature><SignedInfo/></Signature>")
    assert signature.examine(xmlsafe.parse(fake.encode())) is None


@pytest.mark.parametrize("construct", ["<!-- a -->", "<?a b?>"])
@pytest.mark.parametrize("before", ["<edXML:edXMLBody/>", "<SignedInfo>", "<edXML:OrganId>H56"])
def test_what_canonicalisation_drops_is_refused(construct: str, before: str) -> None:
    text = sign(pki()["province"]).decode()
    assert before in text
    assert _refusal(etree.fromstring(text.replace(before, construct + before).encode())).code == "forbidden-construct"


@pytest.mark.parametrize("place", ["<?a b?>{}", "{}<?a b?>"])
def test_an_instruction_outside_the_root_is_refused(place: str) -> None:
    text = sign(pki()["province"], document=DOCUMENT.partition("\n")[2]).decode()
    assert _refusal(etree.fromstring(place.format(text).encode())).code == "forbidden-construct"


def test_a_refusal_names_the_place() -> None:
    fault = _refusal(etree.fromstring(refused()["signature-c14n: inclusive SignedInfo"].data))
    assert fault.path == "edXML/edXMLEnvelope/edXMLHeader/Signature/SignedInfo/CanonicalizationMethod"
    assert fault.line == 11


def test_a_refusal_repeats_only_the_beginning_of_what_was_sent() -> None:
    fault = _refusal(etree.fromstring(sign(pki()["province"], method=f"urn:sha256#sha256{'x' * 5000}")))
    assert fault.code == "signature-algorithm"
    assert len(fault.detail) < 200


def test_legacy_trust_lets_sha1_through_and_says_so() -> None:
    data = sign(pki()["province"], method=f"{DS}rsa-sha1", digest=f"{DS}sha1")
    root, claim = _examined(data, legacy=True)
    assert claim.legacy
    assert signature.verify(root, claim, pki()["province"].certificate).covers == frozenset()


def test_legacy_trust_lets_nothing_else_through() -> None:
    other = {name for name in refused() if not name.endswith((": rsa-sha1", ": a SHA-1 digest"))}
    lax = set()
    for name in other:
        case = refused()[name]
        try:
            root, claim = _examined(case.data, parts=case.parts, legacy=True)
            signature.verify(root, claim, case.signer.certificate, digest_part=case.digest_part)
            lax.add(name)
        except Rejected:
            continue
    assert lax == set()


def test_a_modern_signature_is_not_called_legacy() -> None:
    assert not _examined(sign(pki()["province"]), legacy=True)[1].legacy


def test_the_claim_carries_the_leaf_and_the_chain() -> None:
    leaf, ca = pki()["commune"].certificate, pki().authority("intermediate")
    claim = _examined(sign(pki()["commune"], certificates=(leaf, ca)))[1]
    assert [x509.load_der_x509_certificate(der) for der in (claim.leaf, *claim.chain)] == [leaf, ca]


def test_what_is_read_is_parsed_from_the_signed_bytes() -> None:
    root, claim = _examined(sign(pki()["province"]))
    verified = signature.verify(root, claim, pki()["province"].certificate)
    assert verified.root is not root
    assert verified.root.findtext(f".//{{{QCVN}}}Subject") == "V/v kết nối, chia sẻ dữ liệu"
    assert verified.root.find(f".//{{{DS}}}Signature") is None


def test_text_around_the_signature_is_kept() -> None:
    root, claim = _examined(sign(pki()["province"], document=changed(f"{SLOT}\n", f"trước {SLOT} sau")))
    verified = signature.verify(root, claim, pki()["province"].certificate)
    assert "trước  sau" in etree.tostring(verified.root, encoding="unicode")


@pytest.mark.parametrize("prefix", ["", "ds"])
def test_verification_leaves_the_tree_alone(prefix: str) -> None:
    data = sign(pki()["province"], prefix=prefix, document=changed("<edXML ", f'<edXML xmlns:ds="{DS}" '))
    root, claim = _examined(data)
    before = etree.tostring(root)
    signature.verify(root, claim, pki()["province"].certificate)
    assert etree.tostring(root) == before


def test_only_the_certificate_given_counts() -> None:
    """The thief signs with his own key and shows the victim's certificate; then the other way round."""
    thief, victim = pki()["commune"], pki()["ward"]
    stolen = sign(thief, certificates=(victim.certificate,))
    for data, pinned in ((stolen, victim.certificate), (sign(thief), victim.certificate)):
        root, claim = _examined(data)
        with pytest.raises(Rejected, match="signature-invalid"):
            signature.verify(root, claim, pinned)


def test_a_part_without_its_octets_is_not_covered() -> None:
    root, claim = _examined(sign(pki()["province"], parts=PARTS), parts=PARTS)
    with pytest.raises(Rejected, match="signature-uncovered"):
        signature.verify(root, claim, pki()["province"].certificate)


def test_a_signature_in_der_is_refused() -> None:
    data = sign(pki()["commune"])
    root, claim = _examined(data)
    der = replace(claim, value=b"\x30\x06\x02\x01\x01\x02\x01\x01")
    with pytest.raises(Rejected, match="signature-invalid"):
        signature.verify(root, der, pki()["commune"].certificate)


def test_a_tree_that_cannot_be_canonicalised_is_refused() -> None:
    root, claim = _examined(sign(pki()["province"], document=DOCUMENT))
    root.append(etree.fromstring('<a xmlns="relative/uri"/>', etree.XMLParser(recover=True)))
    with pytest.raises(Rejected, match="signature-c14n"):
        signature.verify(root, claim, pki()["province"].certificate)


def test_a_thousand_references_and_namespaces_cost_no_time() -> None:
    names = " ".join(f'xmlns:n{number}="urn:{number}"' for number in range(2000))
    bomb = etree.fromstring(sign(pki()["province"], document=changed("<edXML ", f"<edXML {names} "), references="{whole}" * 1000))
    began = time.process_time()
    assert _refusal(bomb).code == "signature-reference"
    assert time.process_time() - began < 0.1


def test_no_broken_certificate_is_more_than_refused() -> None:
    text = base64_of(pki()["commune"].certificate)
    for at in range(0, len(text) - 4, 3):
        broken = f"{text[:at]}{'A' if text[at] != 'A' else 'B'}{text[at + 1 :]}"
        data = sign(pki()["commune"], key_info=f"<X509Data><X509Certificate>{broken}</X509Certificate></X509Data>", value="AAAA")
        try:
            signature.examine(etree.fromstring(data))
        except Rejected as refusal:
            assert refusal.code in {"signature-keyinfo", "signature-algorithm", "signature-key-weak"}


NAMES = st.sampled_from(["a", "Signature", "x:b", "edXML:Signature", "edXML:To", "ds:SignatureValue"])
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")) | st.sampled_from("\t\n\r<>&\"']]>"), max_size=8)
TREES = st.recursive(
    st.tuples(NAMES, TEXTS, st.just(())), lambda inner: st.tuples(NAMES, TEXTS, st.lists(inner, max_size=3)), max_leaves=6
)


def _written(tree: tuple[str, str, list[object]]) -> str:
    name, text, inside = tree
    escaped = escape(text, {"\r": "&#13;", '"': "&quot;"})
    start = f'<{name} xmlns:x="urn:x" xmlns:ds="urn:not-ds" xmlns:edXML="urn:e" k="{escaped}">'
    return f"{start}{escaped}{''.join(map(_written, inside))}</{name}>{escaped}"


@given(before=TREES, after=TREES, behind=TREES)
@settings(max_examples=150, deadline=None, derandomize=True)
def test_the_signature_is_cut_out_of_the_canonical_form_exactly(before: object, after: object, behind: object) -> None:
    document = changed("<edXML:edXMLBody/>", f"<edXML:edXMLBody>{_written(after)}</edXML:edXMLBody>")
    document = document.replace("</edXML>", f"{_written(behind)}</edXML>").replace(SLOT, f"{_written(before)}{SLOT}")
    root, claim = _examined(sign(pki()["commune"], document=document, digested=DOCUMENT))
    blank = etree.fromstring(document.replace(SLOT, "").encode())
    assert signature._canonical_without(root, claim.element) == etree.tostring(blank, method="c14n", exclusive=True)


def test_only_verify_makes_a_verified() -> None:
    makers = [
        (file.relative_to(GATEWAY).as_posix(), function.name)
        for file in GATEWAY.rglob("*.py")
        for function in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for call in ast.walk(function)
        if isinstance(call, ast.Call) and ast.unparse(call.func).rpartition(".")[2] == "Verified"
    ]
    assert makers == [("core/signature.py", "verify")]
