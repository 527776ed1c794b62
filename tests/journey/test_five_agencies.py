"""A document to five agencies: one answers in time, one late, one is given more time, one refuses, one is silent."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

import pytest

from gateway.core.deadlines import Deadline, DeadlineState, Rule
from gateway.core.model import VIETNAM, Delivery, OrganId, State, StatusCode, StatusReport
from gateway.core.timekeeping import Timekeeping
from gateway.infra.deadlines import SqlDeadlines
from gateway.infra.executor import Executor
from gateway.infra.ledger import SqlLedger
from gateway.infra.opening import open_executor
from gateway.ports import Entry
from tests.contracts.entries import SENDER, entry, seal
from tests.judging import working_time
from tests.migrated import new_ledger

IN_TIME, LATE, EXTENDED, REFUSES, SILENT = (OrganId(f"H56.40.0{number}") for number in range(1, 6))
BY = Timekeeping(working_time=working_time())
DUE_ON = date(2026, 11, 27)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}:00").replace(tzinfo=VIETNAM)


@dataclass
class Desk:
    """The hub over a real ledger, at times that the test names."""

    ledger: SqlLedger
    deadlines: SqlDeadlines
    sent: Entry

    def delivery(self, organ: OrganId) -> Delivery:
        return next(each for each in self.sent.deliveries if each.receiver == organ)

    async def report(self, organ: OrganId, code: StatusCode, now: str, why: str = "") -> None:
        said = StatusReport(code=code, reporter=organ, description=why)
        await self.ledger.record_status(self.delivery(organ).id, said, {organ}, now=at(now), seal=seal)

    async def pass_to(self, now: str) -> None:
        """Let the watch come by."""
        await self.deadlines.keep(BY, limit=1000)
        await self.deadlines.take_steps(BY, limit=1000, now=at(now))

    async def response(self, organ: OrganId) -> Deadline:
        found = await self.deadlines.of([self.sent.document.id], {SENDER})
        return next(each for each in found if each.organ == organ and each.rule is Rule.RESPONSE)

    async def said(self, organ: OrganId) -> list[tuple[str, str, datetime]]:
        """Give what was said of the response that an agency owes: type, step and time."""
        events, _ = await self.ledger.events({SENDER}, after=None, limit=1000)
        return [
            (each.type, each.data.get("step", ""), each.at)
            for each in events
            if each.type.startswith("deadline.") and each.data["rule"] == "response" and each.data["to"] == organ
        ]


@pytest.fixture
async def executor(tmp_path: Path) -> AsyncIterator[Executor]:
    new_ledger(tmp_path / "ledger.sqlite3")
    executor = open_executor(tmp_path / "ledger.sqlite3")
    yield executor
    await executor.close()


@pytest.fixture
async def desk(executor: Executor) -> Desk:
    sent = entry(
        1, to=(IN_TIME, LATE, EXTENDED, REFUSES, SILENT), due_on=DUE_ON, accepted_at=at("11-23T08:00"), response_needed=False
    )
    sent = replace(sent, deliveries=tuple(replace(each, state=State.AVAILABLE) for each in sent.deliveries))
    ledger = SqlLedger(executor)
    await ledger.accept(sent)
    return Desk(ledger=ledger, deadlines=SqlDeadlines(executor), sent=sent)


async def test_each_of_five_agencies_hears_what_concerns_it_in_order_and_once(desk: Desk) -> None:
    for organ in (IN_TIME, LATE, EXTENDED):
        await desk.report(organ, StatusCode.REGISTERED, "11-23T08:30")
    await desk.report(REFUSES, StatusCode.REFUSED, "11-23T09:00", "Không thuộc thẩm quyền")
    await desk.pass_to("11-23T17:00")
    await desk.pass_to("11-25T17:00")
    await desk.report(IN_TIME, StatusCode.COMPLETED, "11-26T10:00")
    await desk.pass_to("11-26T11:00")
    asked = await desk.response(EXTENDED)
    await desk.deadlines.decide(
        asked.id,
        lambda each: BY.extended(each.deadline, at("12-02T17:00"), "Chờ số liệu của các phòng", at("11-26T14:00")),
        action="deadline.extended",
        by="operator",
        reason="Chờ số liệu của các phòng",
        now=at("11-26T14:00"),
    )
    for moment in ("11-27T08:00", "11-27T17:00", "11-27T18:00", "11-30T09:00"):
        await desk.pass_to(moment)
    await desk.report(LATE, StatusCode.COMPLETED, "11-30T10:00")
    for moment in ("11-30T17:00", "12-01T17:00", "12-02T09:00"):
        await desk.pass_to(moment)
    await desk.report(EXTENDED, StatusCode.COMPLETED, "12-02T10:00")
    for moment in ("12-02T17:00", "12-03T17:00", "12-20T09:00"):
        await desk.pass_to(moment)

    half, last_day, due = at("11-25T11:30"), at("11-27T07:30"), at("11-27T17:00")
    assert await desk.said(IN_TIME) == [
        ("deadline.reminder", "half", half),
        ("deadline.met", "", at("11-26T10:00")),
    ]
    assert await desk.said(LATE) == [
        ("deadline.reminder", "half", half),
        ("deadline.reminder", "last_day", last_day),
        ("deadline.overdue", "overdue", due),
        ("deadline.met", "", at("11-30T10:00")),
    ]
    assert await desk.said(EXTENDED) == [
        ("deadline.reminder", "half", half),
        ("deadline.extended", "", at("11-26T14:00")),
        ("deadline.reminder", "half", at("11-27T07:45")),
        ("deadline.reminder", "last_day", at("12-02T07:30")),
        ("deadline.met", "", at("12-02T10:00")),
    ]
    assert await desk.said(REFUSES) == []
    assert await desk.said(SILENT) == [
        ("deadline.reminder", "half", half),
        ("deadline.reminder", "last_day", last_day),
        ("deadline.overdue", "overdue", due),
        ("deadline.reminder", "day_later", at("11-30T17:00")),
        ("deadline.reminder", "three_days_later", at("12-02T17:00")),
    ]
    states = {organ: await desk.response(organ) for organ in (IN_TIME, LATE, EXTENDED, REFUSES, SILENT)}
    assert {organ: (each.state, each.late) for organ, each in states.items()} == {
        IN_TIME: (DeadlineState.MET, False),
        LATE: (DeadlineState.MET, True),
        EXTENDED: (DeadlineState.MET, False),
        REFUSES: (DeadlineState.WAIVED, False),
        SILENT: (DeadlineState.OVERDUE, False),
    }
