"""What a package of evidence with a large attachment costs in memory: the hub that gives it, and whoever examines it."""

import asyncio
import contextlib
import io
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import aiohttp
import psutil

from bench.documents import packaged
from gateway.core import signing, writing
from gateway.core.envelope import Attachment
from tests.faults.test_memory import MEGABYTE, Watched, hub

__all__ = ["hub"]

PART, MOST_OF_THE_HUB, MOST_OF_THE_EXAMINER = 300 * MEGABYTE, 64 * MEGABYTE, 160 * MEGABYTE
"""An examiner that looks at a small package takes half of that, which is the program itself."""


def large(hub: Watched, folder: Path) -> tuple[bytes, Path]:
    """Make an envelope, and the file that goes beside it."""
    octets, identity = bytes(PART), hub.identity
    package = replace(packaged(1), attachments=(Attachment(content_id="lon", name="lon.bin"),))
    envelope = signing.sign(writing.emit(package), certificate=identity.certificate, key=identity.key, parts={"lon": octets})
    (folder / "lon.bin").write_bytes(octets)
    return envelope, folder / "lon.bin"


async def fetched(hub: Watched, envelope: bytes, part: Path, to: Path) -> None:
    """Send the document, and save its package as it comes."""
    with aiohttp.MultipartWriter("related") as body, part.open("rb") as opened:
        body.append(io.BytesIO(envelope), {"Content-Type": "application/xml", "Content-ID": "<edxml>"})
        body.append(opened, {"Content-Type": "application/octet-stream", "Content-ID": "<lon>"})
        ((status, answer),) = await hub.post([body])
    assert status == 202, answer
    headers = {"Authorization": f"Bearer {hub.identity.token}"}
    async with aiohttp.ClientSession(f"{hub.url}/api/v1/", headers=headers) as session:
        async with session.get("documents") as response:
            (only,) = (await response.json())["items"]
        async with session.get(f"documents/{only['id']}/evidence") as response:
            with to.open("wb") as file:
                async for chunk in response.content.iter_chunked(MEGABYTE):
                    file.write(chunk)


def examined(package: Path) -> tuple[int, int]:
    """Examine a package in a process of its own; give its exit code, and how much memory it took at most."""
    command, peak = [sys.executable, "-m", "gateway", "evidence", "verify", str(package)], 0
    with psutil.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None:
            with contextlib.suppress(psutil.Error):
                peak = max(peak, process.memory_info().rss)
            time.sleep(0.01)
        return process.returncode, peak


def test_a_package_with_300_megabytes_is_given_and_examined_in_a_bounded_memory(hub: Watched, tmp_path: Path) -> None:
    package = tmp_path / "e.zip"
    asyncio.run(fetched(hub, *large(hub, tmp_path), package))
    assert package.stat().st_size > PART
    assert hub.peak - hub.idle < MOST_OF_THE_HUB, f"{(hub.peak - hub.idle) / MEGABYTE:.0f} MB"
    code, used = examined(package)
    assert code == 0
    assert used < MOST_OF_THE_EXAMINER, f"{used / MEGABYTE:.0f} MB"
