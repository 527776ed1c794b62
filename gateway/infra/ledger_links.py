"""Links between documents: written with the document that says them, told to those it speaks of, and walked."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

import sqlalchemy as sa

from gateway.core.faults import Rejected
from gateway.core.links import AWAITED, NOTICES, Link, LinkKind
from gateway.core.model import Document, OrganId, State, StatusCode
from gateway.infra import ledger_events
from gateway.infra.ledger_events import about
from gateway.infra.ledger_read import delivery_views, documents_of, same_document, shown_to, views
from gateway.infra.tables import deliveries, documents
from gateway.infra.tables_followed import links
from gateway.ports import Correlation, DocumentView, Entry, Linked, Speaking, Thread

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
            "answer": link.answer,
        }


def sent(connection: sa.Connection, named: Correlation) -> tuple[DocumentView, ...]:
    """Find documents in their own right, with all their deliveries, the newest first."""
    own = sa.and_(_doc.sender == named.owner, _doc.business_type.not_in([each.value for each in NOTICES]))
    for condition in same_document(named):
        select = sa.select(_doc.id).where(own, condition).order_by(_doc.business_type.desc(), _doc.seq.desc())
        found = list(connection.execute(select).scalars())
        if found:
            return views(connection, found, {named.owner})
    return ()


def updates_awaited(connection: sa.Connection, delivery: str) -> list[str]:
    """Name the updates of a delivery that wait for an answer, oldest first."""
    select = sa.select(_l.document).join(documents, _doc.id == _l.document).where(_of_update(delivery)).order_by(_doc.seq)
    return list(connection.execute(select).scalars())


def answer_updates(connection: sa.Connection, delivery: str, code: StatusCode) -> None:
    """Write down the answer to all updates of a delivery that wait: who takes the last has taken those before."""
    connection.execute(links.update().where(_of_update(delivery)).values(answer=code.value))


def _of_update(delivery: str) -> sa.ColumnElement[bool]:
    return sa.and_(_l.delivery == delivery, _l.kind == LinkKind.UPDATE.value, _l.answer == AWAITED)


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


def _answered(reply: Document, view: DocumentView, now: datetime) -> dict[str, Any]:
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
    heard = sa.select(_l.document, _l.kind, _l.answer, _d.receiver).where(_l.target == document)
    back = connection.execute(heard.outerjoin(deliveries, _d.id == _l.delivery).order_by(_l.document, _l.place)).all()
    seen = _visible(connection, {row.target for row in rows if row.target} | {row.document for row in back} | {document}, organs)
    said = dict.fromkeys(_read(row, row.target if row.target in seen else None) for row in rows)
    mine = document in seen and seen[document].sender in organs
    answers: dict[tuple[str, str], list[tuple[OrganId, str]]] = {}
    for row in (each for each in back if each.document in seen):
        those = answers.setdefault((row.document, row.kind), [])
        if row.answer and (mine or row.receiver in organs):
            those.append((OrganId(row.receiver), row.answer))
    by = {each: Speaking(kind=LinkKind(kind), document=seen[each], answers=tuple(a)) for (each, kind), a in answers.items()}
    return Linked(links=tuple(said), linked_by=tuple(by[each] for each in seen if each in by))


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
        new = _visible(connection, near, organs)
        whole = len(found) + len(new) <= limit
        found |= dict(islice(new.items(), limit - len(found)))
        frontier = set(new)
    between = sorted(edge for edge in edges if edge[0] in found and edge[2] in found)
    return Thread(documents=tuple(_visible(connection, found, organs).values()), links=between, whole=whole)


def _around(connection: sa.Connection, frontier: Iterable[str]) -> set[tuple[str, LinkKind, str]]:
    wanted = sorted(frontier)
    touching = sa.or_(_l.document.in_(wanted), _l.target.in_(wanted))
    rows = connection.execute(sa.select(_l.document, _l.kind, _l.target).where(touching, _l.target.is_not(None)))
    return {(row.document, LinkKind(row.kind), row.target) for row in rows}


def _visible(connection: sa.Connection, wanted: Iterable[str], organs: Collection[OrganId]) -> dict[str, Document]:
    """Give those of the documents that the caller sent or received, in the order of their acceptance."""
    received = sa.select(_d.id).where(_d.document == _doc.id, shown_to(organs)).exists()
    mine = sa.select(_doc.id).where(_doc.id.in_(sorted(wanted)), sa.or_(_doc.sender.in_(organs), received))
    seen = list(connection.execute(mine.order_by(_doc.seq)).scalars())
    known = documents_of(connection, seen) if seen else {}
    return {each: known[each] for each in seen}
