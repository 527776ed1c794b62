"""Payloads by their content: large ones in files, small ones together (`vault_small`)."""

import asyncio
import hashlib
import io
import os
import secrets
import time
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import BinaryIO, Self, cast

from gateway.core.faults import Rejected, Transient
from gateway.infra.vault_small import SmallPayloads
from gateway.ports import Staged

MEMORY_BYTES = 256 * 1024
"""Above this, staged bytes go to a file: a hundred uploads at once must not fill the memory."""
SMALL_BYTES = 256 * 1024
"""Up to this a payload is kept with others in one file: an fsync of its own would cost more than all else about it."""
CHUNK = 256 * 1024
LEFTOVER_SECONDS = 24 * 3600
"""No upload takes a day: what is older in the folder of arrivals was left by a killed process."""
RETRY_AFTER_SECONDS = 5
ARRIVALS = "incoming"


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

    def open(self) -> BinaryIO:
        if self._spooled:
            self._spool()
            return self.path.open("rb")
        return io.BytesIO(self._memory)

    def digest(self, algorithm: str) -> bytes:
        if algorithm == self._hash.name:
            return self._hash.digest()
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
        """Move what is in memory into the file, behind what is there: after a failed attempt the same bytes go again."""
        try:
            with open(self.path, "r+b" if self._spooled else "xb", opener=_private) as file:
                self._spooled = True
                file.seek(self._size - len(self._memory))
                file.write(self._memory)
        except OSError as error:
            raise _unavailable(error) from error
        self._memory.clear()


class FileVault:
    """Vault port over a folder: `<aa>/<sha256>` for large payloads, `small.sqlite3` for small ones, arrivals beside."""

    def __init__(self, folder: Path, small: SmallPayloads) -> None:
        self._folder = folder
        self._small = small
        self._arrivals = folder / ARRIVALS

    @classmethod
    async def open(cls, folder: Path) -> Self:
        """Open or make the folder, and remove what a killed process left half-written."""
        arrivals = folder / ARRIVALS
        await asyncio.to_thread(_sweep, arrivals)
        small = SmallPayloads(folder / "small.sqlite3")
        await small.prepare()
        return cls(folder, small)

    async def close(self) -> None:
        await self._small.close()

    def stage(self) -> StagedFile:
        return StagedFile(self._arrivals)

    async def keep(self, staged: Sequence[Staged]) -> None:
        await asyncio.gather(self._keep_small(staged), self._keep_large(staged))

    async def read(self, sha256: str) -> bytes:
        small = await self._small.read(sha256)
        return small if small is not None else await asyncio.to_thread(self._found(sha256).read_bytes)

    async def stream(self, sha256: str, start: int = 0, end: int | None = None) -> AsyncGenerator[bytes, None]:
        """Stream a range in blocks."""
        small = await self._small.read(sha256)
        if small is not None:
            yield small[start:end]
            return
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
            await asyncio.to_thread(_probe, self._arrivals / f"probe-{secrets.token_hex(8)}")
        except OSError as error:
            raise Transient("not-ready", detail=f"Kho tệp: {error}", detail_en=f"Vault: {error}") from error

    async def _keep_small(self, staged: Sequence[Staged]) -> None:
        payloads = {each.sha256: each.read() for each in staged if each.size <= SMALL_BYTES}
        if payloads:
            await self._small.keep(payloads)

    async def _keep_large(self, staged: Sequence[Staged]) -> None:
        files = [each for each in staged if each.size > SMALL_BYTES]
        if files:
            await asyncio.to_thread(self._place_all, cast("list[StagedFile]", files))  # a vault keeps what it staged

    def _place_all(self, staged: list[StagedFile]) -> None:
        try:
            folders = {folder for each in staged for folder in self._place(each)}
            for folder in folders:
                _fsync_folder(folder)
        except OSError as error:
            raise _unavailable(error) from error

    def _place(self, staged: StagedFile) -> set[Path]:
        """Put a payload in its place; give the folders to fsync, since another may have made them and not come to it yet."""
        final = self._path(staged.sha256)
        final.parent.mkdir(exist_ok=True)
        if not final.exists():
            staged.flush().rename(final)
        return {final.parent, self._folder}

    def _found(self, sha256: str) -> Path:
        path = self._path(sha256)
        if not path.is_file():
            raise Rejected("not-found", path=sha256)
        return path

    def _path(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256


def _probe(file: Path) -> None:
    """Write a block: a full disk still takes an empty file."""
    try:
        file.write_bytes(bytes(4096))
    finally:
        file.unlink(missing_ok=True)


def _sweep(arrivals: Path) -> None:
    """Make the folder of arrivals, and remove what nobody will finish."""
    arrivals.mkdir(parents=True, exist_ok=True)
    for left in arrivals.iterdir():
        if time.time() - left.stat().st_mtime > LEFTOVER_SECONDS:
            left.unlink(missing_ok=True)


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
