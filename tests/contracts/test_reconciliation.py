"""Reconciliation finds the same on every ledger."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.infra.database import PostgresDatabase
from gateway.infra.opening import open_executor
from tests.contracts.reconciliation_bench import Bench
from tests.contracts.reconciliation_contract import BalanceContract, PromiseContract
from tests.contracts.reconciliation_stuck_contract import ProofContract, StuckContract
from tests.migrated import new_ledger
from tests.postgres import postgres, postgres_database

__all__ = ["postgres", "postgres_database"]


class ReconciliationContract(BalanceContract, PromiseContract, ProofContract, StuckContract):
    """All of them."""


class TestSqliteReconciliation(ReconciliationContract):
    """SQLite."""

    @pytest.fixture
    async def bench(self, tmp_path: Path) -> AsyncIterator[Bench]:
        new_ledger(tmp_path / "ledger.sqlite3")
        executor = open_executor(tmp_path / "ledger.sqlite3")
        yield Bench.on(executor)
        await executor.close()


class TestPostgresReconciliation(ReconciliationContract):
    """PostgreSQL."""

    @pytest.fixture
    async def bench(self, postgres_database: PostgresDatabase) -> AsyncIterator[Bench]:
        executor = open_executor(postgres_database)
        yield Bench.on(executor)
        await executor.close()
