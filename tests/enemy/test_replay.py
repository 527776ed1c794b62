"""What was captured, and is sent again by whoever captured it."""

from typing import Any

from tests.documents import COMMUNE, DEPARTMENT, PDF, PROVINCE, attachment
from tests.enemy.conftest import Besieged, today
from tests.signer import DS


async def test_the_very_same_bytes_get_the_very_same_answer(hub: Besieged) -> None:
    data = hub[PROVINCE].sign(today("1"))
    first = await hub.accept(data)
    before = hub.trace()
    status, again, _ = await hub.post(data)
    assert (status, again) == (200, first)
    assert hub.trace() == before


async def test_a_captured_document_is_refused_from_another_system(hub: Besieged) -> None:
    data = hub[PROVINCE].sign(today("1", to=(DEPARTMENT, COMMUNE)))
    await hub.accept(data)
    await hub.refuse(data, "sender-mismatch", organ=DEPARTMENT)
    await hub.refuse(data, "sender-mismatch", organ=COMMUNE)


async def test_a_captured_document_that_the_hub_never_saw_is_refused_from_another_system(hub: Besieged) -> None:
    await hub.refuse(hub[PROVINCE].sign(today("1")), "sender-mismatch", organ=DEPARTMENT)


async def test_a_captured_document_in_the_thief_s_name_is_refused(hub: Besieged) -> None:
    data = hub[PROVINCE].sign(today("1", to=(COMMUNE,)))
    await hub.refuse(data.replace(PROVINCE.encode(), DEPARTMENT.encode()), "certificate-unregistered", organ=DEPARTMENT)


async def test_a_captured_signature_proves_no_other_document(hub: Besieged) -> None:
    own, other = (hub[PROVINCE].sign(today(number)).decode() for number in ("1", "2"))
    start, end = f'<Signature xmlns="{DS}">', "</Signature>"
    stolen = own[own.index(start) : own.index(end) + len(end)]
    kept = other[: other.index(start)] + stolen + other[other.index(end) + len(end) :]
    await hub.refuse(kept.encode(), "signature-invalid")


async def test_the_same_number_with_other_content_is_refused(hub: Besieged) -> None:
    await hub.accept(hub[PROVINCE].sign(today("1")))
    await hub.refuse(hub[PROVINCE].sign(today("1", subject="V/v khác")), "duplicate-document")


async def test_an_idempotency_key_covers_one_content_only(hub: Besieged) -> None:
    first, second = (hub[PROVINCE].sign(today(number, attachments=(attachment(PDF),))) for number in ("1", "2"))
    keyed: dict[str, Any] = {"Idempotency-Key": "k"}
    assert (await hub.post(first, **keyed))[0] == 202
    await hub.refuse(second, "idempotency-key-reused", **keyed)
