"""Turns over SQLAlchemy Core: one row for each."""

from datetime import datetime

import sqlalchemy as sa

from gateway.infra.executor import Executor
from gateway.infra.outbox_relay import live
from gateway.infra.tables_watched import turns

_t = turns.c


class SqlTurns:
    """Turns port, on the executor of the ledger."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def take(self, name: str, holder: str, *, until: datetime, now: datetime) -> bool:
        return await self._executor.write(lambda c: _take(c, name, holder, until, now))

    async def leave(self, name: str, holder: str) -> None:
        mine = turns.delete().where(_t.name == name, _t.holder == holder)
        await self._executor.write(lambda c: c.execute(mine) and None)


def _take(connection: sa.Connection, name: str, holder: str, until: datetime, now: datetime) -> bool:
    """Write only where it is free: two that make the same row are a conflict, which the executor runs again."""
    free = sa.and_(_t.name == name, sa.or_(_t.holder == holder, sa.not_(live(_t.until, now))))
    if connection.execute(turns.update().where(free).values(holder=holder, until=until)).rowcount:
        return True
    if connection.execute(sa.select(_t.name).where(_t.name == name)).first() is not None:
        return False
    connection.execute(turns.insert(), {"name": name, "holder": holder, "until": until})
    return True
