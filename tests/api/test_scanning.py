"""What a scan decides: clamd is a program of its own, here one that speaks its protocol and knows one threat."""

import asyncio
import struct
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gateway.config import Directory, Scan, Settings, Storage
from gateway.core import attachments
from tests.api.conftest import Province
from tests.documents import attachment, document

THREAT = b"a file that the scanner knows as bad"


async def _clamd(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\0")
    content = b""
    while size := struct.unpack(">I", await reader.readexactly(4))[0]:
        content += await reader.readexactly(size)
    writer.write(b"stream: Test.Threat FOUND\0" if THREAT in content else b"stream: OK\0")
    writer.close()
    await writer.wait_closed()


@pytest.fixture
async def clamd() -> AsyncIterator[asyncio.Server]:
    async with await asyncio.start_server(_clamd, "127.0.0.1", 0) as server:
        yield server


@pytest.fixture
def settings(working_folder: Path, tmp_path: Path, clamd: asyncio.Server) -> Settings:
    policy = tmp_path / "policy.toml"
    policy.write_text("", "utf-8")
    host, port = clamd.sockets[0].getsockname()
    return Settings(
        file=working_folder / "gateway.toml",
        storage=Storage(data=tmp_path),
        directory=Directory(policy=policy),
        scan=Scan(clamd=f"{host}:{port}"),
    )


async def post(hub: Province, content: bytes) -> tuple[int, Any]:
    package = document(attachments=(attachment(content, name="ghi-chu.txt"),))
    return await hub.province.post_xml("/documents", hub.province.sign(package))


async def test_a_clean_attachment_is_accepted(hub: Province) -> None:
    status, body = await post(hub, b"ghi chu")
    assert (status, body["findings"]) == (202, [])


async def test_malware_is_refused_and_named(hub: Province) -> None:
    status, body = await post(hub, THREAT)
    assert (status, body["code"]) == (422, "attachment-infected") and "Test.Threat" in body["errors"][0]["message"]


async def test_malware_in_a_one_entry_zip_is_found(hub: Province) -> None:
    encoded = attachments.encode(THREAT, "ghi-chu.txt")
    package = document(attachments=(replace(attachment(name="ghi-chu.txt"), encoded=encoded),))
    assert (await hub.province.post_xml("/documents", hub.province.sign(package)))[0] == 422


async def test_while_the_scanner_is_away_the_sender_is_asked_to_come_again(hub: Province, clamd: asyncio.Server) -> None:
    clamd.close()
    status, body, headers = await hub.province.call(
        "POST",
        "/documents",
        data=hub.province.sign(document(attachments=(attachment(b"ghi chu", name="a.txt"),))),
        headers={"Content-Type": "application/xml"},
    )
    assert (status, body["code"], body["owner"]) == (503, "scan-unavailable", "hub") and int(headers["Retry-After"]) > 0
    assert (await hub.province.post_xml("/documents", hub.province.sign(document())))[0] == 202


@pytest.mark.parametrize(("action", "state"), [("finding", "available"), ("hold", "suspended")])
async def test_the_province_may_let_it_pass_or_hold_it_meanwhile(
    hub: Province, clamd: asyncio.Server, settings: Settings, action: str, state: str
) -> None:
    assert settings.directory.policy is not None
    settings.directory.policy.write_text(f'[actions]\nattachment-unscanned = "{action}"\n', "utf-8")
    clamd.close()
    for _ in range(50):
        status, body = await post(hub, b"ghi chu")
        if status == 202:
            break
        await asyncio.sleep(0.1)
    assert [each["code"] for each in body["findings"]] == ["attachment-unscanned"]
    assert {each["state"] for each in body["deliveries"]} == {state}
