"""Receipts: canonical, valid by their schema, derived ids, and true to the fact."""

from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from gateway.core import receipts, signature, signing, xmlsafe
from gateway.core.model import StatusCode
from gateway.core.receipts import Attestation
from gateway.sdk.shipped import shipped
from tests.attestations import acceptance, collection, status
from tests.pki import pki

FACTS = {"accepted": acceptance(), "collected": collection(), "status": status()}
HUB = 'Trục liên thông <&> "tỉnh"'


def _sealed(attestation: Attestation) -> bytes:
    drafted = receipts.draft(attestation, hub=HUB, receipt_id=receipts.receipt_id(attestation))
    return signing.sign_last_child(drafted, certificate=pki()["hub"].certificate, key=pki()["hub"].key)


def _read(attestation: Attestation, path: str) -> list[str | None]:
    steps = "/".join(f"{{{receipts.NAMESPACE}}}{step}" for step in path.split("/"))
    return [element.text for element in xmlsafe.parse(_sealed(attestation)).findall(steps)]


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    file: Path = shipped("schemas") / "receipts" / "receipt.xsd"
    return etree.XMLSchema(file=str(file))


@pytest.mark.parametrize("fact", FACTS)
def test_a_receipt_follows_its_schema(fact: str, schema: etree.XMLSchema) -> None:
    schema.assertValid(etree.fromstring(_sealed(FACTS[fact])))


def test_an_unsigned_receipt_does_not_follow_the_schema(schema: etree.XMLSchema) -> None:
    assert not schema.validate(etree.fromstring(receipts.draft(acceptance(), hub=HUB, receipt_id="0" * 32)))


@pytest.mark.parametrize("fact", FACTS)
def test_a_draft_is_in_canonical_form(fact: str) -> None:
    drafted = receipts.draft(FACTS[fact], hub=HUB + "\t\r\n", receipt_id="0" * 32)
    assert etree.tostring(etree.fromstring(drafted), method="c14n", exclusive=True) == drafted


@pytest.mark.parametrize("fact", FACTS)
def test_a_receipt_is_proved_by_the_hub_certificate(fact: str) -> None:
    root = xmlsafe.parse(_sealed(FACTS[fact]))
    claim = signature.examine_receipt(root)
    assert claim is not None
    assert signature.verify(root, claim, pki()["hub"].certificate).root.findtext("{*}fact") == fact


def test_characters_that_xml_cannot_hold_are_replaced() -> None:
    assert _read(status("a\x00b\x1b\ud800\uffffc]]>"), "status/description") == ["a\ufffdb\ufffd\ufffd\ufffdc]]>"]


def test_an_acceptance_names_every_receiver_and_part() -> None:
    assert _read(acceptance(), "receivers/receiver") == ["H56.40.02", "H56.01.07"]
    assert _read(acceptance(), "document/attachment/sha256") == ["c" * 64]


def test_times_are_those_of_vietnam() -> None:
    assert _read(acceptance(), "at") == ["2026-11-23T08:30:15.123+07:00"]


def test_a_status_says_what_was_reported() -> None:
    said = [*_read(status(), "status/code"), *_read(status(), "status/reporter"), *_read(status(), "status/description")]
    assert said == ["03", "H56.40.02", "Đã tiếp nhận"]


def test_the_same_fact_has_the_same_id_at_any_time() -> None:
    later = replace(collection(), at=collection().at.replace(year=2030))
    assert receipts.receipt_id(collection()) == receipts.receipt_id(later)


def test_different_facts_have_different_ids() -> None:
    facts = (*FACTS.values(), status("khác"), status(code=StatusCode.ASSIGNED), acceptance(id="f" * 32))
    assert len({receipts.receipt_id(fact) for fact in facts}) == len(facts)
