"""Enrol: agencies that systems ask to have registered or ended. An operator decides, or who was granted it did so beforehand."""

from datetime import date

from gateway.core.directory import System
from gateway.core.faults import Misconfigured
from gateway.core.rules import Rules
from gateway.flows.oversee import Decision
from gateway.ports import AgencyRequest, Enrolment, Ports, VxpBook, Wish


async def ask(ports: Ports, rules: Rules, caller: System, request: AgencyRequest) -> bool:
    """Write a wish down, and carry it out where the caller may have that without an operator. Tell whether it was.

    Where this machine may only read the directory, the wish waits like any other.
    """
    await ports.vxp.ask(request)
    ports.telemetry.record("agency.asked", system=request.system, wish=request.wish.value, organ=request.organ)
    until = _granted(rules, caller, request)
    if until is None:
        return False
    reason = f"hệ thống được tự đăng ký đến {until:%d/%m/%Y} · the system may do so itself until {until:%Y-%m-%d}"
    try:
        await approve(
            ports.vxp, ports.enrolment, request.id, Decision(by=f"system {caller.id}", reason=reason, now=request.asked_at)
        )
    except Misconfigured as fault:
        ports.telemetry.record("agency.waits", system=request.system, organ=request.organ, code=fault.code)
        return False
    return True


async def approve(book: VxpBook, enrolment: Enrolment, wanted: str, decision: Decision) -> AgencyRequest:
    """Change the directory as was asked, audited: the asking system then acts for a new agency. Raises `not-found`."""
    request = await book.request(wanted)
    await enrolment.carry_out(request, on=decision.now.date())
    await book.decide(wanted, outcome="approved", by=decision.by, reason=decision.reason, now=decision.now)
    return request


async def refuse(book: VxpBook, wanted: str, decision: Decision) -> AgencyRequest:
    """Leave the directory as it is, audited. Raises `not-found`."""
    request = await book.request(wanted)
    await book.decide(wanted, outcome="refused", by=decision.by, reason=decision.reason, now=decision.now)
    return request


def _granted(rules: Rules, caller: System, request: AgencyRequest) -> date | None:
    """Give until when the caller has this without an operator: it ends its agencies, and enters some only below them."""
    access, directory = caller.vxp, rules.directory
    if access is None or not access.registers(request.asked_at.date()):
        return None
    above = directory.find(request.organ if request.wish is Wish.DELETE else request.fields.get("parent", ""))
    line = () if above is None else (above, *(directory.ancestors(above) if request.wish is Wish.REGISTER else ()))
    return access.registers_until if any(each.id in caller.organs for each in line) else None
