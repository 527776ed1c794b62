"""The systems that are pushed to: probed while parked, paused and resumed by operators, and how their queues stand."""

from datetime import datetime

import sqlalchemy as sa

from gateway.core import circuit
from gateway.core.circuit import Circuit, CircuitState
from gateway.core.faults import Fault
from gateway.core.model import SystemId
from gateway.infra.audit import record
from gateway.infra.circuit_rows import load, load_all, save
from gateway.infra.outbox_relay import hold_back, queue_of
from gateway.infra.tables import circuits, deliveries, documents, outbox
from gateway.ports import QueueTally

_c, _o = circuits.c, outbox.c


def due_probes(connection: sa.Connection, until: datetime, now: datetime) -> tuple[SystemId, ...]:
    """Claim the parked systems whose probe is due; a pause that is over is resumed."""
    due = sa.select(_c.system).where(_c.probe_at <= now).with_for_update(skip_locked=True)
    named = [SystemId(each) for each in connection.execute(due).scalars()]
    if not named:
        return ()
    found = load_all(connection, named, lock=True)
    for each in found:
        if each.state is CircuitState.PAUSED:
            save(connection, circuit.resume(each, now))
    parked = tuple(each.system for each in found if each.state is CircuitState.PARKED)
    connection.execute(circuits.update().where(_c.system.in_(parked)).values(probe_at=until))
    return parked


def probed(connection: sa.Connection, system: SystemId, fault: Fault | None, now: datetime) -> Circuit:
    """Record the answer to a probe."""
    after = circuit.probed(load(connection, system), fault, now)
    save(connection, after)
    return after


def pause(connection: sa.Connection, system: SystemId, by: str, reason: str, until: datetime | None, now: datetime) -> Circuit:
    """Hold a system's documents back."""
    after = circuit.pause(load(connection, system), by=by, reason=reason, until=until, now=now)
    save(connection, after)
    hold_back(connection, system)
    subject = {"system": system, "until": until.isoformat() if until else None}
    record(connection, actor=by, action="system.paused", subject=subject, reason=reason, at=now)
    return after


def resume(connection: sa.Connection, system: SystemId, by: str, reason: str, now: datetime) -> Circuit:
    """Push to a system again."""
    after = circuit.resume(load(connection, system), now)
    save(connection, after)
    record(connection, actor=by, action="system.resumed", subject={"system": system}, reason=reason, at=now)
    return after


def queues(connection: sa.Connection) -> tuple[QueueTally, ...]:
    """Count what waits, by system and lane."""
    oldest = sa.func.min(documents.c.accepted_at, type_=documents.c.accepted_at.type).label("oldest_at")
    grouped = (
        sa.select(
            _o.system,
            _o.urgent,
            sa.func.count().label("waiting"),
            sa.func.count(_o.published_at).label("published"),
            sa.func.count(_o.attempt_token).label("attempted"),
            oldest,
        )
        .join(deliveries, deliveries.c.id == _o.delivery)
        .join(documents, documents.c.id == deliveries.c.document)
        .group_by(_o.system, _o.urgent)
        .order_by(_o.system, _o.urgent.desc())
    )
    return tuple(
        QueueTally(
            queue=queue_of(row.system, urgent=row.urgent),
            waiting=row.waiting,
            published=row.published - row.attempted,
            attempted=row.attempted,
            oldest_at=row.oldest_at,
        )
        for row in connection.execute(grouped)
    )
