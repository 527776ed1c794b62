"""Watch: what nobody else would notice. Workers that are gone, a broker that lost its notes, systems that are back."""

import asyncio
from datetime import timedelta
from typing import Final

from gateway.core.circuit import Circuit
from gateway.core.directory import System
from gateway.core.rules import Rules
from gateway.flows.try_link import TRY_SECONDS, try_link
from gateway.ports import Ports

SETTLED_SECONDS: Final = 30.0
"""A note that was published so long ago is in the broker, or lost."""


async def take_back(ports: Ports) -> int:
    """Make due again what was being attempted by workers that are gone."""
    lost = await ports.outbox.take_back(now=ports.clock.now())
    if lost:
        ports.telemetry.record("delivery.taken_back", deliveries=lost)
    return lost


async def refill(ports: Ports, *, settled_seconds: float = SETTLED_SECONDS) -> int:
    """Publish again what the broker should hold and does not."""
    before = ports.clock.now() - timedelta(seconds=settled_seconds)
    again = 0
    for each in await ports.outbox.queues():
        if each.published:
            again += await ports.outbox.refill(each.queue, await ports.broker.depth(each.queue), before=before)
    if again:
        ports.telemetry.record("broker.refilled", deliveries=again, before=before.isoformat())
    return again


async def probe(ports: Ports, rules: Rules) -> tuple[Circuit, ...]:
    """Ask the parked systems whose time has come whether they work again; another worker takes over after twice the time."""
    now = ports.clock.now()
    due = await ports.outbox.due_probes(until=now + timedelta(seconds=2 * TRY_SECONDS), now=now)
    systems = [system for each in due if (system := rules.systems.find(each)) is not None]
    return tuple(await asyncio.gather(*(_probe(ports, each) for each in systems)))


async def _probe(ports: Ports, system: System) -> Circuit:
    fault = (await try_link(ports.catalogue, system))[-1].fault
    after = await ports.outbox.probed(system.id, fault, now=ports.clock.now())
    ports.telemetry.record("system.probed", system=system.id, circuit=after.state, code=fault.code if fault else None)
    return after
