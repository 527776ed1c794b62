"""Signatures in PDFs: the directory says whose a certificate is; dates and revocation are looked at like those of envelopes."""

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.core.intake import Intake
from gateway.core.model import Trust
from gateway.core.pdf import PdfFacts, PdfSignature
from gateway.core.policy.signatures import signed_by
from tests.documents import attachment, document
from tests.judging import NOW, judge, rules
from tests.pki import pki


def signature(who: str = "province", **fields: object) -> PdfSignature:
    certificate = pki()[who].certificate
    made = PdfSignature(
        certificate_sha256=hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest(),
        signer="UBND tỉnh (mẫu)",
        signed_at=NOW,
        intact=True,
        whole=True,
    )
    return replace(made, **fields)  # type: ignore[arg-type]  # the tests name fields of PdfSignature


def found(*signatures: PdfSignature, store: str = "fresh", later: timedelta = timedelta()) -> bool:
    return signed_by(pki().agency("province"), signatures, pki().stores[store], pki().at + later) is not None


def test_a_whole_signature_of_a_registered_certificate_proves_the_agency() -> None:
    assert found(signature())


@pytest.mark.parametrize("broken", [{"intact": False}, {"whole": False}, {"certificate_sha256": "0" * 64}])
def test_a_signature_that_is_broken_or_of_somebody_else_proves_nothing(broken: dict[str, object]) -> None:
    assert not found(signature(**broken))


def test_one_good_signature_among_others_is_enough() -> None:
    assert found(signature(intact=False), signature())


def test_a_certificate_out_of_date_proves_nothing() -> None:
    assert not found(signature(), later=timedelta(days=20_000))


def test_where_revocation_is_not_known_nothing_is_proven() -> None:
    assert not found(signature(), store="stale")


def judged(*signatures: PdfSignature) -> Intake:
    province = replace(pki().agency("province"), trust=Trust.CHANNEL)
    package = document(attachments=(attachment(),), promulgation_date=pki().at.date(), document_id="u")
    pdfs = {"a1": PdfFacts(pages=1, has_text=True, signatures=signatures)}
    return judge(package, by=rules(agencies=(province,)), pdfs=pdfs, now=pki().at)


def test_a_channel_agency_s_signed_pdf_is_said_to_be_signed() -> None:
    told = {each.code: each.message for each in judged(signature()).document.findings}
    assert "pdf-signature-missing" not in told and "UBND tỉnh (mẫu)" in told["pdf-signed"]


def test_a_channel_agency_s_unsigned_pdf_is_said_to_be_unsigned() -> None:
    told = {each.code for each in judged().document.findings}
    assert "pdf-signature-missing" in told and "pdf-signed" not in told
