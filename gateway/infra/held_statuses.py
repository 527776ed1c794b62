"""Statuses that name their document, on the ledger's executor."""

from collections.abc import Collection
from datetime import datetime

from gateway.core.model import OrganId
from gateway.infra import ledger_held_statuses as rows
from gateway.infra.executor import Executor
from gateway.ports import NamedStatus, Page, Seal, StatusOutcome


class SqlHeldStatuses:
    """HeldStatuses port."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def say(self, status: NamedStatus, organs: Collection[OrganId], *, now: datetime, seal: Seal) -> StatusOutcome:
        return await self._executor.write(lambda c: rows.say(c, status, organs, now, seal))

    async def retry(self, *, since: datetime, limit: int, now: datetime, seal: Seal) -> int:
        if not await self._executor.read(lambda c: rows.matchable(c, since, 1)):
            return 0  # as nearly always: nobody else waits for a transaction that changes nothing
        return await self._executor.write(lambda c: rows.retry(c, since, limit, now, seal))

    async def held(self, *, after: str | None, limit: int) -> Page:
        return await self._executor.read(lambda c: rows.listing(c, after, limit))

    async def apply(self, status: str, delivery: str, *, by: str, reason: str, now: datetime, seal: Seal) -> StatusOutcome:
        return await self._executor.write(lambda c: rows.apply(c, status, delivery, by, reason, now, seal))

    async def drop(self, status: str, *, by: str, reason: str, now: datetime) -> None:
        await self._executor.write(lambda c: rows.drop(c, status, by, reason, now))
