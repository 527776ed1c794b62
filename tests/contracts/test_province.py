"""What every implementation of Province promises of its counts; what it finds and shows is tested with the console's pages."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.infra.executor import Executor
from gateway.infra.province import SqlProvince
from gateway.ports import Ledger
from tests.contracts.entries import NOW, OTHER, RECEIVER, SENDER, entry
from tests.contracts.executors import OnPostgres, OnSqlite
from tests.postgres import postgres, postgres_database

__all__ = ["postgres", "postgres_database"]


class ProvinceContract:
    """Counts of what agencies sent."""

    @pytest.fixture
    def province(self, executor: Executor) -> SqlProvince:
        return SqlProvince(executor)

    async def test_what_agencies_sent_is_counted_from_a_time_on(self, ledger: Ledger, province: SqlProvince) -> None:
        for number in range(1, 6):
            made = entry(number, sender=OTHER if number == 5 else SENDER, to=(RECEIVER,))
            at = NOW + timedelta(days=number)
            await ledger.accept(replace(made, document=replace(made.document, accepted_at=at)))
        since = NOW + timedelta(days=3)
        assert await province.sent({SENDER, OTHER, RECEIVER}, since) == {SENDER: 2, OTHER: 1}
        assert await province.sent({OTHER}, since) == {OTHER: 1}

    async def test_nothing_is_counted_where_nothing_was_sent(self, ledger: Ledger, province: SqlProvince) -> None:
        await ledger.accept(entry(1))
        assert await province.sent({SENDER}, NOW + timedelta(days=3)) == {}
        assert await province.sent(set(), NOW) == {}


class TestSqlite(OnSqlite, ProvinceContract):
    """SQLite."""


class TestPostgres(OnPostgres, ProvinceContract):
    """PostgreSQL."""
