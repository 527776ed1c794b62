"""Live pages: the browser is told that something happened, and asks for what it shows; it never polls the ledger."""

import asyncio
from typing import Final

from aiohttp import web

from gateway.entry.console.pages import HEADERS
from gateway.entry.console.visit import Visit
from gateway.ports import OFFICERS

REST_SECONDS: Final = 2.0
"""A page is told at most so often, however much happens."""
BEAT_SECONDS: Final = 15.0
"""Silence after which something is sent, so that a browser or proxy that is gone is noticed."""
LONGEST_SECONDS: Final = 600.0
"""Then the browser comes again by itself, and is asked again who it is."""


async def stream(visit: Visit) -> web.StreamResponse:
    """Tell of changes, as server-sent events, until the browser goes away."""
    response = web.StreamResponse(headers=HEADERS | {"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
    await response.prepare(visit.request)
    clock = asyncio.get_running_loop().time
    end = clock() + LONGEST_SECONDS
    with visit.ports.waiting.watch((OFFICERS, *(each.id for each in visit.rules.directory))) as watch:
        await response.write(b"retry: 2000\n\n")
        happened = visit.asked("heard") not in {"", visit.ports.waiting.mark}  # while the page was on its way
        while clock() < end:
            if not happened:
                began = clock()
                await watch.changed(BEAT_SECONDS)
                happened = clock() - began < BEAT_SECONDS
            await response.write(b"event: changed\ndata: 1\n\n" if happened else b": beat\n\n")
            await asyncio.sleep(REST_SECONDS if happened else 0)
            happened = False
    return response
