"""What of the outbox nobody moves any more, though the relay, the broker, a worker or a probe should have."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from gateway.core.circuit import CircuitState
from gateway.core.model import State
from gateway.core.reconciliation import PUSHED, STUCK, Discrepancy
from gateway.infra.outbox_relay import live
from gateway.infra.reconciliation_promises import PAGE
from gateway.infra.tables import circuits, deliveries, events, outbox

_d, _o, _c, _e = deliveries.c, outbox.c, circuits.c, events.c
_BEFORE: Final = frozenset({State.QUEUED, State.AVAILABLE, State.SUSPENDED, State.FAILED})
"""The states before an attempt, or after one that came to nothing: none is under way."""
_TOUCHED: Final = (
    sa.select(sa.func.max(_e.at, type_=_e.at.type)).where(_e.document == _d.document, _e.delivery == _d.id).scalar_subquery()
)
"""When something last happened to a delivery. «Due at once» is stored as no moment at all, so it must tell how long that is."""

_Case = tuple[str, sa.ColumnElement[bool], sa.ColumnElement[Any]]


def discrepancies(connection: sa.Connection, now: datetime) -> Iterator[Discrepancy]:
    """Find the rows of the outbox that are stuck, or do not fit their delivery; of each the first thing that is wrong."""
    lanes = _busy(now)
    cases = _cases(now, lanes)
    code = sa.case(*((wrong, name) for name, wrong, _ in cases))
    since = sa.case(*((wrong, moment) for _, wrong, moment in cases))
    select = (
        sa.select(_d.id, _d.document, code.label("code"), since.label("since"))
        .select_from(outbox)
        .join(deliveries, _d.id == _o.delivery)
        .outerjoin(circuits, _c.system == _o.system)
        .outerjoin(lanes, sa.and_(lanes.c.system == _o.system, lanes.c.urgent == _o.urgent))
        .where(sa.or_(*(wrong for _, wrong, _ in cases)))
        .order_by(_o.seq)
    )
    for row in connection.execute(select, execution_options={"yield_per": PAGE}):
        yield Discrepancy(code=row.code, document=row.document, delivery=row.id, since=row.since)


def _busy(now: datetime) -> sa.Subquery:
    """Choose the lanes of which something is being attempted: a long backlog of theirs moves, and is not stuck."""
    moving = sa.and_(_o.attempt_token.is_not(None), live(_o.attempt_until, now))
    return sa.select(_o.system, _o.urgent).distinct().where(moving).subquery()


def _cases(now: datetime, lanes: sa.Subquery) -> list[_Case]:
    ago = now - STUCK
    attempted, published = _o.attempt_token.is_not(None), _o.published_at.is_not(None)
    held_back = sa.func.coalesce(_c.state, CircuitState.CLOSED.value) != CircuitState.CLOSED.value
    untouched = ago > _TOUCHED
    idle = sa.and_(sa.not_(attempted), sa.not_(published))
    before, past = _d.state.in_(_values(_BEFORE)), _d.state.not_in(_values(PUSHED))
    mismatch = sa.or_(sa.and_(attempted, before), sa.and_(sa.not_(attempted), _d.state == State.DELIVERING.value))
    claimed = sa.and_(_o.relay_token.is_not(None), live(_o.relay_until, now))
    asked = sa.func.coalesce(_c.probe_at, _c.release_at, type_=_c.probe_at.type)
    return [
        ("attempt-mismatch", mismatch, _TOUCHED),
        ("attempt-overdue", sa.and_(attempted, _o.attempt_until < ago), _o.attempt_until),
        ("outbox-leftover", sa.and_(past, sa.not_(attempted), _o.due_at.is_not(None), untouched), _TOUCHED),
        ("claim-overdue", sa.and_(idle, _o.due_at.is_not(None), _o.relay_until < ago), _o.relay_until),
        ("relay-overdue", sa.and_(idle, _o.due_at < ago, sa.not_(claimed), sa.not_(held_back), untouched), _TOUCHED),
        (
            "broker-overdue",
            sa.and_(published, sa.not_(attempted), _o.published_at < ago, lanes.c.system.is_(None)),
            _o.published_at,
        ),
        ("release-overdue", sa.and_(idle, held_back, asked < ago), asked),
        ("release-overdue", sa.and_(idle, _o.due_at.is_(None), sa.not_(held_back)), _TOUCHED),
    ]


def _values(states: frozenset[State]) -> list[str]:
    return [state.value for state in states]
