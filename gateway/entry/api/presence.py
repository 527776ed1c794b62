"""Who looks for documents: noted with each call, written once a minute."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

from aiohttp import hdrs, web

from gateway.core.faults import Fault
from gateway.entry.api.hub import CALLER, HUB, hub
from gateway.entry.api.route import BASE
from gateway.ports import Presence, Telemetry

WRITE_SECONDS = 60.0
"""How much of it is lost at most with a process; half a day is what counts."""
SENDS = frozenset({f"{BASE}/documents", f"{BASE}/validations"})
"""Who only sends does not look for what waits for him."""


@web.middleware
async def notice(request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> web.StreamResponse:
    """Note the caller, whom the handlers inside find."""
    try:
        return await handler(request)
    finally:
        system = request.get(CALLER)
        if system is not None and not (request.method == hdrs.METH_POST and _only_sends(request)):
            hub(request).ports.presence.note(system.id, hub(request).ports.clock.now())


def _only_sends(request: web.Request) -> bool:
    return request.path in SENDS or request.path == f"{hub(request).settings.vxp.prefix}/sendEdoc"


async def keep_presence(app: web.Application) -> AsyncIterator[None]:
    """Write what is noted while the application runs, and once more when it ends."""
    ports = app[HUB].ports
    writing = asyncio.create_task(_write_on(ports.presence, ports.telemetry))
    yield
    writing.cancel()
    await asyncio.gather(writing, return_exceptions=True)
    with contextlib.suppress(Fault):
        await ports.presence.write()


async def _write_on(presence: Presence, telemetry: Telemetry) -> None:
    while True:
        await asyncio.sleep(WRITE_SECONDS)
        try:
            await presence.write()
        except Fault as fault:
            telemetry.record("presence.waits", code=fault.code)
