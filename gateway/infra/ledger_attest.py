"""The fact that a document was made available to a receiver: attested once somebody asks, with the time it became true."""

from collections.abc import Collection

import sqlalchemy as sa

from gateway.core.model import Delivery, Fact, OrganId, State
from gateway.core.receipts import Attestation, receipt_id
from gateway.infra import ledger_read
from gateway.infra.ledger_rows import read_event, receipt_row
from gateway.infra.tables import events, receipts
from gateway.ports import Seal


def attest_available(connection: sa.Connection, document: str, organs: Collection[OrganId], seal: Seal) -> None:
    """Seal what is not sealed yet, of the deliveries that the caller sees; the first time counts. Raises `not-found`."""
    view = ledger_read.document(connection, document, organs)
    seen = {each.id: each for each in view.deliveries}
    e = events.c
    select = sa.select(events).where(e.document == document, e.type == "delivery.available").order_by(e.seq.desc())
    first = {event.delivery: event for event in map(read_event, connection.execute(select).mappings())}
    wanted = [
        Attestation(fact=Fact.AVAILABLE, document=view.document, delivery=_own(seen[name]), at=event.at)
        for name, event in first.items()
        if name in seen
    ]
    ids = sa.select(receipts.c.id).where(receipts.c.id.in_([receipt_id(each) for each in wanted]))
    sealed = set(connection.execute(ids).scalars())
    new = [receipt_row(seal(each)) for each in wanted if receipt_id(each) not in sealed]
    if new:
        connection.execute(receipts.insert(), new)


def _own(delivery: Delivery) -> Delivery:
    return Delivery(id=delivery.id, document=delivery.document, receiver=delivery.receiver, state=State.AVAILABLE)
