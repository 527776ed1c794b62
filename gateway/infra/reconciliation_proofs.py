"""Whether each delivery stands where its transitions, receipts, statuses and row in the outbox say that it stands."""

from collections.abc import Iterator
from typing import Any, Final

import sqlalchemy as sa

from gateway.core.model import Fact, State
from gateway.core.reconciliation import HANDED_OVER, PROOFS, Discrepancy, standings
from gateway.infra.reconciliation_promises import PAGE
from gateway.infra.tables import deliveries, documents, outbox, receipts, statuses

_d, _doc, _r, _s = deliveries.c, documents.c, receipts.c, statuses.c
_TO_BE_PUSHED: Final = frozenset({State.QUEUED, State.DELIVERING})
_MILLISECONDS: Final = sa.cast(sa.type_coerce(_s.reported_at, sa.BigInteger) // 1000, sa.Text)
_SAID: Final = _s.code + "\n" + sa.func.coalesce(_MILLISECONDS, "") + "\n" + _s.description
"""What a receipt attests of a status, to the millisecond: reports that differ only in staff or units share one."""


def discrepancies(connection: sa.Connection, scope: sa.ColumnElement[bool]) -> Iterator[Discrepancy]:
    """Find what is wrong with the deliveries of a scope."""
    yield from _impossible(connection, scope)
    for row in connection.execute(_unproven(scope), execution_options={"yield_per": PAGE}):
        for code in _codes(row):
            yield Discrepancy(code=code, document=row.document, delivery=row.id, since=row.accepted_at)


def _impossible(connection: sa.Connection, scope: sa.ColumnElement[bool]) -> Iterator[Discrepancy]:
    """Find the deliveries that no sequence of transitions leads to: the standings first, of which there are few."""
    known = {(each.state.value, each.code and each.code.value, each.progress and each.progress.value) for each in standings()}
    found = sa.select(_d.state, _d.status_code, _d.progress).join(documents, _doc.id == _d.document).where(scope).distinct()
    for state, code, progress in connection.execute(found).all():
        if (state, code, progress) in known:
            continue
        there = (
            sa.select(_d.id, _d.document, _doc.accepted_at)
            .join(documents, _doc.id == _d.document)
            .where(
                scope, _d.state == state, _d.status_code.is_not_distinct_from(code), _d.progress.is_not_distinct_from(progress)
            )
            .order_by(_d.seq)
        )
        for row in connection.execute(there, execution_options={"yield_per": PAGE}):
            yield Discrepancy(code="standing-impossible", document=row.document, delivery=row.id, since=row.accepted_at)


def _unproven(scope: sa.ColumnElement[bool]) -> sa.Select[Any]:
    own = sa.and_(_r.document == _d.document, _r.delivery == _d.id)
    attested = sa.select(sa.func.count()).select_from(receipts).where(own)
    proof = sa.select(_s.id).where(_s.delivery == _d.id, _s.code.in_([code.value for code in PROOFS]))
    said = sa.select(sa.func.count(sa.distinct(_SAID))).where(_s.delivery == _d.id)
    each = (
        sa.select(
            _doc.seq.label("place"),
            _d.receiver,
            _d.id,
            _d.document,
            _d.state,
            _doc.accepted_at,
            attested.where(_r.fact == Fact.COLLECTED.value).scalar_subquery().label("collected"),
            attested.where(_r.fact == Fact.STATUS.value).scalar_subquery().label("told"),
            said.scalar_subquery().label("said"),
            proof.exists().label("proven"),
            sa.select(outbox.c.delivery).where(outbox.c.delivery == _d.id).exists().label("queued"),
        )
        .join(documents, _doc.id == _d.document)
        .where(scope)
        .subquery()
    ).c
    unqueued = sa.and_(_in(each.state, _TO_BE_PUSHED), sa.not_(each.queued))
    believed = sa.or_(_in(each.state, HANDED_OVER), sa.and_(each.state == State.RECALL_REQUESTED.value, sa.not_(each.queued)))
    unproven = sa.and_(believed, each.collected == 0, sa.not_(each.proven))
    wrong = sa.or_(each.collected > 1, each.said != each.told, unqueued, unproven)
    return (
        sa.select(*each, unqueued.label("unqueued"), unproven.label("unproven")).where(wrong).order_by(each.place, each.receiver)
    )


def _in(column: sa.ColumnElement[str], states: frozenset[State]) -> sa.ColumnElement[bool]:
    return column.in_([state.value for state in states])


def _codes(row: sa.Row[Any]) -> Iterator[str]:
    if row.unqueued:
        yield "outbox-missing"
    if row.unproven:
        yield "recall-adrift" if row.state == State.RECALL_REQUESTED.value else "collection-unattested"
    if row.collected > 1 or row.told > row.said:
        yield "receipt-repeated"
    if row.told < row.said:
        yield "status-unattested"
