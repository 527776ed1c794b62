"""What becomes of one dead letter: it goes on, is put aside, goes back to its sender, or to another receiver."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from gateway.core import lifecycle
from gateway.core.faults import Rejected
from gateway.core.intake import derived_id
from gateway.core.model import Delivery, OrganId, State, SystemId
from gateway.infra import ledger_events
from gateway.infra.ledger_events import about, to_sender
from gateway.infra.ledger_moves import move, standing
from gateway.infra.outbox_routes import add_delivery, send_on
from gateway.infra.tables import deliveries
from gateway.ports import DocumentView, Route

_d = deliveries.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What an operator decided, and why; `to` is of a redirection."""

    action: str
    by: str
    reason: str
    at: datetime
    to: OrganId | None = None


def requeue(connection: sa.Connection, view: DocumentView, decided: Decided, *, route: Route) -> None:
    """Let it go on, as if it had never been tried: how often it was is in the event."""
    (own,) = view.deliveries
    _tell(connection, view, "delivery.requeued", decided, attempts=own.attempts, cause=own.cause)
    send_on(connection, view, route, decided.at)
    connection.execute(deliveries.update().where(_d.id == own.id).values(attempts=0))


def park(connection: sa.Connection, view: DocumentView, decided: Decided) -> None:
    """Put it aside. Raises `status-conflict` where it is there already."""
    (own,) = view.deliveries
    move(connection, own, lifecycle.resolve(standing(own), lifecycle.PARK))
    _tell(connection, view, "delivery.parked", decided, cause=own.cause)


def turn_back(connection: sa.Connection, view: DocumentView, decided: Decided) -> None:
    """Give it up, and show its sender why."""
    (own,) = view.deliveries
    move(connection, own, lifecycle.resolve(standing(own), lifecycle.TURN_BACK), why=decided.reason)
    _tell(connection, view, "delivery.turned_back", decided, cause=own.cause)


def redirect(connection: sa.Connection, view: DocumentView, decided: Decided, *, route: Route) -> None:
    """Replace it by a delivery to another receiver, which may have one already.

    Raises `status-conflict` where that is its own, or one that is over: the document would go nowhere.
    """
    (own,) = view.deliveries
    if decided.to is None or decided.to == own.receiver:
        detail = f"{own.receiver} chính là nơi nhận của lượt chuyển này."
        raise Rejected("status-conflict", path=own.id, detail=detail, detail_en=f"{own.receiver} is its receiver already.")
    known = sa.select(_d.id, _d.state).where(_d.document == own.document, _d.receiver == decided.to)
    there = connection.execute(known.with_for_update()).first()
    if there is not None and there.state in lifecycle.FINAL:
        detail = f"Lượt chuyển tới {decided.to} đã kết thúc."
        raise Rejected("status-conflict", path=there.id, detail=detail, detail_en=f"The delivery to {decided.to} is over.")
    move(connection, own, lifecycle.resolve(standing(own), lifecycle.REDIRECT), why=decided.reason)
    new = there.id if there else derived_id(own.document, decided.to)
    told = {"redirected_to": decided.to, "redirected_delivery": new, "created": there is None, "cause": own.cause}
    _tell(connection, view, "delivery.redirected", decided, **told)
    if there is None:
        _stand_in(connection, view, decided.to, route(decided.to), decided.at)


def _stand_in(connection: sa.Connection, view: DocumentView, to: OrganId, system: SystemId | None, now: datetime) -> None:
    """Make the delivery that takes the place of another, and tell both sides."""
    document, (old,) = view.document, view.deliveries
    state = State.AVAILABLE if system is None else State.QUEUED
    new = Delivery(id=derived_id(document.id, to), document=document.id, receiver=to, state=state)
    add_delivery(connection, document, new, system)
    happened = "delivery.available" if system is None else "delivery.queued"
    noticed = list(dict.fromkeys(each.code for each in document.findings))
    told = about(document, new, happened, now, priority=document.priority.value, findings=noticed, instead_of=old.receiver)
    ledger_events.write(connection, [told])


def _tell(connection: sa.Connection, view: DocumentView, happened: str, decided: Decided, **more: object) -> None:
    """Tell the sender; the receiver knows nothing of what could not be delivered to him."""
    told = about(view.document, view.deliveries[0], happened, decided.at, by=decided.by, reason=decided.reason, **more)
    ledger_events.write(connection, [to_sender(told)])
