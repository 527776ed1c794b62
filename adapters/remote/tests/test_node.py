"""The example in another language: its answers are those of the OpenAPI document, and it keeps what it says."""

import asyncio
import hashlib
import json
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import aiohttp
import psutil
import pytest

from gateway.sdk import Accepted, Adapter, Misconfigured, Part, StatusCode, Transient
from gateway.sdk.conformance import golden
from gateway.sdk.conformance.other_side import Mood

from .other_side import OtherSide
from .scripted import opened
from .service import EXAMPLE, TOKEN, running
from .wire import mistakes, operations, schema

MB: Final = 1024 * 1024
LARGE: Final = 200 * MB
GROWTH: Final = 64 * MB
"""What a process may grow by while 200 MB pass through it."""


@asynccontextmanager
async def _asking(port: int) -> AsyncGenerator[aiohttp.ClientSession, None]:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}", headers=headers) as session:
        yield session


@asynccontextmanager
async def _linked(folder: Path) -> AsyncGenerator[tuple[Adapter, OtherSide], None]:
    async with OtherSide(folder) as other, opened(folder, str(other.settings["url"])) as adapter:
        yield adapter, other


def _large(size: int = LARGE) -> Part:
    piece = bytes(range(256)) * 256

    async def stream() -> AsyncGenerator[bytes, None]:
        for _ in range(size // len(piece)):
            yield piece

    digest = hashlib.sha256()
    for _ in range(size // len(piece)):
        digest.update(piece)
    return Part(content_id="lon", name="Lớn.bin", media_type="application/zip", size=size, sha256=digest.hexdigest(), open=stream)


async def _most(call: Any, *processes: psutil.Process) -> list[int]:
    """Await a call; give by how much the memory of each process grew at most."""
    before = [each.memory_info().rss for each in processes]
    most, task = before, asyncio.ensure_future(call)
    while not task.done():
        await asyncio.wait({task}, timeout=0.02)
        most = [max(one, each.memory_info().rss) for one, each in zip(most, processes, strict=True)]
    await task
    return [one - other for one, other in zip(most, before, strict=True)]


def test_it_has_every_operation_and_no_other() -> None:
    text = "".join(file.read_text("utf-8") for file in EXAMPLE.parent.glob("*.mjs"))
    routes = set(re.findall(r'^ +"((?:GET|POST) [a-z/-]+)": ', text, re.MULTILINE))
    assert routes == set(operations())


def test_its_statuses_are_those_of_the_codes() -> None:
    pairs = re.findall(r'"((?:receiver|link)-[a-z]+)": ([0-9]{3})', EXAMPLE.read_text("utf-8"))
    assert {code: int(status) for code, status in pairs} == schema("Problem")["properties"]["code"]["x-status"]


async def test_its_answers_are_as_described(tmp_path: Path) -> None:
    async with _linked(tmp_path) as (adapter, other), _asking(other.port) as ask:
        key = golden.consignment().key
        await adapter.deliver(golden.consignment(golden.document(attachments=()), golden.part()))
        await adapter.report(golden.notice())
        await other.offer_status(key, StatusCode.REGISTERED, "Đã vào sổ")
        for path, name in (("/manifest", "Manifest"), ("/collect", "Collected"), ("/nowhere", "Problem")):
            async with ask.get(path) as response:
                assert mistakes(name, json.loads(await response.text())) == []
        for path, name in (("held", "Held"), ("told", "Told")):
            async with ask.get(f"/kit/{path}") as response:
                assert [mistakes(name, each) for each in (await response.json())[path]] == [[]]


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer x", TOKEN])
async def test_whoever_has_not_the_token_is_answered_nothing(tmp_path: Path, authorization: str) -> None:
    async with running(tmp_path) as (port, _), aiohttp.ClientSession(f"http://127.0.0.1:{port}") as ask:
        for path in ("/manifest", "/kit/held", "/nowhere"):
            async with ask.get(path, headers={"Authorization": authorization}) as response:
                assert (response.status, (await response.json())["code"]) == (401, "link-unauthorised")


async def test_without_the_flag_nobody_controls_it(tmp_path: Path) -> None:
    async with running(tmp_path, kit=False) as (port, _), _asking(port) as ask, ask.get("/kit/held") as response:
        assert response.status == 404


@pytest.mark.parametrize("reference", ["..", "../in", "%2e%2e", "1-1/../..", "\x00", ""])
async def test_a_reference_never_becomes_a_path_elsewhere(tmp_path: Path, reference: str) -> None:
    async with running(tmp_path) as (port, _), _asking(port) as ask:
        async with ask.get("/collected/envelope", params={"reference": reference}) as response:
            assert (response.status, (await response.json())["detail"]) == (500, "reference?")
        async with ask.post("/acknowledge", json={"reference": reference, "outcome": "accepted"}) as response:
            assert response.status in {204, 500}
        assert sorted(each.name for each in (tmp_path / "data").iterdir()) == ["done", "in", "news", "out", "tmp"]


@pytest.mark.parametrize(
    "request_",
    [
        b"GET // HTTP/1.1\r\nHost: x\r\n",
        b"POST /deliver HTTP/1.1\r\nHost: x\r\nIdempotency-Key: k\r\nContent-Length: 9\r\n",
        b"POST /report HTTP/1.1\r\nHost: x\r\nIdempotency-Key: k\r\nContent-Length: 0\r\n",
        b"POST /acknowledge HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n",
        b"no HTTP",
    ],
    ids=["address", "cut-off", "empty", "no-json", "no-http"],
)
async def test_no_request_is_its_end(tmp_path: Path, request_: bytes) -> None:
    async with running(tmp_path) as (port, _), _asking(port) as ask:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request_ + f"Authorization: Bearer {TOKEN}\r\n\r\nnull".encode())
        await writer.drain()
        await asyncio.sleep(0.1)
        writer.transport.abort()
        await asyncio.sleep(0.1)
        async with ask.get("/health") as response:
            assert response.status == 204


async def test_the_same_document_many_times_at_once_has_one_effect(tmp_path: Path) -> None:
    async with _linked(tmp_path) as (adapter, other):
        consignment = golden.consignment(golden.document(attachments=()), golden.part())
        taken = await asyncio.gather(*(adapter.deliver(consignment) for _ in range(8)))
        assert len({each.reference for each in taken}) == len(await other.held()) == 1


async def test_what_it_has_taken_outlives_its_sudden_death(tmp_path: Path) -> None:
    consignment = golden.consignment()
    references = []
    for _ in range(2):
        async with running(tmp_path) as (port, process), opened(tmp_path, f"http://127.0.0.1:{port}") as adapter:
            references.append((await adapter.deliver(consignment)).reference)
            process.kill()
    assert references[0] == references[1]


async def test_octets_that_are_not_those_announced_are_not_taken(tmp_path: Path) -> None:
    async with _linked(tmp_path) as (adapter, other):
        with pytest.raises(Transient, match="SHA-256"):
            await adapter.deliver(replace(golden.consignment(), sha256="0" * 64))
        assert await other.held() == ()


async def test_a_refusal_before_the_end_of_a_large_document_is_heard(tmp_path: Path) -> None:
    async with _linked(tmp_path) as (adapter, other):
        await adapter.health()
        await other.be(Mood.UNAUTHORISED)
        with pytest.raises(Misconfigured, match="link-unauthorised"):
            await adapter.deliver(golden.consignment(golden.document(attachments=()), _large(20 * MB)))


async def test_an_attachment_of_200_mb_goes_there_in_bounded_memory_of_both(tmp_path: Path) -> None:
    async with running(tmp_path) as (port, process), opened(tmp_path, f"http://127.0.0.1:{port}") as adapter:
        await adapter.deliver(golden.consignment())
        consignment = golden.consignment(golden.document("200", attachments=()), _large())
        grown = await _most(adapter.deliver(consignment), psutil.Process(), psutil.Process(process.pid))
        assert max(grown) < GROWTH
        (file,) = (tmp_path / "data" / "in").glob("*/part-0")
        assert file.stat().st_size == LARGE


async def test_an_attachment_of_200_mb_comes_from_there_in_bounded_memory_of_both(tmp_path: Path) -> None:
    large = _large()
    async with running(tmp_path) as (port, process), opened(tmp_path, f"http://127.0.0.1:{port}") as adapter:
        waiting = tmp_path / "data" / "out" / "1-1"
        waiting.mkdir()
        (waiting / "envelope.edxml").write_bytes(b"<edXML/>")
        with (waiting / "part-0").open("wb") as file:
            async for piece in large.open():
                file.write(piece)
        part = {"content_id": "lon", "size": LARGE, "sha256": large.sha256}
        item = {
            "kind": "envelope",
            "reference": "1-1",
            "size": 8,
            "sha256": hashlib.sha256(b"<edXML/>").hexdigest(),
            "parts": [part],
        }
        (waiting / "item.json").write_text(json.dumps(item))
        (collected,) = [each async for each in adapter.collect()]
        read = 0

        async def fetch() -> None:
            nonlocal read
            async for chunk in collected.parts["lon"]():  # type: ignore[union-attr]
                read += len(chunk)

        grown = await _most(fetch(), psutil.Process(), psutil.Process(process.pid))
        assert (read, max(grown) < GROWTH) == (LARGE, True)
        await adapter.acknowledge(collected, Accepted())
        assert [each async for each in adapter.collect()] == []
