"""What every implementation of Sessions promises: a session is there until it ends, for every process alike."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.infra.audit import SqlAuditLog
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
SECOND = replace(SESSION, token_sha256="d" * 64, source="192.0.2.8", seen_at=LATER)
ELSEWHOSE = replace(SESSION, token_sha256="e" * 64, operator="quan-tri")


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

    async def test_a_session_goes_on_with_another_proof_and_the_others_keep_theirs(self, sessions: SqlSessions) -> None:
        for each in (SESSION, SECOND):
            await sessions.begin(each)
        await sessions.renew(SESSION.token_sha256, proof="c" * 64)
        assert await sessions.of("truc-ban", now=LATER) == (SECOND, replace(SESSION, proof="c" * 64))

    async def test_those_that_are_over_are_forgotten_when_another_begins(self, sessions: SqlSessions) -> None:
        await sessions.begin(replace(SESSION, ends_at=LATER))
        await sessions.begin(replace(SESSION, token_sha256="c" * 64, begun_at=LATER))
        assert await sessions.find(SESSION.token_sha256, now=NOW) is None

    async def test_who_signs_in_from_where_is_in_the_audit_log(self, sessions: SqlSessions, executor: Executor) -> None:
        await sessions.begin(SESSION)
        (entry,) = (await SqlAuditLog(executor).listing(after=None, limit=9)).items
        assert (entry.actor, entry.action, entry.subject) == ("truc-ban", "console.sign-in", {"source": "192.0.2.7"})

    async def test_the_sessions_of_one_or_of_all_are_listed_the_one_used_last_first(self, sessions: SqlSessions) -> None:
        for each in (SESSION, SECOND, ELSEWHOSE):
            await sessions.begin(each)
        assert await sessions.of("truc-ban", now=LATER) == (SECOND, SESSION)
        assert set(await sessions.of(now=LATER)) == {SESSION, SECOND, ELSEWHOSE}

    async def test_those_that_are_over_are_not_listed(self, sessions: SqlSessions) -> None:
        await sessions.begin(SESSION)
        assert await sessions.of("truc-ban", now=SESSION.ends_at) == ()

    @pytest.mark.parametrize(
        ("which", "left"),
        [
            ({}, ()),
            ({"only": SESSION.token_sha256}, (SECOND,)),
            ({"but": SESSION.token_sha256}, (SESSION,)),
            ({"only": ELSEWHOSE.token_sha256}, (SECOND, SESSION)),
        ],
    )
    async def test_all_of_one_person_are_ended_or_one_or_all_but_one(
        self, sessions: SqlSessions, which: dict[str, str], left: tuple[Session, ...]
    ) -> None:
        for each in (SESSION, SECOND, ELSEWHOSE):
            await sessions.begin(each)
        ended = await sessions.end_all("truc-ban", **which, by="quan-tri", reason="mất máy", now=LATER)
        assert (ended, await sessions.of("truc-ban", now=LATER)) == (2 - len(left), left)
        assert await sessions.of("quan-tri", now=LATER) == (ELSEWHOSE,)

    async def test_who_ended_whose_sessions_and_why_is_in_the_audit_log(self, sessions: SqlSessions, executor: Executor) -> None:
        for each in (SESSION, SECOND):
            await sessions.begin(each)
        for _ in range(2):  # the second ends nothing
            await sessions.end_all("truc-ban", by="quan-tri", reason="mất máy", now=LATER)
        entry, before, *_ = (await SqlAuditLog(executor).listing(after=None, limit=9)).items
        assert (entry.actor, entry.action, entry.subject) == ("quan-tri", "console.sessions-ended", {"operator": "truc-ban"})
        assert (entry.reason, entry.count, before.action) == ("mất máy", 2, "console.sign-in")


class TestSqliteSessions(SessionsContract, OnSqlite):
    """SQLite."""


class TestPostgresSessions(SessionsContract, OnPostgres):
    """PostgreSQL."""
