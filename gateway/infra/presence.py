"""Presence over SQLAlchemy Core: one row for each system."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from gateway.core.model import OrganId, State, SystemId
from gateway.infra.executor import Executor
from gateway.infra.tables import Moment, deliveries, documents
from gateway.infra.tables_watched import seen
from gateway.ports import Backlog

_BACKLOGS = (
    sa.select(
        deliveries.c.receiver,
        sa.func.count().label("waiting"),
        sa.type_coerce(sa.func.min(sa.type_coerce(documents.c.accepted_at, sa.BigInteger)), Moment).label("oldest_at"),
    )
    .join(documents, documents.c.id == deliveries.c.document)
    .where(deliveries.c.state == State.AVAILABLE.value)
    .group_by(deliveries.c.receiver)
)


class SqlPresence:
    """Presence port, on the executor of the ledger."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._noted: dict[SystemId, datetime] = {}

    def note(self, system: SystemId, at: datetime) -> None:
        self._noted[system] = at

    async def write(self) -> None:
        noted, self._noted = self._noted, {}
        if not noted:
            return
        rows = [{"system": system, "at": at} for system, at in sorted(noted.items())]  # in one order: nobody waits in a circle
        try:
            await self._executor.write(lambda c: _write(c, rows))
        except BaseException:
            self._noted = noted | self._noted
            raise

    async def seen(self) -> Mapping[SystemId, datetime]:
        rows = await self._executor.read(lambda c: c.execute(sa.select(seen.c.system, seen.c.at)).all())
        return {SystemId(row.system): row.at for row in rows}

    async def backlogs(self) -> Mapping[OrganId, Backlog]:
        rows = await self._executor.read(lambda c: c.execute(_BACKLOGS).all())
        return {OrganId(row.receiver): Backlog(waiting=row.waiting, oldest_at=row.oldest_at) for row in rows}


def _write(connection: sa.Connection, rows: list[dict[str, object]]) -> None:
    """Insert or move on, never back: other processes saw other calls."""
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as insert_postgres

        made = insert_postgres(seen).values(rows)
        connection.execute(
            made.on_conflict_do_update(
                index_elements=[seen.c.system], set_={"at": made.excluded.at}, where=seen.c.at < made.excluded.at
            )
        )
    else:
        from sqlalchemy.dialects.sqlite import insert as insert_sqlite

        lite = insert_sqlite(seen).values(rows)
        connection.execute(
            lite.on_conflict_do_update(
                index_elements=[seen.c.system], set_={"at": lite.excluded.at}, where=seen.c.at < lite.excluded.at
            )
        )
