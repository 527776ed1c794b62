"""kill -9 of the whole hub during a stream of posts: what was answered 202 is there afterwards, exactly once."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from gateway.core import signing, writing
from tests.documents import PROVINCE, document

DOCUMENTS = 300
WRITERS = 8


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("killed")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    subprocess.run([sys.executable, "-m", "gateway", "init", str(folder), "--port", str(port)], check=True, capture_output=True)
    return folder


@contextlib.asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[tuple[subprocess.Popen[bytes], aiohttp.ClientSession]]:
    config = str(folder / "gateway.toml")
    process = subprocess.Popen([sys.executable, "-m", "gateway", "serve", "--config", config], stderr=subprocess.DEVNULL)
    port = next(line.split("=")[1].strip() for line in Path(config).read_text().splitlines() if line.startswith("port"))
    token = (folder / "agencies" / PROVINCE / "token").read_text().strip()
    headers = {"Authorization": f"Bearer {token}"}
    try:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}", headers=headers) as session:
            await _ready(session)
            yield process, session
    finally:
        process.kill()
        process.wait()


async def _ready(session: aiohttp.ClientSession) -> None:
    for _ in range(150):
        with contextlib.suppress(aiohttp.ClientError):
            async with session.get("/readyz") as response:
                if response.status == 200:
                    return
        await asyncio.sleep(0.1)
    raise AssertionError("the hub did not become ready")


def _bodies(folder: Path) -> list[bytes]:
    own = folder / "agencies" / PROVINCE
    key: Any = load_pem_private_key((own / "key.pem").read_bytes(), None)
    certificate = x509.load_pem_x509_certificate((own / "cert.pem").read_bytes())
    return [
        signing.sign(writing.emit(document(str(number))), certificate=certificate, key=key) for number in range(1, DOCUMENTS + 1)
    ]


async def _post_until_killed(session: aiohttp.ClientSession, bodies: list[bytes], kill_after: int, pid: int) -> dict[str, bytes]:
    """Post from several writers, kill the hub once `kill_after` were answered; give what was answered 202."""
    answered: dict[str, bytes] = {}
    queue = iter(bodies)

    async def writer() -> None:
        for body in queue:
            try:
                async with session.post("/api/v1/documents", data=body, headers={"Content-Type": "application/xml"}) as response:
                    assert response.status == 202
                    answered[(await response.json())["id"]] = body
            except aiohttp.ClientError:
                return
            if len(answered) == kill_after:
                os.kill(pid, signal.SIGKILL)

    await asyncio.gather(*(writer() for _ in range(WRITERS)))
    return answered


async def _listed(session: aiohttp.ClientSession) -> list[str]:
    ids: list[str] = []
    after: str | None = None
    while True:
        query = {"limit": "500"} | ({"after": after} if after else {})
        async with session.get("/api/v1/documents", params=query) as response:
            page = await response.json()
        ids += [item["id"] for item in page["items"]]
        after = page["next"]
        if after is None:
            return ids


async def test_everything_answered_before_the_kill_is_there_afterwards_exactly_once(folder: Path) -> None:
    bodies = _bodies(folder)
    async with serving(folder) as (process, session):
        answered = await _post_until_killed(session, bodies, DOCUMENTS // 2, process.pid)
    assert DOCUMENTS // 2 <= len(answered) < DOCUMENTS
    async with serving(folder) as (_, session):
        listed = await _listed(session)
        assert len(listed) == len(set(listed))
        assert answered.keys() <= set(listed)
        for document_id in listed:  # none is half-written, answered or not
            async with session.get(f"/api/v1/documents/{document_id}/envelope") as response:
                envelope = await response.read()
            assert envelope in bodies
            async with session.get(f"/api/v1/documents/{document_id}/receipt") as response:
                assert response.status == 200
        for body in bodies:  # the sender repeats everything, and nothing is doubled
            async with session.post("/api/v1/documents", data=body, headers={"Content-Type": "application/xml"}) as response:
                assert response.status in {200, 202}
        assert len(await _listed(session)) == DOCUMENTS
