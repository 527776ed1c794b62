"""Opening what a document carries: as a file that no browser runs, for a reason, and kept who did."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from gateway.core.model import Attached
from gateway.core.roles import Role
from gateway.ports import Audited
from tests.api.conftest import Province
from tests.console.conftest import REASON, Browser
from tests.contracts.entries import entry
from tests.documents import PDF, attachment
from tests.documents import document as document_package


async def sent(hub: Province, name: str = "a.pdf") -> tuple[str, bytes]:
    """Send a document with an attachment in its envelope; give its id and the envelope."""
    signed = hub.province.sign(document_package(attachments=(attachment(name=name),)))
    _, answer = await hub.province.post_xml("/documents", signed)
    return str(answer["id"]), signed


async def opened(browser: Browser, document: str, part: str, reason: str = REASON) -> tuple[int, bytes, dict[str, str]]:
    fields = {"csrf": await browser.csrf(), "reason": reason}
    place = f"{browser.base}/console/documents/{document}/open/{part}"
    async with browser.session.post(place, data=fields, allow_redirects=False) as response:
        return response.status, await response.read(), dict(response.headers)


async def openings(hub: Province) -> list[tuple[str, str, object]]:
    found = await hub.hub.ports.audit.listing(Audited(action="document.opened"), after=None, limit=9)
    return [(each.actor, each.reason, each.subject["what"]) for each in found.items]


async def test_an_attachment_that_lies_in_the_envelope_is_given_decoded(hub: Province, admin: Browser) -> None:
    document, _ = await sent(hub)
    status, octets, _ = await opened(admin, document, "1")
    assert (status, octets) == (200, PDF)


async def test_the_envelope_is_given_as_it_was_signed(hub: Province, admin: Browser) -> None:
    document, signed = await sent(hub)
    status, octets, headers = await opened(admin, document, "envelope")
    assert (status, octets) == (200, signed)
    assert ".edxml" in headers["Content-Disposition"]


async def test_what_is_opened_is_a_file_that_no_browser_shows_or_runs(hub: Province, admin: Browser) -> None:
    document, _ = await sent(hub)
    for part in ("1", "envelope"):
        _, _, headers = await opened(admin, document, part)
        assert headers["Content-Disposition"].startswith("attachment; ")
        assert (headers["X-Content-Type-Options"], headers["Content-Security-Policy"]) == ("nosniff", "sandbox")


async def test_who_opened_what_and_why_is_in_the_audit_log(hub: Province, admin: Browser) -> None:
    document, _ = await sent(hub)
    await opened(admin, document, "1")
    assert await openings(hub) == [("can-bo-admin", REASON, "a.pdf")]
    assert "Mở nội dung văn bản" in (await admin.get("/audit"))[1]


async def test_nothing_is_opened_without_a_reason(hub: Province, admin: Browser) -> None:
    document, _ = await sent(hub)
    status, octets, _ = await opened(admin, document, "1", reason=" ")
    assert (status, PDF in octets, await openings(hub)) == (400, False, [])


@pytest.mark.parametrize("part", ["0", "2", "x", "-1", "01"])
async def test_a_part_that_there_is_not_is_said_to_be_missing(hub: Province, admin: Browser, part: str) -> None:
    document, _ = await sent(hub)
    assert (await opened(admin, document, part))[0] == 404
    assert await openings(hub) == []


@pytest.mark.parametrize(("part", "apart"), [("1", False), ("1", True), ("envelope", False)])
async def test_where_the_vault_has_no_file_it_is_said_and_nothing_was_opened(
    hub: Province, admin: Browser, part: str, *, apart: bool
) -> None:
    attached = Attached(content_id="a", name="a.pdf", media_type="application/pdf", sha256="a" * 64, size=9, pages=1, apart=apart)
    made = entry(1)
    await hub.hub.ports.ledger.accept(replace(made, document=replace(made.document, attachments=(attached,))))
    status, text, _ = await opened(admin, made.document.id, part)
    assert (status, "Kho tệp của trục không có tệp này" in text.decode()) == (404, True)
    assert await openings(hub) == []


async def test_who_may_not_act_is_shown_names_and_no_buttons(hub: Province, officer: Callable[[Role], Any]) -> None:
    document, _ = await sent(hub)
    browser: Browser = await officer(Role.VIEWER)
    _, text = await browser.get(f"/documents/{document}")
    assert "a.pdf" in text
    assert not re.search(r'data-open="open"|id="open"', text)


async def test_a_file_name_with_markup_is_shown_as_text(hub: Province, admin: Browser) -> None:
    document, _ = await sent(hub, name="'><img src=x onerror=alert(1)>.pdf")
    _, text = await admin.get(f"/documents/{document}")
    assert "<img src=x" not in text
    assert (await opened(admin, document, "1"))[0] == 200
