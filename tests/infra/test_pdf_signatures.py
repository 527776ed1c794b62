"""Signatures in PDFs: who signed, whether it holds, and whether it holds for all that is there."""

import asyncio
import io
import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from gateway.core.pdf import PdfFacts, PdfSignature
from gateway.infra.key_files import PEM, generate_key, key_pem, write_secret
from gateway.infra.pdf_reader import WorkerPdfReader
from gateway.infra.pdf_signatures import read_signatures
from tests import pdfs
from tests.pki import Member, pki

GONE_WRONG = PdfSignature(certificate_sha256="", signer="", signed_at=None, intact=False, whole=False)


def only(pdf: bytes) -> PdfSignature:
    (signature,) = read_signatures(pdf)
    return signature


def holds(signature: PdfSignature) -> bool:
    return signature.intact and signature.whole


@pytest.mark.parametrize("name", ["province", "department", "commune", "ward"], ids=["rsa2048", "rsa3072", "p256", "p384"])
def test_a_signature_names_its_certificate_and_its_claimed_time(name: str) -> None:
    signature = only(pdfs.signed(pdfs.printed(), pki()[name]))
    certificate = pki()[name].certificate.public_bytes(Encoding.DER)
    assert signature.certificate_sha256 == sha256(certificate).hexdigest()
    assert signature.signer == name
    assert signature.signed_at is not None
    assert abs(signature.signed_at - datetime.now(UTC)) < timedelta(minutes=1)
    assert holds(signature)


def test_who_signs_with_an_expired_certificate_is_told_all_the_same() -> None:
    assert holds(only(pdfs.signed(pdfs.printed(), pki()["expired"])))


def test_both_signatures_of_a_paper_that_was_signed_twice_hold() -> None:
    twice = pdfs.signed(pdfs.signed(pdfs.printed(), pki()["commune"]), pki()["ward"], "Signature2")
    assert [(each.signer, holds(each)) for each in read_signatures(twice)] == [("commune", True), ("ward", True)]


def test_white_space_behind_the_end_is_harmless() -> None:
    assert holds(only(pdfs.signed(pdfs.printed(), pki()["commune"]) + b"\r\n\0"))


def test_the_layout_of_microsoft_word_is_read() -> None:
    assert holds(only(pdfs.signed(pdfs.hybrid(), pki()["commune"])))


def test_an_encrypted_paper_that_asks_for_no_password_is_read() -> None:
    locked = pdfs.locked(pdfs.printed(), to_open="")
    assert holds(only(pdfs.signed(locked, pki()["commune"], password="")))


@pytest.mark.parametrize("added", [b"appended", b"%%EOF", b"\n%%EOF\n", b"x" * 5000])
def test_octets_behind_the_signed_end_make_it_less_than_whole(added: bytes) -> None:
    assert not holds(only(pdfs.signed(pdfs.printed(), pki()["commune"]) + added))


@pytest.mark.parametrize("signatures", [1, 2])
def test_octets_behind_the_end_with_a_new_end_do_not_pass(signatures: int) -> None:
    pdf = pdfs.printed()
    for number in range(signatures):
        pdf = pdfs.signed(pdf, pki()["commune"], f"Signature{number}")
    assert not any(map(holds, read_signatures(pdfs.incremented(pdf, b"appended"))))


def test_octets_behind_a_second_signature_make_both_less_than_whole() -> None:
    twice = pdfs.signed(pdfs.signed(pdfs.printed(), pki()["commune"]), pki()["ward"], "Signature2")
    assert [each.whole for each in read_signatures(twice + b"appended")] == [False, False]


def test_a_page_drawn_over_makes_it_less_than_whole_but_leaves_it_intact() -> None:
    signature = only(pdfs.redrawn(pdfs.signed(pdfs.printed(), pki()["commune"])))
    assert (signature.intact, signature.whole) == (True, False)


def test_signing_again_does_not_heal_a_page_drawn_over() -> None:
    forged = pdfs.redrawn(pdfs.signed(pdfs.printed(), pki()["commune"]))
    again = read_signatures(pdfs.signed(forged, pki()["foreign"], "Signature2"))
    assert [(each.signer, holds(each)) for each in again] == [("commune", False), ("foreign", True)]


def test_no_octet_that_is_signed_can_be_changed() -> None:
    pdf = pdfs.signed(pdfs.printed(), pki()["commune"])
    signed = [
        place for place in range(len(pdf)) if not pdf.index(b"/Contents <") <= place < pdf.index(b">", pdf.index(b"/Contents <"))
    ]
    for place in signed[:: len(signed) // 60]:
        changed = bytearray(pdf)
        changed[place] ^= 1
        assert not any(map(holds, read_signatures(bytes(changed)))), place


@pytest.mark.parametrize("shift", [-20, 20], ids=["the end", "more than the signature"])
def test_a_signer_who_leaves_something_out_has_not_signed_the_whole(shift: int) -> None:
    """As many octets as the file has but the signature's own, yet shifted."""
    pdf, signer = pdfs.signed(pdfs.printed(), pki()["commune"]), pki()["commune"]
    start, before, resumed, after = map(int, re.findall(rb"\d+", re.findall(rb"/ByteRange \[([^]]*)", pdf)[0]))
    pdf = pdf.replace(b" %d %d %d" % (before, resumed, after), b" %d %d %d" % (before, resumed + shift, after))
    octets = pdf[start:before] + pdf[resumed + shift : resumed + shift + after]
    builder = pkcs7.PKCS7SignatureBuilder(octets).add_signer(signer.certificate, signer.key, hashes.SHA256())
    cms = builder.sign(Encoding.DER, [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary]).hex().encode()
    signature = only(pdf[: before + 1] + cms.ljust(resumed - before - 2, b"0") + pdf[resumed - 1 :])
    assert not holds(signature)


def test_a_signature_that_cannot_be_read_is_broken_and_not_absent() -> None:
    pdf = pdfs.signed(pdfs.printed(), pki()["commune"])
    start = pdf.index(b"/Contents <") + len(b"/Contents <")
    assert read_signatures(pdf[:start] + b"00" * 500 + pdf[start + 1000 :]) == (GONE_WRONG,)


def test_a_signed_paper_whose_structure_is_lost_shows_a_broken_signature() -> None:
    assert read_signatures(pdfs.signed(pdfs.printed(), pki()["commune"])[:-40]) == (GONE_WRONG,)


def test_a_certificate_of_another_does_not_pass_for_the_signers(tmp_path: Path) -> None:
    for member, part in ((pki()["commune"], "cert.pem"), (pki()["ward"], "key.pem")):
        (tmp_path / part).write_bytes((member.folder / part).read_bytes())
    assert not holds(only(pdfs.signed(pdfs.printed(), replace(pki()["commune"], folder=tmp_path))))


async def test_workers_tell_signatures_where_they_are_asked_for() -> None:
    signed, unsigned = pdfs.signed(pdfs.printed(2), pki()["commune"]), pdfs.printed(2)
    reader = WorkerPdfReader(workers=1)
    try:
        asked = await reader.examine(io.BytesIO(signed), len(signed), signatures=True)
        assert asked == PdfFacts(pages=2, has_text=True, signatures=read_signatures(signed))
        assert (await reader.examine(io.BytesIO(unsigned), len(unsigned), signatures=True)).signatures == ()
        assert (await reader.examine(io.BytesIO(signed), len(signed), signatures=False)).signatures is None
    finally:
        await reader.close()


async def test_nothing_that_a_pdf_or_its_certificate_names_is_fetched(tmp_path: Path) -> None:
    connections = 0

    def count(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        writer.close()

    server = await asyncio.start_server(count, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    pdf = pdfs.signed(pdfs.linked(url), _who_names(url, tmp_path))
    reader = WorkerPdfReader()
    async with server:
        facts = await reader.examine(io.BytesIO(pdf), len(pdf), signatures=True)
        await reader.close()
        await asyncio.sleep(0.05)
        assert connections == 0
        _, writer = await asyncio.open_connection("127.0.0.1", server.sockets[0].getsockname()[1])
        writer.close()
        await asyncio.sleep(0.05)
        assert connections == 1, "the listener counts"
    assert facts.signatures is not None
    assert [each.signer for each in facts.signatures] == ["who names"]


def test_no_part_of_pyhanko_that_needs_oscrypto_is_loaded(tmp_path: Path) -> None:
    """It cannot tell the versions of newer OpenSSLs, and would fail on them."""
    (tmp_path / "signed.pdf").write_bytes(pdfs.signed(pdfs.printed(), pki()["commune"]))
    program = """
import sys, pathlib
from gateway.infra.pdf_signatures import read_signatures
assert read_signatures(pathlib.Path(sys.argv[1]).read_bytes())[0].intact
print([name for name in sys.modules if name.startswith("oscrypto")])
"""
    ran = subprocess.run([sys.executable, "-c", program, tmp_path / "signed.pdf"], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"


def _who_names(url: str, folder: Path) -> Member:
    """Make a signer whose certificate says where its issuer, its revocation list and its responder are."""
    key, named = generate_key("p256"), [x509.UniformResourceIdentifier(url)]
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "who names")])
    access = [x509.AuthorityInformationAccessOID.CA_ISSUERS, x509.AuthorityInformationAccessOID.OCSP]
    builder = (
        x509.CertificateBuilder(subject, subject, key.public_key(), 1)
        .not_valid_before(pki().at)
        .not_valid_after(pki().at + timedelta(days=1))
        .add_extension(x509.AuthorityInformationAccess([x509.AccessDescription(way, named[0]) for way in access]), critical=False)
        .add_extension(x509.CRLDistributionPoints([x509.DistributionPoint(named, None, None, None)]), critical=False)
    )
    certificate = builder.sign(key, hashes.SHA256())
    write_secret(folder / "key.pem", key_pem(key))
    (folder / "cert.pem").write_bytes(certificate.public_bytes(PEM))
    return Member(name="who names", organ_id="", key=key, certificate=certificate, folder=folder)
