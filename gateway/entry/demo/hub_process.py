"""The hub of the demonstration: `lienthong serve` in a process of its own, as anybody would run it."""

import asyncio
import contextlib
import socket
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO

import aiohttp

from gateway.config import Settings
from gateway.core.faults import Transient

READY_SECONDS = 20.0
"""A cold start on a slow machine takes a few seconds."""
STOP_SECONDS = 15.0
"""The hub drains requests for ten seconds."""
LOG_FILE = "hub.log"
LOG_LINES = 15


@contextlib.asynccontextmanager
async def serving(config: Path) -> AsyncIterator[str]:
    """Run the hub while the block runs; give its address. Raises `not-ready` with the end of its log."""
    settings = Settings.load(config)
    url, log = f"http://{settings.server.host}:{settings.server.port}", settings.path(Path(LOG_FILE))
    command = (sys.executable, "-m", "gateway", "serve", "--config", str(config))
    with _appending(log) as file:  # a session of its own: Ctrl-C is for us, and we stop the hub in order
        process = await asyncio.create_subprocess_exec(*command, stdout=file, stderr=file, start_new_session=True)
    try:
        if not await _ready(process, url):
            raise Transient("not-ready", detail="\n".join((f"{url}:", *last_lines(log))))
        yield url
    finally:
        await _stop(process)


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def last_lines(file: Path) -> list[str]:
    """Give the end of the hub's log; nothing where it never started."""
    if not file.exists():
        return []
    return file.read_text("utf-8", "replace").splitlines()[-LOG_LINES:]


async def _ready(process: asyncio.subprocess.Process, url: str) -> bool:
    """Wait until the hub answers that it is ready; False where it ended or took too long."""
    deadline = time.monotonic() + READY_SECONDS
    async with aiohttp.ClientSession() as session:
        while process.returncode is None and time.monotonic() < deadline:
            with contextlib.suppress(aiohttp.ClientError):
                async with session.get(f"{url}/readyz") as response:
                    if response.status == 200:
                        return True
            await asyncio.sleep(0.05)
    return False


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOP_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()


def _appending(file: Path) -> BinaryIO:
    return file.open("ab")
