"""Dead letters keep their promises on every ledger."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.infra.database import PostgresDatabase
from gateway.infra.dead_letters import SqlDeadLetters
from gateway.infra.executor import Executor
from gateway.infra.ledger import SqlLedger
from gateway.infra.migrate import migrate
from gateway.infra.opening import open_executor
from gateway.infra.outbox import SqlOutbox
from tests.contracts.dead_letters_contract import AuditContract, FindContract
from tests.contracts.dead_letters_moves_contract import GiveUpContract, RequeueContract
from tests.postgres import postgres, postgres_database

__all__ = ["postgres", "postgres_database"]


class DeadLettersContract(FindContract, RequeueContract, GiveUpContract, AuditContract):
    """All of them, over an executor."""

    @pytest.fixture
    def ledger(self, executor: Executor) -> SqlLedger:
        return SqlLedger(executor)

    @pytest.fixture
    def outbox(self, executor: Executor) -> SqlOutbox:
        return SqlOutbox(executor)

    @pytest.fixture
    def letters(self, executor: Executor) -> SqlDeadLetters:
        return SqlDeadLetters(executor)


class TestSqliteDeadLetters(DeadLettersContract):
    """SQLite."""

    @pytest.fixture
    async def executor(self, tmp_path: Path) -> AsyncIterator[Executor]:
        migrate(tmp_path / "ledger.sqlite3")
        executor = open_executor(tmp_path / "ledger.sqlite3")
        yield executor
        await executor.close()


class TestPostgresDeadLetters(DeadLettersContract):
    """PostgreSQL."""

    @pytest.fixture
    async def executor(self, postgres_database: PostgresDatabase) -> AsyncIterator[Executor]:
        executor = open_executor(postgres_database)
        yield executor
        await executor.close()
