"""What happened, written in the transaction that makes it true.

Events are inserted last of all, in order of commit: who has read them up to one misses none that came before it.
"""

import asyncio
import contextlib
from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from gateway.core.model import Delivery, Document, OrganId
from gateway.infra.tables import events

CHANNEL: Final = "lienthong_events"
"""Of PostgreSQL's NOTIFY."""
EVERYBODY: Final = ""
PAYLOAD_BYTES: Final = 7_900
"""PostgreSQL takes less than 8,000; when more are concerned than that names, everybody is told."""
COMMIT_LOCK: Final = 5_601_001
"""Advisory lock of PostgreSQL: whoever holds it gets the next numbers of events, and is the next to commit."""
_WRITTEN: Final = "events"
_STIRRED: Final = "stirred"
_CONCERNED: Final = "concerned"
"""Where a connection keeps the events of its transaction, who is woken besides, and whom all of it concerns."""


def write(connection: sa.Connection, rows: Iterable[dict[str, Any]]) -> None:
    """Write events at the end of the transaction; whom they concern is woken once they are on disk."""
    connection.info.setdefault(_WRITTEN, []).extend(rows)


def stir(connection: sa.Connection, organ: OrganId) -> None:
    """Wake who waits for this one once the transaction is on disk, though it is no event of a document."""
    connection.info.setdefault(_STIRRED, set()).add(organ)


def finish(connection: sa.Connection) -> None:
    """Insert the events of the transaction: the last that is done before its commit."""
    rows, organs = connection.info.pop(_WRITTEN, ()), connection.info.pop(_STIRRED, set())
    organs.update(organ for row in rows for organ in (row["sender"], row["receiver"]) if organ is not None)
    if not organs:
        return
    if connection.dialect.name == "postgresql":
        told = sa.func.pg_notify(CHANNEL, _payload(organs))
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(COMMIT_LOCK), told))
    if rows:
        connection.execute(events.insert(), rows)
    connection.info[_CONCERNED] = frozenset(organs)


def waker(wake: Callable[[Collection[OrganId]], None]) -> Callable[[sa.Connection], None]:
    """Make the hook that calls `wake`, in the loop that runs now, with whom the events of each commit concern."""
    loop = asyncio.get_running_loop()

    def committed(connection: sa.Connection) -> None:
        concerned = connection.info.pop(_CONCERNED, None)
        if concerned:
            with contextlib.suppress(RuntimeError):  # the loop is closing, and nobody waits any more
                loop.call_soon_threadsafe(wake, concerned)

    return committed


def concerned(payload: str) -> frozenset[OrganId] | None:
    """Read the payload of a notification: whom events concern; None is everybody."""
    return None if payload == EVERYBODY else frozenset(map(OrganId, payload.split("\n")))


def _payload(organs: Collection[OrganId]) -> str:
    named = "\n".join(sorted(organs))
    return named if len(named.encode()) <= PAYLOAD_BYTES else EVERYBODY


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
