"""Where the core's work runs: small work in the event loop, large work in threads, weighed by bytes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from gateway.ports import Run

T = TypeVar("T")

INLINE_BYTES = 256 * 1024
"""Up to this weight the work takes a millisecond or two: a thread would cost more than it frees."""
BUDGET_BYTES = 64 * 1024 * 1024
"""How many bytes are worked on at once: judging holds five times a document's size, and memory is to stay bounded."""


class ThreadCompute:
    """Compute port over the default thread pool (libxml2 and OpenSSL release the interpreter lock)."""

    def __init__(self) -> None:
        self._free = BUDGET_BYTES
        self._changed = asyncio.Condition()

    @asynccontextmanager
    async def room(self, weight: int) -> AsyncIterator[Run]:
        if weight <= INLINE_BYTES:
            yield _inline
            return
        share = min(weight, BUDGET_BYTES)
        async with self._changed:
            await self._changed.wait_for(lambda: self._free >= share)
            self._free -= share
        try:
            yield _beside
        finally:
            async with self._changed:
                self._free += share
                self._changed.notify_all()


async def _inline(work: Callable[[], T]) -> T:
    return work()


async def _beside(work: Callable[[], T]) -> T:
    return await asyncio.to_thread(work)
