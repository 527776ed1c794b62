"""Adapters whose libraries block: the same five methods as plain functions, each call in a thread of its own.

Their `open_adapter` is a plain context manager that gives a `BlockingAdapter`. A call that hangs is given up by the hub when its
time is over, and its thread is left behind; only so many of a system may be, and they never keep the process from ending.
"""

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager
from typing import Final, TypeVar

from gateway.sdk.contract import Adapter, Collected, Consignment, Notice, Opener, Outcome, Taken

T = TypeVar("T")

THREADS: Final = 16
"""Calls of one system that may be under way, those that were given up included."""
_running = threading.local()
"""`loop`: the event loop that waits for the call of this thread."""


class BlockingAdapter:
    """As `contract.Adapter`, in plain functions that may block."""

    def deliver(self, consignment: Consignment) -> Taken:
        """Hand a document over; read its octets by `chunks(consignment.open)`."""
        raise NotImplementedError

    def report(self, notice: Notice) -> None:
        """Tell news of a delivery."""
        raise NotImplementedError

    def collect(self) -> Iterator[Collected]:
        """Give what waits on the other side; make openers of plain iterators by `opener`."""
        raise NotImplementedError

    def acknowledge(self, collected: Collected, outcome: Outcome) -> None:
        """Tell the other side what became of what was collected."""
        raise NotImplementedError

    def health(self) -> None:
        """Find out whether the other side works."""
        raise NotImplementedError


def chunks(stream: Opener) -> Iterator[bytes]:
    """Read, in a blocking call, what an opener streams; it is closed whatever happens."""
    loop: asyncio.AbstractEventLoop = _running.loop
    source = stream()
    try:
        while (chunk := asyncio.run_coroutine_threadsafe(_next(source), loop).result()) is not None:
            yield chunk
    finally:
        asyncio.run_coroutine_threadsafe(source.aclose(), loop).result()


def opener(read: Callable[[], Iterator[bytes]]) -> Opener:
    """Make an opener of a function that reads by blocking."""

    async def stream() -> AsyncGenerator[bytes, None]:
        source = read()
        while (chunk := await in_thread(lambda: next(source, None))) is not None:
            yield chunk

    return stream


async def in_thread(call: Callable[[], T]) -> T:
    """Run a call in a thread that never keeps the process from ending; its outcome is dropped where nobody waits for it."""
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[T] = loop.create_future()

    def settle(set_outcome: Callable[[T], None] | Callable[[BaseException], None], value: object) -> None:
        if not outcome.done():
            set_outcome(value)  # type: ignore[arg-type]  # each gets its own kind

    def run() -> None:
        _running.loop = loop
        try:
            value: object = call()
            told: Callable[[T], None] | Callable[[BaseException], None] = outcome.set_result
        except BaseException as error:  # noqa: BLE001  it is raised where it is awaited
            value, told = error, outcome.set_exception
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, told, value)

    threading.Thread(target=run, daemon=True, name="adapter").start()
    return await outcome


class Threaded(Adapter):
    """A blocking adapter as the hub calls it."""

    def __init__(self, blocking: BlockingAdapter) -> None:
        self._blocking = blocking
        self._room = asyncio.Semaphore(THREADS)

    async def deliver(self, consignment: Consignment) -> Taken:
        return await self._call(lambda: self._blocking.deliver(consignment))

    async def report(self, notice: Notice) -> None:
        await self._call(lambda: self._blocking.report(notice))

    async def collect(self) -> AsyncGenerator[Collected, None]:
        source = self._blocking.collect()
        try:
            while (each := await self._call(lambda: next(source, None))) is not None:
                yield each
        finally:
            close = getattr(source, "close", None)
            if close is not None and not getattr(source, "gi_running", False):  # in a thread that was given up it ends by itself
                await self._call(close)

    async def acknowledge(self, collected: Collected, outcome: Outcome) -> None:
        await self._call(lambda: self._blocking.acknowledge(collected, outcome))

    async def health(self) -> None:
        await self._call(self._blocking.health)

    async def _call(self, call: Callable[[], T]) -> T:
        """Call in a thread; its place is free again once the thread has ended, not once it was given up."""
        await self._room.acquire()
        loop = asyncio.get_running_loop()

        def counted() -> T:
            try:
                return call()
            finally:
                if not loop.is_closed():
                    loop.call_soon_threadsafe(self._room.release)

        return await in_thread(counted)


@asynccontextmanager
async def threaded(opening: AbstractContextManager[BlockingAdapter]) -> AsyncGenerator[Adapter, None]:
    """Open and close a blocking adapter in threads."""
    adapter = Threaded(await in_thread(opening.__enter__))
    try:
        yield adapter
    finally:
        await in_thread(lambda: opening.__exit__(None, None, None))


async def _next(source: AsyncGenerator[bytes, None]) -> bytes | None:
    return await anext(source, None)
