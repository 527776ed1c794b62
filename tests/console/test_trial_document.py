"""A test document: a real one of the hub's own agency, through the ordinary door; without such an agency pages say how."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gateway.core import reading, xmlsafe
from gateway.core.envelope import DocumentPackage
from gateway.core.model import TESTER, OrganId, Priority, State
from gateway.core.roles import Role
from gateway.entry.cli import agency
from gateway.entry.worker import Worker
from gateway.infra.agencies_file import AGENCY, editing, revise
from gateway.ports import DocumentView
from tests.api.conftest import Province
from tests.console.conftest import REASON, Browser
from tests.contracts.entries import RECEIVER, SYSTEM

HUB = "000.00.99.H56"
COMMUNE = "H56.40.02"


@pytest.fixture
async def own(hub: Province) -> str:
    """The hub's own agency, as the page says that it is added."""
    settings = hub.hub.settings
    agency.add(settings, HUB, {"name": "Trung tâm vận hành trục"}, [settings.path(settings.hub.certificate)])
    await hub.hub.refresh()
    return HUB


@contextlib.asynccontextmanager
async def working(hub: Province) -> AsyncIterator[None]:
    """Let the worker's loops run."""
    stop = asyncio.Event()
    task = asyncio.create_task(Worker(hub.hub.ports, hub.hub.rules).run(stop))
    try:
        yield
    finally:
        stop.set()
        await task


async def sent(hub: Province, admin: Browser, organ: str) -> DocumentView:
    """Send a test document; give it as its page finds it."""
    fields = {"csrf": await admin.csrf(), "reason": REASON, "organ": organ}
    async with admin.session.post(f"{admin.base}/console/test-documents", data=fields, allow_redirects=False) as response:
        assert response.status == 303, await response.text()
        place = response.headers["Location"].removeprefix("/console")
    assert (await admin.get(place))[0] == 200
    return (await hub.hub.ports.province.history(place.rpartition("/")[2])).view


async def test_a_test_document_is_a_signed_one_of_the_hub_s_own_agency(hub: Province, admin: Browser, own: str) -> None:
    view = await sent(hub, admin, COMMUNE)
    document = view.document
    assert (document.sender, document.system, document.priority) == (own, TESTER, Priority.NORMAL)
    assert document.subject.startswith("Văn bản thử kết nối tới UBND xã B (mẫu)")
    assert [(each.receiver, each.state) for each in view.deliveries] == [(COMMUNE, State.AVAILABLE)]
    assert [each.code for each in document.findings] == []
    assert "Chữ ký" in (await admin.do(f"/documents/{document.id}/check"))[1]


async def test_its_receiver_fetches_it_as_any_other_with_its_page(hub: Province, admin: Browser, own: str) -> None:
    document = (await sent(hub, admin, COMMUNE)).document
    (item,) = (await hub.commune.lease())["deliveries"]
    _, raw, _ = await hub.commune.call("GET", f"/documents/{document.id}/envelope")
    read = reading.read(xmlsafe.parse(raw), hub.hub.rules().schema, today=hub.clock.now().date()).package
    assert isinstance(read, DocumentPackage)
    assert (item["document"], [each.name[-8:] for each in read.attachments]) == (document.id, ["_TKN.pdf"])


async def test_two_at_once_are_two_documents(hub: Province, admin: Browser, own: str) -> None:
    first = await sent(hub, admin, COMMUNE)
    hub.clock.advance(milliseconds=1)
    assert (await sent(hub, admin, COMMUNE)).document.id != first.document.id


async def test_who_sent_it_and_why_is_in_the_audit_log(hub: Province, admin: Browser, own: str) -> None:
    await sent(hub, admin, "H56.15")
    (last, *_) = (await hub.hub.ports.audit.listing(after=None, limit=1)).items
    assert (last.actor, last.action, last.reason) == ("can-bo-admin", "document.tested", REASON)
    assert last.subject == {"sender": HUB, "receiver": RECEIVER}
    assert "Gửi văn bản thử" in (await admin.get("/audit"))[1]


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"organ": "H56.99"}, 404, "entry-unknown"),
        ({"organ": ""}, 404, "entry-unknown"),
        ({"reason": " "}, 400, "malformed-request"),
    ],
)
async def test_it_goes_to_an_agency_of_the_directory_for_a_reason(
    admin: Browser, own: str, fields: dict[str, str], status: int, code: str
) -> None:
    answered, text = await admin.do("/test-documents", **{"organ": COMMUNE} | fields)
    assert (answered, code in text) == (status, True)


async def test_without_an_agency_of_the_hub_s_own_the_pages_say_how_to_add_it(hub: Province, admin: Browser) -> None:
    status, text = await admin.do("/test-documents", organ=COMMUNE)
    assert (status, "Chưa có đơn vị nào dùng chứng thư của trục" in text) == (404, True)
    certificate = hub.hub.settings.path(hub.hub.settings.hub.certificate)
    for path in (f"/systems/{COMMUNE}", f"/agencies/{COMMUNE}"):
        _, text = await admin.get(path)
        assert "lienthong agency add" in text and f"--certificate {certificate}" in text
        assert 'action="/console/test-documents"' not in text


async def test_the_door_s_own_words_say_what_is_wrong_with_the_hub_s_agency(hub: Province, admin: Browser, own: str) -> None:
    settings = hub.hub.settings
    with editing(settings.path(settings.directory.agencies)) as draft:
        revise(draft.get(AGENCY, HUB), {"locked": "đang rà soát"})
    await hub.hub.refresh()
    status, text = await admin.do("/test-documents", organ=COMMUNE)
    assert (status, "sender-locked" in text, "đang rà soát" in text) == (422, True, True)


async def test_the_button_is_on_the_pages_of_a_system_and_of_an_agency_for_administrators(
    hub: Province, admin: Browser, own: str
) -> None:
    for path in (f"/systems/{SYSTEM}", f"/agencies/{RECEIVER}"):
        assert 'action="/console/test-documents"' in (await admin.get(path))[1]
    assert "test-document" not in (await admin.get(f"/agencies/{own}"))[1]


async def test_who_may_not_manage_sends_none(hub: Province, officer: Any, own: str) -> None:
    browser: Browser = await officer(Role.DUTY)
    assert (await browser.do("/test-documents", organ=COMMUNE))[0] == 403
    assert "test-document" not in (await browser.get(f"/systems/{SYSTEM}"))[1]


async def test_a_changed_link_is_in_force_for_the_next_document_within_a_second(
    hub: Province, admin: Browser, own: str, tmp_path: Path
) -> None:
    async with working(hub):
        for name in ("mot", "hai"):
            for tray in ("den", "di", "trang-thai", "loi"):
                (tmp_path / name / tray).mkdir(parents=True)
            fields = {"s.path": str(tmp_path / name), "push": "yes", "in_flight": "1", "seconds": "60"}
            assert (await admin.do(f"/systems/{SYSTEM}/link", adapter="folder", **fields))[0] == 303
            await asyncio.sleep(1)
            hub.clock.advance(seconds=1)
            view = await sent(hub, admin, RECEIVER)
            async with asyncio.timeout(10):
                while view.deliveries[0].state is not State.COLLECTED:
                    await asyncio.sleep(0.05)
                    view = (await hub.hub.ports.province.history(view.document.id)).view
            assert re.search(r"TKN", str(list((tmp_path / name / "den").rglob("*"))))


async def test_what_waits_is_fetched_once_its_link_is_removed(hub: Province, admin: Browser, own: str) -> None:
    view = await sent(hub, admin, RECEIVER)
    assert view.deliveries[0].state is State.QUEUED
    await admin.do(f"/systems/{SYSTEM}/link/remove")
    ports = hub.hub.ports
    assert await ports.outbox.reroute(hub.hub.rules().systems.route, now=hub.clock.now()) == 1
    (moved,) = (await ports.province.history(view.document.id)).view.deliveries
    assert (moved.receiver, moved.state) == (OrganId(RECEIVER), State.AVAILABLE)
