"""`lienthong sign` and `lienthong verify`: what a person is told about a document or a receipt."""

from datetime import timedelta
from pathlib import Path

import pytest

from gateway.core.faults import Misconfigured
from gateway.entry.cli.sign import sign_file
from gateway.entry.cli.verify import verify_file
from gateway.entry.proving import Subject, Validity
from gateway.infra.authority import Authority
from gateway.infra.signer_file import FileSigner
from tests.attestations import AT, acceptance
from tests.pki import pki
from tests.signer import DOCUMENT, SLOT, sign


@pytest.fixture
def document(tmp_path: Path) -> Path:
    unsigned, signed, own = tmp_path / "a.edxml", tmp_path / "b.edxml", pki()["province"].folder
    unsigned.write_text(DOCUMENT.replace(SLOT, ""), "utf-8")
    sign_file(unsigned, own / "key.pem", own / "cert.pem", signed)
    return signed


@pytest.fixture
def receipt(tmp_path: Path) -> Path:
    own, file = pki()["hub"].folder, tmp_path / "receipt.xml"
    file.write_bytes(FileSigner.load(own / "key.pem", own / "cert.pem", "Trục liên thông").seal(acceptance()).xml)
    return file


def _written(folder: Path, data: bytes) -> Path:
    (folder / "c.edxml").write_bytes(data)
    return folder / "c.edxml"


def test_a_signed_document_is_valid_and_its_signer_trusted(document: Path) -> None:
    verdict = verify_file(document, pki().ca)
    assert (verdict.validity, verdict.subject, verdict.trusted) == (Validity.VALID, Subject.DOCUMENT, True)
    assert [name.partition(",")[0] for name in verdict.chain] == [
        "CN=province",
        "CN=Liên thông development intermediate CA",
        "CN=Liên thông development root CA",
    ]


def test_both_languages_say_who_signed(document: Path) -> None:
    lines = verify_file(document, pki().ca).lines
    assert any("CN=province" in line.vi for line in lines)
    assert any("CN=province" in line.en for line in lines)


def test_without_a_ca_the_signer_is_not_called_trusted(document: Path) -> None:
    verdict = verify_file(document)
    assert (verdict.validity, verdict.trusted) == (Validity.VALID, None)
    assert verdict.lines[-1].good is None


def test_a_receipt_of_the_hub_is_valid(receipt: Path) -> None:
    verdict = verify_file(receipt, pki().ca)
    assert (verdict.validity, verdict.subject, verdict.trusted) == (Validity.VALID, Subject.RECEIPT, True)
    assert verdict.at == AT.replace(microsecond=123000)


def test_an_expired_hub_certificate_does_not_undo_old_receipts(receipt: Path, tmp_path: Path) -> None:
    """The certificate has ended since; revocation is still asked of now."""
    folder, later = tmp_path / "ca", pki().at + timedelta(days=900)
    folder.mkdir()
    for file in pki().ca.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    Authority.open(folder).refresh_crls(at=later)
    assert verify_file(receipt, folder, now=later).validity is Validity.VALID


@pytest.mark.parametrize(
    ("who", "code"),
    [("expired", "certificate-expired"), ("revoked", "certificate-revoked"), ("foreign", "certificate-untrusted")],
)
def test_a_certificate_that_may_not_be_used_makes_it_invalid(who: str, code: str, tmp_path: Path) -> None:
    verdict = verify_file(_written(tmp_path, sign(pki()[who])), pki().ca)
    assert (verdict.validity, verdict.code, verdict.trusted) == (Validity.INVALID, code, False)


def test_a_stale_crl_leaves_it_open(document: Path) -> None:
    verdict = verify_file(document, pki().ca, now=pki().at + timedelta(days=366))
    assert (verdict.validity, verdict.code) == (Validity.INDETERMINATE, "revocation-unknown")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("kết nối", "kết  nối", "signature-invalid"),
        ("<SignatureValue>", "<SignatureValue/><SignatureValue>", "signature-profile"),
        ("</edXML>", "", "malformed-xml"),
    ],
)
def test_a_changed_document_is_invalid(old: str, new: str, code: str, document: Path, tmp_path: Path) -> None:
    changed = document.read_text("utf-8").replace(old, new)
    verdict = verify_file(_written(tmp_path, changed.encode()), pki().ca)
    assert (verdict.validity, verdict.code) == (Validity.INVALID, code)
    assert code in verdict.lines[-1].vi


def test_an_unsigned_document_is_invalid(tmp_path: Path) -> None:
    verdict = verify_file(_written(tmp_path, DOCUMENT.replace(SLOT, "").encode()))
    assert (verdict.validity, verdict.code) == (Validity.INVALID, "signature-missing")


def test_a_receipt_of_no_known_shape_is_invalid(tmp_path: Path) -> None:
    document = f'<receipt xmlns="urn:lienthong:receipt:1"><at>hôm qua</at>{SLOT}</receipt>'
    verdict = verify_file(_written(tmp_path, sign(pki()["hub"], document=document)))
    assert (verdict.validity, verdict.code) == (Validity.INVALID, "schema-invalid")


def test_parts_are_verified_from_their_files(tmp_path: Path) -> None:
    part = tmp_path / "vanban.pdf"
    part.write_bytes(b"%PDF")
    file = _written(tmp_path, sign(pki()["commune"], parts={"vanban": b"%PDF"}))
    assert verify_file(file, parts={"vanban": part}).covers == ("vanban",)


def test_parts_that_are_missing_are_asked_for(tmp_path: Path) -> None:
    verdict = verify_file(_written(tmp_path, sign(pki()["commune"], parts={"vanban": b"%PDF"})))
    assert (verdict.validity, verdict.code) == (Validity.INVALID, "attachment-missing")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"none\.edxml"):
        verify_file(tmp_path / "none.edxml")
