"""The paper copies that follow some documents (article 5): which are awaited, and when each arrived."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from gateway.core.faults import Rejected, Transient
from gateway.core.model import OrganId
from gateway.infra import ledger_events, ledger_read
from gateway.infra.ledger_events import about
from gateway.infra.ledger_moves import RETRY_AFTER_SECONDS
from gateway.infra.ledger_read import cursor, delivery_views, position, shown_to
from gateway.infra.tables import deliveries, documents
from gateway.ports import Page, PaperOutcome


def arrived(
    connection: sa.Connection, wanted: str, organs: Collection[OrganId], at: datetime, note: str, now: datetime
) -> PaperOutcome:
    """Record that the receiver holds the paper copy. Raises `not-found` (also to the sender) and `paper-unexpected`."""
    view = ledger_read.delivery(connection, wanted, organs)
    (own,) = view.deliveries
    if own.receiver not in organs:
        raise Rejected("not-found", path=wanted)
    if not view.document.paper:
        raise Rejected("paper-unexpected", path=wanted)
    if own.paper_arrived_at is not None:
        return PaperOutcome(delivery=wanted, arrived_at=own.paper_arrived_at, created=False)
    unheard = sa.and_(deliveries.c.id == wanted, deliveries.c.paper_arrived_at.is_(None))
    if connection.execute(deliveries.update().where(unheard).values(paper_arrived_at=at)).rowcount != 1:
        raise Transient("busy", retry_after=RETRY_AFTER_SECONDS)
    told = about(view.document, own, "paper.arrived", now, arrived_at=at.isoformat(), note=note)
    ledger_events.write(connection, [told])
    return PaperOutcome(delivery=wanted, arrived_at=at, created=True)


def awaited(connection: sa.Connection, organs: Collection[OrganId], after: str | None, limit: int) -> Page:
    """List the deliveries whose paper copy has not arrived, oldest first: those that the caller sent or receives."""
    d = deliveries.c
    mine = sa.or_(documents.c.sender.in_(organs), shown_to(organs))
    missing = (
        sa.select(d.id, d.seq)
        .join(documents, documents.c.id == d.document)
        .where(documents.c.paper.is_(True), d.paper_arrived_at.is_(None), mine)
    )
    if after is not None:
        missing = missing.where(d.seq > position(after)[0])
    rows = connection.execute(missing.order_by(d.seq).limit(limit + 1)).all()
    page = rows[:limit]
    items = delivery_views(connection, d.id.in_([row.id for row in page]))
    return Page(items=items, next=cursor(page[-1].seq) if len(rows) > limit else None)
