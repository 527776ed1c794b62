"""Statuses that wait for an officer: seen, recorded on the document that is meant, or dropped, and always audited."""

import io
import re
from dataclasses import replace
from typing import Any

import pytest
from openpyxl import load_workbook

from gateway.core.model import State, StatusCode
from gateway.core.roles import Role
from gateway.flows.acknowledge import PATIENCE
from gateway.ports import NamedStatus
from tests.api.conftest import Province
from tests.console.conftest import REASON, Browser
from tests.contracts.entries import OTHER, RECEIVER, SENDER, correlation, entry, report, seal

HOSTILE = "<script>alert(1)</script>"


async def two_of_one_name(hub: Province) -> tuple[str, str]:
    """Accept two documents that bear one id; give them."""
    first, second = entry(1), entry(2)
    second = replace(second, document=replace(second.document, document_id=first.document.document_id))
    for each in (first, second):
        await hub.hub.ports.ledger.accept(each)
    return first.document.id, second.document.id


async def say(hub: Province, **fields: Any) -> str:
    """Report 03 of the first document; give the status that waits."""
    said = report(StatusCode.REGISTERED, description=HOSTILE)
    status = NamedStatus(named=correlation(entry(1), **fields), receiver=RECEIVER, report=said, package=b"<edXML/>")
    await hub.hub.ports.held_statuses.say(status, {RECEIVER}, now=hub.clock.now(), seal=seal)
    (only,) = (await hub.hub.ports.held_statuses.held(after=None, limit=9)).items
    found: str = only.id
    return found


async def state(hub: Province, document: str) -> State:
    view = (await hub.hub.ports.province.history(document)).view
    return next(each.state for each in view.deliveries if each.receiver == RECEIVER)


async def waiting(hub: Province) -> int:
    return len((await hub.hub.ports.held_statuses.held(after=None, limit=9)).items)


async def test_where_nothing_waits_it_is_said(admin: Browser) -> None:
    assert "Không có trạng thái nào cần xử lý." in (await admin.get("/statuses"))[1]
    assert "Không có trạng thái nào đang chờ." in (await admin.get("/statuses?view=waiting"))[1]
    assert "chưa biết của văn bản nào" not in (await admin.get(""))[1]


async def test_an_officer_sees_why_one_waits_and_which_documents_it_may_mean(hub: Province, admin: Browser) -> None:
    documents = await two_of_one_name(hub)
    await say(hub)
    _, text = await admin.get("/statuses")
    assert "Nhiều văn bản khớp" in text and "03 đã tiếp nhận" in text
    assert all(f"/console/documents/{each}" in text for each in documents)
    assert HOSTILE not in text
    assert "1 trạng thái chưa biết của văn bản nào" in (await admin.get(""))[1]


async def test_a_status_is_recorded_on_the_document_that_is_chosen(hub: Province, admin: Browser) -> None:
    first, second = await two_of_one_name(hub)
    status = await say(hub)
    view = (await hub.hub.ports.province.history(second)).view
    meant = next(each.id for each in view.deliveries if each.receiver == RECEIVER)
    assert (await admin.do(f"/statuses/{status}/apply", delivery=meant))[0] == 303
    assert (await state(hub, first), await state(hub, second), await waiting(hub)) == (State.AVAILABLE, State.RECEIVED, 0)
    (audited, *_) = (await hub.hub.ports.audit.listing(after=None, limit=9)).items
    assert (audited.actor, audited.action, audited.reason) == ("can-bo-admin", "status.applied", REASON)


async def test_one_that_is_too_young_waits_for_its_document_by_itself(hub: Province, admin: Browser) -> None:
    await say(hub)
    assert "Ghi vào văn bản này" not in (await admin.get("/statuses"))[1]
    assert "Chưa thấy văn bản" in (await admin.get("/statuses?view=waiting"))[1]
    hub.clock.advance(seconds=PATIENCE.total_seconds())
    await admin.sign_in("can-bo-admin")
    assert "Ghi vào văn bản này" in (await admin.get("/statuses"))[1]


async def test_where_nothing_matches_the_page_of_the_document_may_be_named(hub: Province, admin: Browser) -> None:
    first, _ = await two_of_one_name(hub)
    status = await say(hub, document_id="không rõ", number="999")
    address = f"{admin.base}/console/documents/{first}?x=1"
    assert (await admin.do(f"/statuses/{status}/apply", document=address, receiver=RECEIVER))[0] == 303
    assert await state(hub, first) is State.RECEIVED


@pytest.mark.parametrize(
    ("fields", "answer"),
    [
        ({}, 400),
        ({"document": "none", "receiver": RECEIVER}, 404),
        ({"document": "first", "receiver": "H56.99"}, 400),
        ({"document": "first", "receiver": OTHER}, 422),
        ({"document": "first", "receiver": RECEIVER, "reason": " "}, 400),
        ({"delivery": "none"}, 404),
    ],
)
async def test_a_status_is_not_recorded_where_it_cannot_belong(
    hub: Province, admin: Browser, fields: dict[str, str], answer: int
) -> None:
    first, _ = await two_of_one_name(hub)
    status = await say(hub)
    named = {name: first if value == "first" else value for name, value in fields.items()}
    assert (await admin.do(f"/statuses/{status}/apply", **named))[0] == answer
    assert (await state(hub, first), await waiting(hub)) == (State.AVAILABLE, 1)


async def test_one_is_dropped_with_a_reason(hub: Province, admin: Browser) -> None:
    await two_of_one_name(hub)
    status = await say(hub)
    assert (await admin.do(f"/statuses/{status}/drop", reason=""))[0] == 400
    assert (await admin.do(f"/statuses/{status}/drop"))[0] == 303
    assert await waiting(hub) == 0
    assert (await admin.do(f"/statuses/{status}/drop"))[0] == 404


async def test_only_what_one_agency_reported_is_shown_where_it_is_asked_for(hub: Province, admin: Browser) -> None:
    await two_of_one_name(hub)
    await say(hub)
    for organ, shown in ((RECEIVER, True), (SENDER, False)):
        assert ("Ghi vào văn bản này" in (await admin.get(f"/statuses?organ={organ}"))[1]) is shown
    assert (await admin.get("/statuses?view=none"))[0] == 400


async def test_who_may_only_look_is_shown_no_form(hub: Province, officer: Any) -> None:
    await two_of_one_name(hub)
    await say(hub)
    viewer: Browser = await officer(Role.VIEWER)
    _, text = await viewer.get("/statuses")
    assert "Nhiều văn bản khớp" in text and not re.search(r"/drop|name=\"delivery\"", text)


async def test_the_screen_is_in_english_too(hub: Province, admin: Browser) -> None:
    await two_of_one_name(hub)
    await say(hub)
    await admin.post("/language", {"language": "en", "to": "/console"})
    _, text = await admin.get("/statuses")
    assert "<h1>Statuses that wait</h1>" in text and "Several documents match" in text


@pytest.mark.parametrize(("asked", "shown"), [("so a", True), ("1", True), ("khong ai", False)])
async def test_statuses_are_found_without_accents(hub: Province, admin: Browser, asked: str, shown: bool) -> None:
    await two_of_one_name(hub)
    await say(hub)
    _, text = await admin.get("/statuses", params={"q": asked})
    assert ("Nhiều văn bản khớp" in text) is shown


async def test_what_is_found_is_exported_and_is_no_formula(hub: Province, admin: Browser) -> None:
    await two_of_one_name(hub)
    await say(hub)
    async with admin.session.get(f"{admin.base}/console/statuses.xlsx?q=so+a") as response:
        sheet = load_workbook(io.BytesIO(await response.read())).worksheets[0]
    (row,) = sheet.iter_rows(min_row=2, values_only=True)
    assert (row[0], row[2], row[6]) == ("Sở A (mẫu)", HOSTILE, "Nhiều văn bản khớp")
