"""Alerts keep their promises on every ledger."""

import pytest

from gateway.infra.alerts import SqlAlerts
from gateway.infra.executor import Executor
from tests.contracts.alerts_contract import AlertMeasuresContract, AlertMessagesContract, AlertsContract
from tests.contracts.executors import OnPostgres, OnSqlite
from tests.postgres import postgres, postgres_database

__all__ = ["postgres", "postgres_database"]


class AlertsOnAnExecutor(AlertsContract, AlertMeasuresContract, AlertMessagesContract):
    """All of it, over an executor."""

    @pytest.fixture
    def alerts(self, executor: Executor) -> SqlAlerts:
        return SqlAlerts(executor)


class TestSqliteAlerts(AlertsOnAnExecutor, OnSqlite):
    """SQLite."""


class TestPostgresAlerts(AlertsOnAnExecutor, OnPostgres):
    """PostgreSQL."""
