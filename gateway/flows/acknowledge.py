"""Acknowledge: a status report comes in and moves its delivery, as the table of transitions allows."""

from gateway.core import lifecycle, reading, xmlsafe
from gateway.core.authentication import sender
from gateway.core.directory import System
from gateway.core.envelope import Code, StatusPackage
from gateway.core.faults import Rejected
from gateway.core.model import OrganId, StatusCode, StatusReport, UnitRole
from gateway.core.rules import Rules
from gateway.ports import Correlation, Ports, StatusOutcome

_DESCRIPTION = "MessageHeader/Description"


async def acknowledge(ports: Ports, caller: System, delivery: str, report: StatusReport) -> StatusOutcome:
    """Record a report on a delivery; the same report again gives the same answer.

    Raises `not-found`, `status-reason-required`, `assignment-lead` or `status-conflict`.
    """
    if report.code in lifecycle.NEEDS_REASON and not report.description.strip():
        raise Rejected("status-reason-required", path=_DESCRIPTION)
    if report.units and sum(unit.role is UnitRole.LEAD for unit in report.units) != 1:
        raise Rejected("assignment-lead", path="units")
    outcome = await ports.ledger.record_status(delivery, report, caller.organs, now=ports.clock.now(), seal=ports.signer.seal)
    ports.telemetry.record("status.received", delivery=delivery, code=report.code, reporter=report.reporter)
    return outcome


async def acknowledge_package(ports: Ports, rules: Rules, data: bytes, caller: System) -> StatusOutcome:
    """Record an edXML status package: its reporter must be bound to the caller, its document known."""
    now = ports.clock.now()
    root = xmlsafe.parse(data)
    package = reading.read_status(root, rules.schema, today=now.date())
    reporter = sender(package.sender.organ_id, rules, caller, now).id
    delivery = await _correlate(ports, rules, package, reporter)
    report = StatusReport(
        code=package.status_code,
        reporter=reporter,
        description=package.description or "",
        staff=_staff(package),
        at=package.timestamp,
    )
    return await acknowledge(ports, caller, delivery, report)


async def _correlate(ports: Ports, rules: Rules, package: StatusPackage, reporter: OrganId) -> str:
    """Find the delivery. ResponseFor names the document's owner; for 13 it names the receiver that is asked."""
    named = rules.directory.find(package.response_for.organ_id)
    other = named.id if named else OrganId(package.response_for.organ_id)
    asking = package.status_code is StatusCode.RECALL_REQUESTED
    code = Code.of(package.response_for.code)
    found = await ports.ledger.correlate(
        Correlation(
            owner=reporter if asking else other,
            document_id=package.response_for.document_id,
            number=code.number,
            notation=code.notation,
            promulgated_on=package.response_for.promulgation_date,
        ),
        other if asking else reporter,
    )
    if len(found) != 1:
        raise Rejected(
            "status-unmatched",
            path="MessageHeader/ResponseFor",
            detail=f"{len(found)} văn bản khớp với {package.response_for.code} của {package.response_for.organ_id}.",
            detail_en=f"{len(found)} documents match {package.response_for.code} of {package.response_for.organ_id}.",
        )
    return found[0].id


def _staff(package: StatusPackage) -> dict[str, str]:
    staff = package.staff
    if staff is None:
        return {}
    named = {"department": staff.department, "staff": staff.staff, "mobile": staff.mobile, "email": staff.email}
    return {name: value for name, value in named.items() if value}
