"""What every implementation of Remarks promises: what officers did with a document is kept, and nothing of it is changed."""

import pytest

from gateway.infra.dead_letters import SqlDeadLetters
from gateway.infra.executor import Executor
from gateway.infra.remarks import SqlRemarks
from tests.contracts.entries import NOW
from tests.contracts.executors import OnPostgres, OnSqlite
from tests.postgres import postgres, postgres_database

__all__ = ["postgres", "postgres_database"]


class RemarksContract:
    """Opened."""

    @pytest.fixture
    def remarks(self, executor: Executor) -> SqlRemarks:
        return SqlRemarks(executor)

    async def test_who_opened_what_of_a_document_and_why_is_in_the_audit_log(
        self, remarks: SqlRemarks, executor: Executor
    ) -> None:
        await remarks.opened("d" * 32, "a.pdf", by="truc-ban", reason="bên nhận báo tệp hỏng", now=NOW)
        (entry,) = (await SqlDeadLetters(executor).audit(after=None, limit=9)).items
        assert (entry.actor, entry.action, entry.reason, entry.at) == (
            "truc-ban",
            "document.opened",
            "bên nhận báo tệp hỏng",
            NOW,
        )
        assert entry.subject == {"document": "d" * 32, "what": "a.pdf"}


class TestSqliteRemarks(RemarksContract, OnSqlite):
    """SQLite."""


class TestPostgresRemarks(RemarksContract, OnPostgres):
    """PostgreSQL."""
