"""The tray that the agency takes from: what the hub puts there is whole at once, and is put there once.

In the tray's folder `.lienthong` the hub keeps `dang-ghi`, what is being written, and `da-gui`, what it remembers: for each key
`.dinh`, that it means to put the item there, and `.xong`, that it has. Steps: write, call it ready, mean it, **rename it into the
tray**, remember it. The renaming is the commit: what was meant and is no longer ready is there, or was there until the agency
took it. Whichever step was the last one, a repeat goes on from it.
"""

import json
import secrets
from dataclasses import dataclass
from typing import Final

from gateway.sdk import Opener
from gateway.sdk.edxml import stream

from .names import DIGEST, DIGESTS, PARTS, identity
from .store import Store, absent

MEMORY: Final = ".lienthong"
WRITING: Final = "dang-ghi"
SENT: Final = "da-gui"
READY: Final = "san-sang"
MEANT: Final = "dinh"
REMEMBERED: Final = "xong"
PROBE: Final = b"\0" * 4096
"""A block: an empty file can be made on a full disk too."""
TOKEN_BYTES: Final = 6
"""Two attempts at one document never write into one file, the first one's thread or request may still be under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A file to be put into a tray. `sha256` is None where nobody checks it."""

    name: str
    open: Opener
    sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What is put into a tray as a whole: one file, or a folder of several; `parts` is by content id the file's name."""

    key: str
    name: str
    sheets: tuple[Sheet, ...]
    parts: dict[str, str] | None = None


class OutTray:
    """A folder that the agency takes from."""

    def __init__(self, store: Store, folder: str) -> None:
        self._store = store
        self._folder = folder
        self._writing = f"{folder}/{MEMORY}/{WRITING}"
        self._sent = f"{folder}/{MEMORY}/{SENT}"

    async def put(self, item: Item) -> str:
        """Put an item there, unless it has been; give its name there."""
        await self._memory()
        own = identity(item.key)
        remembered = f"{self._sent}/{own}.{REMEMBERED}"
        if not await self._there(remembered):
            await self._put(item, own)
            await self._note(remembered, item.name)
        return item.name

    async def probe(self) -> None:
        """Find out whether something can be written there, by a file of the hub's own that is removed again."""
        await self._memory()
        tried = f"{self._writing}/{secrets.token_hex(TOKEN_BYTES)}"
        await self._store.write(tried, stream(PROBE))
        await self._store.remove(tried)

    async def _put(self, item: Item, own: str) -> None:
        ready, meant, final = f"{self._writing}/{own}.{READY}", f"{self._sent}/{own}.{MEANT}", f"{self._folder}/{item.name}"
        intended = await self._there(meant)
        if not await self._there(ready):
            if intended:
                return
            await self._write(item, own, ready)
        if not intended:
            await self._note(meant, item.name)
        if await self._there(final):  # a late request of an attempt that was given up made it ready again
            await self._store.remove(ready)
            return
        if item.parts is None and (sha256 := item.sheets[0].sha256) is not None:
            await self._digest(own, item.name, sha256)
        try:
            await self._store.rename(ready, final)
        except FileNotFoundError:  # likewise, and put it there itself
            if await self._there(self._folder):
                return
            raise

    async def _write(self, item: Item, own: str, ready: str) -> None:
        for each in await self._store.entries(self._writing):
            if each.name.startswith(f"{own}."):  # an attempt's that came to nothing
                await self._store.remove(f"{self._writing}/{each.name}")
        part = f"{self._writing}/{own}.{secrets.token_hex(TOKEN_BYTES)}"
        if item.parts is None:
            await self._store.write(part, item.sheets[0].open)
        else:
            await self._store.make_folder(part)
            for sheet in (*item.sheets, *_lists(item)):
                await self._store.write(f"{part}/{sheet.name}", sheet.open)
        await self._store.rename(part, ready)

    async def _digest(self, own: str, name: str, sha256: str) -> None:
        written = f"{self._writing}/{own}{DIGEST}"
        await self._store.write(written, stream(f"{sha256}  {name}\n".encode()))
        await self._store.rename(written, f"{self._folder}/{name}{DIGEST}")

    async def _note(self, path: str, name: str) -> None:
        """Make a note; that it is there is all that counts, what is in it is for people."""
        await self._store.write(path, stream(f"{name}\n".encode()))

    async def _there(self, path: str) -> bool:
        return await self._store.look(path) is not None

    async def _memory(self) -> None:
        """Have the hub's own folders."""
        try:
            for path in (f"{self._folder}/{MEMORY}", self._writing, self._sent):
                await self._store.make_folder(path)
        except FileNotFoundError as error:
            raise absent(self._folder) from error


def _lists(item: Item) -> tuple[Sheet, ...]:
    """Make what is in a folder besides the document: which attachment is which file, and the digests of all."""
    parts = json.dumps(item.parts, ensure_ascii=False, indent=2).encode()
    digests = "".join(f"{each.sha256}  {each.name}\n" for each in item.sheets if each.sha256 is not None)
    return Sheet(name=PARTS, open=stream(parts)), Sheet(name=DIGESTS, open=stream(digests.encode()))
