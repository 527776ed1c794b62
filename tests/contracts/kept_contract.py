"""How every ledger counts its deadlines, and lists what is overdue."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from gateway.core.deadlines import Deadline, DeadlineState, Rule
from gateway.core.model import TESTER, VIETNAM, OrganId, Priority
from gateway.infra.deadline_rows import write_deadlines
from gateway.infra.executor import Executor
from gateway.infra.ledger import SqlLedger
from gateway.infra.reports import SqlReports
from gateway.ports.reports import Arrears, Kept, Period
from tests.contracts.entries import OTHER, RECEIVER, SENDER, entry
from tests.judging import working_time

MONDAY = datetime(2026, 11, 23, 8, tzinfo=VIETNAM)
NOON = MONDAY.replace(hour=11)
NOVEMBER = Period(since=MONDAY.replace(day=1, hour=0), until=MONDAY.replace(month=12, day=1, hour=0))
MADE = entry(1, type_name="Công văn", priority=Priority.URGENT)


def deadline(name: str, **fields: object) -> Deadline:
    """A deadline of the receiver, from 8 to 10 on a Monday; `fields` replace its own."""
    made = Deadline(
        id=name,
        rule=Rule.INTAKE,
        document=MADE.document.id,
        delivery=MADE.deliveries[0].id,
        organ=RECEIVER,
        creditor=SENDER,
        starts_at=MONDAY,
        due_at=MONDAY + timedelta(hours=2),
        provisional=False,
    )
    return replace(made, **fields)  # type: ignore[arg-type]  # the tests name fields of Deadline


def met(name: str, hours: float, **fields: object) -> Deadline:
    more = {"state": DeadlineState.MET, "ended_at": MONDAY + timedelta(hours=hours), "late": hours > 2}
    return deadline(name, **(more | fields))


async def given(ledger: SqlLedger, executor: Executor, *deadlines: Deadline) -> None:
    await ledger.accept(MADE)
    await executor.write(lambda c: write_deadlines(c, deadlines, frozenset()))


async def counted(reports: SqlReports, *, organs: set[OrganId] | None = None, now: datetime = NOON) -> tuple[Kept, ...]:
    return await reports.kept(NOVEMBER, organs=organs, working_time=working_time(), now=now)


async def listed(reports: SqlReports, period: Period | None = None, **asked: object) -> Arrears:
    usual = {"organs": None, "working_time": working_time(), "now": NOON, "limit": 9}
    return await reports.overdue(period, **(usual | asked))  # type: ignore[arg-type]  # the tests name arguments


class KeptContract:
    """How deadlines were kept."""

    async def test_deadlines_of_test_documents_are_not_counted(
        self, ledger: SqlLedger, executor: Executor, reports: SqlReports
    ) -> None:
        await ledger.accept(replace(MADE, document=replace(MADE.document, system=TESTER)))
        await executor.write(lambda c: write_deadlines(c, [met("a", 1)], frozenset()))
        assert await counted(reports) == ()

    async def test_each_deadline_is_counted_once_by_what_became_of_it(
        self, ledger: SqlLedger, executor: Executor, reports: SqlReports
    ) -> None:
        await given(
            ledger,
            executor,
            met("a", 1),
            met("b", 1.5),
            met("c", 3),
            deadline("d", state=DeadlineState.OVERDUE),
            deadline("e", due_at=NOON + timedelta(hours=5)),
            deadline("f", state=DeadlineState.WAIVED, ended_at=NOON, reason="đi công tác"),
        )
        (kept,) = await counted(reports)
        assert (kept.organ, kept.rule, kept.type_name, kept.priority) == (RECEIVER, Rule.INTAKE, "Công văn", Priority.URGENT)
        assert (kept.in_time, kept.late, kept.overdue, kept.open, kept.waived, kept.extended) == (2, 1, 1, 1, 1, 0)

    async def test_what_is_past_its_time_is_overdue_before_the_watch_has_said_so(
        self, ledger: SqlLedger, executor: Executor, reports: SqlReports
    ) -> None:
        await given(ledger, executor, deadline("a"))
        assert [(each.overdue, each.open) for each in await counted(reports)] == [(1, 0)]
        assert [(each.overdue, each.open) for each in await counted(reports, now=MONDAY)] == [(0, 1)]

    async def test_what_was_given_another_time_is_counted_as_such_whatever_became_of_it(
        self, ledger: SqlLedger, executor: Executor, reports: SqlReports
    ) -> None:
        await given(
            ledger,
            executor,
            deadline("a", state=DeadlineState.EXTENDED, decided=True, due_at=NOON + timedelta(hours=5)),
            met("b", 1, decided=True),
        )
        assert [(each.extended, each.open, each.in_time) for each in await counted(reports)] == [(2, 1, 1)]

    async def test_what_is_paused_is_owed_neither_in_time_nor_late(
        self, ledger: SqlLedger, executor: Executor, reports: SqlReports
    ) -> None:
        paused = deadline("a", state=DeadlineState.PAUSED, paused_at=MONDAY, reason="chờ ý kiến")
        met_meanwhile = met("b", 9, late=False, paused_at=MONDAY, reason="chờ ý kiến")
        await given(ledger, executor, paused, met_meanwhile)
        assert [(each.open, each.overdue, each.in_time, each.extended) for each in await counted(reports)] == [(1, 0, 1, 0)]
        assert (await listed(reports)).total == 0

    async def test_times_are_working_times(self, ledger: SqlLedger, executor: Executor, reports: SqlReports) -> None:
        await given(ledger, executor, met("a", 1), met("b", 24))
        (kept,) = await counted(reports)
        assert sorted(kept.took) == [timedelta(hours=1), timedelta(hours=7.5)]

    async def test_a_deadline_belongs_to_the_month_in_which_it_is_due(
        self, ledger: SqlLedger, executor: Executor, reports: SqlReports
    ) -> None:
        last = NOVEMBER.until - timedelta(microseconds=1)
        await given(ledger, executor, deadline("a", due_at=NOVEMBER.since), deadline("b", due_at=last))
        await executor.write(lambda c: write_deadlines(c, [deadline("c", due_at=NOVEMBER.until)], frozenset()))
        assert [each.overdue + each.open for each in await counted(reports)] == [2]

    async def test_agencies_and_rules_are_counted_apart(self, ledger: SqlLedger, executor: Executor, reports: SqlReports) -> None:
        await given(ledger, executor, met("a", 1), met("b", 1, organ=OTHER), met("c", 1, rule=Rule.ASSIGNMENT))
        assert {(each.organ, each.rule, each.in_time) for each in await counted(reports)} == {
            (RECEIVER, Rule.INTAKE, 1),
            (OTHER, Rule.INTAKE, 1),
            (RECEIVER, Rule.ASSIGNMENT, 1),
        }
        assert [each.organ for each in await counted(reports, organs={OTHER})] == [OTHER]

    async def test_a_long_month_is_read_in_parts(
        self, ledger: SqlLedger, executor: Executor, reports: SqlReports, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("gateway.infra.reports.PART", 2)
        await given(ledger, executor, *(met(str(number), 1) for number in range(4)))
        assert [each.in_time for each in await counted(reports)] == [4]


class OverdueContract:
    """What is overdue now."""

    async def test_it_tells_who_owes_what_to_whom_since_when(
        self, ledger: SqlLedger, executor: Executor, reports: SqlReports
    ) -> None:
        await given(ledger, executor, deadline("a", state=DeadlineState.OVERDUE), met("b", 3), deadline("c", due_at=NOON))
        found = await listed(reports, now=NOON + timedelta(hours=3))
        assert (found.total, [each.deadline.id for each in found.items]) == (2, ["a", "c"])
        first = found.items[0]
        assert (first.deadline.organ, first.deadline.creditor, first.deadline.due_at) == (RECEIVER, SENDER, NOON.replace(hour=10))
        assert (first.about.number, first.about.type_name, first.late_by) == ("1", "Công văn", timedelta(hours=2))

    async def test_what_is_over_or_not_yet_due_is_not_overdue(
        self, ledger: SqlLedger, executor: Executor, reports: SqlReports
    ) -> None:
        await given(ledger, executor, met("a", 9), deadline("b", state=DeadlineState.WAIVED), deadline("c", due_at=NOON))
        assert await listed(reports) == Arrears(items=(), total=0)

    async def test_the_longest_overdue_of_each_agency_stands_first(
        self, ledger: SqlLedger, executor: Executor, reports: SqlReports
    ) -> None:
        hours = {"a": 9, "b": 8, "c": 10}
        rows = [deadline(name, due_at=MONDAY.replace(hour=hour)) for name, hour in hours.items()]
        await given(ledger, executor, *rows, deadline("d", organ=OTHER))
        assert [each.deadline.id for each in (await listed(reports)).items] == ["b", "a", "c", "d"]
        assert [each.deadline.id for each in (await listed(reports, organs={OTHER})).items] == ["d"]

    async def test_a_list_that_is_cut_tells_how_many_there_are(
        self, ledger: SqlLedger, executor: Executor, reports: SqlReports
    ) -> None:
        await given(ledger, executor, deadline("a"), deadline("b"), deadline("c"))
        found = await listed(reports, limit=2)
        assert (len(found.items), found.total) == (2, 3)

    async def test_a_month_narrows_it(self, ledger: SqlLedger, executor: Executor, reports: SqlReports) -> None:
        await given(ledger, executor, deadline("a"), deadline("b", due_at=NOVEMBER.since - timedelta(days=1)))
        assert [each.deadline.id for each in (await listed(reports, NOVEMBER)).items] == ["a"]
