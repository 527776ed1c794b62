"""The ledger over SQLAlchemy Core: plain functions on a connection, run by an executor."""

import secrets
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Self

from gateway.core.model import Delivery, Event, OrganId, Receipt, State, StatusReport, SystemId
from gateway.infra import (
    ledger_accept,
    ledger_findings,
    ledger_held,
    ledger_inbox,
    ledger_paper,
    ledger_read,
    ledger_status,
)
from gateway.infra.database import Database
from gateway.infra.executor import Executor
from gateway.infra.ledger_attest import attest_available
from gateway.infra.migrate import demand_current
from gateway.infra.opening import open_executor
from gateway.ports import (
    Acceptance,
    Correlation,
    DocumentView,
    Entry,
    FindingCount,
    History,
    Lease,
    Page,
    PaperOutcome,
    Refusal,
    Route,
    Seal,
    StatusOutcome,
    Tally,
)


class SqlLedger:
    """Ledger port."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    @classmethod
    def open(cls, database: Database, wake: Callable[[Collection[OrganId]], None] | None = None) -> Self:
        """Open the ledger of a database, inside a running event loop (see `open_executor`); `close` closes the database."""
        return cls(open_executor(database, wake))

    async def accept(self, entry: Entry) -> Acceptance:
        acceptance: Acceptance = await self._executor.write_batched(ledger_accept.accept, entry)
        return acceptance

    async def foresee(self, entry: Entry) -> None:
        await self._executor.write_batched(ledger_accept.foresee, entry)  # it writes nothing, and is cheap among others

    async def accepted(self, content_sha256: str, organs: Collection[OrganId]) -> Acceptance | None:
        return await self._executor.read(lambda c: ledger_accept.accepted(c, content_sha256, organs))

    async def refuse(self, refusal: Refusal) -> None:
        await self._executor.write(lambda c: ledger_accept.refuse(c, refusal))

    async def document(self, document: str, organs: Collection[OrganId]) -> DocumentView:
        return await self._executor.read(lambda c: ledger_read.document(c, document, organs))

    async def delivery(self, delivery: str, organs: Collection[OrganId]) -> DocumentView:
        return await self._executor.read(lambda c: ledger_read.delivery(c, delivery, organs))

    async def documents(
        self, organs: Collection[OrganId], *, role: str | None, state: State | None, after: str | None, limit: int
    ) -> Page:
        return await self._executor.read(lambda c: ledger_read.listing(c, organs, role, state, after, limit))

    async def history(self, document: str, organs: Collection[OrganId]) -> History:
        return await self._executor.read(lambda c: ledger_read.history(c, document, organs))

    async def receipts(self, document: str, organs: Collection[OrganId]) -> tuple[Receipt, ...]:
        return await self._executor.read(lambda c: ledger_read.receipt_list(c, document, organs))

    async def attest_available(self, document: str, organs: Collection[OrganId], *, seal: Seal) -> None:
        await self._executor.write(lambda c: attest_available(c, document, organs, seal))

    async def inbox(self, organs: Collection[OrganId], *, after: str | None, limit: int) -> Page:
        return await self._executor.read(lambda c: ledger_read.inbox(c, organs, after, limit))

    async def lease(
        self, system: SystemId, organs: Collection[OrganId], *, limit: int, until: datetime, now: datetime
    ) -> Lease | None:
        token = secrets.token_urlsafe(24)
        return await self._executor.write(lambda c: ledger_inbox.lease(c, token, system, organs, limit, until, now))

    async def ack(
        self, token: str, system: SystemId, deliveries: Sequence[str] | None, *, now: datetime, seal: Seal
    ) -> tuple[str, ...]:
        return await self._executor.write(lambda c: ledger_inbox.ack(c, token, system, deliveries, now, seal))

    async def collect(self, delivery: str, organs: Collection[OrganId], *, now: datetime, seal: Seal) -> None:
        await self._executor.write(lambda c: ledger_inbox.collect(c, delivery, organs, now, seal))

    async def turn_down(self, delivery: str, organs: Collection[OrganId], *, reason: str, now: datetime) -> None:
        await self._executor.write(lambda c: ledger_inbox.turn_down(c, delivery, organs, reason, now))

    async def nack(
        self, token: str, system: SystemId, deliveries: Sequence[str] | None, *, now: datetime, reason: str, not_before: datetime
    ) -> tuple[str, ...]:
        return await self._executor.write(lambda c: ledger_inbox.nack(c, token, system, deliveries, now, reason, not_before))

    async def renew(self, token: str, system: SystemId, *, until: datetime, now: datetime) -> Lease:
        return await self._executor.write(lambda c: ledger_inbox.renew(c, token, system, until, now))

    async def correlate(self, status: Correlation, receiver: OrganId) -> tuple[Delivery, ...]:
        found = await self._executor.read(lambda c: ledger_read.correlate(c, status, receiver))
        return tuple(view.deliveries[0] for view in found)

    async def record_status(
        self, delivery: str, report: StatusReport, organs: Collection[OrganId], *, now: datetime, seal: Seal
    ) -> StatusOutcome:
        return await self._executor.write(lambda c: ledger_status.record(c, delivery, report, organs, now, seal))

    async def paper_arrived(
        self, delivery: str, organs: Collection[OrganId], *, at: datetime, note: str, now: datetime
    ) -> PaperOutcome:
        return await self._executor.write(lambda c: ledger_paper.arrived(c, delivery, organs, at, note, now))

    async def paper_awaited(self, organs: Collection[OrganId], *, after: str | None, limit: int) -> Page:
        return await self._executor.read(lambda c: ledger_paper.awaited(c, organs, after, limit))

    async def held(self) -> tuple[DocumentView, ...]:
        return await self._executor.read(ledger_held.held)

    async def release(self, document: str, *, route: Route, by: str, reason: str, now: datetime) -> tuple[DocumentView, ...]:
        return await self._executor.write(lambda c: ledger_held.release(c, document, route, by, reason, now))

    async def turn_back(self, document: str, *, by: str, reason: str, now: datetime) -> tuple[DocumentView, ...]:
        return await self._executor.write(lambda c: ledger_held.turn_back(c, document, by, reason, now))

    async def finding_counts(
        self, organs: Collection[OrganId] | None, *, since: datetime | None, until: datetime | None
    ) -> tuple[FindingCount, ...]:
        return await self._executor.read(lambda c: ledger_findings.counts(c, organs, since, until))

    async def events(self, organs: Collection[OrganId], *, after: str | None, limit: int) -> tuple[tuple[Event, ...], str]:
        return await self._executor.read(lambda c: ledger_read.event_log(c, organs, after, limit))

    async def tally(self) -> Tally:
        return await self._executor.read(ledger_read.tally)

    async def ready(self) -> None:
        await self._executor.read(demand_current)

    async def close(self) -> None:
        await self._executor.close()
