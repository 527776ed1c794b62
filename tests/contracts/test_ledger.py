"""The embedded ledger keeps the ledger's promises."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.infra.ledger import SqlLedger
from gateway.infra.migrate import migrate
from gateway.ports import Ledger
from tests.contracts.ledger_contract import AcceptContract, ViewContract
from tests.contracts.ledger_inbox_contract import LeaseContract, SettleContract
from tests.contracts.ledger_policy_contract import FindingContract, HeldContract, PaperContract, RepeatContract
from tests.contracts.ledger_status_contract import RecallContract, StatusContract


class TestSqliteLedger(
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
    """SQLite."""

    @pytest.fixture
    async def ledger(self, tmp_path: Path) -> AsyncIterator[Ledger]:
        migrate(tmp_path / "ledger.sqlite3")
        ledger = SqlLedger.open(tmp_path / "ledger.sqlite3")
        yield ledger
        await ledger.close()
