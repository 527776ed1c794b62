"""A ledger with its outbox and its reconciliation, which a test may damage."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

import sqlalchemy as sa

from gateway.core.model import Fact, OrganId
from gateway.core.reconciliation import Report
from gateway.infra.dead_letters import SqlDeadLetters
from gateway.infra.executor import Executor
from gateway.infra.ledger import SqlLedger
from gateway.infra.ledger_rows import receipt_row
from gateway.infra.outbox import SqlOutbox
from gateway.infra.reconciliation import SqlReconciliation
from gateway.infra.tables import deliveries, receipts
from gateway.ports import DeadLetters, Entry, Filter, Ledger, Outbox
from gateway.ports.reconciliation import Reconciliation
from tests.contracts.entries import (
    LATER,
    NOW,
    OTHER,
    RECEIVER,
    SYSTEM,
    entry,
    pushed_entry,
    seal,
)
from tests.contracts.outbox_contract import REFUSED

HOUR, SOON = timedelta(hours=1), timedelta(minutes=9)
POLLED, PUSHED = entry(1), pushed_entry(2)
SPLIT = replace(half := pushed_entry(6, to=(RECEIVER, OTHER)), deliveries=(half.deliveries[0], entry(6).deliveries[1]))
"""A document that is pushed to one receiver, while the other polls."""


def nowhere(_organ: OrganId) -> None:
    """Route nobody: all receivers poll."""


@dataclass(frozen=True, kw_only=True)
class Bench:
    """A ledger, its outbox and its reconciliation on one database, which a test may damage."""

    executor: Executor
    ledger: Ledger
    outbox: Outbox
    letters: DeadLetters
    reconciliation: Reconciliation

    @classmethod
    def on(cls, executor: Executor) -> Self:
        return cls(
            executor=executor,
            ledger=SqlLedger(executor),
            outbox=SqlOutbox(executor),
            letters=SqlDeadLetters(executor),
            reconciliation=SqlReconciliation(executor),
        )

    async def damage(self, *statements: sa.Executable) -> None:
        """Change rows as nothing of the hub would."""

        def work(connection: sa.Connection) -> None:
            for each in statements:
                connection.execute(each)

        await self.executor.write(work)

    async def reconcile(
        self, after: timedelta = timedelta(), *, since: datetime | None = None, until: datetime | None = None
    ) -> Report:
        return await self.reconciliation.reconcile(since=since, until=until, now=NOW + after)

    async def codes(self, after: timedelta = timedelta()) -> dict[str, list[str | None]]:
        """Reconcile; give the deliveries of each code."""
        found: dict[str, list[str | None]] = {}
        for each in (await self.reconcile(after)).discrepancies:
            found.setdefault(each.code, []).append(each.delivery)
        return found

    async def redirect(self, to: OrganId) -> None:
        """Have the first delivery of a document for two receivers fail, and redirect it."""
        await self.ledger.accept(SPLIT)
        attempt = await self.outbox.begin(its(SPLIT), until=LATER, now=NOW)
        assert attempt is not None
        await self.outbox.came_to_nothing(attempt, REFUSED, again=None, now=NOW)
        which = Filter(ids=[its(SPLIT)])
        done = await self.letters.redirect(which, to, route=nowhere, by="an", reason="sai nơi nhận", now=NOW, limit=9)
        assert done.done == 1

    async def collect(self, number: int = 1) -> str:
        """Accept a document for one receiver, who collects it; give the delivery."""
        sent = entry(number, to=(RECEIVER,))
        await self.ledger.accept(sent)
        lease = await self.ledger.lease(SYSTEM, {RECEIVER}, limit=1, until=LATER, now=NOW)
        assert lease is not None
        await self.ledger.ack(lease.token, SYSTEM, None, now=NOW, seal=seal)
        return sent.deliveries[0].id


def its(sent: Entry, place: int = 0) -> str:
    return sent.deliveries[place].id


def of(delivery: str) -> sa.ColumnElement[bool]:
    return deliveries.c.id == delivery


def collected(delivery: str, sent: Entry) -> sa.Executable:
    """Write a receipt of a collection under an id that none has."""
    return receipts.insert().values(
        receipt_row(sent.receipt) | {"id": "0" * 32, "delivery": delivery, "fact": Fact.COLLECTED.value}
    )
