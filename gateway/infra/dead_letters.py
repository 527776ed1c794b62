"""Dead letters over SQLAlchemy Core: found by a filter, and decided on part by part."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

import sqlalchemy as sa

from gateway.core.faults import Rejected
from gateway.core.model import OrganId, State
from gateway.infra import audit, dead_letter_moves
from gateway.infra.dead_letter_moves import Decided
from gateway.infra.executor import Executor
from gateway.infra.ledger_read import cursor, delivery_views, position
from gateway.infra.tables import deliveries, documents, events
from gateway.ports import Bulk, DeadLetter, DocumentView, Filter, Group, NotDone, Page, Route

PART: Final = 200
"""Deliveries of one transaction: nobody else waits for long."""
CHANGED: Final = "status-conflict"
"""The code of one that is no longer what was decided on."""

_d = deliveries.c
_PARKED: Final = sa.and_(_d.state == State.SUSPENDED.value, _d.withheld.is_(False))
_FAILED: Final = _d.state == State.FAILED.value
_TRIED: Final = ("delivery.failed", "delivery.deferred")

Carry = Callable[[sa.Connection, DocumentView, Decided], None]
"""Carry a decision out on one dead letter. Raises Rejected before it has changed anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """What came of one transaction: of how many it was done, those it failed for, and the place in the audit log."""

    done: int
    failed: tuple[NotDone, ...]
    seq: int


class SqlDeadLetters:
    """DeadLetters port, on the executor of the ledger."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def dead_letters(self, which: Filter, *, after: str | None, limit: int) -> Page:
        return await self._executor.read(lambda c: _listing(c, which, after, limit))

    async def groups(self, which: Filter) -> tuple[Group, ...]:
        return await self._executor.read(lambda c: _groups(c, which))

    async def preview(self, which: Filter) -> int:
        return await self._executor.read(lambda c: _count(c, which))

    async def requeue(self, which: Filter, *, route: Route, by: str, reason: str, now: datetime, limit: int) -> Bulk:
        decided = Decided(action="deadletters.requeued", by=by, reason=reason, at=now)
        return await self._carry_out(which, decided, partial(dead_letter_moves.requeue, route=route), limit)

    async def park(self, which: Filter, *, by: str, reason: str, now: datetime, limit: int) -> Bulk:
        decided = Decided(action="deadletters.parked", by=by, reason=reason, at=now)
        return await self._carry_out(which, decided, dead_letter_moves.park, limit)

    async def turn_back(self, which: Filter, *, by: str, reason: str, now: datetime, limit: int) -> Bulk:
        decided = Decided(action="deadletters.turned_back", by=by, reason=reason, at=now)
        return await self._carry_out(which, decided, dead_letter_moves.turn_back, limit)

    async def redirect(
        self, which: Filter, to: OrganId, *, route: Route, by: str, reason: str, now: datetime, limit: int
    ) -> Bulk:
        decided = Decided(action="deadletters.redirected", by=by, reason=reason, at=now, to=to)
        return await self._carry_out(which, decided, partial(dead_letter_moves.redirect, route=route), limit)

    async def _carry_out(self, which: Filter, decided: Decided, carry: Carry, limit: int) -> Bulk:
        """Carry a decision out on those that match now, part by part."""
        matched, wanted = await self._executor.read(lambda c: (_count(c, which), _ids(c, which, limit)))
        done, failed, seq = 0, list[NotDone](), None
        for start in range(0, len(wanted), PART):
            work = partial(_part, which=which, decided=decided, carry=carry, wanted=wanted[start : start + PART], seq=seq)
            part = await self._executor.write(work)
            done, failed, seq = done + part.done, [*failed, *part.failed], part.seq
        return Bulk(matched=matched, done=done, failed=tuple(failed))


def _part(connection: sa.Connection, which: Filter, decided: Decided, carry: Carry, wanted: list[str], seq: int | None) -> _Part:
    """Carry a decision out on those that still match, and write it into the audit log in the same transaction."""
    refused = carry_out(connection, which, decided, carry, wanted)
    done = len(wanted) - len(refused)
    if seq is None:
        subject = said(which) | ({"to": decided.to} if decided.to else {})
        by, reason, at = decided.by, decided.reason, decided.at
        seq = audit.record(connection, actor=by, action=decided.action, subject=subject, reason=reason, at=at, count=done)
    else:
        audit.amend(connection, seq, done)
    return _Part(done=done, failed=refused, seq=seq)


def carry_out(connection: sa.Connection, which: Filter, decided: Decided, carry: Carry, wanted: list[str]) -> tuple[NotDone, ...]:
    """Carry a decision out on those that still match; give those that it could not be carried out on."""
    views = delivery_views(connection, sa.and_(_d.id.in_(wanted), *conditions(which)), lock=True)
    codes = dict(_carried(connection, views, decided, carry))
    return tuple(NotDone(delivery=each, code=code) for each in wanted if (code := codes.get(each, CHANGED)) is not None)


def _carried(
    connection: sa.Connection, views: Iterable[DocumentView], decided: Decided, carry: Carry
) -> Iterator[tuple[str, str | None]]:
    """Give for each delivery None, or the code of why it could not be done."""
    for view in views:
        try:
            carry(connection, view, decided)
        except Rejected as fault:
            yield view.deliveries[0].id, fault.code
        else:
            yield view.deliveries[0].id, None


def conditions(which: Filter) -> Iterator[sa.ColumnElement[bool]]:
    """Choose dead letters; the deliveries are joined with their documents."""
    yield {None: sa.or_(_FAILED, _PARKED), True: _PARKED, False: _FAILED}[which.parked]
    if which.receiver is not None:
        yield _d.receiver == which.receiver
    if which.sender is not None:
        yield documents.c.sender == which.sender
    if which.cause is not None:
        yield _d.cause == which.cause
    if which.since is not None:
        yield documents.c.accepted_at >= which.since
    if which.until is not None:
        yield documents.c.accepted_at < which.until
    if which.ids is not None:
        yield _d.id.in_(which.ids)


def said(which: Filter) -> dict[str, object]:
    """Write a filter as JSON, what matters of it."""
    said = {
        "receiver": which.receiver,
        "sender": which.sender,
        "cause": which.cause,
        "since": which.since and which.since.isoformat(),
        "until": which.until and which.until.isoformat(),
        "ids": None if which.ids is None else sorted(which.ids),
        "parked": which.parked,
    }
    return {name: value for name, value in said.items() if value is not None}


JOINED: Final = deliveries.join(documents, documents.c.id == _d.document)


def _count(connection: sa.Connection, which: Filter) -> int:
    return connection.execute(sa.select(sa.func.count()).select_from(JOINED).where(*conditions(which))).scalar_one()


def _ids(connection: sa.Connection, which: Filter, limit: int) -> list[str]:
    select = sa.select(_d.id).select_from(JOINED).where(*conditions(which)).order_by(_d.seq).limit(limit)
    return list(connection.execute(select).scalars())


def _listing(connection: sa.Connection, which: Filter, after: str | None, limit: int) -> Page:
    select = sa.select(_d.id, _d.seq).select_from(JOINED).where(*conditions(which)).order_by(_d.seq).limit(limit + 1)
    if after is not None:
        select = select.where(_d.seq > position(after)[0])
    rows = connection.execute(select).all()
    page = rows[:limit]
    views = delivery_views(connection, _d.id.in_([row.id for row in page]))
    tried = _tried(connection, views)
    items = tuple(
        DeadLetter(view=view, failed_at=tried.get(own.id), parked=own.state is State.SUSPENDED)
        for view in views
        for own in view.deliveries
    )
    return Page(items=items, next=cursor(page[-1].seq) if len(rows) > limit else None)


def _tried(connection: sa.Connection, views: Iterable[DocumentView]) -> dict[str, datetime]:
    """Find when each delivery was last tried, or given up."""
    e, last = events.c, sa.func.max(events.c.at, type_=events.c.at.type).label("last")
    of_these = e.document.in_({view.document.id for view in views})  # there is no index by delivery
    select = sa.select(e.delivery, last).where(of_these, e.type.in_(_TRIED)).group_by(e.delivery)
    return {row.delivery: row.last for row in connection.execute(select)}


def _groups(connection: sa.Connection, which: Filter) -> tuple[Group, ...]:
    oldest = sa.func.min(documents.c.accepted_at, type_=documents.c.accepted_at.type).label("oldest_at")
    count = sa.func.count().label("letters")
    select = (
        sa.select(_d.cause, _d.receiver, count, oldest)
        .select_from(JOINED)
        .where(*conditions(which))
        .group_by(_d.cause, _d.receiver)
        .order_by(count.desc(), _d.receiver, _d.cause)
    )
    return tuple(
        Group(cause=row.cause, receiver=OrganId(row.receiver), count=row.letters, oldest_at=row.oldest_at)
        for row in connection.execute(select)
    )
