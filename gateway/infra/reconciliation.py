"""Reconciliation over SQLAlchemy Core: sets are compared in the database, and only what disagrees is read."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from itertools import chain

import sqlalchemy as sa

from gateway.core.model import State
from gateway.core.reconciliation import SHOWN, UNSETTLED, Balance, Count, Discrepancy, Report
from gateway.infra import reconciliation_outbox, reconciliation_promises, reconciliation_proofs
from gateway.infra.executor import Executor
from gateway.infra.tables import deliveries, documents

_d = deliveries.c


class SqlReconciliation:
    """Reconciliation port, on the executor of the ledger."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def reconcile(self, *, since: datetime | None, until: datetime | None, now: datetime) -> Report:
        return await self._executor.read(lambda c: _reconcile(c, since, until, now))


def _reconcile(connection: sa.Connection, since: datetime | None, until: datetime | None, now: datetime) -> Report:
    period = _period(since, until)
    bounded = since is not None or until is not None
    before = [sa.and_(sa.not_(period), _d.state.in_([state.value for state in UNSETTLED]))] if bounded else []
    found = chain(
        reconciliation_promises.discrepancies(connection, period),
        *(reconciliation_proofs.discrepancies(connection, scope) for scope in (period, *before)),
        reconciliation_outbox.discrepancies(connection, now),
    )
    counts, shown = _fold(found)
    balance = Balance(
        since=since,
        until=until,
        documents=connection.execute(sa.select(sa.func.count()).select_from(documents).where(period)).scalar_one(),
        accepted=reconciliation_promises.promised(connection, period),
        added=reconciliation_promises.added(connection, period),
        states=_states(connection, period),
    )
    return Report(balance=balance, counts=counts, discrepancies=shown)


def _period(since: datetime | None, until: datetime | None) -> sa.ColumnElement[bool]:
    """Choose the documents of a period, by when they were accepted."""
    at = documents.c.accepted_at
    bounds = [at >= since] if since is not None else []
    bounds += [at < until] if until is not None else []
    return sa.and_(sa.true(), *bounds)


def _states(connection: sa.Connection, period: sa.ColumnElement[bool]) -> dict[State, Count]:
    """Count deliveries by state; what is in a state that nobody knows is nowhere."""
    at = documents.c.accepted_at
    select = (
        sa.select(_d.state, sa.func.count().label("deliveries"), sa.func.min(at, type_=at.type).label("oldest_at"))
        .join(documents, documents.c.id == _d.document)
        .where(period)
        .group_by(_d.state)
    )
    known = {state.value: state for state in State}
    return {
        known[row.state]: Count(deliveries=row.deliveries, oldest_at=row.oldest_at)
        for row in connection.execute(select)
        if row.state in known
    }


def _fold(found: Iterable[Discrepancy]) -> tuple[dict[str, int], tuple[Discrepancy, ...]]:
    """Count each code, and keep the first few of each."""
    counts: Counter[str] = Counter()
    shown: list[Discrepancy] = []
    for each in found:
        counts[each.code] += 1
        if counts[each.code] <= SHOWN:
            shown.append(each)
    return dict(counts), tuple(shown)
