"""Deadlines keep their promises on every ledger."""

import pytest

from gateway.infra.deadlines import SqlDeadlines
from gateway.infra.executor import Executor
from tests.contracts.deadlines_contract import KeepContract, StepContract
from tests.contracts.deadlines_decided_contract import DecideContract, MoveContract, PauseContract
from tests.contracts.deadlines_escalated_contract import EscalateContract
from tests.contracts.deadlines_found_contract import FindContract
from tests.contracts.deadlines_reminded_contract import RemindContract
from tests.contracts.executors import OnPostgres, OnSqlite
from tests.postgres import postgres, postgres_database

__all__ = ["postgres", "postgres_database"]


class DeadlinesContract(
    KeepContract, StepContract, DecideContract, PauseContract, MoveContract, RemindContract, EscalateContract, FindContract
):
    """All of it, over an executor."""

    @pytest.fixture
    def deadlines(self, executor: Executor) -> SqlDeadlines:
        return SqlDeadlines(executor)


class TestSqliteDeadlines(DeadlinesContract, OnSqlite):
    """SQLite."""


class TestPostgresDeadlines(DeadlinesContract, OnPostgres):
    """PostgreSQL."""
