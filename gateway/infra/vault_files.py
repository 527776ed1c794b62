"""Payloads in files, found by their content."""

import asyncio
import hashlib
import os
import secrets
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Self, cast

from gateway.core.faults import Rejected, Transient
from gateway.ports import Staged

MEMORY_BYTES = 256 * 1024
"""Above this, staged bytes go to a file: a hundred uploads at once must not fill the memory."""
CHUNK = 256 * 1024
LEFTOVER_SECONDS = 24 * 3600
"""No upload takes a day: what is older in the folder of arrivals was left by a killed process."""
RETRY_AFTER_SECONDS = 5


class StagedFile:
    """Staged bytes: in memory while small, in a file of the arrivals folder above that."""

    def __init__(self, arrivals: Path) -> None:
        self.path = arrivals / secrets.token_hex(16)
        self._memory = bytearray()
        self._spooled = False
        self._size = 0
        self._hash = hashlib.sha256()

    @property
    def size(self) -> int:
        return self._size

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    async def write(self, chunk: bytes) -> None:
        self._size += len(chunk)
        self._hash.update(chunk)
        self._memory += chunk
        if len(self._memory) > MEMORY_BYTES:
            await asyncio.to_thread(self._spool)

    def read(self) -> bytes:
        return (self.path.read_bytes() if self._spooled else b"") + bytes(self._memory)

    def digest(self, algorithm: str) -> bytes:
        made = hashlib.new(algorithm)
        if self._spooled:
            with self.path.open("rb") as file:
                while block := file.read(CHUNK):
                    made.update(block)
        made.update(self._memory)
        return made.digest()

    async def discard(self) -> None:
        if self._spooled:
            await asyncio.to_thread(self.path.unlink, missing_ok=True)

    def flush(self) -> Path:
        """Put all bytes into the file, durably; give its path. Runs in a thread."""
        self._spool()
        descriptor = os.open(self.path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        return self.path

    def _spool(self) -> None:
        try:
            with open(self.path, "ab", opener=_private) as file:
                self._spooled = True
                file.write(self._memory)
        except OSError as error:
            raise _unavailable(error) from error
        self._memory.clear()


class FileVault:
    """Vault port over a folder: `<a>/<sha256>`, `a` being the first digit, with arrivals beside.

    Sixteen folders, so that a group of payloads costs sixteen folder fsyncs at most; file systems index large folders.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._arrivals = folder / "incoming"
        self._keeping: asyncio.Task[None] | None = None
        self._waiting: list[tuple[Sequence[StagedFile], asyncio.Future[None]]] = []

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open or make the folder, and remove what a killed process left half-written."""
        vault = cls(folder)
        vault._arrivals.mkdir(parents=True, exist_ok=True)
        for left in vault._arrivals.iterdir():
            if time.time() - left.stat().st_mtime > LEFTOVER_SECONDS:
                left.unlink(missing_ok=True)
        return vault

    def stage(self) -> StagedFile:
        return StagedFile(self._arrivals)

    async def keep(self, staged: Sequence[Staged]) -> None:
        """Keep with whatever else waits: those who come while a group is written go together in the next one."""
        done = asyncio.get_running_loop().create_future()
        self._waiting.append((cast("Sequence[StagedFile]", staged), done))  # a vault keeps what it staged
        if self._keeping is None:
            self._keeping = asyncio.create_task(self._keep_groups())
        await asyncio.shield(done)

    async def read(self, sha256: str) -> bytes:
        return await asyncio.to_thread(self._found(sha256).read_bytes)

    async def stream(self, sha256: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """Stream a range in blocks."""
        file = await asyncio.to_thread(self._found(sha256).open, "rb")
        with file:
            file.seek(start)
            left = end - start if end is not None else None
            while left is None or left > 0:
                block = await asyncio.to_thread(file.read, CHUNK if left is None else min(CHUNK, left))
                if not block:
                    return
                left = None if left is None else left - len(block)
                yield block

    async def ready(self) -> None:
        try:
            probe = self._arrivals / f"probe-{secrets.token_hex(8)}"
            await asyncio.to_thread(probe.write_bytes, b"")
            await asyncio.to_thread(probe.unlink)
        except OSError as error:
            raise Transient("not-ready", detail=f"Kho tệp: {error}", detail_en=f"Vault: {error}") from error

    async def _keep_groups(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting, []
            outcomes = await asyncio.to_thread(self._keep, [staged for staged, _ in group])
            for (_, done), error in zip(group, outcomes, strict=True):
                if not done.done():
                    done.set_result(None) if error is None else done.set_exception(error)
        self._keeping = None

    def _keep(self, group: Sequence[Sequence[StagedFile]]) -> list[Transient | None]:
        """Write and fsync all, rename all, fsync each folder once."""
        outcomes: list[Transient | None] = []
        folders: set[Path] = set()
        for staged in group:
            try:
                for each in staged:
                    folders |= self._place(each)
            except OSError as error:
                outcomes.append(_unavailable(error))
            except Transient as error:
                outcomes.append(error)
            else:
                outcomes.append(None)
        for folder in folders:
            _fsync_folder(folder)
        return outcomes

    def _place(self, staged: StagedFile) -> set[Path]:
        final = self._path(staged.sha256)
        if final.exists():
            return {final.parent}  # its rename may not be durable yet
        made = not final.parent.exists()
        final.parent.mkdir(exist_ok=True)
        staged.flush().rename(final)
        return {final.parent, self._folder} if made else {final.parent}

    def _found(self, sha256: str) -> Path:
        path = self._path(sha256)
        if not path.is_file():
            raise Rejected("not-found", path=sha256)
        return path

    def _path(self, sha256: str) -> Path:
        return self._folder / sha256[0] / sha256


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _fsync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unavailable(error: OSError) -> Transient:
    detail = error.strerror or type(error).__name__
    return Transient("storage-unavailable", detail=detail, detail_en=detail, retry_after=RETRY_AFTER_SECONDS)
