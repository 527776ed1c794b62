"""The ports of the ledger: whatever database it is on, they share its executor."""

from typing import Any

from gateway.infra.alerts import SqlAlerts
from gateway.infra.audit import SqlAuditLog
from gateway.infra.calendar_proposals import SqlCalendarProposals
from gateway.infra.clock import SqlClockCheck
from gateway.infra.dead_letters import SqlDeadLetters
from gateway.infra.deadlines import SqlDeadlines
from gateway.infra.executor import Executor
from gateway.infra.held_statuses import SqlHeldStatuses
from gateway.infra.jobs import SqlJobs
from gateway.infra.ledger import SqlLedger
from gateway.infra.letters import SqlLetters
from gateway.infra.links import SqlLinks
from gateway.infra.notices import SqlNotices
from gateway.infra.outbox import SqlOutbox
from gateway.infra.presence import SqlPresence
from gateway.infra.province import SqlProvince
from gateway.infra.reconciliation import SqlReconciliation
from gateway.infra.remarks import SqlRemarks
from gateway.infra.reports import SqlReports
from gateway.infra.sessions import SqlSessions
from gateway.infra.turns import SqlTurns
from gateway.infra.upkeep import SqlUpkeep
from gateway.infra.views import SqlViews
from gateway.infra.vxp_book import SqlVxpBook
from gateway.ports import Clock


def ledger_ports(executor: Executor, clock: Clock) -> dict[str, Any]:
    """Give the ports of `Ports` that lie in the ledger, by name."""
    return {
        "ledger": SqlLedger(executor),
        "links": SqlLinks(executor),
        "held_statuses": SqlHeldStatuses(executor),
        "outbox": SqlOutbox(executor),
        "notices": SqlNotices(executor),
        "turns": SqlTurns(executor),
        "vxp": SqlVxpBook(executor),
        "deadlines": SqlDeadlines(executor),
        "letters": SqlLetters(executor),
        "dead_letters": SqlDeadLetters(executor),
        "jobs": SqlJobs(executor),
        "audit": SqlAuditLog(executor),
        "alerts": SqlAlerts(executor),
        "clock_check": SqlClockCheck(executor, clock),
        "presence": SqlPresence(executor),
        "sessions": SqlSessions(executor),
        "remarks": SqlRemarks(executor),
        "views": SqlViews(executor),
        "upkeep": SqlUpkeep(executor),
        "calendar_proposals": SqlCalendarProposals(executor),
        "reconciliation": SqlReconciliation(executor),
        "reports": SqlReports(executor),
        "province": SqlProvince(executor),
    }
