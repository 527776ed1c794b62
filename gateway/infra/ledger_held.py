"""What the policy held: listed for operators, released to its receivers or turned back to its sender."""

from datetime import datetime

import sqlalchemy as sa

from gateway.core import lifecycle
from gateway.core.faults import Rejected
from gateway.core.model import State
from gateway.infra import ledger_events
from gateway.infra.ledger_events import about, to_sender
from gateway.infra.ledger_moves import move, standing
from gateway.infra.ledger_read import delivery_views
from gateway.infra.tables import deliveries
from gateway.ports import DocumentView


def held(connection: sa.Connection) -> tuple[DocumentView, ...]:
    """List the held deliveries, oldest first."""
    return delivery_views(connection, deliveries.c.state == State.SUSPENDED.value)


def release(connection: sa.Connection, document: str, by: str, reason: str, now: datetime) -> tuple[DocumentView, ...]:
    """Make every held delivery of a document available. Raises `not-found` where none is held."""
    views = _held_of(connection, document)
    for view in views:
        (own,) = view.deliveries
        move(connection, own, lifecycle.resolve(standing(own), lifecycle.RELEASE), why=None, withheld=False)
        told = [
            to_sender(about(view.document, own, "delivery.released", now, by=by, reason=reason)),
            about(view.document, own, "delivery.available", now, priority=view.document.priority.value),
        ]
        ledger_events.write(connection, told)
    return views


def turn_back(connection: sa.Connection, document: str, by: str, reason: str, now: datetime) -> tuple[DocumentView, ...]:
    """Reject every held delivery of a document; its receivers never see it. Raises `not-found` where none is held."""
    views = _held_of(connection, document)
    for view in views:
        (own,) = view.deliveries
        move(connection, own, lifecycle.resolve(standing(own), lifecycle.TURN_BACK), why=reason)
        ledger_events.write(connection, [to_sender(about(view.document, own, "delivery.turned_back", now, by=by, reason=reason))])
    return views


def _held_of(connection: sa.Connection, document: str) -> tuple[DocumentView, ...]:
    views = delivery_views(connection, sa.and_(deliveries.c.document == document, deliveries.c.state == State.SUSPENDED.value))
    if not views:
        raise Rejected("not-found", path=document)
    return views
