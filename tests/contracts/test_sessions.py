"""What every implementation of Sessions promises: a session is there until it ends, for every process alike."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.infra.dead_letters import SqlDeadLetters
from gateway.infra.executor import Executor
from gateway.infra.sessions import SqlSessions
from gateway.ports import Session
from tests.contracts.entries import LATER, NOW
from tests.contracts.executors import OnPostgres, OnSqlite
from tests.postgres import postgres, postgres_database

__all__ = ["postgres", "postgres_database"]

SESSION = Session(
    token_sha256="a" * 64,
    operator="truc-ban",
    proof="b" * 64,
    source="192.0.2.7",
    begun_at=NOW,
    seen_at=NOW,
    ends_at=LATER + timedelta(hours=12),
)


class SessionsContract:
    """Begun, found, ended."""

    @pytest.fixture
    def sessions(self, executor: Executor) -> SqlSessions:
        return SqlSessions(executor)

    async def test_a_session_is_found_by_its_token(self, sessions: SqlSessions) -> None:
        await sessions.begin(SESSION)
        assert await sessions.find(SESSION.token_sha256, now=LATER) == SESSION

    async def test_another_token_finds_nothing(self, sessions: SqlSessions) -> None:
        await sessions.begin(SESSION)
        assert await sessions.find("c" * 64, now=LATER) is None

    async def test_a_session_is_over_at_its_end(self, sessions: SqlSessions) -> None:
        await sessions.begin(SESSION)
        assert await sessions.find(SESSION.token_sha256, now=SESSION.ends_at) is None

    async def test_a_session_that_was_ended_is_gone(self, sessions: SqlSessions) -> None:
        await sessions.begin(SESSION)
        await sessions.end(SESSION.token_sha256)
        assert await sessions.find(SESSION.token_sha256, now=LATER) is None

    async def test_when_it_was_seen_moves_on_and_never_back(self, sessions: SqlSessions) -> None:
        await sessions.begin(SESSION)
        for at in (LATER, NOW):
            await sessions.seen(SESSION.token_sha256, now=at)
        assert await sessions.find(SESSION.token_sha256, now=LATER) == replace(SESSION, seen_at=LATER)

    async def test_those_that_are_over_are_forgotten_when_another_begins(self, sessions: SqlSessions) -> None:
        await sessions.begin(replace(SESSION, ends_at=LATER))
        await sessions.begin(replace(SESSION, token_sha256="c" * 64, begun_at=LATER))
        assert await sessions.find(SESSION.token_sha256, now=NOW) is None

    async def test_who_signs_in_from_where_is_in_the_audit_log(self, sessions: SqlSessions, executor: Executor) -> None:
        await sessions.begin(SESSION)
        (entry,) = (await SqlDeadLetters(executor).audit(after=None, limit=9)).items
        assert (entry.actor, entry.action, entry.subject) == ("truc-ban", "console.sign-in", {"source": "192.0.2.7"})


class TestSqliteSessions(SessionsContract, OnSqlite):
    """SQLite."""


class TestPostgresSessions(SessionsContract, OnPostgres):
    """PostgreSQL."""
