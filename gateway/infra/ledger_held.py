"""What the policy held: listed for operators, released to its receivers or turned back to its sender."""

from datetime import datetime
from typing import Final

import sqlalchemy as sa

from gateway.core import lifecycle
from gateway.core.faults import Rejected
from gateway.core.model import State
from gateway.infra import audit, ledger_events, ledger_links
from gateway.infra.ledger_events import about, to_sender
from gateway.infra.ledger_moves import move, standing
from gateway.infra.ledger_read import delivery_views
from gateway.infra.outbox_routes import send_on
from gateway.infra.tables import deliveries
from gateway.ports import DocumentView, Route

_HELD: Final = sa.and_(deliveries.c.state == State.SUSPENDED.value, deliveries.c.withheld.is_(True))
"""Unlike what an operator put aside, its receiver never heard of it."""


def held(connection: sa.Connection) -> tuple[DocumentView, ...]:
    """List the held deliveries, oldest first."""
    return delivery_views(connection, _HELD)


def release(
    connection: sa.Connection, document: str, route: Route, by: str, reason: str, now: datetime
) -> tuple[DocumentView, ...]:
    """Let every held delivery of a document go on. Raises `not-found` where none is held."""
    views = _held_of(connection, document)
    for view in views:
        told = to_sender(about(view.document, view.deliveries[0], "delivery.released", now, by=by, reason=reason))
        ledger_events.write(connection, [told])
        send_on(connection, view, route, now)
    ledger_links.answered(connection, [document], now)
    _record(connection, "held.released", views, by, reason, now)
    return views


def turn_back(connection: sa.Connection, document: str, by: str, reason: str, now: datetime) -> tuple[DocumentView, ...]:
    """Reject every held delivery of a document; its receivers never see it. Raises `not-found` where none is held."""
    views = _held_of(connection, document)
    for view in views:
        (own,) = view.deliveries
        move(connection, own, lifecycle.resolve(standing(own), lifecycle.TURN_BACK), why=reason)
        ledger_events.write(connection, [to_sender(about(view.document, own, "delivery.turned_back", now, by=by, reason=reason))])
    _record(connection, "held.turned_back", views, by, reason, now)
    return views


def _record(connection: sa.Connection, action: str, views: tuple[DocumentView, ...], by: str, reason: str, now: datetime) -> None:
    subject = {"document": views[0].document.id, "deliveries": [view.deliveries[0].id for view in views]}
    audit.record(connection, actor=by, action=action, subject=subject, reason=reason, at=now, count=len(views))


def _held_of(connection: sa.Connection, document: str) -> tuple[DocumentView, ...]:
    views = delivery_views(connection, sa.and_(deliveries.c.document == document, _HELD), lock=True)
    if not views:
        raise Rejected("not-found", path=document)
    return views
