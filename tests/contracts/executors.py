"""The databases that a contract is held on, each with an executor of its own, and what lies on it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.infra.database import PostgresDatabase
from gateway.infra.executor import Executor
from gateway.infra.ledger import SqlLedger
from gateway.infra.opening import open_executor
from gateway.infra.outbox import SqlOutbox
from tests.migrated import new_ledger


class OnAnExecutor:
    """What most contracts need."""

    @pytest.fixture
    def ledger(self, executor: Executor) -> SqlLedger:
        return SqlLedger(executor)

    @pytest.fixture
    def outbox(self, executor: Executor) -> SqlOutbox:
        return SqlOutbox(executor)


class OnSqlite(OnAnExecutor):
    """SQLite."""

    @pytest.fixture
    async def executor(self, tmp_path: Path) -> AsyncIterator[Executor]:
        new_ledger(tmp_path / "ledger.sqlite3")
        executor = open_executor(tmp_path / "ledger.sqlite3")
        yield executor
        await executor.close()


class OnPostgres(OnAnExecutor):
    """PostgreSQL. The test module imports the fixtures of its server."""

    @pytest.fixture
    async def executor(self, postgres_database: PostgresDatabase) -> AsyncIterator[Executor]:
        executor = open_executor(postgres_database)
        yield executor
        await executor.close()
