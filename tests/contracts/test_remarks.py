"""What every implementation of Remarks promises: what officers write about a document is kept, and nothing of it is changed."""

import pytest

from gateway.core.faults import Rejected
from gateway.infra.audit import SqlAuditLog
from gateway.infra.executor import Executor
from gateway.infra.ledger import SqlLedger
from gateway.infra.remarks import SqlRemarks
from gateway.ports import Remark
from tests.contracts.entries import LATER, NOW, entry
from tests.contracts.executors import OnPostgres, OnSqlite
from tests.postgres import postgres, postgres_database

__all__ = ["postgres", "postgres_database"]


class RemarksContract:
    """Written, listed."""

    @pytest.fixture
    def remarks(self, executor: Executor) -> SqlRemarks:
        return SqlRemarks(executor)

    async def test_what_is_written_about_a_document_is_listed_the_newest_first(
        self, remarks: SqlRemarks, ledger: SqlLedger
    ) -> None:
        document = await accepted(ledger)
        await remarks.write(document, "gọi văn thư, chưa ai nghe", by="truc-ban", now=NOW)
        await remarks.write(document, "đã nhận", by="quan-tri", now=LATER)
        newest, first = (
            Remark(at=LATER, by="quan-tri", text="đã nhận"),
            Remark(at=NOW, by="truc-ban", text="gọi văn thư, chưa ai nghe"),
        )
        assert await remarks.of(document, limit=9) == (newest, first)
        assert await remarks.of(document, limit=1) == (newest,)

    async def test_what_is_written_is_of_one_document_alone(self, remarks: SqlRemarks, ledger: SqlLedger) -> None:
        document, other = await accepted(ledger, 1), await accepted(ledger, 2)
        await remarks.write(document, "đã nhận", by="truc-ban", now=NOW)
        assert await remarks.of(other, limit=9) == ()

    async def test_that_something_was_written_is_in_the_audit_log(
        self, remarks: SqlRemarks, ledger: SqlLedger, executor: Executor
    ) -> None:
        document = await accepted(ledger)
        await remarks.write(document, "đã nhận", by="truc-ban", now=NOW)
        (entry,) = (await SqlAuditLog(executor).listing(after=None, limit=9)).items
        assert (entry.actor, entry.action, entry.subject) == ("truc-ban", "document.remarked", {"document": document})

    async def test_nothing_is_written_about_a_document_that_there_is_not(self, remarks: SqlRemarks, executor: Executor) -> None:
        with pytest.raises(Rejected, match="not-found"):
            await remarks.write("d" * 32, "đã nhận", by="truc-ban", now=NOW)
        assert (await SqlAuditLog(executor).listing(after=None, limit=9)).items == ()


async def accepted(ledger: SqlLedger, place: int = 1) -> str:
    made = entry(place)
    await ledger.accept(made)
    return made.document.id


class TestSqliteRemarks(RemarksContract, OnSqlite):
    """SQLite."""


class TestPostgresRemarks(RemarksContract, OnPostgres):
    """PostgreSQL."""
