"""The registers and the statistics say the same on every ledger."""

import pytest

from gateway.infra.executor import Executor
from gateway.infra.reports import SqlReports
from tests.contracts.executors import OnPostgres, OnSqlite
from tests.contracts.kept_contract import KeptContract, OverdueContract
from tests.contracts.registers_contract import AnswerContract, IncomingContract, OutgoingContract
from tests.postgres import postgres, postgres_database

__all__ = ["postgres", "postgres_database"]


class ReportsContract(OutgoingContract, IncomingContract, AnswerContract, KeptContract, OverdueContract):
    """All of them."""

    @pytest.fixture
    def reports(self, executor: Executor) -> SqlReports:
        return SqlReports(executor)


class TestSqliteReports(OnSqlite, ReportsContract):
    """SQLite."""


class TestPostgresReports(OnPostgres, ReportsContract):
    """PostgreSQL."""
