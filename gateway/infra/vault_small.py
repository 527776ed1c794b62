"""Small payloads together in one SQLite file: one fsync for a group of them, where files would need one each."""

from pathlib import Path
from typing import Final, cast

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from gateway.infra.executor_sqlite import SqliteExecutor

_METADATA: Final = sa.MetaData()
_PAYLOADS: Final = sa.Table(
    "payloads",
    _METADATA,
    sa.Column("sha256", sa.String(64), primary_key=True),
    sa.Column("octets", sa.LargeBinary, nullable=False),
)
_INSERT: Final = sqlite.insert(_PAYLOADS).on_conflict_do_nothing()


class SmallPayloads:
    """Octets by their SHA-256, in a file of their own."""

    def __init__(self, file: Path) -> None:
        self._executor = SqliteExecutor(file)

    async def keep(self, payloads: dict[str, bytes]) -> None:
        """Make payloads durable; those that are there already stay."""
        await self._executor.write_batched(_keep, payloads)

    async def read(self, sha256: str) -> bytes | None:
        """Give a payload, or None."""
        select = sa.select(_PAYLOADS.c.octets).where(_PAYLOADS.c.sha256 == sha256)
        return cast("bytes | None", await self._executor.read(lambda c: c.execute(select).scalar()))

    async def prepare(self) -> None:
        """Make the table where there is none."""
        await self._executor.write(_METADATA.create_all)

    async def close(self) -> None:
        await self._executor.close()


def _keep(connection: sa.Connection, items: list[dict[str, bytes]]) -> list[None]:
    rows = [{"sha256": sha256, "octets": octets} for item in items for sha256, octets in item.items()]
    connection.execute(_INSERT, rows)
    return [None] * len(items)
