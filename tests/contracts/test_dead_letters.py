"""Dead letters keep their promises on every ledger."""

import pytest

from gateway.infra.audit import SqlAuditLog
from gateway.infra.dead_letters import SqlDeadLetters
from gateway.infra.executor import Executor
from tests.contracts.dead_letters_contract import AuditContract, FindContract
from tests.contracts.dead_letters_moves_contract import GiveUpContract, RequeueContract
from tests.contracts.executors import OnPostgres, OnSqlite
from tests.postgres import postgres, postgres_database

__all__ = ["postgres", "postgres_database"]


class DeadLettersContract(FindContract, RequeueContract, GiveUpContract, AuditContract):
    """All of them, over an executor."""

    @pytest.fixture
    def letters(self, executor: Executor) -> SqlDeadLetters:
        return SqlDeadLetters(executor)

    @pytest.fixture
    def audit(self, executor: Executor) -> SqlAuditLog:
        return SqlAuditLog(executor)


class TestSqliteDeadLetters(DeadLettersContract, OnSqlite):
    """SQLite."""


class TestPostgresDeadLetters(DeadLettersContract, OnPostgres):
    """PostgreSQL."""
