"""The outbox over SQLAlchemy Core: plain functions on a connection, run by an executor."""

import secrets
from collections.abc import Collection
from datetime import datetime

from gateway.core.circuit import Circuit
from gateway.core.faults import Fault
from gateway.core.model import SystemId
from gateway.infra import outbox_attempts, outbox_circuits, outbox_relay, outbox_routes
from gateway.infra.circuit_rows import load_all
from gateway.infra.executor import Executor
from gateway.infra.outbox_attempts import Beginning
from gateway.ports import Attempt, Claim, HandedOver, QueueId, QueueTally, Route


class SqlOutbox:
    """Outbox port, on the executor of the ledger."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def claim(self, *, limit: int, until: datetime, now: datetime) -> Claim:
        token = secrets.token_urlsafe(12)
        return await self._executor.write(lambda c: outbox_relay.claim(c, token, limit, until, now))

    async def published(self, claim: Claim, deliveries: Collection[str], *, now: datetime) -> None:
        await self._executor.write(lambda c: outbox_relay.published(c, claim, deliveries, now))

    async def begin(self, delivery: str, *, until: datetime, now: datetime) -> Attempt | None:
        wanted = Beginning(delivery=delivery, token=secrets.token_urlsafe(12), until=until, now=now)
        begun: Attempt | None = await self._executor.write_batched(outbox_attempts.begin, wanted)
        return begun

    async def handed_over(self, done: HandedOver) -> None:
        await self._executor.write_batched(outbox_attempts.handed_over, done)

    async def came_to_nothing(self, attempt: Attempt, fault: Fault, *, again: datetime | None, now: datetime) -> Circuit:
        return await self._executor.write(lambda c: outbox_attempts.came_to_nothing(c, attempt, fault, again, now))

    async def poisonous(self, delivery: str, *, now: datetime) -> None:
        await self._executor.write(lambda c: outbox_attempts.poisonous(c, delivery, now))

    async def take_back(self, *, now: datetime) -> int:
        return await self._executor.write(lambda c: outbox_relay.take_back(c, now))

    async def refill(self, queue: QueueId, depth: int, *, before: datetime) -> int:
        return await self._executor.write(lambda c: outbox_relay.refill(c, queue, depth, before))

    async def reroute(self, route: Route, *, now: datetime) -> int:
        return await self._executor.write(lambda c: outbox_routes.reroute(c, route, now))

    async def circuits(self) -> tuple[Circuit, ...]:
        return await self._executor.read(load_all)

    async def due_probes(self, *, until: datetime, now: datetime) -> tuple[SystemId, ...]:
        return await self._executor.write(lambda c: outbox_circuits.due_probes(c, until, now))

    async def probed(self, system: SystemId, fault: Fault | None, *, now: datetime) -> Circuit:
        return await self._executor.write(lambda c: outbox_circuits.probed(c, system, fault, now))

    async def pause(self, system: SystemId, *, by: str, reason: str, until: datetime | None, now: datetime) -> Circuit:
        return await self._executor.write(lambda c: outbox_circuits.pause(c, system, by, reason, until, now))

    async def resume(self, system: SystemId, *, by: str, reason: str, now: datetime) -> Circuit:
        return await self._executor.write(lambda c: outbox_circuits.resume(c, system, by, reason, now))

    async def queues(self) -> tuple[QueueTally, ...]:
        return await self._executor.read(outbox_circuits.queues)
