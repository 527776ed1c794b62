"""The hub that is fuzzed: the real program in a process of its own, with its agencies, watched from outside."""

import asyncio
import collections
import contextlib
import json
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp
import psutil
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from gateway.core import signing, writing
from gateway.core.envelope import DocumentPackage
from gateway.core.model import VIETNAM
from tests.documents import COMMUNE, DEPARTMENT, PROVINCE, document
from tests.pki import Member

CHANNEL = "H56.01.07"
"""An agency that is trusted by its channel: what it sends reaches the parser unsigned."""
BODY_SECONDS = 1
"""A body that never comes is given up long before the five seconds in which every answer is due."""
MOST_MEMORY = 600 * 1024 * 1024
MOST_FILES = 300
READY_SECONDS = 60
LOG_LINES = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A running hub: who may call it, what is in it, and its process. `known` are ids by kind, for paths and bodies."""

    folder: Path
    host: str
    port: int
    members: dict[str, Member]
    tokens: dict[str, str]
    process: psutil.Process
    log: collections.deque[str]
    known: dict[str, str]

    def sign(self, package: DocumentPackage, organ: str = PROVINCE, **more: Any) -> bytes:
        member = self.members[organ]
        return signing.sign(writing.emit(package), certificate=member.certificate, key=member.key, **more)

    def complaint(self) -> str | None:
        """Say what is wrong with the process."""
        if not self.process.is_running() or self.process.status() == psutil.STATUS_ZOMBIE:
            return "the process has ended"
        if (held := self.process.memory_info().rss) > MOST_MEMORY:
            return f"the process holds {held // 1024**2} MB"
        if (files := self.process.num_fds()) > MOST_FILES:
            return f"the process has {files} open files"
        return None


def today() -> Any:
    return datetime.now(VIETNAM).date()


def numbered(number: str, **more: Any) -> DocumentPackage:
    """Make a document of today."""
    return document(number, promulgation_date=today(), **more)


@contextlib.asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[Target]:
    """Set up a hub in a folder and run it."""
    port = _free_port()
    names = {PROVINCE: "UBND tỉnh (mẫu)", DEPARTMENT: "Sở A (mẫu)", COMMUNE: "UBND xã B (mẫu)", CHANNEL: "UBND phường C (mẫu)"}
    named = [argument for organ, name in names.items() for argument in ("--agency", f"{organ}={name}")]
    config = folder / "gateway.toml"
    _lienthong("init", str(folder), "--port", str(port), *named)
    _lienthong("agency", "set", CHANNEL, "--trust", "channel", "--config", str(config))
    config.write_text(config.read_text("utf-8") + f"\n[limits]\nbody_seconds = {BODY_SECONDS}\n", "utf-8")
    log: collections.deque[str] = collections.deque(maxlen=LOG_LINES)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "gateway", "serve", "--config", str(config)), stderr=asyncio.subprocess.PIPE, limit=2**20
    )
    listening = asyncio.create_task(_follow(process, log))
    try:
        await _ready(f"http://127.0.0.1:{port}/readyz")
        yield Target(
            folder=folder,
            host="127.0.0.1",
            port=port,
            members={organ: _member(folder / "agencies" / organ) for organ in names},
            tokens={organ: (folder / "agencies" / organ / "token").read_text().strip() for organ in names},
            process=psutil.Process(process.pid),
            log=log,
            known={},
        )
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await listening


async def _follow(process: asyncio.subprocess.Process, log: collections.deque[str]) -> None:
    """Keep the lines that tell of a mistake of the hub."""
    assert process.stderr is not None
    while raw := await process.stderr.readline():
        line = raw.decode("utf-8", "replace")
        event = json.loads(line).get("event") if line.startswith("{") else ""
        if event in {"", "request.failed", "rules.refused"}:
            log.append(line)


async def _ready(url: str) -> None:
    async with asyncio.timeout(READY_SECONDS), aiohttp.ClientSession() as session:
        while True:
            with contextlib.suppress(aiohttp.ClientError):
                async with session.get(url) as response:
                    if response.status == 200:
                        return
            await asyncio.sleep(0.1)


def _member(folder: Path) -> Member:
    key: Any = load_pem_private_key((folder / "key.pem").read_bytes(), None)
    certificate = x509.load_pem_x509_certificate((folder / "cert.pem").read_bytes())
    return Member(name=folder.name, organ_id=folder.name, key=key, certificate=certificate, folder=folder)


def _lienthong(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "gateway", *arguments], check=True, capture_output=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
