"""PostgreSQL in a backup: its own programs dump and restore it; what the ledger names is asked of it."""

import asyncio
import os
import subprocess
from collections.abc import Awaitable, Callable, Generator
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeVar

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.core.faults import Misconfigured
from gateway.infra import executor_postgres, postgres_faults
from gateway.infra.backup_sqlite import NAMED, failed, named
from gateway.infra.database import PostgresDatabase

T = TypeVar("T")

PATIENCE_SECONDS: Final = 3600.0
"""How long the ledger may take to name its payloads, of a million documents."""
MISMATCH: Final = "server version mismatch"
_TABLES: Final = sa.text("SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')")


def dump(database: PostgresDatabase, to: Path) -> None:
    """Dump one state of a database beside those who write to it. Raises `backup-failed`."""
    to.touch(mode=0o600)
    ran = _run("pg_dump", database, "--format=custom", "--no-password", f"--file={to}", f"--dbname={database.url}")
    if MISMATCH in ran:
        raise failed(f"pg_dump cũ hơn máy chủ PostgreSQL: {_first(ran)}", f"pg_dump is older than the server: {_first(ran)}")
    if ran:
        raise failed(f"pg_dump: {_first(ran)}")


def load(dumped: Path, database: PostgresDatabase) -> None:
    """Restore a dump into an empty database, all of it or nothing. Raises `restore-refused`."""
    how = ("--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges", "--no-password")
    if ran := _run("pg_restore", database, *how, f"--dbname={database.url}", str(dumped)):
        raise Misconfigured("restore-refused", detail=f"pg_restore: {_first(ran)}")


def demand_empty(database: PostgresDatabase) -> None:
    """Raise `restore-refused` unless a database has no table."""

    async def count(connection: AsyncConnection) -> int:
        return int((await connection.execute(_TABLES)).scalar_one())

    if _asked(database, count):
        vi, en = f"Cơ sở dữ liệu {database} không trống.", f"The database {database} is not empty."
        raise Misconfigured("restore-refused", detail=vi, detail_en=en)


def looked_at(database: PostgresDatabase) -> tuple[str, Generator[str]]:
    """Give the ledger's schema and the payloads that it names: at least those of a dump made before."""

    async def look(connection: AsyncConnection) -> tuple[str, list[str]]:
        revision = await connection.run_sync(lambda c: MigrationContext.configure(c).get_current_revision())
        rows = await connection.stream(NAMED)
        return revision or "", [sha256 async for row in rows for sha256 in named(row.sha256, row.attachments)]

    revision, names = _asked(database, look)
    return revision, (each for each in names)


def _asked(database: PostgresDatabase, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
    """Run something on a connection, in an event loop of its own: none may run in this thread."""

    async def ask() -> T:
        engine = executor_postgres.engine(replace(database, statement_seconds=PATIENCE_SECONDS, lock_seconds=PATIENCE_SECONDS))
        try:
            async with engine.connect() as connection:
                return await work(connection)
        except Exception as error:
            raise postgres_faults.translated(error) from error
        finally:
            await engine.dispose()

    return asyncio.run(ask())


def _run(program: str, database: PostgresDatabase, *arguments: str) -> str:
    """Run a program of PostgreSQL, the password in its environment; give what it complains of where it failed."""
    environment = {**os.environ, "LC_ALL": "C"} | ({"PGPASSWORD": database.password} if database.password else {})
    try:
        ran = subprocess.run([program, *arguments], env=environment, capture_output=True, text=True, check=False)  # noqa: S603  ours
    except FileNotFoundError as error:
        raise failed(
            f"Không có {program}: cài postgresql-client cùng phiên bản với máy chủ, hoặc sao lưu bằng tay (docs/operations.md).",
            f"There is no {program}: install postgresql-client of the server's version, or back up by hand (docs/operations.md).",
        ) from error
    return (ran.stderr.strip() or f"exit {ran.returncode}") if ran.returncode else ""


def _first(said: str) -> str:
    """Give the first lines of what a program said."""
    return " ".join(said.splitlines()[:3])
