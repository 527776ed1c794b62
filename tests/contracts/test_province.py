"""What every implementation of Province promises: documents are found, whole and in order; what happened is counted."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from gateway.core.deadlines import Deadline, DeadlineState, Rule
from gateway.core.faults import Rejected
from gateway.core.model import Priority, State
from gateway.infra.deadline_rows import write_deadlines
from gateway.infra.executor import Executor
from gateway.infra.outbox import SqlOutbox
from gateway.infra.province import SqlProvince
from gateway.ports import Entry, Ledger, OverdueTally, Quarter, Wanted
from tests.contracts.dead_letters_contract import failed
from tests.contracts.entries import NOW, OTHER, RECEIVER, SENDER, STRANGER, entry
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


def day(number: int) -> datetime:
    return NOW + timedelta(days=number)


class FindContract:
    """Documents are found by any filter, newest first."""

    @pytest.fixture
    async def shelf(self, ledger: Ledger, outbox: SqlOutbox) -> dict[str, int]:
        """Six documents, one a day; their numbers by id."""
        await ledger.accept(entry(1, accepted_at=day(1), subject="Báo cáo quý III về phòng, chống bão", notation="BC-STC"))
        await ledger.accept(entry(2, accepted_at=day(2), subject="Giấy mời họp", priority=Priority.EXPRESS))
        await ledger.accept(entry(3, accepted_at=day(3), subject="Kế hoạch đê điều", sender=OTHER, to=(RECEIVER,)))
        await failed(ledger, outbox, 4, accepted_at=day(4), subject="Báo cáo đê điều")
        await ledger.accept(entry(5, accepted_at=day(5), subject="Báo cáo năm", to=(OTHER, STRANGER)))
        await ledger.accept(
            entry(6, accepted_at=day(6), subject="Báo cáo họp", priority=Priority.EXPRESS, sender=OTHER, to=(SENDER,))
        )
        made = [entry(number, sender=OTHER if number in {3, 6} else SENDER) for number in range(1, 7)]
        return {each.document.id: number for number, each in enumerate(made, 1)}

    @pytest.mark.parametrize(
        ("wanted", "found"),
        [
            (Wanted(), [6, 5, 4, 3, 2, 1]),
            (Wanted(words=("bao", "cao")), [6, 5, 4, 1]),
            (Wanted(words=("bao", "ca")), [6, 5, 4, 1]),
            (Wanted(words=("ca", "bao")), []),
            (Wanted(words=("bc", "stc")), [1]),
            (Wanted(words=("de", "dieu")), [4, 3]),
            (Wanted(words=("2",)), [2]),
            (Wanted(words=("khong",)), []),
            (Wanted(sender=OTHER), [6, 3]),
            (Wanted(receiver=RECEIVER), [4, 3, 2, 1]),
            (Wanted(receiver=STRANGER), [5]),
            (Wanted(priority=Priority.EXPRESS), [6, 2]),
            (Wanted(state=State.FAILED), [4]),
            (Wanted(state=State.AVAILABLE), [6, 5, 3, 2, 1]),
            (Wanted(state=State.AVAILABLE, receiver=RECEIVER), [3, 2, 1]),
            (Wanted(state=State.FAILED, receiver=OTHER), []),
            (Wanted(since=day(3), until=day(5)), [4, 3]),
            (Wanted(since=day(5)), [6, 5]),
            (Wanted(until=day(3)), [2, 1]),
            (Wanted(since=day(7)), []),
            (Wanted(until=day(1)), []),
            (Wanted(state=State.AVAILABLE, since=day(2), until=day(4)), [3, 2]),
            (Wanted(words=("bao", "cao"), sender=OTHER), [6]),
            (Wanted(words=("bao", "cao"), state=State.FAILED), [4]),
            (Wanted(words=("bao", "cao"), receiver=OTHER, state=State.AVAILABLE), [5, 1]),
            (Wanted(words=("bao", "cao"), since=day(2), until=day(6)), [5, 4]),
            (Wanted(sender=SENDER, priority=Priority.EXPRESS), [2]),
            (Wanted(sender=SENDER, receiver=STRANGER), [5]),
            (Wanted(priority=Priority.EXPRESS, state=State.AVAILABLE, receiver=SENDER), [6]),
        ],
    )
    async def test_a_filter_finds(self, shelf: dict[str, int], province: SqlProvince, wanted: Wanted, found: list[int]) -> None:
        page = await province.find(wanted, after=None, limit=9)
        assert ([shelf[view.document.id] for view in page.items], page.next) == (found, None)

    @pytest.mark.parametrize(
        "wanted",
        [Wanted(), Wanted(words=("ubnd",)), Wanted(receiver=OTHER), Wanted(state=State.AVAILABLE), Wanted(until=day(99))],
    )
    async def test_pages_go_on_where_the_one_before_ended(self, ledger: Ledger, province: SqlProvince, wanted: Wanted) -> None:
        made = [entry(number, accepted_at=day(number)) for number in range(1, 6)]
        for each in made:
            await ledger.accept(each)
        after, seen, sizes = None, list[str](), list[int]()
        while after is not None or not sizes:
            page = await province.find(wanted, after=after, limit=2)
            after, seen, sizes = page.next, [*seen, *(each.document.id for each in page.items)], [*sizes, len(page.items)]
        assert (seen, sizes) == ([each.document.id for each in reversed(made)], [2, 2, 1])

    async def test_a_document_is_shown_once_with_all_its_deliveries(self, ledger: Ledger, province: SqlProvince) -> None:
        await ledger.accept(entry(1))
        (view,) = (await province.find(Wanted(state=State.AVAILABLE), after=None, limit=9)).items
        assert [each.receiver for each in view.deliveries] == [RECEIVER, OTHER]

    async def test_what_was_numbered_out_of_order_is_found_by_its_time(self, ledger: Ledger, province: SqlProvince) -> None:
        late, early = entry(1, accepted_at=NOW + timedelta(minutes=5)), entry(2, accepted_at=NOW)
        for each in (late, early):
            await ledger.accept(each)
        found = await province.find(Wanted(until=NOW + timedelta(minutes=1)), after=None, limit=9)
        assert [view.document.id for view in found.items] == [early.document.id]
        found = await province.find(Wanted(since=NOW + timedelta(minutes=1)), after=None, limit=9)
        assert [view.document.id for view in found.items] == [late.document.id]

    @pytest.mark.parametrize("after", ["x", "1-2", ""])
    async def test_a_cursor_of_elsewhere_is_refused(self, province: SqlProvince, after: str) -> None:
        with pytest.raises(Rejected) as caught:
            await province.find(Wanted(), after=after, limit=9)
        assert caught.value.code == "malformed-request"


class HistoryContract:
    """What happened to a document, and how much of it when."""

    async def test_a_document_has_all_its_events_in_order(self, ledger: Ledger, outbox: SqlOutbox, province: SqlProvince) -> None:
        (delivery,) = await failed(ledger, outbox)
        (view,) = (await province.find(Wanted(), after=None, limit=1)).items
        history = await province.history(view.document.id)
        assert history.view == view
        assert [each.type for each in history.events] == ["document.accepted", "delivery.queued", "delivery.failed"]
        assert history.events[-1].delivery == delivery

    async def test_a_document_that_there_is_not_is_missing(self, province: SqlProvince) -> None:
        with pytest.raises(Rejected) as caught:
            await province.history("none")
        assert caught.value.code == "not-found"

    async def test_all_receipts_of_a_document_are_listed(self, ledger: Ledger, province: SqlProvince) -> None:
        made = entry(1)
        for each in (made, entry(2)):
            await ledger.accept(each)
        assert await province.receipts(made.document.id) == (made.receipt,)

    async def test_what_happened_is_counted_by_quarters_of_an_hour(
        self, ledger: Ledger, outbox: SqlOutbox, province: SqlProvince
    ) -> None:
        await failed(ledger, outbox, 1)
        await ledger.accept(entry(2, accepted_at=NOW + timedelta(minutes=15)))
        quarter = NOW.replace(minute=30, second=0, microsecond=0)
        following = quarter + timedelta(minutes=15)
        counted = await province.quarters(quarter, quarter + timedelta(hours=1))
        assert counted == (Quarter(at=quarter, accepted=1, failed=1), Quarter(at=following, accepted=1))
        assert await province.quarters(following, quarter + timedelta(hours=1)) == (Quarter(at=following, accepted=1),)
        assert await province.quarters(quarter, following) == (Quarter(at=quarter, accepted=1, failed=1),)

    async def test_what_is_overdue_is_counted_by_agency_and_rule_the_longest_first(
        self, ledger: Ledger, executor: Executor, province: SqlProvince
    ) -> None:
        for number in (1, 2, 3):
            to = (OTHER,) if number == 2 else (RECEIVER,)
            priority = Priority.EXPRESS if number == 3 else Priority.NORMAL
            await ledger.accept(made := entry(number, to=to, priority=priority))
            owed = owes(made, due_at=day(number), state=DeadlineState.OVERDUE)
            await executor.write(lambda c, owed=owed: write_deadlines(c, [owed], frozenset()))  # type: ignore[misc]  # bound now
        assert await province.overdue() == (
            OverdueTally(organ=RECEIVER, rule=Rule.COLLECTION, count=2, express=1, oldest_due_at=day(1)),
            OverdueTally(organ=OTHER, rule=Rule.COLLECTION, count=1, express=0, oldest_due_at=day(2)),
        )


def owes(made: Entry, *, due_at: datetime, state: DeadlineState) -> Deadline:
    (own,), sender = made.deliveries, made.document.sender
    fields = {"document": made.document.id, "delivery": own.id, "organ": own.receiver, "creditor": sender}
    return Deadline(id=own.id, rule=Rule.COLLECTION, starts_at=NOW, due_at=due_at, provisional=False, state=state, **fields)


class TestSqlite(OnSqlite, ProvinceContract, FindContract, HistoryContract):
    """SQLite."""


class TestPostgres(OnPostgres, ProvinceContract, FindContract, HistoryContract):
    """PostgreSQL."""
