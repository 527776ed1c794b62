"""Views over SQLAlchemy Core."""

import sqlalchemy as sa

from gateway.core.faults import Rejected
from gateway.infra.executor import Executor
from gateway.infra.tables_console import kept_views
from gateway.ports import KeptView

_v = kept_views.c


class SqlViews:
    """Views port, on the executor of the ledger."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def of(self, operator: str) -> tuple[KeptView, ...]:
        select = sa.select(_v.name, _v.query).where(_v.operator == operator).order_by(_v.name)
        rows = await self._executor.read(lambda c: c.execute(select).mappings().all())
        return tuple(KeptView(**row) for row in rows)

    async def keep(self, operator: str, view: KeptView, *, most: int) -> None:
        await self._executor.write(lambda c: _keep(c, operator, view, most))

    async def forget(self, operator: str, name: str) -> None:
        await self._executor.write(lambda c: c.execute(_of(operator, name)))


def _of(operator: str, name: str) -> sa.Delete:
    return kept_views.delete().where(_v.operator == operator, _v.name == name)


def _keep(connection: sa.Connection, operator: str, view: KeptView, most: int) -> None:
    connection.execute(_of(operator, view.name))
    kept = connection.execute(sa.select(sa.func.count()).where(_v.operator == operator)).scalar_one()
    if kept >= most:
        detail, detail_en = f"Nhiều nhất {most} bộ lọc: bỏ bớt một cái.", f"At most {most} views: forget one first."
        raise Rejected("malformed-request", path="name", detail=detail, detail_en=detail_en)
    connection.execute(kept_views.insert(), {"operator": operator, "name": view.name, "query": view.query})
