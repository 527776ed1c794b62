"""The whole decision, pure: who sends, how he is trusted, and what is told."""

import hashlib
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from gateway.core import intake, writing
from gateway.core.directory import Agency, Directory, System, Systems
from gateway.core.faults import Rejected, Transient
from gateway.core.intake import Intake, Upload
from gateway.core.model import VIETNAM, OrganId, SystemId, Trust
from gateway.core.rules import Rules
from tests.documents import COMMUNE, DEPARTMENT, PROVINCE, document
from tests.edxml import schema
from tests.pki import pki
from tests.signer import DS, SLOT, sign

CALLER = System(id=SystemId("s"), organs=frozenset({OrganId(PROVINCE), OrganId("000.00.99.H56")}))
NOW = pki().at.astimezone(VIETNAM)
TOMORROW = NOW.date() + timedelta(days=1)


def package(**more: Any) -> str:
    """An edXML document with a place for the signature."""
    made = document(to=(DEPARTMENT, COMMUNE), promulgation_date=NOW.date(), **more)
    return writing.emit(made).decode().replace("</edXML:edXMLHeader>", f"{SLOT}</edXML:edXMLHeader>")


def decide(data: bytes, *, store: str = "fresh", **sender: Any) -> Intake:
    """Judge with a directory in which fields of the sender are replaced."""
    province = replace(pki().agency("province"), **sender)
    others = (Agency(id=OrganId(organ), name=organ) for organ in (DEPARTMENT, COMMUNE))
    rules = Rules(directory=Directory.of((province, *others)), systems=Systems.of(()), trust=pki().stores[store], schema=schema())
    return intake.take_in(Upload(envelope=data, sha256=hashlib.sha256(data).hexdigest()), rules, CALLER, NOW)


def refusal(data: bytes, **more: Any) -> str:
    with pytest.raises((Rejected, Transient)) as caught:
        decide(data, **more)
    return caught.value.code


def findings(data: bytes, **more: Any) -> set[str]:
    return {finding.code for finding in decide(data, **more).document.findings}


def signed(**choices: Any) -> bytes:
    return sign(pki()["province"], document=package(), **choices)


def sha1() -> bytes:
    return signed(method=f"{DS}rsa-sha1", digest=f"{DS}sha1")


def test_a_signed_document_in_canonical_form_has_no_finding() -> None:
    assert findings(signed()) == set()


def test_a_sender_that_the_directory_does_not_know_is_refused() -> None:
    assert refusal(package(sender="000.00.99.H56").replace(SLOT, "").encode()) == "sender-unknown"


def test_a_locked_sender_is_refused() -> None:
    assert refusal(signed(), locked="đang chuyển hệ thống") == "sender-locked"


def test_a_dissolved_sender_is_refused() -> None:
    assert refusal(signed(), valid_to=NOW.date()) == "sender-dissolved"


def test_trust_that_cannot_be_decided_now_is_no_refusal() -> None:
    with pytest.raises(Transient):
        decide(signed(), store="stale")


def test_sha1_is_refused_by_default() -> None:
    assert refusal(sha1()) == "signature-algorithm"


def test_sha1_is_tolerated_with_a_finding_until_its_date() -> None:
    assert findings(sha1(), trust=Trust.LEGACY, trust_until=NOW.date()) == {"legacy-signature"}


def test_sha1_is_refused_again_after_its_date() -> None:
    assert refusal(sha1(), trust=Trust.LEGACY, trust_until=NOW.date() - timedelta(days=1)) == "signature-algorithm"


def test_an_unsigned_document_of_a_channel_agency_is_taken_with_a_finding() -> None:
    unsigned = package().replace(SLOT, "").encode()
    assert findings(unsigned, trust=Trust.CHANNEL, trust_until=TOMORROW) == {"unsigned-envelope"}


def test_a_signature_that_nobody_checks_is_said_to_be_ignored() -> None:
    assert findings(signed(), trust=Trust.CHANNEL, trust_until=TOMORROW) == {"unsigned-envelope", "signature-ignored"}


def test_a_channel_exception_ends_with_its_date() -> None:
    unsigned = package().replace(SLOT, "").encode()
    assert refusal(unsigned, trust=Trust.CHANNEL, trust_until=date(2026, 1, 1)) == "signature-missing"


def test_problems_of_content_and_signature_are_told_together() -> None:
    broken = package(subject="x" * 501).replace(SLOT, "").encode()
    with pytest.raises(Rejected) as caught:
        decide(broken)
    assert {problem.code for problem in caught.value.problems} == {"R.MessageHeader.Subject", "signature-missing"}


def test_ids_are_derived_so_that_a_repeat_finds_the_same() -> None:
    one, two = decide(signed()), decide(signed())
    assert (one.document.id, [each.id for each in one.deliveries]) == (two.document.id, [each.id for each in two.deliveries])
