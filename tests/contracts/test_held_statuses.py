"""Every place where statuses wait keeps its promises."""

import pytest

from gateway.infra.executor import Executor
from gateway.infra.held_statuses import SqlHeldStatuses
from gateway.infra.links import SqlLinks
from tests.contracts.executors import OnPostgres, OnSqlite
from tests.contracts.held_statuses_contract import DecidedStatusContract, WaitingStatusContract
from tests.contracts.interleavings_contract import InterleavingsContract
from tests.postgres import postgres, postgres_database

__all__ = ["postgres", "postgres_database"]


class HeldStatusesContract(WaitingStatusContract, DecidedStatusContract, InterleavingsContract):
    """All of them."""

    @pytest.fixture
    def held(self, executor: Executor) -> SqlHeldStatuses:
        return SqlHeldStatuses(executor)

    @pytest.fixture
    def links(self, executor: Executor) -> SqlLinks:
        return SqlLinks(executor)


class TestSqliteHeldStatuses(OnSqlite, HeldStatusesContract):
    """SQLite."""


class TestPostgresHeldStatuses(OnPostgres, HeldStatusesContract):
    """PostgreSQL."""
