"""The outbox before the broker: what is due is claimed and published; what waits for its system is let go in order."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from gateway.core import circuit, lifecycle
from gateway.core.circuit import Circuit
from gateway.core.model import Lane, SystemId
from gateway.infra.circuit_rows import held_back, save
from gateway.infra.ledger_moves import move, standing
from gateway.infra.ledger_read import delivery_views
from gateway.infra.tables import deliveries, outbox
from gateway.ports import Claim, Note, QueueId

AT_ONCE: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""Due, whatever the clock says: a clock that is set back must not make a new document wait."""
RELEASED: Final = 10
"""Documents of a recovering system that are let go each second: a backlog of days drains in minutes, and is no stampede."""
LONGEST: Final = timedelta(minutes=20)
"""No claim is longer: one that seems to be was made before the clock was set back, and counts as over."""

_o = outbox.c


def claim(connection: sa.Connection, token: str, limit: int, until: datetime, now: datetime) -> Claim:
    """Claim what is due and may go now. Locks are taken in the order circuits, outbox, deliveries, here as everywhere."""
    waiting = held_back(connection)
    idle = sa.and_(_o.published_at.is_(None), _o.due_at <= now, _free(_o.relay_until, now), _o.attempt_token.is_(None))
    systems = [each.system for each in waiting]
    if systems:
        connection.execute(outbox.update().where(_o.system.in_(systems), idle).values(due_at=None))
    going = [row for each in waiting if circuit.release_is_due(each, now) for row in _let_go(connection, each, now)]
    due = sa.select(outbox).where(idle, _o.system.not_in(systems)).order_by(_o.urgent.desc(), _o.seq).limit(limit)
    going += connection.execute(due.with_for_update(skip_locked=True)).all()
    if going:
        claimed = [row.delivery for row in going]
        values = {"relay_token": token, "relay_until": until, "due_at": AT_ONCE}
        connection.execute(outbox.update().where(_o.delivery.in_(claimed)).values(values))
    return Claim(token=token, notes=tuple(_note(row) for row in going))


def _let_go(connection: sa.Connection, recovering: Circuit, now: datetime) -> Sequence[sa.Row[Any]]:
    """Take the next part of a system's backlog: one document until one has gone in. Where none is left, it flows again."""
    backlog = (
        sa.select(outbox)
        .where(_o.system == recovering.system, _o.due_at.is_(None), _o.attempt_token.is_(None))
        .order_by(_o.urgent.desc(), _o.seq)
        .limit(RELEASED if recovering.proven else 1)
        .with_for_update()
    )
    rows = connection.execute(backlog).all()
    save(connection, circuit.released(recovering, now) if rows else circuit.drained(recovering))
    return rows


def published(connection: sa.Connection, done: Claim, confirmed: Collection[str], now: datetime) -> None:
    """Record what the broker holds, and give the rest back. What a worker has taken since is no longer of the claim."""
    named = [note.delivery for note in done.notes]
    mine = sa.and_(_o.delivery.in_(named), _o.relay_token == done.token)
    connection.execute(sa.select(_o.delivery).where(mine).order_by(_o.delivery).with_for_update())  # as attempts lock them
    if confirmed:
        values = {"relay_token": None, "relay_until": None, "published_at": now}
        connection.execute(outbox.update().where(mine, _o.delivery.in_(confirmed)).values(values))
    if len(confirmed) < len(done.notes):
        connection.execute(outbox.update().where(mine).values(relay_token=None, relay_until=None))


def take_back(connection: sa.Connection, now: datetime) -> int:
    """Make due again what is being attempted by workers that are gone: what came of it, nobody knows."""
    over = sa.and_(_o.attempt_token.is_not(None), sa.not_(live(_o.attempt_until, now)))
    gone = sa.select(_o.delivery).where(over).limit(500).with_for_update(skip_locked=True)
    lost = list(connection.execute(gone).scalars())
    if not lost:
        return 0
    again = {"attempt_token": None, "attempt_until": None, "published_at": None, "relay_token": None, "due_at": AT_ONCE}
    connection.execute(outbox.update().where(_o.delivery.in_(lost)).values(again))
    for view in delivery_views(connection, deliveries.c.id.in_(lost), lock=True):
        (own,) = view.deliveries
        after = lifecycle.pushed(standing(own), lifecycle.DEFER)
        if after is not None and after != standing(own):
            move(connection, own, after)
    return len(lost)


def refill(connection: sa.Connection, queue: QueueId, depth: int, before: datetime) -> int:
    """Make due again what the broker should hold and does not; which it is nobody can tell, so all of it."""
    believed = sa.and_(
        _o.system == queue.system,
        _o.urgent.is_(queue.lane is Lane.URGENT),
        _o.published_at <= before,
        _o.attempt_token.is_(None),
    )
    count = connection.execute(sa.select(sa.func.count()).select_from(outbox).where(believed)).scalar_one()
    if count <= depth:
        return 0
    connection.execute(outbox.update().where(believed).values(published_at=None, due_at=AT_ONCE))
    return count


def hold_back(connection: sa.Connection, system: SystemId) -> None:
    """Make all documents of a system wait in the ledger, whatever the broker holds of them."""
    waiting = sa.and_(_o.system == system, _o.attempt_token.is_(None), _o.due_at.is_not(None))
    connection.execute(outbox.update().where(waiting).values(due_at=None, published_at=None, relay_token=None, relay_until=None))


def outbox_row(delivery: str, system: SystemId, lane: Lane, trace_id: str) -> dict[str, Any]:
    """Make the row, but for its place, of what is to be pushed at once."""
    return {"delivery": delivery, "system": system, "urgent": lane is Lane.URGENT, "trace_id": trace_id, "due_at": AT_ONCE}


def _note(row: sa.Row[Any]) -> Note:
    return Note(delivery=row.delivery, queue=queue_of(row.system, urgent=row.urgent), trace_id=row.trace_id)


def queue_of(system: str, *, urgent: bool) -> QueueId:
    """Name the queue of a row."""
    return QueueId(system=SystemId(system), lane=Lane.URGENT if urgent else Lane.NORMAL)


def live(until: sa.Column[Any], now: datetime) -> sa.ColumnElement[bool]:
    """Choose the claims that are not over."""
    return sa.and_(until > now, until <= now + LONGEST)


def _free(until: sa.Column[Any], now: datetime) -> sa.ColumnElement[bool]:
    return sa.or_(until.is_(None), sa.not_(live(until, now)))
