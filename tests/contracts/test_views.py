"""What every implementation of Views promises: each officer has his own, under names that are once."""

import pytest

from gateway.core.faults import Rejected
from gateway.infra.executor import Executor
from gateway.infra.views import SqlViews
from gateway.ports import KeptView
from tests.contracts.executors import OnPostgres, OnSqlite
from tests.postgres import postgres, postgres_database

__all__ = ["postgres", "postgres_database"]

EXPRESS = KeptView(name="Hỏa tốc", query="priority=4")
HEALTH = KeptView(name="Sở Y tế", query="receiver=H56.01")


class ViewsContract:
    """Kept, listed, forgotten."""

    @pytest.fixture
    def views(self, executor: Executor) -> SqlViews:
        return SqlViews(executor)

    async def test_what_an_officer_keeps_is_his_alone_and_in_order_of_names(self, views: SqlViews) -> None:
        await views.keep("lan", HEALTH, most=9)
        await views.keep("lan", EXPRESS, most=9)
        assert await views.of("lan") == (EXPRESS, HEALTH)
        assert await views.of("ba") == ()

    async def test_a_name_is_kept_once(self, views: SqlViews) -> None:
        await views.keep("lan", EXPRESS, most=1)
        await views.keep("lan", KeptView(name=EXPRESS.name, query="priority=3"), most=1)
        assert [each.query for each in await views.of("lan")] == ["priority=3"]

    async def test_there_is_an_end_to_it_and_what_is_there_stays(self, views: SqlViews) -> None:
        await views.keep("lan", EXPRESS, most=1)
        with pytest.raises(Rejected, match="malformed-request"):
            await views.keep("lan", HEALTH, most=1)
        assert await views.of("lan") == (EXPRESS,)

    async def test_what_is_forgotten_is_gone_and_forgotten_again(self, views: SqlViews) -> None:
        await views.keep("lan", EXPRESS, most=9)
        for _ in range(2):
            await views.forget("lan", EXPRESS.name)
        assert await views.of("lan") == ()


class TestSqliteViews(ViewsContract, OnSqlite):
    """SQLite."""


class TestPostgresViews(ViewsContract, OnPostgres):
    """PostgreSQL."""
