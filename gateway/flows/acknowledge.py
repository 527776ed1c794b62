"""Acknowledge: a status report comes in and moves its delivery, as the table of transitions allows."""

from datetime import datetime, timedelta
from typing import Final

from gateway.core import lifecycle, reading, xmlsafe
from gateway.core.authentication import sender
from gateway.core.directory import System
from gateway.core.envelope import Code, StatusPackage
from gateway.core.faults import Rejected
from gateway.core.model import OrganId, StatusCode, StatusReport, UnitRole
from gateway.core.rules import Rules
from gateway.ports import Correlation, HeldStatus, NamedStatus, Obstacle, Ports, StatusOutcome

PATIENCE: Final = timedelta(days=3)
"""A status overtakes its document by minutes; one that has waited for so long names a document that nobody sent here."""
AT_ONCE: Final = 200
"""Statuses that are caught up with in one transaction."""
_DESCRIPTION = "MessageHeader/Description"


async def acknowledge(ports: Ports, caller: System, delivery: str, report: StatusReport) -> StatusOutcome:
    """Record a report on a delivery; the same report again gives the same answer.

    Raises `not-found`, `status-reason-required`, `assignment-lead` or `status-conflict`.
    """
    _demand_reason(report)
    if report.units and sum(unit.role is UnitRole.LEAD for unit in report.units) != 1:
        raise Rejected("assignment-lead", path="units")
    outcome = await ports.ledger.record_status(delivery, report, caller.organs, now=ports.clock.now(), seal=ports.signer.seal)
    ports.telemetry.record("status.received", delivery=delivery, code=report.code, reporter=report.reporter)
    return outcome


async def acknowledge_package(ports: Ports, rules: Rules, data: bytes, caller: System) -> StatusOutcome:
    """Record an edXML status package, whose reporter must be bound to the caller. It waits until its document is known.

    ResponseFor names the document's owner; for 13 it names the receiver that is asked.
    """
    now = ports.clock.now()
    root = xmlsafe.parse(data)
    package = reading.read_status(root, rules.schema, today=now.date())
    reporter = sender(package.sender.organ_id, rules, caller, now).id
    report = StatusReport(
        code=package.status_code,
        reporter=reporter,
        description=package.description or "",
        staff=_staff(package),
        at=package.timestamp,
    )
    _demand_reason(report)
    named = rules.directory.find(package.response_for.organ_id)
    other = named.id if named else OrganId(package.response_for.organ_id)
    asking = package.status_code is StatusCode.RECALL_REQUESTED
    code = Code.of(package.response_for.code)
    status = NamedStatus(
        named=Correlation(
            owner=reporter if asking else other,
            document_id=package.response_for.document_id,
            number=code.number,
            notation=code.notation,
            promulgated_on=package.response_for.promulgation_date,
        ),
        receiver=other if asking else reporter,
        report=report,
        package=data,
    )
    outcome = await ports.held_statuses.say(status, caller.organs, now=now, seal=ports.signer.seal)
    ports.telemetry.record("status.received", code=report.code, reporter=reporter)
    return outcome


async def catch_up(ports: Ports) -> int:
    """Record statuses whose document came after them, where its acceptance did not see them yet."""
    now = ports.clock.now()
    caught = await ports.held_statuses.retry(since=now - PATIENCE, limit=AT_ONCE, now=now, seal=ports.signer.seal)
    if caught:
        ports.telemetry.record("status.caught_up", statuses=caught)
    return caught


def is_quarantined(status: HeldStatus, now: datetime) -> bool:
    """Tell whether only an operator can help a status that waits."""
    return status.obstacle is not Obstacle.UNMATCHED or now - status.received_at >= PATIENCE


def _demand_reason(report: StatusReport) -> None:
    if report.code in lifecycle.NEEDS_REASON and not report.description.strip():
        raise Rejected("status-reason-required", path=_DESCRIPTION)


def _staff(package: StatusPackage) -> dict[str, str]:
    staff = package.staff
    if staff is None:
        return {}
    named = {"department": staff.department, "staff": staff.staff, "mobile": staff.mobile, "email": staff.email}
    return {name: value for name, value in named.items() if value}
