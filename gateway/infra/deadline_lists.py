"""Lists of deadlines by due time: however many there are, a page costs what it shows.

An index is in the order of due times for one party in one state; the beginnings of several are merged.
"""

from collections.abc import Collection, Iterator
from itertools import product

import sqlalchemy as sa

from gateway.core.deadlines import DeadlineState
from gateway.core.model import OrganId
from gateway.infra.tables import deadlines

_d = deadlines.c
TOGETHER = 48
"""Beginnings that one statement merges: those of four agencies in all states, from both sides. SQLite takes up to 500."""

Place = tuple[int, int]
"""Due time, as it is stored, and number."""


def first(
    connection: sa.Connection,
    organs: Collection[OrganId] | None,
    states: Collection[DeadlineState] | None,
    after: tuple[int, ...] | None,
    limit: int,
) -> list[Place]:
    """Give the places of the first deadlines after a place; `organs` None are all, and so are `states`."""
    found: set[Place] = set()
    conditions = list(_conditions(organs, states or tuple(DeadlineState)))
    for start in range(0, len(conditions), TOGETHER):
        parts = [sa.select(_beginning(each, after, limit).subquery()) for each in conditions[start : start + TOGETHER]]
        found.update((row[0], row[1]) for row in connection.execute(sa.union_all(*parts)))
    return sorted(found)[:limit]


def _conditions(organs: Collection[OrganId] | None, states: Collection[DeadlineState]) -> Iterator[sa.ColumnElement[bool]]:
    for state in states:
        if organs is None:
            yield _d.state == state.value
    for organ, state, party in product(organs or (), states, (_d.organ, _d.creditor)):
        yield sa.and_(party == organ, _d.state == state.value)


def _beginning(condition: sa.ColumnElement[bool], after: tuple[int, ...] | None, limit: int) -> sa.Select[Place]:
    due_at = sa.type_coerce(_d.due_at, sa.BigInteger)
    select = sa.select(due_at.label("due"), _d.seq).where(condition)
    if after is not None:
        place = sa.tuple_(sa.literal(after[0], sa.BigInteger), sa.literal(after[1], sa.BigInteger))
        select = select.where(sa.tuple_(due_at, _d.seq) > place)
    return select.order_by(_d.due_at, _d.seq).limit(limit)
