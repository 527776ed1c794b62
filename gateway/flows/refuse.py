"""Refuse: leave the single trace that a refused input leaves, an audit row."""

from gateway.core.directory import System
from gateway.core.faults import Fault
from gateway.ports import Ports, Refusal


async def refuse(
    ports: Ports, fault: Fault, *, source: str, caller: System | None, sha256: str, size: int, trace_id: str
) -> None:
    """Record who was refused what, and why; never the content."""
    system = caller.id if caller else None
    await ports.ledger.refuse(
        Refusal(at=ports.clock.now(), source=source, system=system, sha256=sha256, size=size, code=fault.code, trace_id=trace_id)
    )
    ports.telemetry.record("document.refused", code=fault.code, system=system, sha256=sha256, size=size, trace_id=trace_id)
