"""The whole sandbox in one process: the hub on its embedded ledger, the worker, the peers, and what watches my calls."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from functools import cache

from aiohttp import web

from gateway.core.faults import Misconfigured
from gateway.entry.api.app import application
from gateway.entry.api.connection import listen
from gateway.entry.api.hub import Hub
from gateway.entry.cli.api_client import connected
from gateway.entry.places import place
from gateway.entry.sandbox.calls import CallLog
from gateway.entry.sandbox.clock import MovableClock
from gateway.entry.sandbox.control import control
from gateway.entry.sandbox.layout import Laid
from gateway.entry.sandbox.letters import Agency
from gateway.entry.sandbox.observing import Observing
from gateway.entry.sandbox.office import Office
from gateway.entry.sandbox.overhearing import overhear
from gateway.entry.sandbox.peer import Peer
from gateway.entry.sandbox.sandbox import Sandbox
from gateway.entry.sandbox.switches import Switches
from gateway.entry.worker import Worker
from gateway.infra.clock import SystemClock
from gateway.infra.key_files import load_identity
from gateway.ports import Telemetry
from gateway.wiring import assemble

CALLS_FILE = "calls.jsonl"
LOG_FILE = "hub.log"
DRAIN_SECONDS = 0.1
"""A trial may be ended at any time; long polls are cut."""


@contextlib.asynccontextmanager
async def opened(laid: Laid) -> AsyncIterator[Sandbox]:
    """Run the sandbox while the block runs."""
    async with contextlib.AsyncExitStack() as stack:
        clock = MovableClock(SystemClock())
        file = stack.enter_context((laid.folder / LOG_FILE).open("a", encoding="utf-8"))
        with contextlib.redirect_stderr(file):  # the hub's log would bury what is printed for people
            parts = await stack.enter_async_context(assemble(laid.settings, clock=clock))
        mine = parts.rules().systems.find(laid.system)
        if mine is not None and mine.link is not None:
            await parts.ports.catalogue.adapter(mine)  # what is wrong with a link is told before anything waits for it
        hub = Hub.of(parts)
        log, current = CallLog(laid.folder / CALLS_FILE), list[Sandbox]()

        def switches() -> Switches:
            return current[0].switches if current else Switches()

        observing = Observing(laid.system, clock, log, switches)
        office = Office(peers={}, clock=clock, switches=switches)
        sandbox = Sandbox(laid=laid, clock=clock, log=log, hub=hub, observing=observing, office=office)
        current.append(sandbox)
        app = application(hub)
        control(app, sandbox)
        sandbox.url = await stack.enter_async_context(_listening(laid, app))
        for agency in laid.peers:
            office.peers[agency.organ] = await stack.enter_async_context(_peer(sandbox, agency))
        stop = asyncio.Event()
        worker = asyncio.create_task(Worker(parts.ports, parts.rules).run(stop))
        working = asyncio.create_task(office.run())
        working.add_done_callback(lambda ended: _told(ended, parts.telemetry))
        try:
            yield sandbox
        finally:
            stop.set()
            working.cancel()
            await asyncio.gather(worker, working, return_exceptions=True)


def _told(ended: asyncio.Task[None], telemetry: Telemetry) -> None:
    """Write down what ended the peers, unless it is the sandbox's own end."""
    if not ended.cancelled() and (error := ended.exception()) is not None:
        telemetry.record("sandbox.failed", error=place(error))


@contextlib.asynccontextmanager
async def _listening(laid: Laid, app: web.Application) -> AsyncIterator[str]:
    runner = web.AppRunner(app, shutdown_timeout=DRAIN_SECONDS)
    await runner.setup()
    try:
        if runner.server is not None:
            overhear(runner.server)
        server = await _listen(runner, laid.settings.server.host, laid.settings.server.port)
        host, port = server.sockets[0].getsockname()[:2]
        yield f"http://{f'[{host}]' if ':' in host else host}:{port}"
        server.close()
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, host: str, port: int) -> asyncio.Server:
    try:
        return await listen(runner, host, port, None)
    except OSError as error:
        vi = f"Không mở được cổng {port} ({error.strerror}); chọn cổng khác bằng --port."
        en = f"Port {port} cannot be opened ({error.strerror}); choose another one with --port."
        raise Misconfigured("misconfigured", path="server.port", detail=vi, detail_en=en) from error


@contextlib.asynccontextmanager
async def _peer(sandbox: Sandbox, agency: Agency) -> AsyncIterator[Peer]:
    laid, own = sandbox.laid, sandbox.laid.own(agency.organ)
    async with connected(sandbox.url, laid.token(agency.organ)) as client:
        yield Peer(
            agency=agency,
            mine=laid.mine,
            client=client,
            identity=cache(lambda: load_identity(own / "key.pem", own / "cert.pem")),
            clock=sandbox.clock,
            switches=lambda: sandbox.switches,
        )
