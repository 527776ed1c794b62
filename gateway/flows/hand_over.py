"""Hand over: an agency that polls claims its deliveries by a lease, and acknowledges what it holds."""

from collections.abc import Sequence
from datetime import timedelta

from gateway.core.directory import System
from gateway.ports import Lease, Ports

SAFETY_POLL_SECONDS = 5.0
"""A wake-up may be missed (another process accepted): look again at least this often."""


async def lease(ports: Ports, caller: System, *, limit: int, seconds: int, wait: float) -> Lease | None:
    """Claim waiting deliveries, urgent first; wait up to `wait` seconds for one to come. None when none came."""
    started = now = ports.clock.now()
    with ports.waiting.watch(caller.organs) as watch:
        while True:
            until = now + timedelta(seconds=seconds)
            claimed = await ports.ledger.lease(caller.id, caller.organs, limit=limit, until=until, now=now)
            left = wait - (now - started).total_seconds()
            if claimed is not None or left <= 0:
                return claimed
            await watch.changed(min(left, SAFETY_POLL_SECONDS))
            now = ports.clock.now()


async def acknowledge(ports: Ports, caller: System, token: str, deliveries: Sequence[str] | None) -> tuple[str, ...]:
    """Take leased deliveries as handed over: each is `collected`, with the hub's signed receipt."""
    now = ports.clock.now()
    acked = await ports.ledger.ack(token, caller.id, deliveries, now=now, seal=ports.signer.seal)
    ports.telemetry.record("delivery.collected", system=caller.id, deliveries=len(acked))
    return acked


async def collect(ports: Ports, caller: System, delivery: str) -> None:
    """Take it that a system has one delivery for good: it is `collected`, with its receipt, and no status is made."""
    await ports.ledger.collect(delivery, caller.organs, now=ports.clock.now(), seal=ports.signer.seal)
    ports.telemetry.record("delivery.collected", system=caller.id, deliveries=1)


async def turn_down(ports: Ports, caller: System, delivery: str, reason: str) -> None:
    """Take it that a system cannot take a delivery; its sender sees why, and an operator decides."""
    await ports.ledger.turn_down(delivery, caller.organs, reason=reason, now=ports.clock.now())
    ports.telemetry.record("delivery.turned_down", system=caller.id, delivery=delivery)


async def give_back(
    ports: Ports, caller: System, token: str, deliveries: Sequence[str] | None, *, reason: str, retry_after: int
) -> tuple[str, ...]:
    """Put leased deliveries back into the inbox, not before `retry_after` seconds from now."""
    now = ports.clock.now()
    returned = await ports.ledger.nack(
        token, caller.id, deliveries, now=now, reason=reason, not_before=now + timedelta(seconds=retry_after)
    )
    ports.telemetry.record("delivery.returned", system=caller.id, deliveries=len(returned))
    return returned


async def renew(ports: Ports, caller: System, token: str, seconds: int) -> Lease:
    """Prolong a live lease."""
    now = ports.clock.now()
    return await ports.ledger.renew(token, caller.id, until=now + timedelta(seconds=seconds), now=now)
