"""Every ledger keeps the ledger's promises."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.infra.database import PostgresDatabase
from gateway.infra.ledger import SqlLedger
from gateway.ports import Ledger
from tests.contracts.ledger_contract import AcceptContract, ViewContract
from tests.contracts.ledger_inbox_contract import LeaseContract, SettleContract
from tests.contracts.ledger_policy_contract import FindingContract, HeldContract, PaperContract, RepeatContract
from tests.contracts.ledger_status_contract import RecallContract, StatusContract
from tests.migrated import new_ledger
from tests.postgres import postgres, postgres_database

__all__ = ["postgres", "postgres_database"]


class LedgerContract(
    AcceptContract,
    ViewContract,
    LeaseContract,
    SettleContract,
    StatusContract,
    RecallContract,
    HeldContract,
    RepeatContract,
    PaperContract,
    FindingContract,
):
    """All of them."""


class TestSqliteLedger(LedgerContract):
    """SQLite."""

    @pytest.fixture
    async def ledger(self, tmp_path: Path) -> AsyncIterator[Ledger]:
        new_ledger(tmp_path / "ledger.sqlite3")
        ledger = SqlLedger.open(tmp_path / "ledger.sqlite3")
        yield ledger
        await ledger.close()


class TestPostgresLedger(LedgerContract):
    """PostgreSQL."""

    @pytest.fixture
    async def ledger(self, postgres_database: PostgresDatabase) -> AsyncIterator[Ledger]:
        ledger = SqlLedger.open(postgres_database)
        yield ledger
        await ledger.close()
