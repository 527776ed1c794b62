"""Measure: how everything stands at a moment, for those who watch from outside."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gateway.core.circuit import Circuit
from gateway.core.faults import Fault, Transient
from gateway.core.rules import Rules
from gateway.flows.attend import Silent, silent
from gateway.ports import Ports, QueueTally, Tally, Untold

BROKER_SECONDS: Final = 2.0
"""Whoever asks how everything stands does not wait for a broker that hangs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standings:
    """Counts of the ledger, each queue in which something waits, circuits that are not as at first, and what ails the broker.

    `untold` are the systems that could not be told their news, `silent` the agencies that do not look for their documents.
    """

    at: datetime
    tally: Tally
    queues: tuple[QueueTally, ...]
    circuits: tuple[Circuit, ...]
    untold: tuple[Untold, ...]
    silent: tuple[Silent, ...]
    broker: Fault | None


async def measure(ports: Ports, rules: Rules) -> Standings:
    """Look at the ledger and the broker. Raises `Transient` where the ledger cannot be asked."""
    now = ports.clock.now()
    return Standings(
        at=now,
        tally=await ports.ledger.tally(),
        queues=await ports.outbox.queues(),
        circuits=await ports.outbox.circuits(),
        untold=await ports.notices.untold(),
        silent=await silent(ports.presence, rules, now),
        broker=await broker_fault(ports),
    )


async def broker_fault(ports: Ports) -> Fault | None:
    """Say why nothing can be published just now; None where it can. What is accepted meanwhile waits in the ledger."""
    try:
        async with asyncio.timeout(BROKER_SECONDS):
            await ports.broker.ready()
    except Transient as fault:
        return fault
    except TimeoutError:
        return Transient("broker-unavailable", detail=f"> {BROKER_SECONDS:g} s")
    return None
