"""What the exchange asks of a tree of files, wherever it is. Paths are relative to its root, parts apart by a slash."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from gateway.sdk import Misconfigured, Opener

BLOCK: Final = 1024 * 1024
"""Octets that are read or written at once: each is a call of a thread, or a request and an answer over the network."""
MAX_SMALL: Final = 16 * 1024 * 1024
"""The most octets of a file that is read whole: an envelope whose attachments lie beside it, a list of digests."""


class Kind(StrEnum):
    """What an entry of a folder is; links, pipes and devices are no files, and are never opened."""

    FILE = "file"
    FOLDER = "folder"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry of a folder. `modified` is in seconds, by the clock of where it lies."""

    name: str
    kind: Kind
    size: int
    modified: float


class Store(Protocol):
    """A tree of files. All raise Transient and Misconfigured, and FileNotFoundError where a path is not there."""

    async def entries(self, path: str) -> tuple[Entry, ...]:
        """List a folder, in no order."""

    async def look(self, path: str) -> Entry | None:
        """Look at an entry itself, following no link; None where there is none."""

    def read(self, path: str) -> AsyncGenerator[bytes, None]:
        """Stream a file."""

    async def write(self, path: str, source: Opener) -> None:
        """Write a file; it is on the disk when this ends, as far as the other side lets that be known."""

    async def make_folder(self, path: str) -> None:
        """Make a folder where it is not there yet; what it is in must be there."""

    async def rename(self, old: str, new: str) -> None:
        """Rename a file or a folder in one step; a file of the new name is replaced."""

    async def remove(self, path: str) -> None:
        """Remove a file, or a folder and its files; harmless where there is none."""

    async def close(self) -> None:
        """Let go of what it holds open."""


async def read_small(store: Store, path: str) -> bytes:
    """Read a file whole. Raises ValueError where it is larger than `MAX_SMALL`."""
    content = bytearray()
    source = store.read(path)
    try:
        async for chunk in source:
            content += chunk
            if len(content) > MAX_SMALL:
                raise ValueError(f"{path}: > {MAX_SMALL}")
    finally:
        await source.aclose()
    return bytes(content)


async def blocks(source: Opener) -> AsyncGenerator[bytes, None]:
    """Gather what is streamed into blocks: a call for each small chunk would cost more than the octets."""
    gathered = bytearray()
    async with aclosing(source()) as chunks:
        async for chunk in chunks:
            gathered += chunk
            if len(gathered) >= BLOCK:
                yield bytes(gathered)
                gathered.clear()
    if gathered:
        yield bytes(gathered)


def absent(folder: str) -> Misconfigured:
    """Say that a folder of the agreed layout is not there. The hub makes none: a share that is not mounted has none either."""
    vi, en = f"không có thư mục {folder}", f"there is no folder {folder}"
    return Misconfigured("link-misconfigured", detail=vi, detail_en=en)
