"""Notices over SQLAlchemy Core: each system's place in the events, which are in the order of their commits (ADR 0013)."""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from gateway.core.circuit import CircuitState
from gateway.core.model import OrganId, SystemId
from gateway.infra.audit import record
from gateway.infra.executor import Executor
from gateway.infra.ledger_rows import read_document, read_event
from gateway.infra.outbox_relay import LONGEST
from gateway.infra.tables import bulletins, circuits, documents, events
from gateway.ports import Bulletin, News, Telling, Untold

FIRST: Final = timedelta(days=1)
"""How old the news is that a system is told when it is linked: what came before, it had other ways to hear of."""
TO_SENDERS: Final = (
    "status.received",
    "recall.requested",
    "recall.answered",
    "delivery.collected",
    "delivery.failed",
    "delivery.turned_back",
    "delivery.redirected",
    "deadline.reminder",
    "deadline.overdue",
    "deadline.escalated",
)
TO_RECEIVERS: Final = (
    "recall.requested",
    "update.requested",
    "document.replaced",
    "deadline.reminder",
    "deadline.overdue",
    "deadline.escalated",
)
WORDS: Final = 500
"""Characters of the other side's answer that are kept."""

_b, _e = bulletins.c, events.c


class SqlNotices:
    """Notices port, on the executor of the ledger."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def claim(
        self, system: SystemId, organs: Collection[OrganId], *, limit: int, until: datetime, now: datetime
    ) -> Bulletin | None:
        """Look before writing: most often there is nothing."""
        if await self._executor.read(lambda c: _nothing_to_do(c, system, organs, now)):
            return None
        return await self._executor.write(lambda c: _claim(c, system, organs, limit, until, now))

    async def settle(self, bulletin: Bulletin, telling: Telling, *, now: datetime) -> None:
        await self._executor.write(lambda c: _settle(c, bulletin, telling, now))

    async def replay(self, system: SystemId, *, since: datetime, by: str, reason: str, now: datetime) -> None:
        await self._executor.write(lambda c: _replay(c, system, since, by, reason, now))

    async def untold(self) -> tuple[Untold, ...]:
        return await self._executor.read(_untold)


def _nothing_to_do(connection: sa.Connection, system: SystemId, organs: Collection[OrganId], now: datetime) -> bool:
    row = connection.execute(sa.select(bulletins).where(_b.system == system)).first()
    return row is not None and (not _is_due(row, now) or not _news(connection, organs, row.told, 1))


def _claim(
    connection: sa.Connection, system: SystemId, organs: Collection[OrganId], limit: int, until: datetime, now: datetime
) -> Bulletin | None:
    row = connection.execute(sa.select(bulletins).where(_b.system == system).with_for_update()).first()
    if row is None:
        connection.execute(bulletins.insert(), {"system": system, "told": _last_before(connection, now - FIRST), "attempts": 0})
        row = connection.execute(sa.select(bulletins).where(_b.system == system)).one()
    if not _is_due(row, now) or _is_paused(connection, system):
        return None
    news = _news(connection, organs, row.told, limit)
    if not news:
        return None
    token = secrets.token_urlsafe(12)
    connection.execute(bulletins.update().where(_b.system == system).values(token=token, until=until))
    return Bulletin(token=token, system=system, news=news, attempts=row.attempts)


def _is_due(row: sa.Row[Any], now: datetime) -> bool:
    claimed = row.until is not None and now < row.until <= now + LONGEST
    return not claimed and (row.again is None or row.again <= now)


def _is_paused(connection: sa.Connection, system: SystemId) -> bool:
    state = connection.execute(sa.select(circuits.c.state).where(circuits.c.system == system)).scalar()
    return state == CircuitState.PAUSED.value


def _news(connection: sa.Connection, organs: Collection[OrganId], told: int, limit: int) -> tuple[News, ...]:
    """Read what follows, each side by its own index."""
    found: dict[int, News] = {}
    sides = ((_e.sender, TO_SENDERS), (_e.receiver, TO_RECEIVERS))
    for party, types in sides:
        select = (
            sa.select(events, documents)
            .join(documents, documents.c.id == _e.document)
            .where(party.in_(organs), _e.type.in_(types), _e.seq > told)
            .order_by(_e.seq)
            .limit(limit)
        )
        for row in connection.execute(select):
            event, document = ({c.name: row._mapping[c] for c in table.c} for table in (events, documents))
            found[event["seq"]] = News(event=read_event(event), document=read_document(document, ()))
    return tuple(found[seq] for seq in sorted(found)[:limit])


def _last_before(connection: sa.Connection, moment: datetime) -> int:
    select = sa.select(_e.seq).where(_e.at < moment).order_by(_e.at.desc(), _e.seq.desc()).limit(1)
    return connection.execute(select).scalar() or 0


def _settle(connection: sa.Connection, bulletin: Bulletin, telling: Telling, now: datetime) -> None:
    fault = telling.fault
    values = {
        "told": telling.told,
        "token": None,
        "until": None,
        "attempts": telling.attempts,
        "again": telling.again,
        "cause": fault.code if fault else None,
        "why": (fault.detail or None) and fault.detail[:WORDS] if fault else None,
    }
    mine = sa.and_(_b.system == bulletin.system, _b.token == bulletin.token)
    if connection.execute(bulletins.update().where(mine).values(values)).rowcount == 0:
        return
    for news, refusal in telling.refused:
        subject = {"system": bulletin.system, "event": news.event.seq, "delivery": news.event.delivery, "code": refusal.code}
        record(connection, actor="hub", action="notice.refused", subject=subject, reason=refusal.detail[:WORDS], at=now)


def _replay(connection: sa.Connection, system: SystemId, since: datetime, by: str, reason: str, now: datetime) -> None:
    start = {"told": _last_before(connection, since), "token": None, "until": None, "attempts": 0, "again": None}
    if connection.execute(bulletins.update().where(_b.system == system).values(start)).rowcount == 0:
        connection.execute(bulletins.insert(), start | {"system": system})
    subject = {"system": system, "since": since.isoformat()}
    record(connection, actor=by, action="notices.replayed", subject=subject, reason=reason, at=now)


def _untold(connection: sa.Connection) -> tuple[Untold, ...]:
    oldest = sa.select(_e.at).where(_e.seq > _b.told).order_by(_e.seq).limit(1).scalar_subquery()
    select = sa.select(bulletins, oldest.label("oldest_at")).where(_b.cause.is_not(None)).order_by(_b.system)
    return tuple(
        Untold(
            system=SystemId(row.system),
            oldest_at=row.oldest_at,
            attempts=row.attempts,
            cause=row.cause,
            why=row.why,
            again=row.again,
        )
        for row in connection.execute(select)
    )
