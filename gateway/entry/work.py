"""Work: the worker's loops in a process of their own, with a page of its health and measures where a port is set."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from gateway.config import Settings
from gateway.entry.api.app import health_pages
from gateway.entry.api.hub import Hub
from gateway.entry.running import Reloading, run, stopping
from gateway.entry.worker import Worker
from gateway.wiring import assemble


def work(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT, then finish what is under way."""
    run(lambda: _work(settings))


async def _work(settings: Settings) -> None:
    stop = stopping()
    async with assemble(settings) as parts:
        Reloading(Settings.load(settings.file), parts.telemetry, parts.rules.reload).listen()
        hub = Hub.of(parts)
        async with _pages(settings, hub):
            gc.freeze()
            parts.telemetry.record("worker.started")
            await Worker(parts.ports, parts.rules).run(stop)
            parts.telemetry.record("worker.stopped")


@asynccontextmanager
async def _pages(settings: Settings, hub: Hub) -> AsyncIterator[None]:
    if settings.work.port is None:
        yield
        return
    runner = web.AppRunner(health_pages(hub), access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.work.host, settings.work.port).start()
        yield
    finally:
        await runner.cleanup()
