"""The registers and the statistics say the same on every ledger."""

import pytest

from gateway.infra.executor import Executor
from gateway.infra.reports import SqlReports
from tests.contracts.executors import OnPostgres, OnSqlite
from tests.contracts.registers_contract import IncomingContract, OutgoingContract
from tests.postgres import postgres, postgres_database

__all__ = ["postgres", "postgres_database"]


class ReportsContract(OutgoingContract, IncomingContract):
    """All of them."""

    @pytest.fixture
    def reports(self, executor: Executor) -> SqlReports:
        return SqlReports(executor)


class TestSqliteReports(OnSqlite, ReportsContract):
    """SQLite."""


class TestPostgresReports(OnPostgres, ReportsContract):
    """PostgreSQL."""
