"""Collect: what waits in a system that cannot send is fetched by its adapter, and goes through the same doors as all else."""

from gateway.core.directory import System
from gateway.core.faults import Rejected
from gateway.core.model import StatusReport
from gateway.core.rules import Rules
from gateway.flows.accept import Package, accept
from gateway.flows.acknowledge import acknowledge
from gateway.flows.refuse import refuse
from gateway.ports import Ports, Staged
from gateway.sdk import Collected, CollectedDocument, CollectedStatus


async def collect(ports: Ports, rules: Rules, system: System, *, trace_id: str) -> int:
    """Fetch everything that waits; give how many were taken. What was refused is told to the other side, with the reason.

    Raises what the adapter or the ledger raises: what was not acknowledged is given again.
    """
    adapter = await ports.catalogue.adapter(system)
    taken = 0
    async for each in adapter.collect():
        refusal = await _take(ports, rules, system, each, trace_id)
        await adapter.acknowledge(each, refusal)
        taken += refusal is None
    return taken


async def _take(ports: Ports, rules: Rules, system: System, collected: Collected, trace_id: str) -> str | None:
    """Take one; give why it is refused, None where it is taken."""
    try:
        if isinstance(collected, CollectedStatus):
            await _take_status(ports, system, collected)
        else:
            await _take_document(ports, rules, system, collected, trace_id)
    except Rejected as fault:
        return f"{fault.code}: {fault.detail}"
    return None


async def _take_status(ports: Ports, system: System, status: CollectedStatus) -> None:
    view = await ports.ledger.delivery(status.key, system.organs)
    reporter = view.deliveries[0].receiver
    report = StatusReport(code=status.code, reporter=reporter, description=status.description, at=status.at)
    await acknowledge(ports, system, status.key, report)


async def _take_document(ports: Ports, rules: Rules, system: System, document: CollectedDocument, trace_id: str) -> None:
    staged: dict[str, Staged] = {}
    envelope = ports.vault.stage()
    try:
        await envelope.write(document.envelope)
        for name, octets in document.parts.items():
            staged[name] = ports.vault.stage()
            await staged[name].write(octets)
        package = Package(envelope=envelope, parts=staged)
        try:
            await accept(ports, rules, package, system, idempotency_key=None, trace_id=trace_id)
        except Rejected as fault:
            source, size = f"link:{system.id}", package.weight
            await refuse(ports, fault, source=source, caller=system, sha256=envelope.sha256, size=size, trace_id=trace_id)
            raise
    finally:
        for each in (envelope, *staged.values()):
            await each.discard()
