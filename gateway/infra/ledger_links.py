"""Links between documents: written with the document that says them, told to those it speaks of, and walked."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gateway.core.faults import Rejected
from gateway.core.links import Link, LinkKind
from gateway.core.model import Document, OrganId, State
from gateway.infra import ledger_events
from gateway.infra.ledger_events import about
from gateway.infra.ledger_read import delivery_views, documents_of, shown_to
from gateway.infra.tables import deliveries, documents
from gateway.infra.tables_followed import links
from gateway.ports import Entry, Linked, Thread

_l, _d, _doc = links.c, deliveries.c, documents.c


def write(connection: sa.Connection, entries: Collection[Entry]) -> None:
    """Write what new documents say of others. What is held says nothing yet to those that it answers."""
    if not entries:
        return
    connection.execute(links.insert(), [row for each in entries for row in _rows(each)])
    for each in entries:
        if all(own.state is not State.SUSPENDED for own in each.deliveries):
            answered(connection, [each.document.id], each.document.accepted_at)


def _rows(entry: Entry) -> Iterator[dict[str, Any]]:
    for place, link in enumerate(entry.links):
        yield {
            "document": entry.document.id,
            "place": place,
            "kind": link.kind.value,
            "organ": link.organ,
            "code": link.code,
            "promulgated_on": link.promulgated_on,
            "document_id": link.document_id,
            "target": link.target,
            "delivery": link.delivery,
        }


def answered(connection: sa.Connection, replying: Collection[str], now: datetime) -> None:
    """Tell both sides of each answered delivery which document answers it."""
    said = sa.select(_l.document, _l.delivery).where(
        _l.document.in_(replying), _l.kind == LinkKind.REPLY.value, _l.delivery.is_not(None)
    )
    pairs = connection.execute(said.distinct()).all()
    if not pairs:
        return
    known = documents_of(connection, {row.document for row in pairs})
    heard = delivery_views(connection, sa.and_(_d.id.in_({row.delivery for row in pairs}), _d.withheld.is_(False)))
    answering = {view.deliveries[0].id: view for view in heard}
    rows = [_answered(known[document], answering[delivery], now) for document, delivery in pairs if delivery in answering]
    ledger_events.write(connection, rows)


def _answered(reply: Document, view: Any, now: datetime) -> dict[str, Any]:
    return about(
        view.document,
        view.deliveries[0],
        "document.answered",
        now,
        answered_by=reply.id,
        answered_by_code=f"{reply.number}/{reply.notation}",
        answered_on=reply.promulgated_on.isoformat(),
    )


def linked(connection: sa.Connection, document: str, organs: Collection[OrganId]) -> Linked:
    """Give what a document says of others, once each, and what others say of it."""
    rows = connection.execute(sa.select(links).where(_l.document == document).order_by(_l.place)).all()
    speaking = sa.select(_l.document, _l.kind).where(_l.target == document).distinct()
    back = connection.execute(speaking).all()
    seen = _visible(connection, {row.target for row in rows if row.target} | {row.document for row in back}, organs)
    said = dict.fromkeys(_read(row, row.target if row.target in seen else None) for row in rows)
    by = sorted(((LinkKind(kind), seen[each]) for each, kind in back if each in seen), key=lambda pair: pair[1].accepted_at)
    return Linked(links=tuple(said), linked_by=tuple(by))


def _read(row: sa.Row[Any], target: str | None) -> Link:
    """Read a link to a document, whichever of its deliveries it is about."""
    return Link(
        kind=LinkKind(row.kind),
        organ=row.organ,
        code=row.code,
        promulgated_on=row.promulgated_on,
        document_id=row.document_id,
        target=target,
    )


def thread(connection: sa.Connection, document: str, organs: Collection[OrganId], limit: int) -> Thread:
    """Walk the links both ways, a step at a time, until nothing new is seen or there is enough."""
    found = _visible(connection, {document}, organs)
    if not found:
        raise Rejected("not-found", path=document)
    frontier, edges = {document}, set[tuple[str, LinkKind, str]]()
    whole = True
    while frontier and whole:
        around = _around(connection, frontier)
        edges |= around
        near = {each for edge in around for each in (edge[0], edge[2])} - found.keys()
        new = sorted(_visible(connection, near, organs).values(), key=lambda each: each.accepted_at)
        whole = len(found) + len(new) <= limit
        found |= {each.id: each for each in new[: limit - len(found)]}
        frontier = {each.id for each in new}
    between = sorted(edge for edge in edges if edge[0] in found and edge[2] in found)
    ordered = sorted(found.values(), key=lambda each: (each.accepted_at, each.id))
    return Thread(documents=tuple(ordered), links=between, whole=whole)


def _around(connection: sa.Connection, frontier: Iterable[str]) -> set[tuple[str, LinkKind, str]]:
    wanted = sorted(frontier)
    touching = sa.or_(_l.document.in_(wanted), _l.target.in_(wanted))
    rows = connection.execute(sa.select(_l.document, _l.kind, _l.target).where(touching, _l.target.is_not(None)))
    return {(row.document, LinkKind(row.kind), row.target) for row in rows}


def _visible(connection: sa.Connection, wanted: Collection[str], organs: Collection[OrganId]) -> dict[str, Document]:
    """Give those of the documents that the caller sent or received."""
    if not wanted:
        return {}
    received = sa.select(_d.id).where(_d.document == _doc.id, shown_to(organs)).exists()
    mine = sa.select(_doc.id).where(_doc.id.in_(sorted(wanted)), sa.or_(_doc.sender.in_(organs), received))
    seen = list(connection.execute(mine).scalars())
    return documents_of(connection, seen) if seen else {}
