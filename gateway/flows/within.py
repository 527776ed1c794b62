"""Within: a call of an adapter has its time, and whatever comes of it is a value or one of three faults."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from gateway.core.faults import Misconfigured, Rejected, Transient, Undeliverable

T = TypeVar("T")


async def within(seconds: float, call: Awaitable[T]) -> T:
    """Await a call of an adapter. Raises Transient, Undeliverable or Misconfigured, whatever it raised."""
    try:
        async with asyncio.timeout(seconds):
            return await call
    except TimeoutError as error:
        raise Transient("receiver-timeout", detail=f"Quá {seconds:g} giây.", detail_en=f"Over {seconds:g} seconds.") from error
    except (Transient, Undeliverable, Misconfigured):
        raise
    except Rejected as error:  # the hub's own vault could not give the document
        raise Transient("storage-unavailable", detail=error.code) from error
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        raise Transient("adapter-failed", detail=type(error).__name__) from error  # a library's own
    except Exception as error:  # an adapter's mistake loses no document
        raise Transient("adapter-failed", detail=type(error).__name__) from error
