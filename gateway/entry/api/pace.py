"""How long a body may take: in all, and for what has come of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp

from gateway.core.faults import Rejected

LOOK_SECONDS = 0.5
"""How often the pace of a body is looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """The time for a whole body, and the pace on average that it needs after a grace: a slow line has kilobytes a second."""

    seconds: float = 600
    grace_seconds: float = 10
    bytes_per_second: int = 1024

    def is_over(self, elapsed: float, arrived: int) -> bool:
        """Tell whether a body is to be given up."""
        return elapsed > self.seconds or arrived < self.bytes_per_second * (elapsed - self.grace_seconds)


@asynccontextmanager
async def arriving(content: aiohttp.StreamReader, patience: Patience) -> AsyncIterator[None]:
    """Read a body in this block while it keeps its pace. Raises `body-too-slow`."""
    loop = asyncio.get_running_loop()
    started = loop.time()
    timer = loop.call_later(LOOK_SECONDS, lambda: look())

    def look() -> None:
        nonlocal timer
        if patience.is_over(loop.time() - started, content.total_bytes):
            limit.reschedule(loop.time())
        else:
            timer = loop.call_later(LOOK_SECONDS, look)

    try:
        async with asyncio.timeout(None) as limit:
            yield
    except TimeoutError as error:
        if not limit.expired():
            raise
        raise Rejected("body-too-slow") from error
    finally:
        timer.cancel()
