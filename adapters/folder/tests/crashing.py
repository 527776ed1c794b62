"""A store that the hub dies at: a step is done, or not, and nothing after it."""

from collections.abc import AsyncGenerator

from gateway.sdk import Opener

from ..store import Entry, Store


class Died(BaseException):
    """The process is gone: no code of the adapter may run on because of this."""


class CrashingStore:
    """Store port over another, up to a step that changes something: that one is the last, done or not."""

    def __init__(self, store: Store, *, last: int, done: bool) -> None:
        self._store = store
        self._left = last
        self._done = done
        self.died = False

    async def entries(self, path: str) -> tuple[Entry, ...]:
        return await self._store.entries(path)

    async def look(self, path: str) -> Entry | None:
        return await self._store.look(path)

    async def read(self, path: str) -> AsyncGenerator[bytes, None]:
        async for block in self._store.read(path):
            yield block

    async def write(self, path: str, source: Opener) -> None:
        self._before()
        await self._store.write(path, source)
        self._after()

    async def make_folder(self, path: str) -> None:
        await self._store.make_folder(path)

    async def rename(self, old: str, new: str) -> None:
        self._before()
        await self._store.rename(old, new)
        self._after()

    async def remove(self, path: str) -> None:
        self._before()
        await self._store.remove(path)
        self._after()

    async def close(self) -> None:
        await self._store.close()

    def _before(self) -> None:
        self._left -= 1
        if self._left == 0 and not self._done:
            self._die()

    def _after(self) -> None:
        if self._left == 0:
            self._die()

    def _die(self) -> None:
        self.died = True
        raise Died
