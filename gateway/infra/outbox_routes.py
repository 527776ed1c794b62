"""Where a delivery that may go on goes: into the inbox of a receiver that polls, or out to the system that is pushed to."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from gateway.core import lifecycle
from gateway.core.model import Delivery, Document, Lane, OrganId, State, SystemId
from gateway.infra import ledger_events
from gateway.infra.ledger_events import about
from gateway.infra.ledger_moves import move, standing
from gateway.infra.ledger_read import delivery_views
from gateway.infra.outbox_relay import AT_ONCE, outbox_row
from gateway.infra.tables import deliveries, documents, outbox
from gateway.ports import DocumentView, Route

REROUTED = 500
"""Deliveries that are moved in one transaction."""

_d, _o = deliveries.c, outbox.c


def send_on(connection: sa.Connection, view: DocumentView, route: Route, now: datetime) -> None:
    """Let a delivery go on from where it waits (held, failed, or in the other kind of queue), and tell both sides."""
    (own,) = view.deliveries
    system = route(own.receiver)
    connection.execute(outbox.delete().where(_o.delivery == own.id))
    trigger = lifecycle.RELEASE if system is None else lifecycle.REQUEUE
    after = lifecycle.resolve(standing(own), trigger)
    move(connection, own, after, why=None, cause=None, answer=None, withheld=False, not_before=None)
    if system is not None:
        seq = connection.execute(sa.select(_d.seq).where(_d.id == own.id)).scalar_one()
        connection.execute(outbox.insert(), outbox_row(own.id, system, Lane.of(view.document.priority), "") | {"seq": seq})
    happened = "delivery.available" if system is None else "delivery.queued"
    ledger_events.write(connection, [about(view.document, own, happened, now, priority=view.document.priority.value)])


def add_delivery(connection: sa.Connection, document: Document, new: Delivery, system: SystemId | None) -> None:
    """Write a delivery of a document that was accepted before: it is the last of those that wait."""
    row = {
        "id": new.id,
        "document": document.id,
        "document_seq": sa.select(documents.c.seq).where(documents.c.id == document.id).scalar_subquery(),
        "receiver": new.receiver,
        "priority": document.priority.value,
        "state": new.state.value,
        "withheld": False,
        "attempts": 0,
    }
    connection.execute(deliveries.insert().values(row))
    if system is not None:
        place = sa.select(_d.seq).where(_d.id == new.id).scalar_subquery()
        queued = outbox_row(new.id, system, Lane.of(document.priority), "") | {"seq": place}
        connection.execute(outbox.insert().values(queued))


def reroute(connection: sa.Connection, route: Route, now: datetime) -> int:
    """Move what waits to where its receiver is reached now; what is leased or being attempted is left alone."""
    elsewhere = _elsewhere(connection, route)
    if not elsewhere:
        return 0
    idle = sa.or_(_d.lease_expires_at.is_(None), _d.lease_expires_at <= now)
    wrong = sa.or_(*(sa.and_(_d.receiver == receiver, _d.state == state.value) for receiver, state in elsewhere))
    moved = 0
    select = sa.select(_d.id).where(wrong, idle).order_by(_d.seq).limit(REROUTED).with_for_update(skip_locked=True)
    for view in delivery_views(connection, _d.id.in_(list(connection.execute(select).scalars()))):
        (own,) = view.deliveries
        system = route(own.receiver)
        if own.state is State.QUEUED and system is not None:
            again = {"system": system, "due_at": AT_ONCE, "published_at": None, "relay_token": None}
            connection.execute(outbox.update().where(_o.delivery == own.id).values(again))
        else:
            send_on(connection, view, route, now)
        moved += 1
    return moved


def _elsewhere(connection: sa.Connection, route: Route) -> Collection[tuple[OrganId, State]]:
    """Find the receivers some of whose deliveries wait where they are no longer fetched from."""
    waiting = (
        sa.select(_d.receiver, _d.state, _o.system)
        .distinct()
        .select_from(deliveries.outerjoin(outbox, _o.delivery == _d.id))
        .where(_d.state.in_([State.QUEUED.value, State.AVAILABLE.value]))
    )
    rows = connection.execute(waiting).all()
    return {(OrganId(row.receiver), State(row.state)) for row in rows if row.system != route(OrganId(row.receiver))}
