"""Every place where statuses wait keeps its promises."""

import pytest

from gateway.infra.executor import Executor
from gateway.infra.held_statuses import SqlHeldStatuses
from tests.contracts.executors import OnPostgres, OnSqlite
from tests.contracts.held_statuses_contract import DecidedStatusContract, WaitingStatusContract
from tests.postgres import postgres, postgres_database

__all__ = ["postgres", "postgres_database"]


class HeldStatusesContract(WaitingStatusContract, DecidedStatusContract):
    """All of them."""

    @pytest.fixture
    def held(self, executor: Executor) -> SqlHeldStatuses:
        return SqlHeldStatuses(executor)


class TestSqliteHeldStatuses(OnSqlite, HeldStatusesContract):
    """SQLite."""


class TestPostgresHeldStatuses(OnPostgres, HeldStatusesContract):
    """PostgreSQL."""
