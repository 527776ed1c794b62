"""What operators do on the ledger itself, beside the hub that may be running on it; their name is that of the login."""

import getpass
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gateway.config import Settings
from gateway.core.model import VIETNAM
from gateway.core.rules import Rules
from gateway.flows.oversee import Decision
from gateway.infra.alerts import SqlAlerts
from gateway.infra.clock import SystemClock
from gateway.infra.dead_letters import SqlDeadLetters
from gateway.infra.deadlines import SqlDeadlines
from gateway.infra.held_statuses import SqlHeldStatuses
from gateway.infra.ledger import SqlLedger
from gateway.infra.notices import SqlNotices
from gateway.infra.opening import open_executor
from gateway.infra.outbox import SqlOutbox
from gateway.infra.presence import SqlPresence
from gateway.infra.reports import SqlReports
from gateway.wiring import database, load_rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Operations:
    """The ledger as operators see it."""

    ledger: SqlLedger
    letters: SqlDeadLetters
    held_statuses: SqlHeldStatuses
    alerts: SqlAlerts
    outbox: SqlOutbox
    notices: SqlNotices
    deadlines: SqlDeadlines
    presence: SqlPresence
    reports: SqlReports
    settings: Settings

    def rules(self) -> Rules:
        """Load the rules."""
        return load_rules(self.settings, SystemClock()).rules


@asynccontextmanager
async def opened(config: Path) -> AsyncIterator[Operations]:
    """Open the ledger of the settings. Raises `not-ready` where its schema is not the newest."""
    settings = Settings.load(config)
    executor = open_executor(database(settings))
    ledger = SqlLedger(executor)
    try:
        await ledger.ready()
        yield Operations(
            ledger=ledger,
            letters=SqlDeadLetters(executor),
            held_statuses=SqlHeldStatuses(executor),
            alerts=SqlAlerts(executor),
            outbox=SqlOutbox(executor),
            notices=SqlNotices(executor),
            deadlines=SqlDeadlines(executor),
            presence=SqlPresence(executor),
            reports=SqlReports(executor),
            settings=settings,
        )
    finally:
        await executor.close()


def decision(reason: str) -> Decision:
    """Give who decides now, and why. Raises `malformed-request` without a reason."""
    return Decision(by=getpass.getuser(), reason=reason, now=SystemClock().now())


def here(day: datetime | None) -> datetime | None:
    """Take a time of the command line as Vietnam's."""
    return None if day is None else day.replace(tzinfo=VIETNAM)
