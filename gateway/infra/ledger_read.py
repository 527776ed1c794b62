"""What a caller may see: all deliveries of a document he sent, his own of one he received."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from gateway.core.faults import Rejected
from gateway.core.links import meant
from gateway.core.model import Event, Fact, OrganId, Receipt, State
from gateway.infra.ledger_rows import read_delivery, read_document, read_event, read_receipt
from gateway.infra.tables import deliveries, documents, events, findings, receipts, refusals
from gateway.ports import Correlation, DocumentView, History, Page, Tally

Organs = Collection[OrganId]
_FACTS = sa.case({fact.value: rank for rank, fact in enumerate(Fact)}, value=receipts.c.fact)
"""Facts of one moment, in the order in which they become true."""


def document(connection: sa.Connection, wanted: str, organs: Organs | None) -> DocumentView:
    """Give a document, whole where `organs` is None. Raises `not-found`."""
    found = views(connection, [wanted], organs)
    if not found:
        raise Rejected("not-found", path=wanted)
    return found[0]


def delivery(connection: sa.Connection, wanted: str, organs: Organs) -> DocumentView:
    """Give one delivery with its document. Raises `not-found`."""
    mine = sa.or_(documents.c.sender.in_(organs), shown_to(organs))
    found = delivery_views(connection, sa.and_(deliveries.c.id == wanted, mine))
    if not found:
        raise Rejected("not-found", path=wanted)
    return found[0]


def listing(
    connection: sa.Connection, organs: Organs, role: str | None, state: State | None, after: str | None, limit: int
) -> Page:
    """List documents, newest first."""
    sent = sa.select(documents.c.id, documents.c.seq).where(documents.c.sender.in_(organs))
    received = sa.select(deliveries.c.document, deliveries.c.document_seq).where(shown_to(organs))
    if state is not None:
        stands = sa.select(deliveries.c.id).where(deliveries.c.document == documents.c.id, deliveries.c.state == state.value)
        sent, received = sent.where(stands.exists()), received.where(deliveries.c.state == state.value)
    if after is not None:
        before = position(after)[0]
        sent, received = sent.where(documents.c.seq < before), received.where(deliveries.c.document_seq < before)
    newest_sent = sent.order_by(documents.c.seq.desc()).limit(limit + 1)
    newest_received = received.order_by(deliveries.c.document_seq.desc()).limit(limit + 1)
    wanted = {"sender": (newest_sent,), "receiver": (newest_received,)}.get(role or "", (newest_sent, newest_received))
    found = {seq: id_ for select in wanted for id_, seq in connection.execute(select)}
    page = sorted(found, reverse=True)[:limit]
    items = views(connection, [found[seq] for seq in page], organs)
    return Page(items=items, next=cursor(page[-1]) if len(found) > limit else None)


def inbox(connection: sa.Connection, organs: Organs, after: str | None, limit: int) -> Page:
    """List waiting deliveries, urgent first, then oldest."""
    d = deliveries.c
    select = sa.select(d.id, d.priority, d.seq).where(d.receiver.in_(organs), d.state == State.AVAILABLE.value)
    if after is not None:
        priority, seq = position(after, 2)
        select = select.where(sa.or_(d.priority < priority, sa.and_(d.priority == priority, d.seq > seq)))
    rows = connection.execute(select.order_by(d.priority.desc(), d.seq).limit(limit + 1)).all()
    page = rows[:limit]
    order = {row.id: index for index, row in enumerate(page)}
    items = sorted(delivery_views(connection, d.id.in_(order)), key=lambda view: order[view.deliveries[0].id])
    return Page(items=tuple(items), next=cursor(page[-1].priority, page[-1].seq) if len(rows) > limit else None)


def delivery_views(
    connection: sa.Connection, condition: sa.ColumnElement[bool], *, lock: bool = False
) -> tuple[DocumentView, ...]:
    """Give each delivery that fits, with its document; `lock` the deliveries for a change."""
    joined = sa.select(deliveries).join(documents, documents.c.id == deliveries.c.document)
    if lock:
        joined = joined.with_for_update(of=deliveries)
    rows = connection.execute(joined.where(condition).order_by(deliveries.c.seq)).mappings().all()
    known = documents_of(connection, {row["document"] for row in rows})
    return tuple(DocumentView(document=known[row["document"]], deliveries=(read_delivery(row),)) for row in rows)


def history(connection: sa.Connection, wanted: str, organs: Organs | None) -> History:
    """Give a document with its events, oldest first, all where `organs` is None. Raises `not-found`."""
    view = document(connection, wanted, organs)
    select = sa.select(events).where(events.c.document == wanted).order_by(events.c.seq)
    if organs is not None:
        select = select.where(_audible(organs))
    return History(view=view, events=tuple(read_event(row) for row in connection.execute(select).mappings()))


def event_log(connection: sa.Connection, organs: Organs, after: str | None, limit: int) -> tuple[tuple[Event, ...], str]:
    """List events after a cursor, and the next cursor."""
    start = 0 if after is None else position(after)[0]
    later = sa.select(events).where(events.c.seq > start).order_by(events.c.seq).limit(limit)
    rows = {
        row["seq"]: row
        for party in (events.c.sender, events.c.receiver)
        for row in connection.execute(later.where(party.in_(organs))).mappings()
    }
    found = tuple(read_event(rows[seq]) for seq in sorted(rows)[:limit])
    return found, cursor(found[-1].seq if found else start)


def receipt_list(connection: sa.Connection, wanted: str, organs: Organs) -> tuple[Receipt, ...]:
    """List a document's receipts, the acceptance receipt first; a receiver sees those of his own delivery besides."""
    seen = document(connection, wanted, organs)
    own = [each.id for each in seen.deliveries]
    select = (
        sa.select(receipts)
        .where(receipts.c.document == wanted, sa.or_(receipts.c.delivery.is_(None), receipts.c.delivery.in_(own)))
        .order_by(receipts.c.at, _FACTS, receipts.c.seq)
    )
    return tuple(read_receipt(row) for row in connection.execute(select).mappings())


def correlate(connection: sa.Connection, status: Correlation, receiver: OrganId) -> tuple[DocumentView, ...]:
    """Find deliveries by document id, else by code and date, else by code and year; of those with one number, one."""
    for attempt in same_document(status):
        condition = sa.and_(documents.c.sender == status.owner, deliveries.c.receiver == receiver, attempt)
        found = delivery_views(connection, condition)
        if found:
            return meant(found, lambda view: (view.document, view.deliveries[0]))
    return ()


def same_document(named: Correlation) -> list[sa.ColumnElement[bool]]:
    """Give the conditions by which a document of an owner is found, each where the one before finds nothing."""
    d, same_code = documents.c, sa.and_(documents.c.number == named.number, documents.c.notation == named.notation)
    year = sa.extract("year", d.promulgated_on) == named.promulgated_on.year
    attempts = [sa.and_(same_code, d.promulgated_on == named.promulgated_on), sa.and_(same_code, year)]
    return [d.document_id == named.document_id, *attempts] if named.document_id else attempts


def tally(connection: sa.Connection) -> Tally:
    """Count."""
    states = connection.execute(sa.select(deliveries.c.state, sa.func.count()).group_by(deliveries.c.state)).all()
    return Tally(
        documents=connection.execute(sa.select(sa.func.count()).select_from(documents)).scalar_one(),
        deliveries={State(state): count for state, count in states},
        refusals=connection.execute(sa.select(sa.func.count()).select_from(refusals)).scalar_one(),
    )


def cursor(*position: int) -> str:
    """Write a position as an opaque cursor."""
    return "-".join(map(str, position))


def position(cursor: str, length: int = 1) -> tuple[int, ...]:
    """Read a cursor. Raises `malformed-request`."""
    parts = cursor.split("-")
    if len(parts) != length or not all(part.isascii() and part.isdigit() and len(part) < 19 for part in parts):
        raise Rejected("malformed-request", path="after", detail="Con trỏ không hợp lệ.", detail_en="Not a cursor of this list.")
    return tuple(map(int, parts))


def views(connection: sa.Connection, wanted: list[str], organs: Organs | None) -> tuple[DocumentView, ...]:
    """Give documents as a caller sees them, in this order; those that he may not see are left out. Who is None sees all."""
    known = documents_of(connection, wanted)
    whole = {each for each in known if organs is None or known[each].sender in organs}
    select = sa.select(deliveries).where(deliveries.c.document.in_(wanted)).order_by(deliveries.c.seq)
    seen: dict[str, list[Any]] = {each: [] for each in wanted}
    for row in connection.execute(select).mappings():
        if row["document"] in whole or (row["receiver"] in (organs or ()) and not row["withheld"]):
            seen[row["document"]].append(read_delivery(row))
    return tuple(
        DocumentView(document=known[each], deliveries=tuple(seen[each]))
        for each in wanted
        if each in known and (seen[each] or each in whole)
    )


def documents_of(connection: sa.Connection, wanted: Collection[str]) -> dict[str, Any]:
    """Give documents by id, with their findings."""
    select = sa.select(documents).where(documents.c.id.in_(wanted))
    rows = connection.execute(select).mappings().all()
    noticed: dict[str, list[Any]] = {row["id"]: [] for row in rows}
    their = sa.select(findings).where(findings.c.document.in_(wanted)).order_by(findings.c.document, findings.c.place)
    for each in connection.execute(their).mappings():
        noticed[each["document"]].append(each)
    return {row["id"]: read_document(row, noticed[row["id"]]) for row in rows}


def shown_to(organs: Organs) -> sa.ColumnElement[bool]:
    """Choose the deliveries of receivers; what is withheld from them does not exist for them."""
    return sa.and_(deliveries.c.receiver.in_(organs), deliveries.c.withheld.is_(False))


def _audible(organs: Organs) -> sa.ColumnElement[bool]:
    return sa.or_(events.c.sender.in_(organs), events.c.receiver.in_(organs))
