"""Attempts: begun under a token, and what came of them."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from gateway.core import circuit, lifecycle
from gateway.core.circuit import UNREACHABLE, Circuit, CircuitState
from gateway.core.fault_codes import FAULTS
from gateway.core.faults import Fault, Undeliverable
from gateway.core.lifecycle import Standing
from gateway.core.model import Delivery, Document, State, SystemId
from gateway.infra import ledger_events
from gateway.infra.circuit_rows import load, load_all, save
from gateway.infra.ledger_events import about, to_sender
from gateway.infra.ledger_moves import move, standing
from gateway.infra.ledger_read import delivery_views
from gateway.infra.ledger_rows import read_delivery, read_document, receipt_row
from gateway.infra.outbox_relay import LONGEST, hold_back, queue_of
from gateway.infra.tables import circuits, deliveries, documents, outbox, receipts
from gateway.ports import Attempt, DocumentView, HandedOver

WORDS: Final = 500
"""Characters of the other side's answer that are kept."""

_o, _d = outbox.c, deliveries.c
_IDS: Final[sa.BindParameter[Any]] = sa.bindparam("ids", expanding=True)
# The statements of every attempt are made once: to make one costs about as much as to run it.
_DUE: Final = (
    sa.select(outbox, deliveries, documents, circuits.c.state.label("circuit"), circuits.c.failing)
    .join(deliveries, _d.id == _o.delivery)
    .join(documents, documents.c.id == _d.document)
    .outerjoin(circuits, circuits.c.system == _o.system)
    .where(
        _o.delivery.in_(_IDS),
        _o.due_at <= sa.bindparam("now"),
        sa.or_(_o.attempt_token.is_(None), _o.attempt_until <= sa.bindparam("now"), _o.attempt_until > sa.bindparam("latest")),
    )
    .order_by(_o.delivery)
    .with_for_update(of=[outbox, deliveries])
)
_TAKEN: Final = (
    outbox.update()
    .where(_o.delivery == sa.bindparam("its"))
    .values(
        attempt_token=sa.bindparam("token"),
        attempt_until=sa.bindparam("ends"),
        published_at=sa.bindparam("at"),
        relay_token=None,
        relay_until=None,
    )
)
_COUNTED: Final = deliveries.update().where(_d.id.in_(_IDS)).values(attempts=_d.attempts + 1, state=sa.bindparam("to"))
_GONE: Final = outbox.delete().where(_o.delivery.in_(_IDS))
_LOCKED: Final = sa.select(deliveries).where(_d.id.in_(_IDS)).order_by(_d.id).with_for_update()
_TOLD: Final = sa.select(receipts.c.id).where(receipts.c.id.in_(_IDS))
_MOVED: Final = (
    deliveries.update()
    .where(_d.id.in_(_IDS))
    .values(state=sa.bindparam("to"), why=None, cause=None, answer=None, not_before=None)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """One attempt that is to begin."""

    delivery: str
    token: str
    until: datetime
    now: datetime


def begin(connection: sa.Connection, wanted: list[Beginning]) -> list[Attempt | None]:
    """Begin attempts: of what is due, and is not being attempted. What is past being pushed leaves the outbox.

    A note may be here before the relay has written down that it is out: that row is waited for, in the order of the ids.
    """
    begun = {each.delivery: each for each in reversed(wanted)}  # of one that is wanted twice, the first
    due = {own.id: (row, document, own) for row, document, own in _due(connection, begun, max(each.now for each in wanted))}
    after = {each: lifecycle.pushed(standing(own), lifecycle.ATTEMPT) for each, (_, _, own) in due.items()}
    past = [each for each, target in after.items() if target is None]
    if past:
        connection.execute(outbox.delete().where(_o.delivery.in_(past)))
    going = {each: (*due[each], target) for each, target in after.items() if target is not None}
    if going:
        _take(connection, [begun[each] for each in going])
        moving: dict[State, list[str]] = {}
        for each, (*_, target) in going.items():
            moving.setdefault(target.state, []).append(each)
        for state, ids in moving.items():
            counted = {"attempts": _d.attempts + 1, "state": state.value}
            connection.execute(deliveries.update().where(_d.id.in_(ids)).values(counted))
    made = {each: _attempt(row, document, own, begun[each].token) for each, (row, document, own, _) in going.items()}
    return [made.get(each.delivery) if begun[each.delivery] is each else None for each in wanted]


def _due(connection: sa.Connection, wanted: Collection[str], now: datetime) -> Iterator[tuple[sa.Row[Any], Document, Delivery]]:
    """Lock what is due of these and is not being attempted, with what an adapter is told of it: not the findings."""
    for row in connection.execute(_DUE, {"ids": list(wanted), "now": now, "latest": now + LONGEST}):
        own, document = ({c.name: row._mapping[c] for c in table.c} for table in (deliveries, documents))
        yield row, read_document(document, ()), read_delivery(own)


def _take(connection: sa.Connection, begun: list[Beginning]) -> None:
    connection.execute(_TAKEN, [{"its": e.delivery, "token": e.token, "ends": e.until, "at": e.now} for e in begun])


def _attempt(row: sa.Row[Any], document: Document, own: Delivery, token: str) -> Attempt:
    found = row._mapping
    queue = queue_of(found[_o.system], urgent=found[_o.urgent])
    view = DocumentView(document=document, deliveries=(own,))
    ailing = row.circuit is not None and (row.circuit != CircuitState.CLOSED.value or bool(row.failing))
    return Attempt(
        token=token, view=view, queue=queue, number=own.attempts + 1, trace_id=found[_o.trace_id], system_ailing=ailing
    )


def handed_over(connection: sa.Connection, all_done: list[HandedOver]) -> list[None]:
    """Record hand-overs, each once, with its receipt; where a status came first, the state stays where that led."""
    done = {each.attempt.delivery: each for each in all_done}
    _work_again(connection, {each.attempt.queue.system for each in done.values() if each.attempt.system_ailing})
    connection.execute(_GONE, {"ids": list(done)})
    own = [read_delivery(row) for row in connection.execute(_LOCKED, {"ids": list(done)}).mappings()]
    told = set(connection.execute(_TOLD, {"ids": [each.receipt.id for each in done.values()]}).scalars())
    moving: dict[State, list[str]] = {}
    for each in own:
        after = lifecycle.hand_over(standing(each))
        if after != standing(each):
            moving.setdefault(after.state, []).append(each.id)
    for state, ids in moving.items():
        connection.execute(_MOVED, {"ids": ids, "to": state.value})
    new = [done[each.id] for each in own if done[each.id].receipt.id not in told]
    if new:
        connection.execute(receipts.insert(), [receipt_row(each.receipt) for each in new])
        ledger_events.write(connection, map(_collected, new))
    return [None] * len(all_done)


def _collected(done: HandedOver) -> dict[str, Any]:
    document, (own,) = done.attempt.view.document, done.attempt.view.deliveries
    more = {"reference": done.reference} if done.reference else {}
    return about(document, own, "delivery.collected", done.at, attempt=done.attempt.number, **more)


def _work_again(connection: sa.Connection, systems: Collection[SystemId]) -> None:
    """Forget the failures of systems that have just taken something."""
    if systems:
        for each in load_all(connection, systems, lock=True):
            save(connection, circuit.succeeded(each))


def came_to_nothing(connection: sa.Connection, attempt: Attempt, fault: Fault, again: datetime | None, now: datetime) -> Circuit:
    """Record a failed attempt; whoever lost it to another changes nothing."""
    before = load(connection, attempt.queue.system)
    held = sa.select(_o.delivery).where(_o.delivery == attempt.delivery, _o.attempt_token == attempt.token).with_for_update()
    if connection.execute(held).first() is None:
        return before
    after = circuit.failed(before, attempt.delivery, fault, now)
    if after != before:
        save(connection, after)
    if after.state is CircuitState.PARKED and before.state is not CircuitState.PARKED:
        hold_back(connection, after.system)
    (view,) = delivery_views(connection, _d.id == attempt.delivery, lock=True)
    (own,) = view.deliveries
    target = lifecycle.pushed(standing(own), _outcome(own, fault, again))
    if target is None or target.state in lifecycle.FINAL or target.state is State.FAILED:
        connection.execute(outbox.delete().where(_o.delivery == own.id))
    else:
        due = None if after.holds_back else again
        waits = {"attempt_token": None, "attempt_until": None, "published_at": None, "relay_token": None, "due_at": due}
        connection.execute(outbox.update().where(_o.delivery == own.id).values(waits))
    if target is not None:
        _explain(connection, view, target, fault, None if after.holds_back else again, now)
    return after


def poisonous(connection: sa.Connection, delivery: str, now: datetime) -> None:
    """Fail a delivery that waits, which workers could never take."""
    row = connection.execute(sa.select(outbox).where(_o.delivery == delivery).with_for_update()).first()
    if row is None or row.attempt_token is not None:
        return
    (view,) = delivery_views(connection, _d.id == delivery, lock=True)
    target = lifecycle.pushed(standing(view.deliveries[0]), lifecycle.FAIL)
    connection.execute(outbox.delete().where(_o.delivery == delivery))
    if target is not None:
        _explain(connection, view, target, Undeliverable("delivery-poisonous"), None, now)


def _outcome(own: Delivery, fault: Fault, again: datetime | None) -> str:
    """Name the trigger. A recall that waits is met at once where the receiver surely has nothing."""
    if own.state is State.RECALL_REQUESTED and (isinstance(fault, Undeliverable) or fault.code == UNREACHABLE):
        return lifecycle.WITHDRAW
    return lifecycle.FAIL if again is None else lifecycle.DEFER


def _explain(
    connection: sa.Connection, view: DocumentView, target: Standing, fault: Fault, again: datetime | None, now: datetime
) -> None:
    """Move the delivery, and say why it is there, in the words of the catalogue and of the other side."""
    (own,) = view.deliveries
    answer = fault.detail[:WORDS] or None
    why = FAULTS[fault.code].vi
    if target.state is State.RECALL_REQUESTED:  # the recall's own reason stays
        move(connection, own, target, cause=fault.code, answer=answer, not_before=again)
    else:
        move(connection, own, target, why=why, cause=fault.code, answer=answer, not_before=again)
    ledger_events.write(connection, [_told(view.document, own, target, fault, answer, again, now)])


def _told(
    document: Document, own: Delivery, target: Standing, fault: Fault, answer: str | None, again: datetime | None, now: datetime
) -> dict[str, Any]:
    happened = {State.FAILED: "delivery.failed", State.RECALLED: "recall.answered"}.get(target.state, "delivery.deferred")
    told = {
        "state": target.state.value,
        "cause": fault.code,
        "answer": answer,
        "attempt": own.attempts,
        "next_attempt_at": again.isoformat() if again else None,
    }
    return to_sender(about(document, own, happened, now, **told))
