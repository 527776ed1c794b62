"""The book of the national SDK's face keeps its promises on every ledger."""

import asyncio

import pytest

from gateway.infra.audit import SqlAuditLog
from gateway.infra.database import PostgresDatabase
from gateway.infra.executor import Executor
from gateway.infra.opening import open_executor
from gateway.infra.vxp_book import SqlVxpBook
from tests.contracts.entries import LATER, NOW
from tests.contracts.executors import OnPostgres, OnSqlite
from tests.contracts.vxp_book_contract import VxpBookContract
from tests.postgres import postgres, postgres_database

__all__ = ["postgres", "postgres_database"]


class VxpBookOnAnExecutor(VxpBookContract):
    """All of it, over an executor."""

    @pytest.fixture
    def book(self, executor: Executor) -> SqlVxpBook:
        return SqlVxpBook(executor)

    @pytest.fixture
    def audit(self, executor: Executor) -> SqlAuditLog:
        return SqlAuditLog(executor)


class TestSqliteVxpBook(VxpBookOnAnExecutor, OnSqlite):
    """SQLite."""


class TestPostgresVxpBook(VxpBookOnAnExecutor, OnPostgres):
    """PostgreSQL, of one process and of two."""

    async def test_a_request_that_is_sent_to_two_processes_at_once_is_first_in_one(
        self, book: SqlVxpBook, postgres_database: PostgresDatabase
    ) -> None:
        beside = open_executor(postgres_database)
        try:
            both = (book, SqlVxpBook(beside))
            for number in range(20):
                asked = (each.is_first(f"{number:064x}", until=LATER, now=NOW) for each in both)
                assert sorted(await asyncio.gather(*asked)) == [False, True]
        finally:
            await beside.close()
