"""What every implementation of Turns promises: one holder at a time, for as long as its turn lasts."""

import asyncio
from datetime import timedelta

import pytest

from gateway.infra.executor import Executor
from gateway.infra.turns import SqlTurns
from gateway.ports import Turns
from tests.contracts.entries import LATER, NOW
from tests.contracts.executors import OnPostgres, OnSqlite
from tests.postgres import postgres, postgres_database

__all__ = ["postgres", "postgres_database"]

MINUTE = timedelta(minutes=1)


class TurnsContract:
    """Leases by name."""

    @pytest.fixture
    def turns(self, executor: Executor) -> SqlTurns:
        return SqlTurns(executor)

    async def test_a_turn_is_one_holders(self, turns: Turns) -> None:
        assert await turns.take("collect office", "one", until=LATER, now=NOW)
        assert not await turns.take("collect office", "two", until=LATER, now=NOW)

    async def test_another_thing_is_another_turn(self, turns: Turns) -> None:
        assert await turns.take("collect office", "one", until=LATER, now=NOW)
        assert await turns.take("collect other", "two", until=LATER, now=NOW)

    async def test_a_holder_prolongs_its_own(self, turns: Turns) -> None:
        assert await turns.take("collect office", "one", until=LATER, now=NOW)
        assert await turns.take("collect office", "one", until=LATER + MINUTE, now=NOW)
        assert not await turns.take("collect office", "two", until=LATER + MINUTE, now=LATER)

    async def test_a_turn_that_is_over_is_anothers(self, turns: Turns) -> None:
        assert await turns.take("collect office", "one", until=LATER, now=NOW)
        assert await turns.take("collect office", "two", until=LATER + MINUTE, now=LATER)
        assert not await turns.take("collect office", "one", until=LATER + MINUTE, now=LATER)

    async def test_who_leaves_lets_another_in_and_ends_no_others_turn(self, turns: Turns) -> None:
        assert await turns.take("collect office", "one", until=LATER, now=NOW)
        await turns.leave("collect office", "two")
        assert not await turns.take("collect office", "two", until=LATER, now=NOW)
        await turns.leave("collect office", "one")
        assert await turns.take("collect office", "two", until=LATER, now=NOW)

    async def test_a_turn_made_before_the_clock_was_set_back_is_over(self, turns: Turns) -> None:
        assert await turns.take("collect office", "one", until=LATER, now=NOW)
        early = NOW - timedelta(hours=1)
        assert await turns.take("collect office", "two", until=early + MINUTE, now=early)

    async def test_of_many_who_ask_at_once_one_gets_it(self, turns: Turns) -> None:
        asked = [turns.take("collect office", str(each), until=LATER, now=NOW) for each in range(10)]
        assert (await asyncio.gather(*asked)).count(True) == 1


class TestSqliteTurns(TurnsContract, OnSqlite):
    """SQLite."""


class TestPostgresTurns(TurnsContract, OnPostgres):
    """PostgreSQL."""
