"""Deadlines over SQLAlchemy Core: made of the events by a keeper that has one place among them, as news is (ADR 0016)."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, Final

import sqlalchemy as sa

from gateway.core.deadlines import OWED, Deadline, DeadlineState, Rule
from gateway.core.faults import Rejected
from gateway.core.happenings import Happening
from gateway.core.ladder import ByHand
from gateway.core.model import OrganId
from gateway.core.timekeeping import CONCERNED, Timekeeping
from gateway.infra import deadline_lateness, deadline_lists, deadline_steps
from gateway.infra.audit import record
from gateway.infra.deadline_rows import read_deadline, write_deadlines
from gateway.infra.executor import Executor
from gateway.infra.ledger_read import cursor, position
from gateway.infra.ledger_rows import read_document, read_event
from gateway.infra.letter_rows import write_end
from gateway.infra.tables import Moment, deadlines, documents, events, statuses, timekeeper
from gateway.ports import Lateness, Owed, Owing, Page

KEEPER: Final = 1
_d, _e, _s, _t = deadlines.c, events.c, statuses.c, timekeeper.c
_OWED: Final = [state.value for state in OWED]


class SqlDeadlines:
    """Deadlines port, on the executor of the ledger."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def keep(self, by: Timekeeping, *, limit: int) -> int:
        return await self._executor.write(lambda c: _keep(c, by, limit))

    async def are_kept(self) -> bool:
        return await self._executor.read(_are_kept)

    async def take_steps(self, by: Timekeeping, *, limit: int, now: datetime) -> int:
        return await self._executor.write(lambda c: deadline_steps.take(c, by, limit, now))

    async def next_step_at(self) -> datetime | None:
        first = sa.select(_d.next_at).where(_d.next_at.is_not(None)).order_by(_d.next_at).limit(1)
        return await self._executor.read(lambda c: c.execute(first).scalar())

    async def move(
        self, by: Timekeeping, *, after: str, limit: int, preview: bool, now: datetime
    ) -> tuple[tuple[tuple[Deadline, Deadline], ...], str | None]:
        run = self._executor.read if preview else self._executor.write
        return await run(partial(_move, by=by, after=after, limit=limit, preview=preview, now=now))

    async def owed(self, owing: Owing, *, after: str | None, limit: int, latest_first: bool = False) -> Page:
        return await self._executor.read(lambda c: _owed(c, owing, after, limit, latest_first=latest_first))

    async def count(self, owing: Sequence[Owing], *, most: int) -> tuple[int | None, ...]:
        return await self._executor.read(lambda c: deadline_lists.count(c, owing, most))

    async def lateness(self, owing: Owing, spans: Sequence[datetime], *, skip: int, limit: int) -> tuple[Lateness, ...]:
        return await self._executor.read(lambda c: deadline_lateness.lateness(c, owing, spans, skip, limit))

    async def of(self, documents: Collection[str], organs: Collection[OrganId]) -> tuple[Deadline, ...]:
        mine = sa.or_(_d.organ.in_(organs), _d.creditor.in_(organs))
        select = sa.select(deadlines).where(_d.document.in_(documents), mine).order_by(_d.due_at, _d.id)
        return await self._executor.read(lambda c: tuple(map(read_deadline, c.execute(select).mappings())))

    async def decide(
        self, deadline: str, change: Callable[[Owed], Deadline], *, action: str, by: str, reason: str, now: datetime
    ) -> Owed:
        return await self._executor.write(lambda c: _decide(c, deadline, change, action, by, reason, now))

    async def tell(self, deadline: str, timekeeping: Timekeeping, step: ByHand, *, by: str, reason: str, now: datetime) -> Owed:
        return await self._executor.write(lambda c: deadline_steps.tell(c, deadline, timekeeping, step, by, reason, now))


def _are_kept(connection: sa.Connection) -> bool:
    seq = connection.execute(sa.select(_t.seq).where(_t.id == KEEPER)).scalar() or 0
    later = sa.select(_e.seq).where(_e.seq > seq, _e.type.in_(CONCERNED)).limit(1)
    return connection.execute(later).first() is None


def _keep(connection: sa.Connection, by: Timekeeping, limit: int) -> int:
    """Read the next events under the keeper's lock, with all deadlines that are known of their deliveries."""
    seq = connection.execute(sa.select(_t.seq).where(_t.id == KEEPER).with_for_update()).scalar()
    if seq is None:  # two who make it at once are a conflict, which the executor runs again
        connection.execute(timekeeper.insert(), {"id": KEEPER, "seq": 0})
        seq = 0
    last = connection.execute(sa.select(sa.func.max(_e.seq))).scalar() or 0  # what comes later has a higher number
    select = (
        sa.select(events, documents)
        .join(documents, documents.c.id == _e.document)
        .where(_e.seq > seq, _e.seq <= last, _e.type.in_(CONCERNED))
        .order_by(_e.seq)
        .limit(limit)
    )
    happened = list(_happened(connection.execute(select)))
    if happened:
        _apply(connection, by, happened)
    reached = happened[-1].event.seq if len(happened) == limit else last
    if reached > seq:
        connection.execute(timekeeper.update().where(_t.id == KEEPER).values(seq=reached))
    return len(happened)


def _happened(rows: Iterable[sa.Row[Any]]) -> Iterator[Happening]:
    for row in rows:
        event, document = ({c.name: row._mapping[c] for c in table.c} for table in (events, documents))
        yield Happening(event=read_event(event), document=read_document(document, ()))


def _apply(connection: sa.Connection, by: Timekeeping, happened: list[Happening]) -> None:
    named = {each.event.delivery for each in happened if each.event.delivery is not None}
    select = sa.select(deadlines).where(_d.delivery.in_(named)).with_for_update()
    stored = {row["id"]: read_deadline(row) for row in connection.execute(select).mappings()}
    changed: dict[str, Deadline] = {}
    by_delivery: dict[str | None, dict[str, Deadline]] = {}
    for each in stored.values():
        by_delivery.setdefault(each.delivery, {})[each.id] = each
    said = _said(connection, named)
    for one in happened:
        own = by_delivery.setdefault(one.event.delivery, {}) if one.event.delivery else {}
        before = {code: at for code, at in said.get(one.event.delivery, ()) if at < one.event.at}
        for made in by.kept(replace(one, said=before), tuple(own.values())):
            if made.state is DeadlineState.MET and _was_trouble(own.get(made.id)):
                deadline_steps.say(connection, made, one.document, "deadline.met", one.event.at)
            if (was := own.get(made.id)) is not None:
                write_end(connection, was, made, one.document, f"deadline.{made.state}", one.event.at, by.working_time)
            own[made.id] = changed[made.id] = made
    write_deadlines(connection, changed.values(), frozenset(stored))


def _said(connection: sa.Connection, named: Collection[str]) -> dict[str | None, list[tuple[str, datetime]]]:
    """Give the status codes that were reported of deliveries, each with when it first was."""
    first = sa.func.min(sa.type_coerce(_s.received_at, sa.BigInteger))
    select = sa.select(_s.delivery, _s.code, sa.type_coerce(first, Moment).label("at"))
    said: dict[str | None, list[tuple[str, datetime]]] = {}
    for row in connection.execute(select.where(_s.delivery.in_(named)).group_by(_s.delivery, _s.code)):
        said.setdefault(row.delivery, []).append((row.code, row.at))
    return said


def _was_trouble(before: Deadline | None) -> bool:
    """Tell whether somebody was told that it was late or paused, or waits for an answer: its end is said then, and only then."""
    said = {DeadlineState.OVERDUE, DeadlineState.PAUSED}
    return before is not None and (before.state in said or before.rule is Rule.RESPONSE)


def _move(
    connection: sa.Connection, *, by: Timekeeping, after: str, limit: int, preview: bool, now: datetime
) -> tuple[tuple[tuple[Deadline, Deadline], ...], str | None]:
    select = (
        sa.select(deadlines, documents)
        .join(documents, documents.c.id == _d.document)
        .where(_d.id > after, _d.state.in_(_OWED))
        .order_by(_d.id)
        .limit(limit)
    )
    if not preview:
        select = select.with_for_update(of=deadlines)
    owed = list(_owed_rows(connection.execute(select)))
    moved = [(each, by.moved(each.deadline, each.document.priority, now)) for each in owed]
    changed = [(before, later) for before, later in moved if before.deadline != later]
    if not preview:
        write_deadlines(connection, (later for _, later in changed), frozenset(later.id for _, later in changed))
        for before, later in changed:
            if before.deadline.state is not later.state:
                deadline_steps.say(connection, later, before.document, "deadline.moved", now)
                write_end(connection, before.deadline, later, before.document, "deadline.moved", now, by.working_time)
    return tuple((before.deadline, later) for before, later in changed), owed[-1].deadline.id if len(owed) == limit else None


def _owed_rows(rows: Iterable[sa.Row[Any]]) -> Iterator[Owed]:
    return map(deadline_steps.owed_of, rows)


def _owed(connection: sa.Connection, owing: Owing, after: str | None, limit: int, *, latest_first: bool) -> Page:
    place = None if after is None else position(after, 2)
    places = deadline_lists.first(connection, owing, place, limit + 1, latest_first=latest_first)
    seqs = [seq for _, seq in places[:limit]]
    select = sa.select(deadlines, documents).join(documents, documents.c.id == _d.document).where(_d.seq.in_(seqs))
    order = (_d.due_at.desc(), _d.seq.desc()) if latest_first else (_d.due_at, _d.seq)
    items = tuple(_owed_rows(connection.execute(select.order_by(*order))))
    return Page(items=items, next=cursor(*places[limit - 1]) if len(places) > limit else None)


def _decide(
    connection: sa.Connection,
    deadline: str,
    change: Callable[[Owed], Deadline],
    action: str,
    by: str,
    reason: str,
    now: datetime,
) -> Owed:
    select = (
        sa.select(deadlines, documents)
        .join(documents, documents.c.id == _d.document)
        .where(_d.id == deadline)
        .with_for_update(of=deadlines)
    )
    found = list(_owed_rows(connection.execute(select)))
    if not found:
        raise Rejected("not-found", path=deadline)
    before = found[0].deadline
    if before.state not in OWED:
        raise Rejected("deadline-ended", path=deadline)
    after = change(found[0])
    write_deadlines(connection, [after], frozenset({before.id}))
    deadline_steps.say(connection, after, found[0].document, action, now, by=by, reason=reason)
    write_end(connection, before, after, found[0].document, action, now)
    subject = {"deadline": deadline, "document": before.document, "due_at": after.due_at.isoformat()}
    record(connection, actor=by, action=action, subject=subject, reason=reason, at=now)
    return Owed(deadline=after, document=found[0].document)
