"""Who is late, and since when: what was not done in time, counted by who owes and by spans of due time, in one statement."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

import sqlalchemy as sa

from gateway.core.deadlines import DeadlineState
from gateway.core.model import OrganId
from gateway.infra import deadline_lists
from gateway.infra.tables import Moment, deadlines
from gateway.ports import Lateness, Owing

_d = deadlines.c


def lateness(connection: sa.Connection, owing: Owing, spans: Sequence[datetime], skip: int, limit: int) -> tuple[Lateness, ...]:
    """Count in the index of states, which has who owes; the worst first."""
    fits = replace(owing, states=(DeadlineState.OVERDUE, DeadlineState.MET), late=True, since=spans[0], until=spans[-1])
    owed = sa.case((_d.state == DeadlineState.OVERDUE.value, 1), else_=0).label("owed")
    parts = [sa.select(_d.organ, _d.due_at, owed).where(*each) for each in deadline_lists.sources(connection, fits)]
    late = sa.union_all(*parts).subquery()
    counts = [sa.func.sum(each).label(f"span_{place}") for place, each in enumerate(_spans(late.c.due_at, spans))]
    select = (
        sa.select(late.c.organ, sa.func.sum(late.c.owed).label("owed"), *counts)
        .group_by(late.c.organ)
        .order_by(sa.func.count().desc(), late.c.organ)
    )
    rows = connection.execute(select.offset(skip).limit(limit))
    return tuple(Lateness(organ=OrganId(row[0]), owed=int(row[1]), counts=tuple(map(int, row[2:]))) for row in rows)


def _spans(due_at: sa.ColumnElement[datetime], spans: Sequence[datetime]) -> Iterator[sa.ColumnElement[int]]:
    for begins, ends in pairwise(spans):
        within = sa.and_(due_at >= sa.literal(begins, Moment), due_at < sa.literal(ends, Moment))
        yield sa.case((within, 1), else_=0)
