"""Serve the API until the process is told to stop; by default the worker's loops run beside it."""

import asyncio
import gc
import ssl

from aiohttp import web

from gateway.config import Settings, Tls
from gateway.core.faults import Misconfigured
from gateway.core.quota import Quota
from gateway.entry.api.app import application
from gateway.entry.api.connection import listen
from gateway.entry.api.hub import Hub
from gateway.entry.api.pace import Patience
from gateway.entry.api.proxy import Proxy
from gateway.entry.api.quotas import Quotas
from gateway.entry.running import Reloading, in_force, run, stopping
from gateway.entry.worker import Worker
from gateway.wiring import Parts, assemble

SHORTEST_SECRET = 16
"""Bytes of the secret that a proxy shows; `openssl rand -hex 16` makes 32."""
DRAIN_SECONDS = 10.0
"""How long running requests may finish after SIGTERM; long polls are cut."""


def serve(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT, then drain."""
    run(lambda: _serve(settings))


async def _serve(settings: Settings) -> None:
    stop = stopping()
    async with assemble(settings) as parts:
        hub = Hub.of(parts, patience=_patience(settings), proxy=trusted_proxy(settings), quotas=Quotas(_quota(settings)))
        Reloading(Settings.load(settings.file), parts.telemetry, lambda found: _apply(found, hub, parts)).listen()
        worker = asyncio.create_task(Worker(parts.ports, parts.rules).run(stop)) if settings.work.in_serve else None
        runner = web.AppRunner(application(hub), shutdown_timeout=DRAIN_SECONDS)
        await runner.setup()
        try:
            tls = server_tls(settings, settings.server.tls) if settings.server.tls else None
            server = await listen(runner, settings.server.host, settings.server.port, tls)
            gc.freeze()  # what was made to start lives as long as the process: the collector need not look at it again
            parts.telemetry.record("hub.started", host=settings.server.host, port=settings.server.port)
            await stop.wait()
            server.close()
        finally:
            stop.set()
            await runner.cleanup()
            if worker is not None:
                await worker
            parts.telemetry.record("hub.stopped")


def _apply(found: Settings, hub: Hub, parts: Parts) -> None:
    parts.rules.reload(found)
    hub.patience = _patience(found)
    hub.quotas.default = _quota(found)
    hub.settings = in_force(found, hub.settings)


def _patience(settings: Settings) -> Patience:
    return Patience(
        seconds=settings.limits.body_seconds,
        grace_seconds=settings.limits.body_grace_seconds,
        bytes_per_second=settings.limits.body_bytes_per_second,
    )


def _quota(settings: Settings) -> Quota:
    return Quota(**settings.quotas.model_dump())


def server_tls(settings: Settings, tls: Tls) -> ssl.SSLContext:
    """TLS 1.2 or newer; a client certificate is asked for where `client_ca` is set, and then proves the system."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(settings.path(tls.certificate), settings.path(tls.key))
    if tls.client_ca is not None:
        context.load_verify_locations(settings.path(tls.client_ca))
        context.verify_mode = ssl.CERT_OPTIONAL
    return context


def trusted_proxy(settings: Settings) -> Proxy:
    """Give the proxy that is believed; none unless the settings name one. Raises Misconfigured where its secret is missing."""
    named = settings.server.proxy
    if named is None:
        return Proxy()
    file = settings.path(named.secret_file)
    try:
        secret = file.read_bytes().strip()
    except OSError as error:
        raise Misconfigured("misconfigured", detail=f"{file}: {error}") from error
    if len(secret) < SHORTEST_SECRET:
        raise Misconfigured("misconfigured", detail=f"{file}: < {SHORTEST_SECRET} byte")
    return Proxy(networks=named.addresses, secret=secret)
