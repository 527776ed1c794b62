"""Reports over SQLAlchemy Core: read part by part and computed in a thread, so that a long one keeps nobody waiting."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from gateway.core.deadlines import RUNNING, DeadlineState, Rule
from gateway.core.hours import WorkingTime
from gateway.core.model import TESTER, OrganId, Priority
from gateway.infra import registers
from gateway.infra.deadline_rows import read_deadline
from gateway.infra.executor import Executor
from gateway.infra.tables import deadlines, documents
from gateway.ports.ledger import Page
from gateway.ports.reports import Arrear, Arrears, Kept, Period

PART: Final = 2_000
"""Deadlines that are read at once: some ten milliseconds, in which an executor in the event loop does nothing else."""

_l, _d = deadlines.c, documents.c
_RUNNING: Final = [each.value for each in RUNNING]


class SqlReports:
    """Reports port, on the executor of the ledger."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def outgoing(self, organ: OrganId, year: int, *, month: int | None, after: str | None, limit: int) -> Page:
        return await self._executor.read(lambda c: registers.outgoing(c, organ, year, month=month, after=after, limit=limit))

    async def incoming(self, organ: OrganId, year: int, *, month: int | None, after: str | None, limit: int) -> Page:
        return await self._executor.read(lambda c: registers.incoming(c, organ, year, month=month, after=after, limit=limit))

    async def kept(
        self, period: Period, *, organs: Collection[OrganId] | None, working_time: WorkingTime, now: datetime
    ) -> tuple[Kept, ...]:
        counting, after = _Counting(working_time, now), 0
        while True:
            part = await self._executor.read(lambda c, after=after: due_in(c, period, organs, after))  # type: ignore[misc]
            await asyncio.to_thread(counting.add, part)
            if len(part) < PART:
                return counting.result()
            after = part[-1].seq

    async def overdue(
        self, period: Period | None, *, organs: Collection[OrganId] | None, working_time: WorkingTime, now: datetime, limit: int
    ) -> Arrears:
        rows, total = await self._executor.read(lambda c: overdue(c, period, organs, now, limit))
        items = await asyncio.to_thread(lambda: tuple(_arrear(row, working_time, now) for row in rows))
        return Arrears(items=items, total=total)


class _Counting:
    """Count deadlines by agency, rule, type of document and priority."""

    def __init__(self, working_time: WorkingTime, now: datetime) -> None:
        self._working_time, self._now = working_time, now
        self._counts: defaultdict[tuple[str, str, str, int], Counter[str]] = defaultdict(Counter)
        self._took: defaultdict[tuple[str, str, str, int], list[timedelta]] = defaultdict(list)

    def add(self, rows: Sequence[Any]) -> None:
        """Count some."""
        for row in rows:
            named = (row.organ, row.rule, row.type_name, row.priority)
            self._counts[named][_outcome(row, self._now)] += 1
            self._counts[named]["extended"] += row.decided
            if row.state == DeadlineState.MET:
                self._took[named].append(self._working_time.of(row.organ).working_between(row.starts_at, row.ended_at))

    def result(self) -> tuple[Kept, ...]:
        """Give what was counted, in order."""
        return tuple(
            Kept(
                organ=OrganId(organ),
                rule=Rule(rule),
                type_name=type_name,
                priority=Priority(priority),
                took=tuple(self._took[organ, rule, type_name, priority]),
                **self._counts[organ, rule, type_name, priority],
            )
            for organ, rule, type_name, priority in sorted(self._counts)
        )


def due_in(connection: sa.Connection, period: Period, organs: Collection[OrganId] | None, after: int) -> Sequence[Any]:
    """Read a part of the deadlines that are due in a period, but those of test documents, which nobody works on."""
    columns = (_l.seq, _l.organ, _l.rule, _l.state, _l.late, _l.decided, _l.starts_at, _l.due_at, _l.ended_at)
    select = sa.select(*columns, _d.type_name, _d.priority).join(documents, _d.id == _l.document)
    select = select.where(_l.seq > after, _within(period), _of(organs), _d.system != TESTER).order_by(_l.seq).limit(PART)
    return connection.execute(select).all()


def overdue(
    connection: sa.Connection, period: Period | None, organs: Collection[OrganId] | None, now: datetime, limit: int
) -> tuple[Sequence[Any], int]:
    """Read what is overdue, by agency, the longest overdue first, and count all of it."""
    running = sa.and_(_l.state.in_(_RUNNING), _l.late == sa.false())  # it tells of what ended, and stands before due times
    late = sa.and_(running, _l.due_at < now, _within(period), _of(organs))
    total = connection.execute(sa.select(sa.func.count()).select_from(deadlines).where(late)).scalar_one()
    select = sa.select(deadlines, documents).join(documents, _d.id == _l.document).where(late)
    return connection.execute(select.order_by(_l.organ, _l.due_at, _l.seq).limit(limit)).all(), total


def _arrear(row: sa.Row[Any], working_time: WorkingTime, now: datetime) -> Arrear:
    found = row._mapping
    own = read_deadline({c.name: found[c] for c in deadlines.c})
    about = registers.registered({c.name: found[c] for c in documents.c})
    return Arrear(deadline=own, about=about, late_by=working_time.of(own.organ).working_between(own.due_at, now))


def _outcome(row: sa.Row[Any], now: datetime) -> str:
    if row.state == DeadlineState.WAIVED:
        return "waived"
    if row.state == DeadlineState.MET:
        return "late" if row.late else "in_time"
    if row.state == DeadlineState.PAUSED:
        return "open"
    return "overdue" if row.due_at < now else "open"


def _within(period: Period | None) -> sa.ColumnElement[bool]:
    return sa.true() if period is None else sa.and_(_l.due_at >= period.since, _l.due_at < period.until)


def _of(organs: Collection[OrganId] | None) -> sa.ColumnElement[bool]:
    return sa.true() if organs is None else _l.organ.in_(organs)
