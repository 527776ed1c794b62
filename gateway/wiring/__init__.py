"""The one place that knows which part fits which port."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.config import Settings
from gateway.infra.clock import SystemClock
from gateway.infra.compute import ThreadCompute
from gateway.infra.database import Database, PostgresDatabase
from gateway.infra.disk import FolderDisk
from gateway.infra.enrolment_file import FileEnrolment
from gateway.infra.opening import open_executor
from gateway.infra.pdf_reader import WorkerPdfReader
from gateway.infra.signer_file import FileSigner
from gateway.infra.telemetry import LoggedTelemetry
from gateway.infra.vault_files import FileVault
from gateway.infra.waiting import ProcessWaiting
from gateway.ports import Clock, Ports
from gateway.wiring.extras import announcer, chats, identity_provider, mailer, scanner
from gateway.wiring.ledger import ledger_ports
from gateway.wiring.rules import CurrentRules, load_rules
from gateway.wiring.stores import LEDGER_FILE, VAULT_FOLDER, adapters, broker, database

__all__ = [
    "LEDGER_FILE",
    "VAULT_FOLDER",
    "CurrentRules",
    "Parts",
    "adapters",
    "announcer",
    "assemble",
    "broker",
    "chats",
    "database",
    "identity_provider",
    "load_rules",
    "mailer",
    "scanner",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Everything an entry needs."""

    ports: Ports
    rules: CurrentRules
    settings: Settings
    telemetry: LoggedTelemetry


@asynccontextmanager
async def assemble(settings: Settings, *, clock: Clock | None = None) -> AsyncIterator[Parts]:
    """Open every part that the settings name, and close them in order.

    Raises Misconfigured naming the setting or file that is wrong.
    """
    clock = clock or SystemClock()
    telemetry = LoggedTelemetry()
    rules = CurrentRules(settings, clock)
    signer = FileSigner.load(settings.path(settings.hub.key), settings.path(settings.hub.certificate), settings.hub.name)
    data = settings.path(settings.storage.data)
    vault = await FileVault.open(data / VAULT_FOLDER)
    pdfs = WorkerPdfReader()
    waiting = ProcessWaiting()
    opened = database(settings)
    catalogue, queues = adapters(settings, clock, telemetry), broker(settings)
    executor = open_executor(opened, waiting.notify if isinstance(opened, Path) else None)
    ports = Ports(
        **ledger_ports(executor, clock),
        enrolment=FileEnrolment(settings.path(settings.directory.agencies)),
        disk=FolderDisk(data),
        broker=queues,
        catalogue=catalogue,
        vault=vault,
        pdfs=pdfs,
        scanner=scanner(settings),
        mailer=mailer(settings, clock),
        announcer=announcer(settings, clock, telemetry),
        chats=chats(settings, telemetry),
        identity=identity_provider(settings, clock, telemetry),
        signer=signer,
        clock=clock,
        compute=ThreadCompute(),
        telemetry=telemetry,
        waiting=waiting,
    )
    followers = [asyncio.create_task(each) for each in (rules.follow(telemetry), *_heard(opened, waiting, telemetry))]
    try:
        yield Parts(ports=ports, rules=rules, settings=settings, telemetry=telemetry)
    finally:
        for follower in followers:
            follower.cancel()
        await asyncio.gather(*followers, return_exceptions=True)
        await catalogue.close()
        await queues.close()
        await executor.close()
        await vault.close()
        await pdfs.close()


def _heard(opened: Database, waiting: ProcessWaiting, telemetry: LoggedTelemetry) -> Iterator[Coroutine[Any, Any, None]]:
    """Give what tells those who wait of what is committed, where the executor does not."""
    if isinstance(opened, PostgresDatabase):
        from gateway.infra.listener_postgres import listen  # the embedded ledger does not pay for it

        yield listen(opened, waiting, telemetry)
