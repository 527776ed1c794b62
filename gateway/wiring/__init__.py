"""The one file that knows which part fits which port."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yarl import URL

from gateway.config import Settings
from gateway.core.faults import Fault, Misconfigured
from gateway.core.rules import Limits, Rules
from gateway.infra.alerts import SqlAlerts
from gateway.infra.audit import SqlAuditLog
from gateway.infra.broker_memory import MemoryBroker
from gateway.infra.broker_rabbit import RabbitBroker
from gateway.infra.calendar_proposals import SqlCalendarProposals
from gateway.infra.catalogue import FolderCatalogue
from gateway.infra.clock import SqlClockCheck, SystemClock
from gateway.infra.compute import ThreadCompute
from gateway.infra.database import Database, PostgresDatabase
from gateway.infra.dead_letters import SqlDeadLetters
from gateway.infra.deadlines import SqlDeadlines
from gateway.infra.disk import FolderDisk
from gateway.infra.enrolment_file import FileEnrolment
from gateway.infra.held_statuses import SqlHeldStatuses
from gateway.infra.jobs import SqlJobs
from gateway.infra.ledger import SqlLedger
from gateway.infra.letters import SqlLetters
from gateway.infra.links import SqlLinks
from gateway.infra.notices import SqlNotices
from gateway.infra.opening import open_executor
from gateway.infra.outbox import SqlOutbox
from gateway.infra.pdf_reader import WorkerPdfReader
from gateway.infra.presence import SqlPresence
from gateway.infra.province import SqlProvince
from gateway.infra.reconciliation import SqlReconciliation
from gateway.infra.remarks import SqlRemarks
from gateway.infra.reports import SqlReports
from gateway.infra.rules_files import Loaded, Sources, load
from gateway.infra.scanner_clamd import ClamdScanner
from gateway.infra.sessions import SqlSessions
from gateway.infra.signer_file import FileSigner
from gateway.infra.telemetry import LoggedTelemetry
from gateway.infra.turns import SqlTurns
from gateway.infra.vault_files import FileVault
from gateway.infra.vxp_book import SqlVxpBook
from gateway.infra.waiting import ProcessWaiting
from gateway.ports import Broker, Clock, Ports, Telemetry

if TYPE_CHECKING:
    from gateway.infra.announcer_chat import ChatAnnouncer
    from gateway.infra.announcer_webhook import WebhookAnnouncer
    from gateway.infra.mailer_smtp import SmtpMailer

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

    def reload(self, settings: Settings) -> None:
        """Load by other settings, and swap. Raises Misconfigured, having changed nothing."""
        self._loaded = load_rules(settings, self._clock)
        self._settings, self._stamp = settings, self._loaded.stamp()

    async def refresh(self) -> None:
        """Load at once what has just been changed. Raises Misconfigured, having changed nothing."""
        await asyncio.to_thread(self.reload, self._settings)

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
    settings: Settings
    telemetry: LoggedTelemetry


def load_rules(settings: Settings, clock: Clock) -> Loaded:
    """Load the rules that the settings name."""
    limits = Limits(envelope=settings.limits.envelope, attachment=settings.limits.attachment, parts=settings.limits.parts)
    directory = settings.directory
    named = {name: getattr(directory, name) for name in ("policy", "calendar", "deadlines", "alerts")}
    own = {name: settings.path(path) for name, path in {**named, "key": directory.key}.items() if path is not None}
    sources = Sources(agencies=settings.path(directory.agencies), trust=settings.path(directory.trust), **own)
    loaded = load(sources, limits, clock.now())
    if settings.mail is None:
        return loaded
    timekeeping = replace(loaded.rules.timekeeping, by_mail=True)
    return replace(loaded, rules=replace(loaded.rules, timekeeping=timekeeping, officers=settings.mail.officers))


def scanner(settings: Settings) -> ClamdScanner | None:
    """Give the scanner that the settings name, or none."""
    return ClamdScanner(settings.scan.clamd, seconds=settings.scan.seconds) if settings.scan.clamd else None


def mailer(settings: Settings, clock: Clock) -> "SmtpMailer | None":
    """Give what carries e-mails, or nothing where no mail server is named. Raises Misconfigured."""
    named = settings.mail
    if named is None:
        return None
    try:
        from gateway.infra.mailer_smtp import SmtpMailer  # an extra that only those need who are written to
    except ImportError as error:
        raise Misconfigured("misconfigured", detail="[mail]: pip install 'lienthong[mail]'") from error
    try:
        return SmtpMailer(
            named.host,
            named.port,
            sender=named.sender,
            name=settings.hub.name,
            clock=clock,
            security=named.security,
            ca=named.ca and settings.path(named.ca),
            username=named.username,
            password=_secret(settings, named.password_file),
        )
    except OSError as error:
        raise Misconfigured("misconfigured", detail=f"[mail]: {error}") from error


def announcer(settings: Settings, clock: Clock, telemetry: Telemetry) -> "WebhookAnnouncer | None":
    """Give what posts alerts to another program, or nothing where none is named. Raises Misconfigured."""
    named = settings.alerts.webhook
    if named is None:
        return None
    from gateway.infra.announcer_webhook import WebhookAnnouncer, connection  # few have one

    where = connection(named.url, ca_file=named.ca_file, networks=named.networks)
    return WebhookAnnouncer(where, named.secret_file, settings.file.parent, settings.hub.name, clock, telemetry)


def chats(settings: Settings, telemetry: Telemetry) -> "ChatAnnouncer | None":
    """Give what writes alerts into chats, or nothing where none is named. Raises Misconfigured."""
    named = settings.alerts.chats_file
    if named is None:
        return None
    try:
        from gateway.infra.announcer_chat import ChatAnnouncer  # an extra that only those need who are told so
    except ImportError as error:
        raise Misconfigured("misconfigured", detail="[alerts] chats_file: pip install 'lienthong[alerts]'") from error
    return ChatAnnouncer(settings.path(named), telemetry)


def database(settings: Settings) -> Database:
    """Give the database of the ledger that the settings name. Raises Misconfigured."""
    named = settings.database
    if named is None:
        return settings.path(settings.storage.data) / LEDGER_FILE
    return PostgresDatabase.named(
        named.url,
        password_file=named.password_file and settings.path(named.password_file),
        connections=named.connections,
        statement_seconds=named.statement_seconds,
        lock_seconds=named.lock_seconds,
    )


def broker(settings: Settings) -> Broker:
    """Give the broker that the settings name, RabbitMQ or that of this process, without connecting. Raises Misconfigured."""
    named = settings.broker
    if named is None:
        return MemoryBroker()
    password = _secret(settings, named.password_file)
    return RabbitBroker(str(URL(named.url).with_password(password)) if password else named.url)


def _secret(settings: Settings, named: Path | None) -> str | None:
    """Read a password. Raises Misconfigured."""
    file = named and settings.path(named)
    try:
        return file.read_text("utf-8").strip() if file else None
    except OSError as error:
        raise Misconfigured("misconfigured", detail=f"{file}: {error}") from error


def adapters(settings: Settings, clock: Clock, telemetry: Telemetry) -> FolderCatalogue:
    """Give the adapters that ship, those of the settings' folders, and installed ones. Raises Misconfigured naming a manifest."""
    folders = [settings.path(each) for each in settings.directory.adapters]
    return FolderCatalogue(folders, settings.file.parent, clock, telemetry)


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
        ledger=SqlLedger(executor),
        links=SqlLinks(executor),
        held_statuses=SqlHeldStatuses(executor),
        outbox=SqlOutbox(executor),
        notices=SqlNotices(executor),
        turns=SqlTurns(executor),
        vxp=SqlVxpBook(executor),
        enrolment=FileEnrolment(settings.path(settings.directory.agencies)),
        deadlines=SqlDeadlines(executor),
        letters=SqlLetters(executor),
        dead_letters=SqlDeadLetters(executor),
        jobs=SqlJobs(executor),
        audit=SqlAuditLog(executor),
        alerts=SqlAlerts(executor),
        disk=FolderDisk(data),
        clock_check=SqlClockCheck(executor, clock),
        presence=SqlPresence(executor),
        sessions=SqlSessions(executor),
        remarks=SqlRemarks(executor),
        calendar_proposals=SqlCalendarProposals(executor),
        reconciliation=SqlReconciliation(executor),
        reports=SqlReports(executor),
        province=SqlProvince(executor),
        broker=queues,
        catalogue=catalogue,
        vault=vault,
        pdfs=pdfs,
        scanner=scanner(settings),
        mailer=mailer(settings, clock),
        announcer=announcer(settings, clock, telemetry),
        chats=chats(settings, telemetry),
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
