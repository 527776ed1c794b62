"""The ledger's schema on PostgreSQL: the same scripts, made whole or not at all."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from gateway.core.faults import Transient
from gateway.infra.database import PostgresDatabase
from gateway.infra.executor_postgres import PostgresExecutor
from gateway.infra.ledger import SqlLedger
from gateway.infra.migrate import head, migrate
from gateway.infra.tables import METADATA
from tests.postgres import PostgresServer, empty_database, postgres, postgres_database

__all__ = ["empty_database", "postgres", "postgres_database"]

ROOT = Path(__file__).resolve().parents[2]
TABLES = "SELECT string_agg(tablename, ' ' ORDER BY tablename) FROM pg_tables WHERE schemaname = 'public'"
INDEXES = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version' ORDER BY 1"
MIGRATE = """
import sys
from gateway.infra.database import PostgresDatabase
from gateway.infra.migrate import migrate
print(migrate(PostgresDatabase(url=sys.argv[1])))
"""


def name(database: PostgresDatabase) -> str:
    return database.url.rpartition("/")[2]


def without_extras(connection: sa.Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection), METADATA))


async def ready(database: PostgresDatabase) -> None:
    ledger = SqlLedger.open(database)
    try:
        await ledger.ready()
    finally:
        await ledger.close()


async def test_the_migrations_make_what_the_code_declares(postgres_database: PostgresDatabase) -> None:
    executor = PostgresExecutor(postgres_database)
    assert await executor.read(without_extras) == []
    await executor.close()


async def test_the_migrations_make_the_indexes_that_the_code_declares(
    postgres: PostgresServer, postgres_database: PostgresDatabase, empty_database: PostgresDatabase
) -> None:
    """By their SQL: a comparison by columns would not see a direction or a condition."""
    executor = PostgresExecutor(empty_database)
    await executor.write(METADATA.create_all)
    await executor.close()
    migrated, declared = (postgres.sql(INDEXES, name(each)) for each in (postgres_database, empty_database))
    assert migrated.splitlines() == declared.splitlines()


async def test_a_migrated_ledger_is_ready_and_one_that_is_not_says_what_to_do(
    postgres: PostgresServer, postgres_database: PostgresDatabase, empty_database: PostgresDatabase
) -> None:
    await ready(postgres_database)
    postgres.sql("UPDATE alembic_version SET version_num = '0000'", name(postgres_database))
    for database in (postgres_database, empty_database):
        with pytest.raises(Transient, match="not-ready") as caught:
            await ready(database)
        assert "lienthong migrate" in caught.value.detail_en


def test_migrating_again_changes_nothing(postgres_database: PostgresDatabase) -> None:
    assert migrate(postgres_database) == head()


def test_a_migration_that_breaks_leaves_the_database_as_it_was(
    postgres: PostgresServer, empty_database: PostgresDatabase
) -> None:
    postgres.sql("CREATE TABLE statuses (in_the_way INTEGER)", name(empty_database))
    with pytest.raises(sa.exc.ProgrammingError, match="already exists"):
        migrate(empty_database)
    assert postgres.sql(TABLES, name(empty_database)) == "statuses"


def test_a_database_that_is_away_is_unavailable(empty_database: PostgresDatabase) -> None:
    with pytest.raises(Transient, match="storage-unavailable"):
        migrate(PostgresDatabase(url=empty_database.url + "0"))


async def test_two_who_migrate_at_once_both_succeed(empty_database: PostgresDatabase) -> None:
    revisions = await asyncio.gather(*(asyncio.to_thread(_migrate_elsewhere, empty_database) for _ in range(2)))
    assert revisions == [head()] * 2
    await ready(empty_database)


def _migrate_elsewhere(database: PostgresDatabase) -> str:
    ran = subprocess.run([sys.executable, "-c", MIGRATE, database.url], cwd=ROOT, check=True, capture_output=True, text=True)
    return ran.stdout.strip()
