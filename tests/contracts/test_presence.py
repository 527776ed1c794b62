"""What every implementation of Presence promises: when each system last looked, and what waits for whom."""

import pytest

from gateway.core.model import StatusCode
from gateway.infra.executor import Executor
from gateway.infra.presence import SqlPresence
from gateway.ports import Backlog, Ledger
from tests.contracts.entries import LATER, NOW, OTHER, OTHER_SYSTEM, RECEIVER, SYSTEM, entry, report, seal
from tests.contracts.executors import OnPostgres, OnSqlite
from tests.postgres import postgres, postgres_database

__all__ = ["postgres", "postgres_database"]


class PresenceContract:
    """Noted in memory, written now and then."""

    @pytest.fixture
    def presence(self, executor: Executor) -> SqlPresence:
        return SqlPresence(executor)

    async def test_what_was_noted_is_seen_once_it_is_written(self, presence: SqlPresence) -> None:
        presence.note(SYSTEM, NOW)
        presence.note(OTHER_SYSTEM, LATER)
        assert await presence.seen() == {}
        await presence.write()
        assert await presence.seen() == {SYSTEM: NOW, OTHER_SYSTEM: LATER}

    async def test_what_another_process_saw_later_stays(self, presence: SqlPresence, executor: Executor) -> None:
        other = SqlPresence(executor)
        for each, at in ((presence, LATER), (other, NOW)):
            each.note(SYSTEM, at)
            await each.write()
        assert await presence.seen() == {SYSTEM: LATER}

    async def test_nothing_new_writes_nothing(self, presence: SqlPresence) -> None:
        await presence.write()
        assert await presence.seen() == {}

    async def test_what_waits_is_counted_by_receiver(self, presence: SqlPresence, ledger: Ledger) -> None:
        await ledger.accept(entry(1))
        await ledger.accept(entry(2, to=(RECEIVER,), accepted_at=LATER))
        taken_in = report(StatusCode.REGISTERED, OTHER)
        await ledger.record_status(entry(1).deliveries[1].id, taken_in, {OTHER}, now=NOW, seal=seal)
        assert await presence.backlogs() == {RECEIVER: Backlog(waiting=2, oldest_at=NOW)}


class TestSqlitePresence(PresenceContract, OnSqlite):
    """SQLite."""


class TestPostgresPresence(PresenceContract, OnPostgres):
    """PostgreSQL."""
