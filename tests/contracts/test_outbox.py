"""The outbox keeps its promises on every ledger."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.infra.database import PostgresDatabase
from gateway.infra.executor import Executor
from gateway.infra.ledger import SqlLedger
from gateway.infra.migrate import migrate
from gateway.infra.opening import open_executor
from gateway.infra.outbox import SqlOutbox
from tests.contracts.outbox_circuit_contract import CircuitContract, RouteContract, StatusRaceContract
from tests.contracts.outbox_contract import AttemptContract, RelayContract
from tests.postgres import postgres, postgres_database

__all__ = ["postgres", "postgres_database"]


class OutboxContract(RelayContract, AttemptContract, StatusRaceContract, CircuitContract, RouteContract):
    """All of them."""

    @pytest.fixture
    def ledger(self, executor: Executor) -> SqlLedger:
        return SqlLedger(executor)

    @pytest.fixture
    def outbox(self, executor: Executor) -> SqlOutbox:
        return SqlOutbox(executor)


class TestSqliteOutbox(OutboxContract):
    """SQLite."""

    @pytest.fixture
    async def executor(self, tmp_path: Path) -> AsyncIterator[Executor]:
        migrate(tmp_path / "ledger.sqlite3")
        executor = open_executor(tmp_path / "ledger.sqlite3")
        yield executor
        await executor.close()


class TestPostgresOutbox(OutboxContract):
    """PostgreSQL."""

    @pytest.fixture
    async def executor(self, postgres_database: PostgresDatabase) -> AsyncIterator[Executor]:
        executor = open_executor(postgres_database)
        yield executor
        await executor.close()
