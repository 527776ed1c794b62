"""What every implementation of Upkeep promises: the last time of each task is known."""

import pytest

from gateway.infra.executor import Executor
from gateway.infra.upkeep import SqlUpkeep
from gateway.ports import Chore, Tended
from tests.contracts.entries import LATER, NOW
from tests.contracts.executors import OnPostgres, OnSqlite
from tests.postgres import postgres, postgres_database

__all__ = ["postgres", "postgres_database"]


class UpkeepContract:
    """Done, and done again."""

    @pytest.fixture
    def upkeep(self, executor: Executor) -> SqlUpkeep:
        return SqlUpkeep(executor)

    async def test_of_what_was_never_done_nothing_is_known(self, upkeep: SqlUpkeep) -> None:
        assert await upkeep.last() == {}

    async def test_the_last_time_of_each_task_is_known_and_whether_all_was_well(self, upkeep: SqlUpkeep) -> None:
        await upkeep.done(Chore.BACKUP, Tended(at=NOW, well=False, detail="đĩa đầy"))
        await upkeep.done(Chore.RECONCILIATION, Tended(at=NOW, well=True))
        await upkeep.done(Chore.BACKUP, Tended(at=LATER, well=True, detail="1,2 GB"))
        assert await upkeep.last() == {
            Chore.BACKUP: Tended(at=LATER, well=True, detail="1,2 GB"),
            Chore.RECONCILIATION: Tended(at=NOW, well=True),
        }


class TestSqliteUpkeep(UpkeepContract, OnSqlite):
    """SQLite."""


class TestPostgresUpkeep(UpkeepContract, OnPostgres):
    """PostgreSQL."""
