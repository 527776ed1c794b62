"""A hub that is backed up while agencies send: all that was answered before is in the backup, and stands up elsewhere."""

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from gateway.config import Settings
from gateway.entry.api.app import application
from gateway.entry.api.hub import Hub
from gateway.entry.cli.backup import backup, restore
from gateway.entry.cli.verify import verify_file
from gateway.entry.proving import Validity
from gateway.ports import Chore
from gateway.wiring import assemble
from tests.api.conftest import Client, Province, client_of
from tests.api.test_uploads import detached, multipart, post
from tests.documents import PROVINCE, attachment, document

LARGE = b"x" * 400_000


@pytest.fixture
def home(working_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(working_folder, tmp_path / "home"))


@pytest.fixture
def settings(home: Path) -> Settings:
    return Settings.load(home / "gateway.toml")


async def send_all(hub: Province) -> list[dict[str, Any]]:
    """Send what the vault keeps in each of its ways: small, large, and an attachment apart from its envelope."""
    apart = hub.province.sign(detached(LARGE), parts={"a1": LARGE})
    status, answer = await post(hub, multipart(("root", "application/xml", apart), ("a1", "text/plain", LARGE)))
    assert status == 202, answer
    others = (document("2"), document("3", attachments=(attachment(LARGE),)))
    return [answer, *[await hub.province.send(each) for each in others]]


async def send_on(hub: Province, begun: asyncio.Event) -> None:
    """Send for ever."""
    for number in range(100, 100_000):
        await hub.province.send(document(str(number)))
        begun.set()


@contextlib.asynccontextmanager
async def running(home: Path) -> AsyncIterator[Client]:
    """Run the hub of a working folder; give an agency's system, whose keys are its own."""
    settings = Settings.load(home / "restored" / "gateway.toml")
    async with assemble(settings) as parts, TestServer(application(Hub.of(parts))) as server, aiohttp.ClientSession() as session:
        yield client_of(home / "home" / "agencies" / PROVINCE, session, str(server.make_url("")).rstrip("/"))


async def test_all_that_was_answered_before_a_backup_stands_up_elsewhere(hub: Province, home: Path, tmp_path: Path) -> None:
    sent, begun = await send_all(hub), asyncio.Event()
    sending = asyncio.create_task(send_on(hub, begun))
    await begun.wait()
    made: Any = (await backup(home / "gateway.toml", tmp_path / "backups", keep=None, verify=True)).data
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    last = (await hub.hub.ports.upkeep.last())[Chore.BACKUP]
    assert made["recorded"] and last.well and last.detail.endswith("B")

    restored: Any = (await restore(Path(made["folder"]), tmp_path / "restored", None)).data
    assert restored["current"] and restored["reconciliation"]["ok"]
    assert restored["reconciliation"]["documents"] > len(sent)
    async with running(tmp_path) as client:
        for answer in sent:
            status, octets, headers = await client.call("GET", f"/documents/{answer['id']}/envelope")
            assert status == 200 and headers["ETag"] == f'"{answer["sha256"]}"' and octets
            receipt = tmp_path / "receipt.xml"
            receipt.write_bytes((await client.call("GET", f"/documents/{answer['id']}/receipt"))[1])
            assert verify_file(receipt, tmp_path / "restored" / "ca").validity is Validity.VALID
        assert (await client.call("GET", f"/documents/{sent[0]['id']}/attachments/1"))[1] == LARGE
        assert (await client.send(document("4")))["id"]
