"""The one file that knows which part fits which port."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from gateway.config import Settings
from gateway.core.faults import Fault
from gateway.core.rules import Limits, Rules
from gateway.infra.clock import SystemClock
from gateway.infra.compute import ThreadCompute
from gateway.infra.ledger import SqlLedger
from gateway.infra.pdf_reader import WorkerPdfReader
from gateway.infra.rules_files import Loaded, Sources, load
from gateway.infra.scanner_clamd import ClamdScanner
from gateway.infra.signer_file import FileSigner
from gateway.infra.telemetry import LoggedTelemetry
from gateway.infra.vault_files import FileVault
from gateway.infra.waiting import ProcessWaiting
from gateway.ports import Clock, Ports

RELOAD_SECONDS = 1.0
"""How soon a change of the directory or of a revocation list is in force."""
LEDGER_FILE = "ledger.sqlite3"
VAULT_FOLDER = "vault"


class CurrentRules:
    """The rules in force: parsed, validated, then swapped; the old ones stay when the new ones are wrong."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._loaded = load_rules(settings, clock)
        self._stamp = self._loaded.stamp()

    def __call__(self) -> Rules:
        return self._loaded.rules

    async def follow(self, telemetry: LoggedTelemetry) -> None:
        """Reload whenever a file changes, for ever."""
        while True:
            await asyncio.sleep(RELOAD_SECONDS)
            seen = await asyncio.to_thread(self._loaded.stamp)
            if seen == self._stamp:
                continue
            self._stamp = seen
            try:
                self._loaded = await asyncio.to_thread(load_rules, self._settings, self._clock)
            except (Fault, OSError) as error:
                telemetry.record("rules.refused", error=str(error))
            else:
                telemetry.record("rules.reloaded", agencies=len(self._loaded.rules.directory.agencies))


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Everything an entry needs."""

    ports: Ports
    rules: CurrentRules
    telemetry: LoggedTelemetry


def load_rules(settings: Settings, clock: Clock) -> Loaded:
    """Load the rules that the settings name."""
    limits = Limits(envelope=settings.limits.envelope, attachment=settings.limits.attachment, parts=settings.limits.parts)
    directory = settings.directory
    own = {name: settings.path(path) for name in ("policy", "calendar") if (path := getattr(directory, name)) is not None}
    sources = Sources(agencies=settings.path(directory.agencies), trust=settings.path(directory.trust), **own)
    return load(sources, limits, clock.now())


def scanner(settings: Settings) -> ClamdScanner | None:
    """Give the scanner that the settings name, or none."""
    return ClamdScanner(settings.scan.clamd, seconds=settings.scan.seconds) if settings.scan.clamd else None


@asynccontextmanager
async def assemble(settings: Settings, *, clock: Clock | None = None) -> AsyncIterator[Parts]:
    """Open every part of the embedded plane (SQLite, files, one process), and close them in order.

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
    ledger = SqlLedger.open(data / LEDGER_FILE, waiting.notify)
    ports = Ports(
        ledger=ledger,
        vault=vault,
        pdfs=pdfs,
        scanner=scanner(settings),
        signer=signer,
        clock=clock,
        compute=ThreadCompute(),
        telemetry=telemetry,
        waiting=waiting,
    )
    follower = asyncio.create_task(rules.follow(telemetry))
    try:
        yield Parts(ports=ports, rules=rules, telemetry=telemetry)
    finally:
        follower.cancel()
        await asyncio.gather(follower, return_exceptions=True)
        await ledger.close()
        await vault.close()
        await pdfs.close()
