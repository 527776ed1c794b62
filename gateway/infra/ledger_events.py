"""What happened, written in the transaction that makes it true."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from gateway.core.model import Delivery, Document, OrganId
from gateway.infra.tables import events

_CONCERNED: Final = "concerned"
"""Where a connection keeps whom the events of its transaction concern."""


def write(connection: sa.Connection, rows: Iterable[dict[str, Any]]) -> None:
    """Write events; whom they concern is woken once they are on disk."""
    written = list(rows)
    connection.execute(events.insert(), written)
    concerned = connection.info.setdefault(_CONCERNED, set())
    concerned.update(organ for row in written for organ in (row["sender"], row["receiver"]) if organ is not None)


def concerned(connection: sa.Connection) -> frozenset[OrganId]:
    """Give, once, whom the events of the transaction that just ended concern."""
    return frozenset(connection.info.pop(_CONCERNED, ()))


def to_sender(row: dict[str, Any]) -> dict[str, Any]:
    """Keep an event from the receiver of its delivery: what is withheld from him does not exist for him."""
    return row | {"receiver": None}


def about(
    document: Document,
    delivery: Delivery | None,
    happened: str,
    at: datetime,
    **data: Any,
) -> dict[str, Any]:
    """Make the row of an event. Its document's sender sees it; so does the receiver where it is about his delivery."""
    known = {
        "document_id": document.document_id,
        "code": f"{document.number}/{document.notation}",
        "subject": document.subject,
        "from": document.sender,
    }
    return {
        "at": at,
        "type": happened,
        "document": document.id,
        "delivery": delivery.id if delivery else None,
        "sender": document.sender,
        "receiver": delivery.receiver if delivery else None,
        "data": known | ({"to": delivery.receiver} if delivery else {}) | data,
    }
