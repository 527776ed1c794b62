"""The audit log: every decision of an operator, with its reason, in the transaction that carries it out."""

from collections.abc import Iterator, Mapping
from datetime import datetime

import sqlalchemy as sa

from gateway.infra.executor import Executor
from gateway.infra.ledger_read import cursor, position
from gateway.infra.tables import audit
from gateway.ports import ANYTHING, Audited, AuditEntry, Page


class SqlAuditLog:
    """AuditLog port, on the executor of the ledger."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def record(self, action: str, subject: Mapping[str, object], *, by: str, reason: str, now: datetime) -> None:
        await self._executor.write(lambda c: record(c, actor=by, action=action, subject=subject, reason=reason, at=now))

    async def listing(self, which: Audited = ANYTHING, *, after: str | None, limit: int) -> Page:
        return await self._executor.read(lambda c: listing(c, which, after, limit))


def record(
    connection: sa.Connection,
    *,
    actor: str,
    action: str,
    subject: Mapping[str, object],
    reason: str,
    at: datetime,
    count: int = 1,
) -> int:
    """Write what was done to what, by whom and why; `count` is how many it touched. Give the entry's place in the log."""
    row = {"at": at, "actor": actor, "action": action, "subject": dict(subject), "reason": reason, "count": count}
    made = connection.execute(audit.insert().returning(audit.c.seq), row)
    seq: int = made.scalar_one()
    return seq


def amend(connection: sa.Connection, seq: int, more: int) -> None:
    """Count what a further transaction of the same decision touched."""
    connection.execute(audit.update().where(audit.c.seq == seq).values(count=audit.c.count + more))


def listing(connection: sa.Connection, which: Audited, after: str | None, limit: int) -> Page:
    """List decisions, newest first."""
    select = sa.select(audit).where(*_conditions(which)).order_by(audit.c.seq.desc()).limit(limit + 1)
    if after is not None:
        select = select.where(audit.c.seq < position(after)[0])
    rows = connection.execute(select).mappings().all()
    items = tuple(AuditEntry(**row) for row in rows[:limit])
    return Page(items=items, next=cursor(items[-1].seq) if len(rows) > limit else None)


def _conditions(which: Audited) -> Iterator[sa.ColumnElement[bool]]:
    if which.actor is not None:
        yield audit.c.actor == which.actor
    if which.action is not None:
        yield audit.c.action == which.action
    if which.since is not None:
        yield audit.c.at >= which.since
    if which.until is not None:
        yield audit.c.at < which.until
