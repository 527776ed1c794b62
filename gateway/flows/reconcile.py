"""Reconcile: does the ledger agree with what the hub promised? What does not is told, code by code."""

from datetime import datetime

from gateway.core.reconciliation import Category, Report
from gateway.ports import Chore, Ports, Tended


async def reconcile(ports: Ports, *, since: datetime | None, until: datetime | None) -> Report:
    """Balance a period, and look for all that is stuck, whenever it was accepted."""
    now = ports.clock.now()
    report = await ports.reconciliation.reconcile(since=since, until=until, now=now)
    balance, telemetry = report.balance, ports.telemetry
    wrong = sum(report.counts.values()) + (not balance.balanced)
    await ports.upkeep.done(Chore.RECONCILIATION, Tended(at=now, well=report.clean, detail=str(wrong or "")))
    counted = {category.value: balance.of(category).deliveries for category in Category}
    told = {"documents": balance.documents, "accepted": balance.accepted, "added": balance.added}
    telemetry.record("ledger.reconciled", **told, **counted, discrepancies=sum(report.counts.values()))
    if not balance.balanced:
        telemetry.record("ledger.unbalanced", code="balance", count=abs(balance.accepted + balance.added - balance.found))
    for code, count in report.counts.items():
        telemetry.record("ledger.unbalanced", code=code, count=count)
    return report
