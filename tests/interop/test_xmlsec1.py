"""Our verifier and signer against xmlsec1."""

from pathlib import Path

import pytest

from gateway.core import signing
from gateway.infra.signer_file import FileSigner
from tests.attestations import acceptance
from tests.oracles import xmlsec1, xmlsec1_refusal
from tests.pki import pki
from tests.services import require
from tests.signature_attacks import refused
from tests.signature_cases import PARTS, Case, accepted, verdict
from tests.signer import DOCUMENT, DS, ENC, ENVELOPED, EXCLUSIVE, INCLUSIVE, MORE, SLOT

require("xmlsec1", "apt-get install xmlsec1")

NO_PSS = "rsa-pss"
"""xmlsec1 knows RSA-PSS from version 1.3 on; signxml judges those cases."""
UNSIGNED = DOCUMENT.replace(SLOT, "").encode()
TEMPLATE = (
    f'<Signature xmlns="{DS}"><SignedInfo><CanonicalizationMethod Algorithm="{{c14n}}"/><SignatureMethod Algorithm="{{method}}"/>'
    f'<Reference URI=""><Transforms><Transform Algorithm="{ENVELOPED}"/><Transform Algorithm="{{c14n}}"/></Transforms>'
    f'<DigestMethod Algorithm="{ENC}sha256"/><DigestValue/></Reference></SignedInfo>'
    "<SignatureValue/><KeyInfo><X509Data><X509Certificate/></X509Data></KeyInfo></Signature>"
)


@pytest.mark.parametrize("name", [name for name in accepted() if NO_PSS not in name])
def test_xmlsec1_accepts_what_we_accept(name: str, tmp_path: Path) -> None:
    assert (verdict(accepted()[name]), xmlsec1_refusal(accepted()[name], tmp_path)) == (None, None)


@pytest.mark.parametrize("name", [name for name, case in refused().items() if case.code == "signature-invalid"])
def test_xmlsec1_refuses_what_is_invalid(name: str, tmp_path: Path) -> None:
    assert xmlsec1_refusal(refused()[name], tmp_path) is not None


@pytest.mark.parametrize("who", ["province", "commune", "ward"])
def test_xmlsec1_accepts_what_we_sign(who: str, tmp_path: Path) -> None:
    member = pki()[who]
    data = signing.sign(UNSIGNED, certificate=member.certificate, key=member.key, parts=PARTS)
    assert xmlsec1_refusal(Case(data=data, code=None, signer=member, parts=PARTS), tmp_path) is None


@pytest.mark.parametrize("who", ["province", "commune"])
def test_xmlsec1_finds_the_chain_of_what_we_sign(who: str, tmp_path: Path) -> None:
    member = pki()[who]
    document = tmp_path / "document.edxml"
    document.write_bytes(signing.sign(UNSIGNED, certificate=member.certificate, key=member.key))
    assert _verify_by_chain(document) is None


def test_xmlsec1_verifies_a_receipt_of_the_hub(tmp_path: Path) -> None:
    hub = pki()["hub"].folder
    receipt = tmp_path / "receipt.xml"
    receipt.write_bytes(FileSigner.load(hub / "key.pem", hub / "cert.pem", "Trục liên thông").seal(acceptance()).xml)
    assert _verify_by_chain(receipt) is None


def test_xmlsec1_refuses_a_changed_receipt(tmp_path: Path) -> None:
    hub = pki()["hub"].folder
    receipt = tmp_path / "receipt.xml"
    sealed = FileSigner.load(hub / "key.pem", hub / "cert.pem", "Trục liên thông").seal(acceptance()).xml
    receipt.write_bytes(sealed.replace(b"<fact>accepted", b"<fact>collected"))
    assert _verify_by_chain(receipt) is not None


@pytest.mark.parametrize(("who", "method"), [("province", "rsa-sha256"), ("province", "rsa-sha512"), ("commune", "ecdsa-sha256")])
def test_we_accept_what_xmlsec1_signs(who: str, method: str, tmp_path: Path) -> None:
    assert verdict(Case(data=_sign(who, method, EXCLUSIVE, tmp_path), code=None, signer=pki()[who])) is None


def test_a_valid_signature_in_inclusive_form_is_refused_as_such_and_not_as_invalid(tmp_path: Path) -> None:
    case = Case(data=_sign("province", "rsa-sha256", INCLUSIVE, tmp_path), code=None, signer=pki()["province"])
    assert (xmlsec1_refusal(case, tmp_path), verdict(case)) == (None, "signature-c14n")


def _verify_by_chain(document: Path) -> str | None:
    trust = ("--trusted-pem", pki().ca / "root.pem", "--untrusted-pem", pki().ca / "intermediate.pem")
    return xmlsec1("--verify", "--enabled-key-data", "x509", "--enabled-reference-uris", "empty,same-doc", *trust, document)


def _sign(who: str, method: str, c14n: str, folder: Path) -> bytes:
    template, signed, own = folder / "template.xml", folder / "signed.xml", pki()[who].folder
    template.write_text(DOCUMENT.replace(SLOT, TEMPLATE.format(c14n=c14n, method=MORE + method)), "utf-8")
    complaint = xmlsec1("--sign", "--privkey-pem", f"{own / 'key.pem'},{own / 'cert.pem'}", "--output", signed, template)
    assert complaint is None
    return signed.read_bytes()
