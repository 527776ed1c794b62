"""Accepting: a document, its deliveries, receipt and events in one transaction, exactly once."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gateway.core.faults import Rejected
from gateway.core.model import Delivery, Document, Lane, OrganId, State
from gateway.core.search import found_by
from gateway.infra import ledger_events, ledger_held_statuses, ledger_links, ledger_revise
from gateway.infra.ledger_events import about
from gateway.infra.ledger_rows import document_row, finding_rows, receipt_row
from gateway.infra.outbox_relay import outbox_row
from gateway.infra.tables import deliveries, documents, findings, idempotency, outbox, receipts, refusals
from gateway.infra.tables_console import searched
from gateway.ports import Acceptance, Entry, Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class _First:
    """The document that has a natural key."""

    id: str
    answer: str
    content_sha256: str
    accepted_at: datetime


def accept(connection: sa.Connection, entries: list[Entry]) -> list[Acceptance | Rejected]:
    """Record entries, or find that they are recorded; the rows of all go to the database together.

    An entry's own refusal (`duplicate-document`, `idempotency-key-reused`) is its result, and does not touch the others.
    """
    first = _recorded(connection, entries)
    keyed = _used_keys(connection, entries)
    new: list[Entry] = []
    keys: list[dict[str, str]] = []
    results: list[Acceptance | Rejected] = []
    for entry in entries:
        try:
            results.append(_decide(entry, first, keyed, new, keys))
        except Rejected as refusal:
            results.append(refusal)
    if new:
        connection.execute(documents.insert(), [document_row(each.document) | {"answer": each.answer} for each in new])
        connection.execute(
            deliveries.insert().values(document_seq=_document_seq()), [row for each in new for row in _delivery_rows(each)]
        )
        words = [{"accepted": each.document.id, "words": found_by(each.document)} for each in new]
        connection.execute(searched.insert().values(rowid=_document_seq()), words)
        pushed = [row for each in new for row in _outbox_rows(each)]
        if pushed:
            connection.execute(outbox.insert().values(seq=_delivery_seq()), pushed)
        connection.execute(receipts.insert(), [receipt_row(each.receipt) for each in new])
        noticed = [row for each in new for row in finding_rows(each.document)]
        if noticed:
            connection.execute(findings.insert(), noticed)
        ledger_events.write(connection, (row for each in new for row in _events(each)))
        ledger_revise.add(connection, new)
        ledger_links.write(connection, [each for each in new if each.links])
        ledger_revise.carry_out(connection, new)
        ledger_held_statuses.accepted(connection, new)
    if keys:
        connection.execute(idempotency.insert(), keys)
    return results


def foresee(connection: sa.Connection, entries: list[Entry]) -> list[Rejected | None]:
    """Give what `accept` would refuse each entry with, by what is recorded now; those beside it are not recorded yet."""
    first, keyed = _recorded(connection, entries), _used_keys(connection, entries)
    return [_refusal(entry, dict(first), dict(keyed)) for entry in entries]


def _refusal(entry: Entry, first: dict[str, _First], keyed: dict[tuple[str, str], str]) -> Rejected | None:
    try:
        _decide(entry, first, keyed, [], [])
    except Rejected as refusal:
        return refusal
    return None


def accepted(connection: sa.Connection, content_sha256: str, organs: Collection[OrganId]) -> Acceptance | None:
    """Find the first answer to a content."""
    d = documents.c
    select = sa.select(d.id, d.answer).where(d.content_sha256 == content_sha256, d.sender.in_(organs))
    row = connection.execute(select).first()
    return None if row is None else Acceptance(document=row.id, answer=row.answer, created=False)


def _decide(
    entry: Entry,
    first: dict[str, _First],
    keyed: dict[tuple[str, str], str],
    new: list[Entry],
    keys: list[dict[str, str]],
) -> Acceptance:
    """Judge one entry by what is recorded and by those before it, adding its rows to what will be written."""
    document, key = entry.document, (entry.document.system, entry.idempotency_key or "")
    if entry.idempotency_key is not None and keyed.get(key, document.content_sha256) != document.content_sha256:
        raise Rejected("idempotency-key-reused", path="Idempotency-Key")
    known = first.get(document.natural_key)
    if known is not None and known.content_sha256 != document.content_sha256:
        raise _duplicate(known)
    if entry.idempotency_key is not None and key not in keyed:
        keyed[key] = document.content_sha256
        recorded = document.id if known is None else known.id
        keys.append({"system": key[0], "key": key[1], "document": recorded, "content_sha256": document.content_sha256})
    if known is not None:
        return Acceptance(document=known.id, answer=known.answer, created=False)
    new.append(entry)
    first[document.natural_key] = _First(
        id=document.id, answer=entry.answer, content_sha256=document.content_sha256, accepted_at=document.accepted_at
    )
    return Acceptance(document=document.id, answer=entry.answer, created=True)


def _recorded(connection: sa.Connection, entries: list[Entry]) -> dict[str, _First]:
    """Find the documents that have the entries' natural keys."""
    d = documents.c
    wanted = {entry.document.natural_key for entry in entries}
    select = sa.select(d.natural_key, d.id, d.answer, d.content_sha256, d.accepted_at).where(d.natural_key.in_(wanted))
    return {
        row.natural_key: _First(id=row.id, answer=row.answer, content_sha256=row.content_sha256, accepted_at=row.accepted_at)
        for row in connection.execute(select)
    }


def _used_keys(connection: sa.Connection, entries: list[Entry]) -> dict[tuple[str, str], str]:
    """Find for what content the entries' idempotency keys were used."""
    wanted = {(entry.document.system, entry.idempotency_key) for entry in entries if entry.idempotency_key is not None}
    if not wanted:
        return {}
    k = idempotency.c
    select = sa.select(k.system, k.key, k.content_sha256).where(k.key.in_({key for _, key in wanted}))
    return {(row.system, row.key): row.content_sha256 for row in connection.execute(select)}


def _duplicate(first: _First) -> Rejected:
    when = first.accepted_at.strftime("%d/%m/%Y %H:%M:%S")
    return Rejected(
        "duplicate-document",
        path="MessageHeader/Code",
        detail=f"Văn bản đầu tiên: {first.id}, nhận lúc {when}.",
        detail_en=f"The first document: {first.id}, accepted at {when}.",
    )


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


def _document_seq() -> sa.ScalarSelect[int]:
    """Find the place in accept order that the document was given."""
    return sa.select(documents.c.seq).where(documents.c.id == sa.bindparam("accepted")).scalar_subquery()


def _delivery_rows(entry: Entry) -> list[dict[str, Any]]:
    return [
        {
            "id": delivery.id,
            "document": delivery.document,
            "accepted": delivery.document,
            "receiver": delivery.receiver,
            "priority": entry.document.priority.value,
            "state": delivery.state.value,
            "why": delivery.why,
            "withheld": delivery.state is State.SUSPENDED,
            "attempts": 0,
        }
        for delivery in entry.deliveries
    ]


def _delivery_seq() -> sa.ScalarSelect[int]:
    """Find the place in accept order that the delivery was given."""
    return sa.select(deliveries.c.seq).where(deliveries.c.id == sa.bindparam("queued")).scalar_subquery()


def _outbox_rows(entry: Entry) -> list[dict[str, Any]]:
    lane = Lane.of(entry.document.priority)
    return [
        outbox_row(each.id, entry.routes[each.receiver], lane, entry.trace_id) | {"queued": each.id}
        for each in entry.deliveries
        if each.state is State.QUEUED
    ]


def _events(entry: Entry) -> list[dict[str, Any]]:
    document = entry.document
    accepted = about(document, None, "document.accepted", document.accepted_at, sha256=document.sha256)
    return [accepted, *(_told(document, delivery) for delivery in entry.deliveries)]


def _told(document: Document, delivery: Delivery) -> dict[str, Any]:
    """Tell both sides that a delivery waits, and what was noticed; of one that is held, only the sender is told."""
    if delivery.state is State.SUSPENDED:
        return ledger_events.to_sender(about(document, delivery, "delivery.held", document.accepted_at, why=delivery.why))
    noticed = list(dict.fromkeys(each.code for each in document.findings))
    happened = "delivery.queued" if delivery.state is State.QUEUED else "delivery.available"
    return about(document, delivery, happened, document.accepted_at, priority=document.priority.value, findings=noticed)
