"""The days of an invented province as rows of a new ledger, many to a statement; no receipts, no files."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, time, timedelta
from typing import Any, Final

import sqlalchemy as sa

from gateway.core.deadlines import Deadline, DeadlineState, Rule
from gateway.core.intake import derived_id
from gateway.core.model import VIETNAM, Document, Lane, OrganId, State, SystemId
from gateway.core.search import found_by
from gateway.entry.demo.province_papers import Fate
from gateway.infra.deadline_rows import write_deadlines
from gateway.infra.ledger_events import about, to_sender
from gateway.infra.ledger_rows import document_row
from gateway.infra.outbox_relay import outbox_row
from gateway.infra.tables import bulletins, deliveries, documents, events, outbox, timekeeper
from gateway.infra.tables_console import searched

Paper = tuple[Document, tuple[Fate, ...]]
_COLLECTION: Final = timedelta(hours=26)
"""About what four working hours are by the clock: nobody's calendar is asked for two hundred thousand."""
_CLOSING: Final = time(17, tzinfo=VIETNAM)
_TRACE: Final = "0" * 32
KEEPER: Final = 1


def write(
    connection: sa.Connection, papers: Iterable[Paper], *, first: int, routes: Mapping[OrganId, SystemId], now: datetime
) -> None:
    """Write documents with all that hangs on them; `first` is the place of the first one in the ledger."""
    written = list(papers)
    fates = [(document, seq, fate) for seq, (document, some) in enumerate(written, first) for fate in some]
    connection.execute(documents.insert(), [_document(seq, document) for seq, (document, _) in enumerate(written, first)])
    connection.execute(
        searched.insert(), [{"rowid": seq, "words": found_by(each)} for seq, (each, _) in enumerate(written, first)]
    )
    connection.execute(deliveries.insert(), [_delivery(*each) for each in fates])
    waiting = [_queued(document, fate, routes) for document, _, fate in fates if fate.delivery.state is State.QUEUED]
    if waiting:
        seq = sa.select(deliveries.c.seq).where(deliveries.c.id == sa.bindparam("queued")).scalar_subquery()
        connection.execute(outbox.insert().values(seq=seq), waiting)
    connection.execute(events.insert(), [row for document, some in written for row in _events(document, some)])
    write_deadlines(connection, (owed for document, _, fate in fates for owed in _owed(document, fate, now)), frozenset())


def follow_from_here(connection: sa.Connection, systems: Iterable[SystemId]) -> None:
    """Let whoever follows the events begin behind what is written: its deadlines are there, and nobody is told of it."""
    last = connection.execute(sa.select(sa.func.max(events.c.seq))).scalar_one()
    connection.execute(timekeeper.insert(), {"id": KEEPER, "seq": last})
    told = [{"system": each, "told": last, "attempts": 0} for each in systems]
    if told:
        connection.execute(bulletins.insert(), told)


def _document(seq: int, document: Document) -> dict[str, Any]:
    return document_row(document) | {"seq": seq, "answer": "{}"}


def _delivery(document: Document, seq: int, fate: Fate) -> dict[str, Any]:
    own = fate.delivery
    return {
        "id": own.id,
        "document": document.id,
        "document_seq": seq,
        "receiver": own.receiver,
        "priority": document.priority.value,
        "state": own.state.value,
        "status_code": own.status_code.value if own.status_code else None,
        "progress": own.progress.value if own.progress else None,
        "cause": own.cause,
        "answer": own.answer,
        "withheld": False,
        "attempts": own.attempts,
    }


def _queued(document: Document, fate: Fate, routes: Mapping[OrganId, SystemId]) -> dict[str, Any]:
    """Let it wait for its system, which is away."""
    own = fate.delivery
    row = outbox_row(own.id, routes[own.receiver], Lane.of(document.priority), _TRACE)
    return row | {"due_at": None, "queued": own.id}


def _events(document: Document, fates: Iterable[Fate]) -> Iterator[dict[str, Any]]:
    at = document.accepted_at
    yield about(document, None, "document.accepted", at, sha256=document.sha256)
    for fate in fates:
        own = fate.delivery
        pushed = own.state in {State.QUEUED, State.FAILED}
        yield about(document, own, "delivery.queued" if pushed else "delivery.available", at, findings=[])
        if own.state is State.FAILED:
            failed_at = at + timedelta(minutes=40)
            yield to_sender(
                about(document, own, "delivery.failed", failed_at, cause=own.cause, answer=own.answer, attempt=own.attempts)
            )
        if fate.collected_at is not None:
            yield about(document, own, "delivery.collected", fate.collected_at)
        if fate.moved_at is not None and own.status_code is not None:
            yield about(document, own, "status.received", fate.moved_at, status_code=own.status_code.value)


def _owed(document: Document, fate: Fate, now: datetime) -> Iterator[Deadline]:
    """Give when the receiver had to fetch it, where it fetches, and to answer it, where an answer is due."""
    if fate.delivery.state in {State.AVAILABLE, State.COLLECTED, *_IN_HAND}:
        yield _deadline(document, fate, Rule.COLLECTION, document.accepted_at + _COLLECTION, fate.collected_at, now)
    if document.due_on is not None and fate.collected_at is not None:
        answered_at = fate.moved_at if fate.delivery.state is State.COMPLETED else None
        yield _deadline(document, fate, Rule.RESPONSE, datetime.combine(document.due_on, _CLOSING), answered_at, now)


def _deadline(document: Document, fate: Fate, rule: Rule, due_at: datetime, ended_at: datetime | None, now: datetime) -> Deadline:
    own = fate.delivery
    passed = DeadlineState.OVERDUE if due_at < now else DeadlineState.OPEN
    state = DeadlineState.MET if ended_at else passed
    return Deadline(
        id=derived_id(own.id, rule),
        rule=rule,
        document=document.id,
        delivery=own.id,
        organ=own.receiver,
        creditor=document.sender,
        starts_at=document.accepted_at,
        due_on=document.due_on if rule is Rule.RESPONSE else None,
        due_at=due_at,
        provisional=False,
        state=state,
        ended_at=ended_at,
        late=ended_at is not None and ended_at > due_at,
        stage=1 if state is DeadlineState.OVERDUE else 0,
        next_at=due_at if state is DeadlineState.OPEN else None,
    )


_IN_HAND: Final = frozenset({State.RECEIVED, State.ASSIGNED, State.PROCESSING, State.COMPLETED})
