"""The signature on a document's page: how its sender was trusted, and, on demand alone, what the envelope proves again."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from gateway.core.findings import finding
from gateway.core.roles import Role
from tests.api.conftest import Province
from tests.api.test_uploads import detached, multipart, post
from tests.console.conftest import Browser
from tests.console.test_opening import sent
from tests.contracts.entries import entry
from tests.documents import PDF, attachment, document
from tests.pki import pki
from tests.signer import sign

RIGHT = "✓ Chữ ký đúng"


async def stored(hub: Province, octets: bytes) -> str:
    """Have a document whose envelope, in the vault, is these octets."""
    vault = hub.hub.ports.vault
    staged = vault.stage()
    await staged.write(octets)
    await vault.keep([staged])
    made = entry(1)
    await hub.hub.ports.ledger.accept(replace(made, document=replace(made.document, sha256=staged.sha256)))
    return made.document.id


async def test_how_the_sender_was_trusted_is_told_without_reading_the_envelope(hub: Province, admin: Browser) -> None:
    accepted, _ = await sent(hub)
    _, text = await admin.get(f"/documents/{accepted}")
    assert "Khi nhận, chữ ký khớp chứng thư đã đăng ký của bên gửi" in text
    assert RIGHT not in text


@pytest.mark.parametrize(
    ("code", "told"), [("unsigned-envelope", "gói tin chưa bắt buộc ký"), ("legacy-signature", "chữ ký dùng SHA-1")]
)
async def test_an_exception_that_was_made_use_of_is_told(hub: Province, admin: Browser, code: str, told: str) -> None:
    made = entry(1)
    found = (finding(code, "edXMLHeader"),)
    await hub.hub.ports.ledger.accept(replace(made, document=replace(made.document, findings=found)))
    assert told in (await admin.get(f"/documents/{made.document.id}"))[1]


async def test_a_signature_that_holds_is_told_with_its_signer_chain_and_list(hub: Province, admin: Browser) -> None:
    accepted, _ = await sent(hub)
    status, text = await admin.do(f"/documents/{accepted}/check")
    assert (status, RIGHT in text) == (200, True)
    for told in ("✓ của bên gửi", "Số hiệu", "root CA", "Danh sách thu hồi", "còn giá trị"):
        assert told in text, told


async def test_attachments_that_came_beside_the_envelope_are_digested_too(hub: Province, admin: Browser) -> None:
    signed = hub.province.sign(detached(), parts={"a1": PDF})
    _, answer = await post(hub, multipart(("root", "application/xml", signed), ("a1", "application/pdf", PDF)))
    _, text = await admin.do(f"/documents/{answer['id']}/check")
    assert (RIGHT in text, "cid:" in text) == (True, True)


async def test_a_list_that_speaks_no_more_leaves_it_open(hub: Province, admin: Browser) -> None:
    accepted, _ = await sent(hub)
    hub.clock.advance(days=366)
    await admin.sign_in("can-bo-admin")
    _, text = await admin.do(f"/documents/{accepted}/check")
    assert "chưa rõ chứng thư có bị thu hồi không" in text
    assert RIGHT not in text


async def test_an_envelope_without_a_signature_proves_nothing(hub: Province, admin: Browser) -> None:
    accepted = await stored(hub, b"<edXML/>")
    _, text = await admin.do(f"/documents/{accepted}/check")
    assert "✗ Chữ ký không chứng minh được nội dung" in text
    assert "signature-missing" in text


async def test_an_envelope_that_was_changed_in_the_vault_proves_nothing(hub: Province, admin: Browser) -> None:
    signed = hub.province.sign(document(attachments=(attachment(),)))
    accepted = await stored(hub, signed.replace(b"JVBERi0", b"JVBERi1"))
    _, text = await admin.do(f"/documents/{accepted}/check")
    assert "✗ Chữ ký không chứng minh được nội dung" in text
    assert "signature-invalid" in text


async def test_a_signer_that_the_trust_folder_does_not_know_is_told_apart(hub: Province, admin: Browser) -> None:
    accepted = await stored(hub, sign(pki()["province"]))
    _, text = await admin.do(f"/documents/{accepted}/check")
    assert "chứng thư của người ký không được tin" in text
    assert "✗ bên gửi không còn đăng ký chứng thư này" in text


async def test_where_the_vault_has_no_envelope_it_is_said(hub: Province, admin: Browser) -> None:
    made = entry(1)
    await hub.hub.ports.ledger.accept(made)
    status, text = await admin.do(f"/documents/{made.document.id}/check")
    assert (status, "Kho tệp của trục không có tệp này" in text) == (404, True)


async def test_whoever_sees_documents_may_check_them_and_needs_no_reason(hub: Province, officer: Callable[[Role], Any]) -> None:
    accepted, _ = await sent(hub)
    browser: Browser = await officer(Role.VIEWER)
    status, text = await browser.do(f"/documents/{accepted}/check", reason="")
    assert (status, RIGHT in text) == (200, True)


async def test_the_page_goes_on_living_at_its_own_place_after_a_check(hub: Province, admin: Browser) -> None:
    accepted, _ = await sent(hub)
    _, text = await admin.do(f"/documents/{accepted}/check")
    assert f'hx-get="/console/documents/{accepted}"' in text
