"""What every implementation of CalendarProposals promises: a proposal waits, is decided once, and both are in the audit log."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from gateway.core.calendar_changes import CalendarChange, CalendarProposal, DayChange, Entry, ProposalState, decided
from gateway.core.faults import Rejected
from gateway.core.hours import Closure
from gateway.core.model import OrganId
from gateway.infra.audit import SqlAuditLog
from gateway.infra.calendar_proposals import SqlCalendarProposals
from gateway.infra.executor import Executor
from tests.contracts.entries import LATER, NOW
from tests.contracts.executors import OnPostgres, OnSqlite
from tests.postgres import postgres, postgres_database

__all__ = ["postgres", "postgres_database"]

SATURDAY = DayChange(on=date(2026, 11, 28), off=False, basis="Làm thay ngày 27/11 (12/TB-UBND)")
FRIDAY = DayChange(on=date(2026, 11, 27), off=True, basis="Hoán đổi (12/TB-UBND)", was=Entry(off=True, basis="nhầm"))
STORM = Closure(begins=NOW, ends=NOW + timedelta(days=1), reason="Bão số 9", agencies=frozenset({OrganId("H56.01.07")}))


def proposal(place: int = 1, change: CalendarChange | None = None) -> CalendarProposal:
    made = change or CalendarChange(days=(FRIDAY, SATURDAY), official=2026)
    return CalendarProposal(id=f"{place:032}", change=made, by="truc-ban", reason="thông báo", at=NOW, deadlines=12, agencies=3)


def approved(which: CalendarProposal) -> CalendarProposal:
    return decided(which, ProposalState.APPROVED, "quan-tri", "đúng", LATER)


class CalendarProposalsContract:
    """Proposed, decided, listed."""

    @pytest.fixture
    def book(self, executor: Executor) -> SqlCalendarProposals:
        return SqlCalendarProposals(executor)

    @pytest.mark.parametrize(
        "change", [None, CalendarChange(closure=STORM), CalendarChange(closure=replace(STORM, agencies=None))]
    )
    async def test_what_is_proposed_waits_as_it_was_written(
        self, book: SqlCalendarProposals, change: CalendarChange | None
    ) -> None:
        made = proposal(change=change)
        await book.propose(made)
        assert await book.pending(limit=9) == (made,)
        assert await book.get(made.id) == made

    async def test_those_that_wait_are_listed_the_oldest_first(self, book: SqlCalendarProposals) -> None:
        for place in (1, 2, 3):
            await book.propose(proposal(place))
        assert [each.id for each in await book.pending(limit=2)] == [proposal(1).id, proposal(2).id]

    async def test_one_that_there_is_not_is_not_given(self, book: SqlCalendarProposals) -> None:
        with pytest.raises(Rejected, match="not-found"):
            await book.get("none")

    async def test_what_is_decided_waits_no_more_and_is_listed_the_newest_first(self, book: SqlCalendarProposals) -> None:
        for place in (1, 2, 3):
            await book.propose(proposal(place))
            await book.decide(approved(proposal(place)))
        page = await book.decided(after=None, limit=2)
        assert await book.pending(limit=9) == ()
        assert page.items == (approved(proposal(3)), approved(proposal(2)))
        last = await book.decided(after=page.next, limit=2)
        assert (last.items, last.next) == ((approved(proposal(1)),), None)

    async def test_what_is_decided_stays_so(self, book: SqlCalendarProposals) -> None:
        await book.propose(proposal())
        await book.decide(approved(proposal()))
        with pytest.raises(Rejected, match="proposal-decided"):
            await book.decide(decided(proposal(), ProposalState.WITHDRAWN, "truc-ban", "thôi", LATER))
        assert (await book.get(proposal().id)).state is ProposalState.APPROVED

    async def test_nothing_is_decided_about_one_that_there_is_not(self, book: SqlCalendarProposals) -> None:
        with pytest.raises(Rejected, match="not-found"):
            await book.decide(approved(proposal()))

    async def test_who_proposed_and_who_decided_is_in_the_audit_log(self, book: SqlCalendarProposals, executor: Executor) -> None:
        await book.propose(proposal())
        await book.decide(approved(proposal()))
        last, first = (await SqlAuditLog(executor).listing(after=None, limit=9)).items
        assert (first.actor, first.action, first.reason) == ("truc-ban", "calendar.proposed", "thông báo")
        assert (last.actor, last.action, last.reason, last.at) == ("quan-tri", "calendar.approved", "đúng", LATER)
        assert last.subject["days"] == ["2026-11-27 off", "2026-11-28 worked"]

    async def test_what_fails_is_not_in_the_audit_log(self, book: SqlCalendarProposals, executor: Executor) -> None:
        with pytest.raises(Rejected):
            await book.decide(approved(proposal()))
        assert (await SqlAuditLog(executor).listing(after=None, limit=9)).items == ()

    async def test_a_cursor_that_is_none_is_refused(self, book: SqlCalendarProposals) -> None:
        with pytest.raises(Rejected, match="malformed-request"):
            await book.decided(after="x", limit=9)


class TestSqliteCalendarProposals(CalendarProposalsContract, OnSqlite):
    """SQLite."""


class TestPostgresCalendarProposals(CalendarProposalsContract, OnPostgres):
    """PostgreSQL."""
