"""Letters keep their promises on every ledger."""

import pytest

from gateway.infra.deadlines import SqlDeadlines
from gateway.infra.executor import Executor
from gateway.infra.letters import SqlLetters
from tests.contracts.executors import OnPostgres, OnSqlite
from tests.contracts.letters_contract import EndContract, LettersContract
from tests.postgres import postgres, postgres_database

__all__ = ["postgres", "postgres_database"]


class LettersOnAnExecutor(LettersContract, EndContract):
    """All of it, over an executor."""

    @pytest.fixture
    def deadlines(self, executor: Executor) -> SqlDeadlines:
        return SqlDeadlines(executor)

    @pytest.fixture
    def letters(self, executor: Executor) -> SqlLetters:
        return SqlLetters(executor)


class TestSqliteLetters(LettersOnAnExecutor, OnSqlite):
    """SQLite."""


class TestPostgresLetters(LettersOnAnExecutor, OnPostgres):
    """PostgreSQL."""
