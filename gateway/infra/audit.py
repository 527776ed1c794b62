"""The audit log: every decision of an operator, with its reason, in the transaction that carries it out."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from gateway.infra.ledger_read import cursor, position
from gateway.infra.tables import audit
from gateway.ports import AuditEntry, Page


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


def listing(connection: sa.Connection, after: str | None, limit: int) -> Page:
    """List decisions, newest first."""
    select = sa.select(audit).order_by(audit.c.seq.desc()).limit(limit + 1)
    if after is not None:
        select = select.where(audit.c.seq < position(after)[0])
    rows = connection.execute(select).mappings().all()
    items = tuple(AuditEntry(**row) for row in rows[:limit])
    return Page(items=items, next=cursor(items[-1].seq) if len(rows) > limit else None)
