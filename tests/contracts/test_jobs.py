"""Jobs keep their promises on every ledger; and whoever looks at one is woken by each of its steps."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from gateway.infra.audit import SqlAuditLog
from gateway.infra.dead_letters import SqlDeadLetters
from gateway.infra.executor import Executor
from gateway.infra.jobs import SqlJobs
from gateway.infra.ledger import SqlLedger
from gateway.infra.migrate import migrate
from gateway.infra.opening import open_executor
from gateway.infra.outbox import SqlOutbox
from gateway.infra.waiting import ProcessWaiting
from gateway.ports import OFFICERS
from tests.contracts.dead_letters_contract import WHY, failed
from tests.contracts.entries import LATER
from tests.contracts.executors import OnPostgres, OnSqlite
from tests.contracts.jobs_contract import PLANNED, BegunContract, CarriedOutContract, ClaimedContract, StoppedContract, portion
from tests.postgres import postgres, postgres_database

__all__ = ["postgres", "postgres_database"]
SECONDS = 5
"""Far more than a commit takes."""


class JobsContract(BegunContract, CarriedOutContract, ClaimedContract, StoppedContract):
    """All of them, over an executor."""

    @pytest.fixture
    def jobs(self, executor: Executor) -> SqlJobs:
        return SqlJobs(executor)

    @pytest.fixture
    def letters(self, executor: Executor) -> SqlDeadLetters:
        return SqlDeadLetters(executor)

    @pytest.fixture
    def audit(self, executor: Executor) -> SqlAuditLog:
        return SqlAuditLog(executor)


class TestSqliteJobs(JobsContract, OnSqlite):
    """SQLite."""


class TestPostgresJobs(JobsContract, OnPostgres):
    """PostgreSQL."""


async def test_each_step_of_a_job_wakes_the_officers_who_look_at_it(tmp_path: Path) -> None:
    migrate(tmp_path / "ledger.sqlite3")
    waiting = ProcessWaiting()
    executor = open_executor(tmp_path / "ledger.sqlite3", waiting.notify)
    jobs = SqlJobs(executor)
    for number in (1, 2):
        await failed(SqlLedger(executor), SqlOutbox(executor), number)
    steps: tuple[Callable[[], Awaitable[object]], ...] = (
        lambda: jobs.begin(PLANNED, now=LATER),
        lambda: portion(jobs, 1, refused="receiver-locked"),
        lambda: jobs.stop(PLANNED.id, by="chị Lan", reason=WHY, now=LATER),
    )
    with waiting.watch((OFFICERS,)) as watch:
        for step in steps:
            await step()
            async with asyncio.timeout(SECONDS):
                await watch.changed(10 * SECONDS)
    await executor.close()
