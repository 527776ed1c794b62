"""Certificates that may not sign, or not for this agency, or not now."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from gateway.core import writing
from tests.documents import DEPARTMENT, PROVINCE
from tests.enemy.conftest import Besieged, today
from tests.pki import Member, pki, self_signed
from tests.signer import SLOT, sign


def _document(organ: str, **more: object) -> str:
    text = writing.emit(today("1", sender=organ, **more)).decode()
    return re.sub("(</[^>]*edXMLHeader>)", rf"{SLOT}\1", text)


def _signed(member: Member, organ: str, **choices: object) -> bytes:
    return sign(member, document=_document(organ), **choices)


def _attacks() -> Iterator[tuple[str, str, str, bytes]]:
    """Give name, code, the agency in From and the document."""
    members = pki()
    for name, code in (
        ("expired", "certificate-expired"),
        ("future", "certificate-expired"),
        ("revoked", "certificate-revoked"),
        ("authority", "certificate-unregistered"),
        ("wrong-usage", "certificate-unregistered"),
        ("wrong-purpose", "certificate-unregistered"),
        ("weak", "signature-key-weak"),
    ):
        yield name, code, members[name].organ_id, _signed(members[name], members[name].organ_id)
    yield "another agency's", "certificate-unregistered", PROVINCE, _signed(members["department"], PROVINCE)
    yield "a foreign CA's in the agency's name", "certificate-unregistered", PROVINCE, _signed(members["foreign"], PROVINCE)
    key, certificate = self_signed("province")
    forger = replace(members["province"], key=key, certificate=certificate)
    yield "a self-signed one in the agency's name", "certificate-unregistered", PROVINCE, _signed(forger, PROVINCE)
    chain = (certificate, members.authority("intermediate"), members["department"].certificate)
    fake = _signed(members["department"], PROVINCE, certificates=chain)
    yield "a fake first, the CA's, the signer's own last", "signature-keyinfo", PROVINCE, fake
    shown = (members["province"].certificate,)
    stolen = _signed(members["department"], PROVINCE, certificates=shown)
    yield "the victim's shown, the forger's key used", "signature-invalid", PROVINCE, stolen
    root = (members.authority("root"),)
    yield "the CA's own", "certificate-unregistered", PROVINCE, _signed(members["commune"], PROVINCE, certificates=root)


ATTACKS = {name: (code, organ, data) for name, code, organ, data in _attacks()}


@pytest.mark.parametrize("name", ATTACKS)
async def test_it_is_refused_and_does_no_harm(hub: Besieged, name: str) -> None:
    code, organ, data = ATTACKS[name]
    await hub.refuse(data, code, organ=organ)


async def test_both_certificates_of_an_agency_that_changes_its_key_are_good(hub: Besieged) -> None:
    for number, name in enumerate(("department", "department-next")):
        document = _document(DEPARTMENT).replace("CodeNumber>1<", f"CodeNumber>{number}<")
        await hub.accept(sign(pki()[name], document=document), organ=DEPARTMENT)


async def test_a_certificate_expires_between_two_documents(hub: Besieged) -> None:
    await hub.accept(_signed(pki()["province"], PROVINCE))
    hub.clock.advance(days=1_000)
    status, problem, _ = await hub.post(_signed(pki()["province"], PROVINCE).replace(b"CodeNumber>1<", b"CodeNumber>2<"))
    assert (status, problem["code"]) == (422, "certificate-expired")


async def test_with_a_stale_revocation_list_the_sender_is_told_when_to_come_again(hub: Besieged) -> None:
    hub.clock.advance(days=400)
    before = hub.trace()
    status, problem, headers = await hub.post(_signed(pki()["province"], PROVINCE))
    assert (status, problem["code"]) == (503, "revocation-unknown")
    assert int(headers["Retry-After"]) > 0
    assert hub.trace().rows == before.rows
