"""Notes of officers on the page of a document: text that other officers read, and no agency."""

from collections.abc import Callable
from typing import Any

import pytest

from gateway.core.roles import Role
from gateway.flows.oversee import REMARK_CHARACTERS
from tests.api.conftest import Province
from tests.console.conftest import Browser
from tests.console.test_opening import sent

HOSTILE = "<script>alert(1)</script>"


async def texts(hub: Province, document: str) -> list[str]:
    return [each.text for each in await hub.hub.ports.remarks.of(document, limit=9)]


async def test_an_officer_writes_a_note_and_it_is_shown_with_who_and_when(hub: Province, admin: Browser) -> None:
    document, _ = await sent(hub)
    assert (await admin.do(f"/documents/{document}/remark", text="gọi văn thư\r\nchưa ai nghe"))[0] == 303
    _, text = await admin.get(f"/documents/{document}")
    assert "Ghi chú của cán bộ (1)" in text and "chưa ai nghe" in text and "can-bo-admin ·" in text
    assert await texts(hub, document) == ["gọi văn thư\nchưa ai nghe"]


async def test_a_note_with_markup_is_shown_as_text(hub: Province, admin: Browser) -> None:
    document, _ = await sent(hub)
    await admin.do(f"/documents/{document}/remark", text=HOSTILE)
    _, text = await admin.get(f"/documents/{document}")
    assert (HOSTILE in text, "&lt;script&gt;" in text) == (False, True)


@pytest.mark.parametrize(
    ("text", "status"),
    [("", 400), (" \r\n", 400), ("\0", 400), ("ấ" * REMARK_CHARACTERS, 303), ("ấ" * (REMARK_CHARACTERS + 1), 400)],
)
async def test_a_note_has_a_text_and_not_too_long_a_one(hub: Province, admin: Browser, text: str, status: int) -> None:
    document, _ = await sent(hub)
    assert (await admin.do(f"/documents/{document}/remark", text=text))[0] == status
    assert len(await texts(hub, document)) == (status == 303)


async def test_nothing_is_written_about_a_document_that_there_is_not(admin: Browser) -> None:
    assert (await admin.do("/documents/none/remark", text="đã nhận"))[0] == 404


async def test_no_agency_sees_a_note(hub: Province, admin: Browser) -> None:
    document, _ = await sent(hub)
    await admin.do(f"/documents/{document}/remark", text="chỉ cán bộ thấy")
    for path in (f"/documents/{document}", "/events", "/documents"):
        assert "chỉ cán bộ thấy" not in str(await hub.province.get(path)), path


async def test_who_may_not_act_reads_notes_and_writes_none(hub: Province, officer: Callable[[Role], Any]) -> None:
    document, _ = await sent(hub)
    await hub.hub.ports.remarks.write(document, "đã gọi", by="can-bo-admin", now=hub.clock.now())
    browser: Browser = await officer(Role.VIEWER)
    _, text = await browser.get(f"/documents/{document}")
    assert ("đã gọi" in text, 'data-open="remark"' in text) == (True, False)
