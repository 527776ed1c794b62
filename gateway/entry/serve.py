"""Serve the API until the process is told to stop."""

import asyncio
import gc
import importlib
import importlib.util
import signal
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
from gateway.infra.allocator import return_large_blocks
from gateway.wiring import assemble

SHORTEST_SECRET = 16
"""Bytes of the secret that a proxy shows; `openssl rand -hex 16` makes 32."""
DRAIN_SECONDS = 10.0
"""How long running requests may finish after SIGTERM; long polls are cut."""


def run(settings: Settings) -> None:
    """Serve on uvloop where it is installed (extra `fast`), else on the standard event loop."""
    return_large_blocks()
    fast = importlib.util.find_spec("uvloop") is not None
    factory = importlib.import_module("uvloop").new_event_loop if fast else asyncio.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(serve(settings))


async def serve(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT, then drain."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with assemble(settings) as parts:
        hub = Hub(
            ports=parts.ports,
            rules=parts.rules,
            metrics=parts.telemetry.exposition,
            patience=Patience(
                seconds=settings.limits.body_seconds,
                grace_seconds=settings.limits.body_grace_seconds,
                bytes_per_second=settings.limits.body_bytes_per_second,
            ),
            proxy=trusted_proxy(settings),
            quotas=Quotas(Quota(**settings.quotas.model_dump())),
        )
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
            await runner.cleanup()
            parts.telemetry.record("hub.stopped")


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
