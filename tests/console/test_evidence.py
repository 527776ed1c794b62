"""The package of evidence on the console: the sender's own, for a reason, and kept who took it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from gateway.core.model import Attached
from gateway.core.roles import Role
from tests.api.conftest import Province
from tests.api.test_evidence import examined, fetched
from tests.api.test_evidence import sent as sent_beside
from tests.console.conftest import REASON, Browser
from tests.console.test_opening import openings
from tests.contracts.entries import entry


async def taken(browser: Browser, document: str, reason: str = REASON) -> tuple[int, bytes, dict[str, str]]:
    fields = {"csrf": await browser.csrf(), "reason": reason}
    async with browser.session.post(f"{browser.base}/console/documents/{document}/evidence", data=fields) as response:
        return response.status, await response.read(), dict(response.headers)


async def test_officers_get_what_the_sender_gets(hub: Province, admin: Browser) -> None:
    document = await sent_beside(hub)
    status, octets, headers = await taken(admin, document)
    assert (status, headers["Content-Type"]) == (200, "application/zip")
    assert (octets == await fetched(hub.province, document), examined(hub, octets).failed) == (True, False)


async def test_who_took_it_and_why_is_in_the_audit_log(hub: Province, admin: Browser) -> None:
    await taken(admin, await sent_beside(hub))
    assert await openings(hub) == [("can-bo-admin", REASON, "bang-chung-1-UBND-VP.zip")]


async def test_without_a_reason_there_is_none(hub: Province, admin: Browser) -> None:
    status, octets, _ = await taken(admin, await sent_beside(hub), reason=" ")
    assert (status, octets[:2] == b"PK", await openings(hub)) == (400, False, [])


async def test_who_may_not_act_is_shown_no_button(hub: Province, officer: Callable[[Role], Any]) -> None:
    document = await sent_beside(hub)
    browser: Browser = await officer(Role.AUDITOR)
    assert 'data-open="evidence"' not in (await browser.get(f"/documents/{document}"))[1]
    assert (await taken(browser, document))[0] == 403


@pytest.mark.parametrize("apart", [False, True])
async def test_where_the_vault_has_not_all_of_it_it_is_said(hub: Province, admin: Browser, *, apart: bool) -> None:
    attached = Attached(content_id="a", name="a.pdf", media_type="application/pdf", sha256="a" * 64, size=9, apart=apart)
    made = entry(1)
    await hub.hub.ports.ledger.accept(replace(made, document=replace(made.document, attachments=(attached,))))
    status, text, _ = await taken(admin, made.document.id)
    assert (status, "Kho tệp của trục không có tệp này" in text.decode()) == (404, True)
    assert await openings(hub) == []


async def test_of_a_document_that_there_is_not_there_is_none(admin: Browser) -> None:
    assert (await taken(admin, "0" * 32))[0] == 404
