"""Relay: what is due to be pushed goes from the outbox to the broker, by its id."""

import asyncio
from datetime import timedelta
from typing import Final

from gateway.ports import Ports

BATCH: Final = 200
"""Notes that are claimed together: a claim costs a transaction, and one by one they cost seventeen times as much."""
CLAIM_SECONDS: Final = 60
"""A relay that dies in between is overtaken after this; publishing a batch takes a fraction of it."""


async def relay(ports: Ports) -> int:
    """Claim a batch, publish it, record what the broker confirmed; give how many that were.

    Raises `Transient` where the broker takes nothing: what was claimed is given back, and whatever it did take comes twice,
    which a worker finds out. Whoever is cancelled finishes the batch first: nobody else may publish it while it is claimed.
    """
    batch = asyncio.ensure_future(_batch(ports))
    try:
        return await asyncio.shield(batch)
    finally:
        await asyncio.gather(batch, return_exceptions=True)


async def _batch(ports: Ports) -> int:
    now = ports.clock.now()
    claim = await ports.outbox.claim(limit=BATCH, until=now + timedelta(seconds=CLAIM_SECONDS), now=now)
    if not claim.notes:
        return 0
    confirmed: frozenset[str] = frozenset()
    try:
        confirmed = await ports.broker.publish(claim.notes)
    finally:
        await asyncio.shield(ports.outbox.published(claim, confirmed, now=ports.clock.now()))
    missing = {note.queue for note in claim.notes if note.delivery not in confirmed}
    if missing:
        await ports.broker.declare(missing)
    ports.telemetry.record("outbox.published", notes=len(claim.notes), confirmed=len(confirmed))
    return len(confirmed)
