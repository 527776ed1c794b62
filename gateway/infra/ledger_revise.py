"""What a recall, update or replacement does to documents of its sender, in the transaction that accepts it."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from gateway.core import lifecycle
from gateway.core.links import AWAITED, Concerned, LinkKind, Revision
from gateway.core.model import Document, State
from gateway.infra import ledger_events
from gateway.infra.ledger_events import about
from gateway.infra.ledger_moves import move, standing
from gateway.infra.ledger_read import documents_of
from gateway.infra.ledger_recall import ask_back, locked
from gateway.infra.ledger_status import is_withheld
from gateway.infra.outbox_routes import add_delivery
from gateway.infra.tables import deliveries, outbox
from gateway.infra.tables_followed import links
from gateway.ports import DocumentView, Entry, Seal


def add(connection: sa.Connection, entries: Collection[Entry]) -> None:
    """Send documents to the receivers that updates add; one that another has added meanwhile has it already."""
    for entry in entries:
        for each in entry.revision.concerned if entry.revision else ():
            for new in each.added:
                _add(connection, entry, new.id, each)


def _add(connection: sa.Connection, entry: Entry, new: str, concerned: Concerned) -> None:
    known = connection.execute(sa.select(deliveries.c.id).where(deliveries.c.id == new)).first()
    if known is not None:
        return
    document = documents_of(connection, {concerned.document})[concerned.document]
    own = next(each for each in concerned.added if each.id == new)
    add_delivery(connection, document, own, entry.routes.get(own.receiver))
    happened = "delivery.queued" if own.state is State.QUEUED else "delivery.available"
    noticed = list(dict.fromkeys(each.code for each in document.findings))
    at, priority = entry.document.accepted_at, document.priority.value
    told = about(document, own, happened, at, priority=priority, findings=noticed, added_by=entry.document.id)
    ledger_events.write(connection, [told])


def carry_out(connection: sa.Connection, entries: Collection[Entry]) -> None:
    """Ask back, ask to update, and replace."""
    for entry in entries:
        if entry.revision is not None and entry.seal is not None:
            _carry_out(connection, entry.document, entry.revision, entry.seal)


def _carry_out(connection: sa.Connection, document: Document, revision: Revision, seal: Seal) -> None:
    known = documents_of(connection, {each.document for each in revision.concerned})
    for each in revision.concerned:
        back = each.asked if revision.kind is LinkKind.RECALL else each.withdrawn
        if back:
            because = _by(document, "recalled_by")
            ask_back(connection, known[each.document], back, revision.reason, document.accepted_at, seal, **because)
        if revision.kind is LinkKind.UPDATE:
            _ask_to_update(connection, document, each.asked, revision.reason)
        if revision.kind is LinkKind.REPLACE:
            _replace(connection, document, each.asked, revision.reason)


def _ask_to_update(connection: sa.Connection, document: Document, wanted: Collection[str], reason: str) -> None:
    """Ask whoever has the document; who has not gets it with its update behind it."""
    for view in locked(connection, wanted):
        (own,) = view.deliveries
        if lifecycle.asked_to_update(standing(own)) is None:
            continue
        mine = sa.and_(links.c.document == document.id, links.c.delivery == own.id)
        connection.execute(links.update().where(mine).values(answer=AWAITED))
        _tell(connection, view, document, "update.requested", "updated_by", reason, state=own.state.value)


def _replace(connection: sa.Connection, document: Document, wanted: Collection[str], reason: str) -> None:
    """End what is not over; what was on its way, or leased, goes no further."""
    for view in locked(connection, wanted):
        (own,) = view.deliveries
        after = lifecycle.superseded(standing(own))
        if after is None:
            continue
        if own.state is State.QUEUED:
            connection.execute(outbox.delete().where(outbox.c.delivery == own.id))
        move(connection, own, after, why=reason, lease_token=None, lease_expires_at=None)
        moved = {"state": after.state.value, "previous": own.state.value}
        _tell(connection, view, document, "document.replaced", "replaced_by", reason, **moved)


def _tell(
    connection: sa.Connection, view: DocumentView, document: Document, happened: str, by: str, reason: str, **more: Any
) -> None:
    (own,) = view.deliveries
    told = about(view.document, own, happened, document.accepted_at, reason=reason, **_by(document, by), **more)
    ledger_events.write(connection, [ledger_events.to_sender(told) if is_withheld(connection, own) else told])


def _by(document: Document, name: str) -> dict[str, str]:
    return {name: document.id, f"{name}_code": f"{document.number}/{document.notation}"}
