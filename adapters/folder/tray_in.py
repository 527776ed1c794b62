"""The tray that the agency puts into: what is whole there is taken under a name of the hub's own, then marked or moved away.

Steps: rename `X` to `.X.dang-nhan`, give it to the hub, and when the hub has it for good rename that to `X.done`; where the hub
refuses it, say why in `X.err`, then move it into the folder of what is harmed. Whichever step was the last one, the next round
goes on from it: what is called `.X.dang-nhan` is given again, and the hub knows the same bytes.
"""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from datetime import datetime, timedelta
from functools import partial
from itertools import count

from gateway.sdk import Accepted, CollectedEnvelope, Log, Misconfigured, Opener, Outcome, Transient
from gateway.sdk.edxml import stream

from .contents import Unfit, check_file, check_folder, contents
from .names import DIGEST, DIGESTS, DONE, ERROR, KEPT, UNDER_WAY, is_envelope, is_mark, of_harmed, takeable, taken_of, taking
from .settling import Print, Settling, Verdict
from .store import Entry, Kind, Store, absent


class InTray:
    """A folder that the agency puts into, and one for what is harmed."""

    def __init__(
        self,
        store: Store,
        *,
        folder: str,
        harmed: str,
        settle: timedelta,
        give_up: timedelta,
        digest_required: bool,
        now: Callable[[], datetime],
        log: Log,
    ) -> None:
        self._store = store
        self._folder = folder
        self._harmed = harmed
        self._digest_required = digest_required
        self._log = log
        self._settling = Settling(now, settle=settle, give_up=give_up)

    async def waiting(self) -> AsyncGenerator[CollectedEnvelope, None]:
        """Give what is whole, the oldest first; what was given and not acknowledged is given again."""
        entries = {each.name: each for each in await self._entries()}
        self._settling.forget_others(entries)
        for entry in sorted(entries.values(), key=lambda each: (each.modified, each.name)):
            name = taken_of(entry.name)
            if name is None:
                name = entry.name
                if is_mark(name) or taking(name) in entries or not await self._take(entry, entries.get(f"{name}{DIGEST}")):
                    continue
            if (collected := await self._collected(name, entry.kind)) is not None:
                yield collected

    async def acknowledge(self, name: str, outcome: Outcome) -> None:
        """Mark what was given; harmless where it has been."""
        taken = self._at(taking(name))
        if await self._store.look(taken) is None:
            return
        if isinstance(outcome, Accepted):
            await self._store.rename(taken, await self._free(self._folder, name, DONE))
            await self._store.remove(self._at(f"{name}{ERROR}"))  # of an earlier file of this name
        else:
            await self._put_aside(taken, name, f"{outcome.code}\n{outcome.vi}\n{outcome.en}")

    async def probe(self) -> None:
        """Find out whether both folders are there."""
        for folder in (self._folder, self._harmed):
            if await self._store.look(f"{folder}/.") is None:
                raise absent(folder)

    async def _take(self, entry: Entry, digest: Entry | None) -> bool:
        """Take what is whole, under the hub's name for it; say whether that was done."""
        name = entry.name
        try:
            verdict, unfit = await self._judge(entry, digest)
            if verdict is Verdict.WAIT:
                return False
            if unfit is not None:
                await self._harm(name, unfit, digest)
                return False
            await self._store.rename(self._at(name), self._at(taking(name)))
            if digest is not None:
                await self._store.remove(self._at(digest.name))
        except FileNotFoundError:  # the agency has just taken it back
            return False
        except Transient as fault:  # a server may hold a file that a program has open; the others must not wait for it
            self._log("file_kept_back", file=name, detail=fault.detail)
            return False
        return True

    async def _judge(self, entry: Entry, digest: Entry | None) -> tuple[Verdict, Unfit | None]:
        if entry.kind is Kind.FOLDER and takeable(entry.name):
            inside = await self._inside(entry)
            listed = next((each for each in inside if each.name == DIGESTS), None)
            seen = tuple(sorted((each.name, each.size, each.modified) for each in inside))
            examine = partial(self._examine_folder, entry.name, inside, listed)
            return await self._settling.look(entry.name, seen, _print(listed), examine)
        return await self._settling.look(
            entry.name, (entry.size, entry.modified), _print(digest), partial(self._examine_file, entry, digest)
        )

    async def _inside(self, entry: Entry) -> tuple[Entry, ...]:
        """List a folder; one that the hub may not list is as one with nothing in it."""
        try:
            return await self._store.entries(self._at(entry.name))
        except Misconfigured:
            return ()

    async def _examine_file(self, entry: Entry, digest: Entry | None) -> None:
        if not takeable(entry.name):
            raise Unfit("tên tệp quá dài hoặc có ký tự không dùng được", "the file's name is too long or has odd characters")
        if entry.kind is not Kind.FILE or not is_envelope(entry.name):
            raise Unfit("không phải tệp .edxml", "no .edxml file")
        await self._readable(self._at(entry.name))
        if digest is not None:
            await check_file(self._store, self._at(entry.name))
        elif self._digest_required:
            raise Unfit(f"thiếu tệp {entry.name}{DIGEST}", f"file {entry.name}{DIGEST} is missing")

    async def _examine_folder(self, name: str, inside: Sequence[Entry], listed: Entry | None) -> None:
        if unready := next((each.name for each in inside if each.name.lower().endswith(UNDER_WAY)), None):
            raise Unfit(f"{unready} chưa ghi xong", f"{unready} is not whole yet")
        for each in inside:
            if each.kind is Kind.FILE:
                await self._readable(self._at(f"{name}/{each.name}"))
        found = await contents(self._store, self._at(name), inside)
        if listed is not None:
            await check_folder(self._store, self._at(name), found)
        elif self._digest_required:
            raise Unfit(f"thiếu tệp {DIGESTS}", f"file {DIGESTS} is missing")

    async def _readable(self, path: str) -> None:
        """Find out whether the hub may read a file: one that it may not must not stop all others."""
        try:
            async with aclosing(self._store.read(path)) as blocks:
                await anext(blocks, None)
        except Misconfigured as fault:
            name = path.rpartition("/")[2]
            raise Unfit(f"trục không có quyền đọc {name}", f"the hub may not read {name}") from fault

    async def _collected(self, name: str, kind: Kind) -> CollectedEnvelope | None:
        """Give what was taken, to be streamed; None where it is gone, or is a folder that is not right."""
        path = self._at(taking(name))
        if kind is not Kind.FOLDER:
            return CollectedEnvelope(reference=name, open=self._opener(path))
        try:
            found = await contents(self._store, path, await self._store.entries(path))
        except FileNotFoundError:
            return None
        except Unfit as unfit:
            await self._put_aside(path, name, f"{unfit.vi}\n{unfit}")
            return None
        parts = {content_id: self._opener(f"{path}/{file}") for content_id, file in found.parts.items()}
        return CollectedEnvelope(reference=name, open=self._opener(f"{path}/{found.envelope}"), parts=parts)

    def _opener(self, path: str) -> Opener:
        async def blocks() -> AsyncGenerator[bytes, None]:
            try:
                async with aclosing(self._store.read(path)) as source:
                    async for block in source:
                        yield block
            except FileNotFoundError as error:
                raise Transient("receiver-failed", detail=str(error)) from error

        return blocks

    async def _harm(self, name: str, unfit: Unfit, digest: Entry | None) -> None:
        shown = name if takeable(name) else of_harmed(name)
        self._log("file_harmed", file=shown, detail=unfit.en)
        await self._put_aside(self._at(name), shown, f"{unfit.vi}\n{unfit.en}")
        if digest is not None:
            await self._store.rename(self._at(digest.name), await self._free(self._harmed, shown, DIGEST))

    async def _put_aside(self, path: str, name: str, reason: str) -> None:
        """Say why, then move it away: in this order, so that nothing is ever away without a reason.

        What cannot be moved there (another disk, a folder that is another user's) is marked where it is.
        """
        for folder, mark in ((self._harmed, ""), (self._folder, KEPT)):
            aside = await self._free(folder, name, mark)
            text = f"{reason}\n\nTệp ở · The file is at: {aside}\n"
            written = self._at(f".{name}{ERROR}{UNDER_WAY[0]}")
            await self._store.write(written, stream(text.encode("utf-8", "replace")))
            await self._store.rename(written, self._at(f"{name}{ERROR}"))
            try:
                await self._store.rename(path, aside)
            except (FileNotFoundError, Misconfigured, Transient):
                if folder is self._folder:
                    raise
            else:
                break

    async def _free(self, folder: str, name: str, mark: str = "") -> str:
        """Give a path that is not in use: nothing is ever written over."""
        for number in count(1):
            path = f"{folder}/{name}{mark}" if number == 1 else f"{folder}/{name}.{number}{mark}"
            if await self._store.look(path) is None:
                break
        return path

    async def _entries(self) -> tuple[Entry, ...]:
        try:
            return await self._store.entries(self._folder)
        except FileNotFoundError as error:
            raise absent(self._folder) from error

    def _at(self, name: str) -> str:
        return f"{self._folder}/{name}"


def _print(entry: Entry | None) -> Print | None:
    return None if entry is None else (entry.size, entry.modified)
