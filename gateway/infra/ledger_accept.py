"""Accepting: a document, its deliveries, receipt and events in one transaction, exactly once."""

from typing import Any

import sqlalchemy as sa

from gateway.core.faults import Rejected
from gateway.infra.ledger_events import about
from gateway.infra.ledger_rows import document_row, receipt_row
from gateway.infra.tables import deliveries, documents, events, idempotency, receipts, refusals
from gateway.ports import Acceptance, Entry, Refusal

_FIRST = sa.select(documents.c.id, documents.c.answer, documents.c.content_sha256, documents.c.accepted_at).where(
    documents.c.natural_key == sa.bindparam("natural_key")
)
_KEYED = sa.select(idempotency.c.content_sha256).where(
    idempotency.c.system == sa.bindparam("system"), idempotency.c.key == sa.bindparam("key")
)


def accept(connection: sa.Connection, entry: Entry) -> Acceptance:
    """Record an entry, or find that it is recorded. Raises `duplicate-document` or `idempotency-key-reused`."""
    document = entry.document
    keyed = _demand_same_content(connection, entry)
    first = connection.execute(_FIRST, {"natural_key": document.natural_key}).first()
    if first is not None:
        if first.content_sha256 != document.content_sha256:
            when = first.accepted_at.strftime("%d/%m/%Y %H:%M:%S")
            raise Rejected(
                "duplicate-document",
                path="MessageHeader/Code",
                detail=f"Văn bản đầu tiên: {first.id}, nhận lúc {when}.",
                detail_en=f"The first document: {first.id}, accepted at {when}.",
            )
        if not keyed:
            _remember_key(connection, entry)
        return Acceptance(document=first.id, answer=first.answer, created=False)
    connection.execute(documents.insert(), document_row(document) | {"answer": entry.answer})
    connection.execute(deliveries.insert(), [_delivery_row(entry, index) for index in range(len(entry.deliveries))])
    connection.execute(receipts.insert(), receipt_row(entry.receipt))
    connection.execute(events.insert(), _events(entry))
    _remember_key(connection, entry)
    return Acceptance(document=document.id, answer=entry.answer, created=True)


def refuse(connection: sa.Connection, refusal: Refusal) -> None:
    """Write an audit row."""
    connection.execute(
        refusals.insert(),
        {
            "at": refusal.at,
            "source": refusal.source,
            "system": refusal.system,
            "sha256": refusal.sha256,
            "size": refusal.size,
            "code": refusal.code,
            "trace_id": refusal.trace_id,
        },
    )


def _demand_same_content(connection: sa.Connection, entry: Entry) -> bool:
    """Hold that the caller's key, if it was used, was used for this content; tell whether it was used."""
    if entry.idempotency_key is None:
        return True
    named = {"system": entry.document.system, "key": entry.idempotency_key}
    content = connection.execute(_KEYED, named).scalar()
    if content is not None and content != entry.document.content_sha256:
        raise Rejected("idempotency-key-reused", path="Idempotency-Key")
    return content is not None


def _remember_key(connection: sa.Connection, entry: Entry) -> None:
    if entry.idempotency_key is not None:
        row = {
            "system": entry.document.system,
            "key": entry.idempotency_key,
            "document": entry.document.id,
            "content_sha256": entry.document.content_sha256,
        }
        connection.execute(idempotency.insert(), row)


def _delivery_row(entry: Entry, index: int) -> dict[str, Any]:
    delivery = entry.deliveries[index]
    return {
        "id": delivery.id,
        "document": delivery.document,
        "receiver": delivery.receiver,
        "priority": entry.document.priority.value,
        "state": delivery.state.value,
        "attempts": 0,
    }


def _events(entry: Entry) -> list[dict[str, Any]]:
    document = entry.document
    accepted = about(document, None, "document.accepted", document.accepted_at, sha256=document.sha256)
    available = [
        about(document, delivery, "delivery.available", document.accepted_at, priority=document.priority.value)
        for delivery in entry.deliveries
    ]
    return [accepted, *available]
