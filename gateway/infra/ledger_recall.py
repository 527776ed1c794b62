"""Recalls: what its sender asks back, from each receiver by itself."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from gateway.core.faults import Rejected
from gateway.core.model import Document, OrganId, State, StatusCode, StatusReport
from gateway.infra import ledger_read
from gateway.infra.ledger_status import say
from gateway.infra.tables import deliveries, outbox
from gateway.ports import DocumentView, Recalled, Seal

ASKED: Final = frozenset({State.RECALL_REQUESTED, State.RECALLED})
"""Asked back already: to ask again changes nothing."""


def recall(
    connection: sa.Connection,
    document: str,
    to: Collection[OrganId] | None,
    reason: str,
    organs: Collection[OrganId],
    now: datetime,
    seal: Seal,
) -> Recalled:
    """Ask a document back from its receivers, or from those that are named.

    Raises `not-found` (also of a receiver that the document did not go to), and `status-conflict` where nobody can be asked.
    """
    view = ledger_read.document(connection, document, organs)
    if view.document.sender not in organs:
        raise Rejected("not-found", path=document)
    receivers = {each.receiver: each.id for each in view.deliveries}
    strange = sorted(set(to or ()) - receivers.keys())
    if strange:
        raise Rejected("not-found", path=f"to/{strange[0]}")
    wanted = [id_ for receiver, id_ in receivers.items() if to is None or receiver in to]
    asked, conflicts = ask_back(connection, view.document, wanted, reason, now, seal)
    if len(conflicts) == len(wanted):
        raise conflicts[0]
    return Recalled(view=ledger_read.document(connection, document, organs), created=asked > 0)


def ask_back(
    connection: sa.Connection, document: Document, wanted: Collection[str], reason: str, at: datetime, seal: Seal, **because: str
) -> tuple[int, list[Rejected]]:
    """Ask deliveries of a document back, as its sender's status 13 does; of which none is handed over meanwhile.

    Give how many were asked that were not before, and the conflicts of those that cannot be.
    """
    report = StatusReport(code=StatusCode.RECALL_REQUESTED, reporter=document.sender, description=reason, at=at)
    asked, conflicts = 0, []
    for view in locked(connection, wanted):
        if view.deliveries[0].state in ASKED:
            continue
        try:
            say(connection, view, report, at, seal, **because)
            asked += 1
        except Rejected as conflict:
            conflicts.append(conflict)
    return asked, conflicts


def locked(connection: sa.Connection, wanted: Iterable[str]) -> tuple[DocumentView, ...]:
    """Lock deliveries and what is pushed of them, in the order that everybody keeps; give each with its document."""
    ids = sorted(wanted)
    for column in (outbox.c.delivery, deliveries.c.id):
        connection.execute(sa.select(column).where(column.in_(ids)).order_by(column).with_for_update())
    return ledger_read.delivery_views(connection, deliveries.c.id.in_(ids))
