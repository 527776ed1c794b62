"""The ledger's schema, version by version (Alembic; the scripts ship in the package)."""

import asyncio
from dataclasses import replace
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from gateway.core.faults import Transient
from gateway.infra.database import Database, PostgresDatabase
from gateway.infra.executor_sqlite import engine

SCRIPTS = Path(__file__).with_name("migrations")


MIGRATION_SECONDS = 3600
"""How long a migration of PostgreSQL may work, or wait for others."""
MIGRATION_LOCK = 5_601_002
"""Advisory lock of PostgreSQL: one migrates, others wait."""


def migrate(database: Database) -> str:
    """Bring a ledger to the newest schema, making SQLite's file where there is none; give the revision.

    For PostgreSQL it runs an event loop of its own, so that none may run in its thread.
    All steps are one transaction: whatever stops them leaves the ledger as it was, and two at once wait for each other.
    """
    if isinstance(database, Path):
        _migrate_file(database)
    else:
        asyncio.run(_migrate_postgres(database))
    return head()


def _migrate_file(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    opened = engine(file)
    try:
        with opened.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            _upgrade(connection)
            connection.exec_driver_sql("COMMIT")
    finally:
        opened.dispose()


async def _migrate_postgres(database: PostgresDatabase) -> None:
    from gateway.infra import executor_postgres, postgres_faults  # the embedded ledger does not pay for them

    unhurried = replace(database, statement_seconds=MIGRATION_SECONDS, lock_seconds=MIGRATION_SECONDS)
    opened = executor_postgres.engine(unhurried)
    try:
        async with opened.begin() as connection:
            await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(MIGRATION_LOCK)))
            await connection.run_sync(_upgrade)
    except Exception as error:
        raise postgres_faults.translated(error) from error
    finally:
        await opened.dispose()


def _upgrade(connection: sa.Connection) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def demand_current(connection: sa.Connection) -> None:
    """Raise `not-ready` unless the schema is the newest."""
    found = MigrationContext.configure(connection).get_current_revision()
    if found != head():
        raise Transient(
            "not-ready",
            detail=f"Sổ cái ở phiên bản {found}, cần {head()}: chạy lienthong migrate.",
            detail_en=f"The ledger is at revision {found}, {head()} is needed: run lienthong migrate.",
        )


@cache
def head() -> str:
    """Name the newest revision."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    return config
