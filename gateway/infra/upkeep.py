"""Upkeep over SQLAlchemy Core: one row for each task."""

from collections.abc import Mapping

import sqlalchemy as sa

from gateway.infra.executor import Executor
from gateway.infra.tables_console import upkeep
from gateway.ports import Chore, Tended

_u = upkeep.c


class SqlUpkeep:
    """Upkeep port, on the executor of the ledger."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def done(self, chore: Chore, tended: Tended) -> None:
        await self._executor.write(lambda c: _write(c, chore, tended))

    async def last(self) -> Mapping[Chore, Tended]:
        rows = await self._executor.read(lambda c: c.execute(sa.select(upkeep)).all())
        return {Chore(row.task): Tended(at=row.at, well=row.well, detail=row.detail) for row in rows}


def _write(connection: sa.Connection, chore: Chore, tended: Tended) -> None:
    connection.execute(upkeep.delete().where(_u.task == chore.value))
    row = {"task": chore.value, "at": tended.at, "well": tended.well, "detail": tended.detail}
    connection.execute(upkeep.insert(), row)
