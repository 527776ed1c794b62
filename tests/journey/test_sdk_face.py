"""Three systems on the embedded default: one calls by the national SDK, one by the API, one is linked by an adapter."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from gateway.config import Settings
from gateway.core import reading, writing, xmlsafe
from gateway.core.model import StatusCode
from gateway.entry.api.app import application
from gateway.entry.api.hub import Hub
from gateway.entry.cli.init import initialise
from gateway.entry.worker import Worker
from gateway.infra.agencies_file import AGENCY, SYSTEM, editing, revise
from gateway.infra.clock import SystemClock
from gateway.sdk.conformance.other_side import OtherSide, Outgoing
from gateway.sdk.opening import find
from gateway.sdk.shipped import shipped
from gateway.wiring import assemble
from tests.api.conftest import Client, client_of, of_today
from tests.documents import COMMUNE, DEPARTMENT, PROVINCE, attachment, document, status
from tests.journey.exchange import absolute
from tests.judging import schema
from tests.production import eventually
from tests.vxp.sdk import Sdk

PATIENCE: Final = 60
LETTER: Final = b"%PDF-1.4\nVan ban cua co quan dung thu muc\n%%EOF\n"


@dataclass(kw_only=True)
class Systems:
    """The province calls by the SDK, the department by the API; the commune's program takes files from folders and drops them."""

    sdk: Sdk
    api: Client
    folder: OtherSide


@pytest.fixture
async def systems(tmp_path: Path) -> AsyncIterator[Systems]:
    home = tmp_path / "hub"
    initialise(home, port=None, agencies={PROVINCE: "UBND tỉnh (mẫu)", DEPARTMENT: "Sở A (mẫu)", COMMUNE: "UBND xã B (mẫu)"})
    settings = Settings.load(home / "gateway.toml")
    async with AsyncExitStack() as opened:
        side: Any = find(shipped("adapters") / "folder").part("tests.other_side", "OtherSide")(tmp_path)
        await opened.enter_async_context(side)
        with editing(settings.path(settings.directory.agencies)) as draft:
            revise(draft.get(SYSTEM, COMMUNE), {"link": {"adapter": "folder", "settings": absolute(side.settings, tmp_path)}})
            for organ in (PROVINCE, COMMUNE):
                revise(draft.get(AGENCY, organ), {"trust": "channel", "trust_until": "2099-12-31"})
        parts = await opened.enter_async_context(assemble(settings, clock=SystemClock()))
        hub = Hub.of(parts)
        server = await opened.enter_async_context(TestServer(application(hub)))
        session = await opened.enter_async_context(aiohttp.ClientSession())
        own, base = home / "agencies", str(server.make_url("")).rstrip("/")
        secret = (own / PROVINCE / "vxp-secret").read_text().strip()
        stop = asyncio.Event()
        worker = asyncio.create_task(Worker(parts.ports, parts.rules).run(stop))
        yield Systems(
            sdk=Sdk(session=session, endpoint=f"{base}{hub.settings.vxp.prefix}", system=PROVINCE, secret=secret),
            api=client_of(own / DEPARTMENT, session, base),
            folder=side,
        )
        stop.set()
        await worker


async def test_what_the_sdk_sends_reaches_the_api_and_the_adapter_and_their_statuses_come_back(systems: Systems) -> None:
    sdk, made = systems.sdk, of_today(document("51", to=(COMMUNE, DEPARTMENT), attachments=(attachment(),)))
    file = writing.emit(made)
    sent = await sdk.send(file, PROVINCE)
    assert sent["ErrorCode"] == "0", sent
    leased = await systems.api.lease()
    await systems.api.post(f"/inbox/leases/{leased['token']}/ack")
    await eventually(lambda: holds(systems, 1), PATIENCE, "the folder holds the document")
    assert (await systems.folder.held())[0].envelope == file
    await systems.api.post("/statuses", {"delivery": leased["deliveries"][0]["id"], "code": "03"})
    keys = {row["toCode"]: row["receiverDocId"] for row in await told(sdk, sent["DocId"])}
    await systems.folder.offer_status(keys[COMMUNE], StatusCode.PROCESSING, "Đang giải quyết")

    async def reported() -> bool:
        return {row["toCode"]: row["receiveStatus"] for row in await told(sdk, sent["DocId"])} == {
            DEPARTMENT: "03",
            COMMUNE: "05",
        }

    await eventually(reported, PATIENCE, "both statuses are seen by the sender")
    assert {row["sendStatus"] for row in await told(sdk, sent["DocId"])} == {"done"}
    packages = await sdk.received("status")
    assert {row["from"] for row in packages} >= {DEPARTMENT, COMMUNE}
    for row in packages:
        await sdk.call("updateStatus", data=b"{}", docId=row["docId"], status="done")
    assert await sdk.received("status") == []


async def test_what_the_api_and_the_adapter_send_the_sdk_takes_and_its_statuses_reach_them(systems: Systems) -> None:
    sdk, of_api = systems.sdk, of_today(document("61", sender=DEPARTMENT, to=(PROVINCE,)))
    answer = await systems.api.send(of_api)
    today = date.today()  # noqa: DTZ011  as the machine's calendar has it
    await systems.folder.offer(
        Outgoing(
            sender=COMMUNE,
            receiver=PROVINCE,
            number="62",
            notation="UBND-VP",
            promulgated_on=today,
            subject="V/v xin ý kiến",
            file="cong-van.pdf",
            content=LETTER,
        )
    )

    async def listed() -> bool:
        return len(await sdk.received()) == 2

    await eventually(listed, PATIENCE, "both documents wait for the SDK")
    for row in await sdk.received():
        whole = await sdk.call("getEdoc", data=b"{}", docId=row["docId"], filePath="")
        got = reading.read_document(xmlsafe.parse(base64.b64decode(whole["data"])), schema(), today=date.max).package
        assert got.header.sender.organ_id == row["from"]
        assert (await sdk.call("updateStatus", data=b"{}", docId=row["docId"], status="done"))["ErrorCode"] == "0"
        back = writing.emit(status(got, StatusCode.REGISTERED, reporter=PROVINCE))
        assert (await sdk.send(back, PROVINCE, kind="status"))["ErrorCode"] == "0"
    assert await sdk.received() == []
    _, shown = await systems.api.get(f"/documents/{answer['id']}")
    assert shown["deliveries"][0]["status_code"] == "03"

    async def heard() -> bool:
        return ("62", StatusCode.REGISTERED) in {(each.number, each.code) for each in await systems.folder.told()}

    await eventually(heard, PATIENCE, "the folder is told of the status")


async def holds(systems: Systems, count: int) -> bool:
    return len(await systems.folder.held()) == count


async def told(sdk: Sdk, document: str) -> list[dict[str, Any]]:
    """Give what the SDK is told of a document's receivers."""
    answer = await sdk.call("getSentEdocList", servicetype="eDoc", messagetype="edoc", docId=document)
    assert answer["ErrorCode"] == "0", answer
    rows: list[dict[str, Any]] = answer["data"]
    return rows
