"""Sessions over SQLAlchemy Core: one row for each browser that is signed in."""

from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa

from gateway.infra import audit
from gateway.infra.executor import Executor
from gateway.infra.tables_console import sessions
from gateway.ports import Session


class SqlSessions:
    """Sessions port, on the executor of the ledger."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def begin(self, session: Session) -> None:
        await self._executor.write(lambda c: _begin(c, session))

    async def find(self, token_sha256: str, *, now: datetime) -> Session | None:
        select = sa.select(sessions).where(sessions.c.token_sha256 == token_sha256, sessions.c.ends_at > now)
        row = await self._executor.read(lambda c: c.execute(select).mappings().first())
        return None if row is None else Session(**row)

    async def seen(self, token_sha256: str, *, now: datetime) -> None:
        update = sessions.update().where(sessions.c.token_sha256 == token_sha256, sessions.c.seen_at < now).values(seen_at=now)
        await self._executor.write(lambda c: c.execute(update))

    async def renew(self, token_sha256: str, *, proof: str) -> None:
        update = sessions.update().where(sessions.c.token_sha256 == token_sha256).values(proof=proof)
        await self._executor.write(lambda c: c.execute(update))

    async def end(self, token_sha256: str) -> None:
        delete = sessions.delete().where(sessions.c.token_sha256 == token_sha256)
        await self._executor.write(lambda c: c.execute(delete))

    async def of(self, operator: str | None = None, *, now: datetime) -> tuple[Session, ...]:
        select = sa.select(sessions).where(sessions.c.ends_at > now).order_by(sessions.c.seen_at.desc(), sessions.c.token_sha256)
        if operator is not None:
            select = select.where(sessions.c.operator == operator)
        rows = await self._executor.read(lambda c: c.execute(select).mappings().all())
        return tuple(Session(**row) for row in rows)

    async def end_all(
        self, operator: str, *, only: str | None = None, but: str | None = None, by: str, reason: str, now: datetime
    ) -> int:
        return await self._executor.write(lambda c: _end_all(c, operator, only, but, by, reason, now))


def _end_all(
    connection: sa.Connection, operator: str, only: str | None, but: str | None, by: str, reason: str, now: datetime
) -> int:
    delete = sessions.delete().where(sessions.c.operator == operator, sessions.c.ends_at > now)
    if only is not None:
        delete = delete.where(sessions.c.token_sha256 == only)
    if but is not None:
        delete = delete.where(sessions.c.token_sha256 != but)
    ended = len(connection.execute(delete.returning(sessions.c.token_sha256)).all())
    if ended:
        subject = {"operator": operator}
        audit.record(connection, actor=by, action="console.sessions-ended", subject=subject, reason=reason, at=now, count=ended)
    return ended


def _begin(connection: sa.Connection, session: Session) -> None:
    connection.execute(sessions.delete().where(sessions.c.ends_at <= session.begun_at))
    connection.execute(sessions.insert(), asdict(session))
    who, where = session.operator, {"source": session.source}
    audit.record(connection, actor=who, action="console.sign-in", subject=where, reason="", at=session.begun_at)
