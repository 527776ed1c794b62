"""What lies in a package of evidence: the record, the chain of events, the certificates, and what a stranger is told."""

import hashlib
import json
from dataclasses import replace

import pytest
from cryptography import x509

from gateway.core import evidence, signature, signing
from gateway.core.evidence import Signers
from gateway.core.evidence_guide import COMMAND, guide
from gateway.core.faults import Rejected
from gateway.core.findings import finding
from gateway.core.trust import TrustStore
from tests.evidences import HUB, accepted, files, matter, signers
from tests.pki import pki


def test_the_same_state_gives_the_same_octets() -> None:
    own = matter()
    assert files(own) == files(own)


def test_each_event_carries_the_digest_of_the_line_before() -> None:
    lines = evidence.chained(matter().events).splitlines(keepends=True)
    before = [evidence.NO_EVENT, *(hashlib.sha256(line).hexdigest() for line in lines)]
    assert [json.loads(line)["previous"] for line in lines] == before[:-1]
    assert before[-1] == evidence.end_of_chain(b"".join(lines))


def test_no_events_have_an_end_too() -> None:
    assert evidence.end_of_chain(b"") == evidence.NO_EVENT


def test_half_a_character_in_an_event_does_not_break_the_package() -> None:
    broken = replace(matter().events[0], data={"description": "a\ud800\n\u2028b"})
    (line,) = evidence.chained([broken]).split(b"\n")[:-1]
    assert json.loads(line)["data"] == {"description": "a?\n\u2028b"}


def test_the_record_tells_how_the_sender_was_trusted() -> None:
    channel = matter(accepted(findings=(finding("unsigned-envelope", "edXMLHeader"),)))
    assert json.loads(evidence.record(channel))["document"]["trust"] == "channel"


def test_every_certificate_lies_beside_the_ones_above_it_and_their_lists() -> None:
    made = evidence.certificate_files(signers(), pki().store)
    names = ("sender.pem", "hub.pem", "ca-1.pem", "ca-1.crl", "root-1.pem", "root-1.crl")
    assert list(made) == [f"{evidence.CERTIFICATES}/{name}" for name in names]
    assert x509.load_pem_x509_certificate(made[evidence.SENDER]) == pki()["province"].certificate


def test_a_store_that_knows_nobody_leaves_what_was_shown() -> None:
    shown = (pki()["province"].certificate, pki().authority("intermediate"))
    made = evidence.certificate_files(Signers(sender=shown, hubs=((pki()["hub"].certificate,),)), TrustStore.of(()))
    assert list(made) == [f"{evidence.CERTIFICATES}/{name}" for name in ("sender.pem", "hub.pem", "ca-1.pem")]


def test_nothing_that_a_sender_wrote_stands_in_what_is_copied_into_a_shell() -> None:
    evil = "x';\n    rm -rf ~;\u202e"
    parts = tuple(replace(each, content_id=evil, name=evil) for each in accepted().attachments)
    own = matter(accepted(subject=evil, number=evil, notation=evil, document_id=evil, attachments=parts))
    told = guide(replace(own, hub=f"{HUB}\n    rm"), signers(), evidence.certificate_files(signers(), pki().store)).decode()
    assert not [line for line in told.splitlines() if "rm -rf" in line or line.startswith(f"{COMMAND}rm")]
    assert "\u202e" not in told


@pytest.mark.parametrize("who", ["hub", "province", "ward"])
def test_octets_are_signed_the_same_each_time_and_proved(who: str) -> None:
    member = pki()[who]
    value = signing.sign_octets(b"abc", member.key)
    assert value == signing.sign_octets(b"abc", member.key)
    signature.prove_octets(b"abc", value, member.certificate)


@pytest.mark.parametrize(("octets", "who"), [(b"abd", "hub"), (b"abc", "commune"), (b"abc", "province")])
def test_octets_that_somebody_else_signed_or_that_are_others_are_not_proved(octets: bytes, who: str) -> None:
    value = signing.sign_octets(b"abc", pki()["hub"].key)
    with pytest.raises(Rejected, match="signature-invalid"):
        signature.prove_octets(octets, value, pki()[who].certificate)
