"""What large documents cost the hub's process in memory: a bound, however many come at once."""

import asyncio
import io
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import psutil
import pytest

from bench.documents import Identity, documents, packaged
from gateway.core import signing, writing
from gateway.core.envelope import Attachment
from gateway.entry.demo.hub_process import free_port

MEGABYTE = 1024 * 1024
MANY, LARGE, MOST = 20, 30_000_000, 600 * MEGABYTE
PART, MOST_FOR_A_PART = 1024 * MEGABYTE, 64 * MEGABYTE


class Watched:
    """A hub in a process of its own, and its resident memory."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        subprocess.run(
            [sys.executable, "-m", "gateway", "init", str(folder), "--port", str(port)], check=True, capture_output=True
        )
        self.url, self.identity = f"http://127.0.0.1:{port}", Identity.read(folder)
        config = str(folder / "gateway.toml")
        self.process = psutil.Popen([sys.executable, "-m", "gateway", "serve", "--config", config], stderr=subprocess.DEVNULL)
        self.idle = self.peak = 0
        self._stop = threading.Event()
        self._watching = threading.Thread(target=self._watch)

    def start(self) -> None:
        asyncio.run(self._ready())
        self.idle = self.process.memory_info().rss
        self._watching.start()

    def end(self) -> None:
        self._stop.set()
        self._watching.join()
        self.process.terminate()
        self.process.wait(30)

    async def post(self, bodies: list[Any]) -> list[tuple[int, str]]:
        headers = {"Authorization": f"Bearer {self.identity.token}"}
        async with aiohttp.ClientSession(headers=headers, timeout=aiohttp.ClientTimeout(300)) as session:

            async def one(body: Any) -> tuple[int, str]:
                media = {} if isinstance(body, aiohttp.MultipartWriter) else {"Content-Type": "application/xml"}
                async with session.post(f"{self.url}/api/v1/documents", data=body, headers=media) as response:
                    return response.status, (await response.text())[:300]

            return await asyncio.gather(*map(one, bodies))

    async def _ready(self) -> None:
        async with aiohttp.ClientSession() as session:
            for _ in range(200):
                try:
                    async with session.get(f"{self.url}/readyz") as response:
                        if response.status == 200:
                            return
                except aiohttp.ClientError:
                    await asyncio.sleep(0.1)
        raise AssertionError("the hub did not start")

    def _watch(self) -> None:
        while not self._stop.is_set():
            self.peak = max(self.peak, self.process.memory_info().rss)
            time.sleep(0.02)


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Watched]:
    watched = Watched(tmp_path / "hub")
    watched.start()
    yield watched
    watched.end()


def test_twenty_documents_of_thirty_megabytes_at_once_stay_under_600_megabytes(hub: Watched, tmp_path: Path) -> None:
    files = []
    for number, (envelope, _) in enumerate(zip(documents(hub.identity, LARGE), range(MANY), strict=False)):
        files.append(tmp_path / f"{number}.edxml")
        files[-1].write_bytes(envelope)
    opened = [file.open("rb") for file in files]
    answers = asyncio.run(hub.post(opened))
    for file in opened:
        file.close()
    assert {status for status, _ in answers} == {202}, answers
    assert hub.peak < MOST, f"{hub.peak / MEGABYTE:.0f} MB"


def test_an_attachment_of_a_gigabyte_as_a_mime_part_costs_less_than_64_megabytes(hub: Watched, tmp_path: Path) -> None:
    octets = bytes(PART)
    package = replace(packaged(1), attachments=(Attachment(content_id="lon", name="lon.bin"),))
    identity = hub.identity
    envelope = signing.sign(writing.emit(package), certificate=identity.certificate, key=identity.key, parts={"lon": octets})
    file = tmp_path / "lon.bin"
    file.write_bytes(octets)
    del octets

    async def send() -> list[tuple[int, str]]:
        with aiohttp.MultipartWriter("related") as body, file.open("rb") as opened:
            body.append(io.BytesIO(envelope), {"Content-Type": "application/xml", "Content-ID": "<edxml>"})
            body.append(opened, {"Content-Type": "application/octet-stream", "Content-ID": "<lon>"})
            return await hub.post([body])

    ((status, answer),) = asyncio.run(send())
    assert status == 202, answer
    assert hub.peak - hub.idle < MOST_FOR_A_PART, f"{(hub.peak - hub.idle) / MEGABYTE:.0f} MB"
