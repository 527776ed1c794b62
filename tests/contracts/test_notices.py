"""Notices keep their promises on every ledger."""

import pytest

from gateway.infra.audit import SqlAuditLog
from gateway.infra.executor import Executor
from gateway.infra.notices import SqlNotices
from tests.contracts.executors import OnPostgres, OnSqlite
from tests.contracts.notices_contract import NoticesContract
from tests.postgres import postgres, postgres_database

__all__ = ["postgres", "postgres_database"]


class NoticesOnAnExecutor(NoticesContract):
    """All of it, over an executor."""

    @pytest.fixture
    def notices(self, executor: Executor) -> SqlNotices:
        return SqlNotices(executor)

    @pytest.fixture
    def audit(self, executor: Executor) -> SqlAuditLog:
        return SqlAuditLog(executor)


class TestSqliteNotices(NoticesOnAnExecutor, OnSqlite):
    """SQLite."""


class TestPostgresNotices(NoticesOnAnExecutor, OnPostgres):
    """PostgreSQL."""
