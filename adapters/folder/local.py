"""A tree of files in a folder of this machine; each call in a thread, since a folder may be a mount that hangs."""

import asyncio
import errno
import os
import shutil
import stat
import threading
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager, suppress
from io import FileIO
from pathlib import Path
from typing import Final, TypeVar

from gateway.sdk import Misconfigured, Opener, Transient
from gateway.sdk.blocking import in_thread

from .store import BLOCK, Entry, Kind, blocks

T = TypeVar("T")

THREADS: Final = 16
"""Calls of one folder that may be under way, those that were given up included: a mount that hangs takes no more of the hub."""
NOT_OURS: Final = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.EXDEV, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG})
"""What comes again until somebody mends the folder."""


class LocalStore:
    """Store port over a folder. It follows no link that lies in the tree in place of a file."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._room = asyncio.Semaphore(THREADS)

    async def entries(self, path: str) -> tuple[Entry, ...]:
        def scan() -> tuple[Entry, ...]:
            with os.scandir(self._root / path) as found:
                return tuple(seen for each in found if (seen := _look(Path(each.path))) is not None)

        return await self._call(scan)

    async def look(self, path: str) -> Entry | None:
        return await self._call(lambda: _look(self._root / path))

    async def read(self, path: str) -> AsyncGenerator[bytes, None]:
        async with self._opened(path, "rb", os.O_NOFOLLOW | os.O_NONBLOCK) as file:
            while chunk := await self._call(lambda: file.read(BLOCK)):
                yield chunk

    async def write(self, path: str, source: Opener) -> None:
        async with aclosing(blocks(source)) as gathered, self._opened(path, "wb", os.O_NOFOLLOW) as file:
            async for block in gathered:
                await self._call(lambda whole=block: _write(file, whole))  # type: ignore[misc]
            await self._call(lambda: _sync(file, self._root / path))

    async def make_folder(self, path: str) -> None:
        def make() -> None:
            place = self._root / path
            with suppress(FileExistsError):
                place.mkdir()
                _sync_folder(place.parent)
            if (found := _look(place)) is not None and found.kind is not Kind.FOLDER:
                raise NotADirectoryError(errno.ENOTDIR, "not a folder", str(place))

        await self._call(make)

    async def rename(self, old: str, new: str) -> None:
        def rename() -> None:
            before, after = self._root / old, self._root / new
            before.replace(after)
            for folder in {before.parent, after.parent}:
                _sync_folder(folder)

        await self._call(rename)

    async def remove(self, path: str) -> None:
        def remove() -> None:
            place = self._root / path
            if place.is_dir() and not place.is_symlink():
                shutil.rmtree(place, ignore_errors=True)
            else:
                place.unlink(missing_ok=True)

        await self._call(remove)

    async def close(self) -> None: ...

    @asynccontextmanager
    async def _opened(self, path: str, mode: str, flags: int) -> AsyncGenerator[FileIO, None]:
        """Open a file; where something went wrong, nobody waits until it is closed: its mount may hang."""
        given_up = threading.Event()

        def opened() -> FileIO:
            file = _open(self._root / path, mode, flags)
            if given_up.is_set():
                file.close()
            return file

        try:
            file = await self._call(opened)
        except asyncio.CancelledError:
            given_up.set()
            raise
        try:
            yield file
        except BaseException:
            threading.Thread(target=_close, args=(file,), daemon=True, name="folder").start()
            raise
        await self._call(file.close)

    async def _call(self, call: Callable[[], T]) -> T:
        """Call in a thread; its place is free again once the thread has ended, not once it was given up."""
        await self._room.acquire()
        loop = asyncio.get_running_loop()

        def counted() -> T:
            try:
                with _faults():
                    return call()
            finally:
                if not loop.is_closed():
                    loop.call_soon_threadsafe(self._room.release)

        return await in_thread(counted)


@contextmanager
def _faults() -> Iterator[None]:
    """Make a fault of what the system says, but that a path is not there."""
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        detail = f"{errno.errorcode.get(error.errno or 0, '?')}: {error.filename or ''} {error.strerror or ''}".strip()
        if error.errno in NOT_OURS:
            raise Misconfigured("link-misconfigured", detail=detail) from error
        raise Transient("receiver-failed", detail=detail) from error


def _look(path: Path) -> Entry | None:
    try:
        found = path.lstat()
    except FileNotFoundError:
        return None
    mode = found.st_mode
    kind = Kind.FILE if stat.S_ISREG(mode) else Kind.FOLDER if stat.S_ISDIR(mode) else Kind.OTHER
    return Entry(name=path.name, kind=kind, size=found.st_size, modified=found.st_mtime)


def _open(path: Path, mode: str, flags: int) -> FileIO:
    """Open without a buffer, so that closing it in another thread than one that hangs ends what that one does."""
    return FileIO(path, mode, opener=lambda name, usual: os.open(name, usual | flags, 0o666))


def _write(file: FileIO, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[file.write(rest) :]


def _sync(file: FileIO, path: Path) -> None:
    os.fsync(file.fileno())
    _sync_folder(path.parent)


def _close(file: FileIO) -> None:
    with suppress(OSError):
        file.close()


def _sync_folder(folder: Path) -> None:
    """Have the names of a folder on the disk, where its file system can."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
