"""Remarks over SQLAlchemy Core: what officers write about documents."""

from datetime import datetime

import sqlalchemy as sa

from gateway.core.faults import Rejected
from gateway.infra import audit
from gateway.infra.executor import Executor
from gateway.infra.tables import documents
from gateway.infra.tables_console import remarks
from gateway.ports import Remark

_r = remarks.c


class SqlRemarks:
    """Remarks port, on the executor of the ledger."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def write(self, document: str, text: str, *, by: str, now: datetime) -> None:
        await self._executor.write(lambda c: _write(c, document, text, by, now))

    async def of(self, document: str, *, limit: int) -> tuple[Remark, ...]:
        select = sa.select(_r.at, _r.by, _r.text).where(_r.document == document).order_by(_r.seq.desc()).limit(limit)
        rows = await self._executor.read(lambda c: c.execute(select).mappings().all())
        return tuple(Remark(**row) for row in rows)


def _write(connection: sa.Connection, document: str, text: str, by: str, now: datetime) -> None:
    if connection.execute(sa.select(documents.c.seq).where(documents.c.id == document)).first() is None:
        raise Rejected("not-found", path=document)
    connection.execute(remarks.insert(), {"document": document, "at": now, "by": by, "text": text})
    audit.record(connection, actor=by, action="document.remarked", subject={"document": document}, reason="", at=now)
