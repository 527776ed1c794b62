"""Collect: what waits in a system that cannot send is fetched by its adapter, and goes through the same doors as all else."""

import secrets
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from gateway.core.directory import Link, System
from gateway.core.faults import Rejected
from gateway.core.model import StatusReport
from gateway.core.rules import Rules
from gateway.flows.accept import Package, accept
from gateway.flows.acknowledge import acknowledge, acknowledge_package
from gateway.flows.refuse import refuse
from gateway.flows.within import within
from gateway.ports import Ports, Staged
from gateway.sdk import Accepted, Collected, CollectedEnvelope, CollectedStatus, Opener, Outcome, Refused

MARGIN_SECONDS: Final = 30.0
ROUND: Final = 200
"""Taken from a system before it is asked anew: what it wrote meanwhile, an urgent document too, is seen then."""


async def collect(ports: Ports, rules: Rules, system: System, link: Link, *, trace_id: str) -> int:
    """Fetch what waits, at most a round of it; give how much that was. The other side is told what became of each.

    One worker at a time fetches from a system. Raises what the adapter or the ledger raises: what was not acknowledged is given
    again.
    """
    turn = _Turn(ports, f"collect {system.id}", timedelta(seconds=3 * link.seconds + MARGIN_SECONDS))
    if not await turn.is_mine():
        return 0
    try:
        return await _round(ports, rules, system, link, turn, trace_id)
    finally:
        await ports.turns.leave(turn.name, turn.holder)


@dataclass(frozen=True, slots=True)
class _Turn:
    """The turn at one system: three calls of its adapter fit into it."""

    ports: Ports
    name: str
    lasts: timedelta
    holder: str = field(default_factory=lambda: secrets.token_urlsafe(12))

    async def is_mine(self) -> bool:
        now = self.ports.clock.now()
        return await self.ports.turns.take(self.name, self.holder, until=now + self.lasts, now=now)


async def _round(ports: Ports, rules: Rules, system: System, link: Link, turn: _Turn, trace_id: str) -> int:
    adapter = await within(link.seconds, ports.catalogue.adapter(system))
    count = 0
    async with aclosing(adapter.collect()) as waiting:
        while (each := await within(link.seconds, anext(waiting, None))) is not None:
            if not await turn.is_mine():  # it took too long over the one before, and another began
                break
            outcome = await _take(ports, rules, system, each, link, trace_id)
            await within(link.seconds, adapter.acknowledge(each, outcome))
            count += 1
            if count == ROUND:
                break
    return count


async def _take(ports: Ports, rules: Rules, system: System, collected: Collected, link: Link, trace_id: str) -> Outcome:
    """Take one, for good, or say why not."""
    try:
        if isinstance(collected, CollectedEnvelope):
            return await _take_envelope(ports, rules, system, collected, link, trace_id)
        await _take_status(ports, system, collected)
    except Rejected as fault:
        return Refused(code=fault.code, vi=_words(fault), en=fault.detail_en)
    return Accepted()


def _words(fault: Rejected) -> str:
    return "; ".join(filter(None, (f"{each.path} {each.vi}".strip() for each in fault.problems)))


async def _take_status(ports: Ports, system: System, status: CollectedStatus) -> None:
    view = await ports.ledger.delivery(status.key, system.organs)
    reporter = view.deliveries[0].receiver
    staff = dict(status.staff)
    report = StatusReport(code=status.code, reporter=reporter, description=status.description, staff=staff, at=status.at)
    await acknowledge(ports, system, status.key, report)


async def _take_envelope(
    ports: Ports, rules: Rules, system: System, collected: CollectedEnvelope, link: Link, trace_id: str
) -> Accepted:
    """Take a document, or a status package where it turns out to be one."""
    envelope = ports.vault.stage()
    staged: dict[str, Staged] = {}
    try:
        await _stage(envelope, collected.open, rules.limits.envelope, "envelope", link)
        for name, part in list(collected.parts.items())[: rules.limits.parts + 1]:
            staged[name] = ports.vault.stage()
            await _stage(staged[name], part, rules.limits.attachment, name, link)
        try:
            return await _sent(ports, rules, system, Package(envelope=envelope, parts=staged), trace_id)
        except Rejected as fault:
            source, size = f"link:{system.id}", envelope.size + sum(each.size for each in staged.values())
            await refuse(ports, fault, source=source, caller=system, sha256=envelope.sha256, size=size, trace_id=trace_id)
            raise
    finally:
        for each in (envelope, *staged.values()):
            await each.discard()


async def _sent(ports: Ports, rules: Rules, system: System, package: Package, trace_id: str) -> Accepted:
    if len(package.parts) > rules.limits.parts:
        raise Rejected("too-large", path="parts", detail=f"> {rules.limits.parts}")
    try:
        accepted = await accept(ports, rules, package, system, idempotency_key=None, trace_id=trace_id)
    except Rejected as fault:
        if fault.code != "not-a-document":
            raise
        await acknowledge_package(ports, rules, package.envelope.read(), system)
        return Accepted()
    return Accepted(document=accepted.document)


async def _stage(staged: Staged, opener: Opener, limit: int, name: str, link: Link) -> None:
    """Stage what the other side streams; a large document may take its time, but not stand still."""
    async with aclosing(opener()) as chunks:
        while (chunk := await within(link.seconds, anext(chunks, None))) is not None:
            await staged.write(chunk)
            if staged.size > limit:
                raise Rejected("too-large", path=name, detail=f"> {limit}")
