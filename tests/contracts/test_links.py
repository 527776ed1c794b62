"""Every record of links keeps its promises."""

import pytest

from gateway.infra.executor import Executor
from gateway.infra.links import SqlLinks
from tests.contracts.executors import OnPostgres, OnSqlite
from tests.contracts.links_contract import AskBackContract
from tests.contracts.links_reply_contract import ReplyContract
from tests.contracts.links_revise_contract import (
    RecallByDocumentContract,
    ReplacementContract,
    SentContract,
    UpdateContract,
)
from tests.contracts.reconciliation_bench import Bench
from tests.postgres import postgres, postgres_database

__all__ = ["postgres", "postgres_database"]


class LinksContract(AskBackContract, ReplyContract, RecallByDocumentContract, UpdateContract, ReplacementContract, SentContract):
    """All of them."""

    @pytest.fixture
    def links(self, executor: Executor) -> SqlLinks:
        return SqlLinks(executor)

    @pytest.fixture
    def bench(self, executor: Executor) -> Bench:
        return Bench.on(executor)


class TestSqliteLinks(OnSqlite, LinksContract):
    """SQLite."""


class TestPostgresLinks(OnPostgres, LinksContract):
    """PostgreSQL."""
