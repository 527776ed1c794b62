"""What every implementation of Deadlines promises of what people and calendars change."""

from datetime import datetime

import pytest

from gateway.core.deadlines import Deadline, DeadlineState, Rule, pause, waive
from gateway.core.faults import Rejected
from gateway.core.hours import Closure, WorkingTime
from gateway.core.model import StatusCode
from gateway.core.timekeeping import Timekeeping
from gateway.ports import Deadlines, Ledger, Owed, Owing
from tests.contracts.deadlines_contract import BY, at
from tests.contracts.entries import NOW, RECEIVER, entry, report, seal
from tests.judging import working_time

DUE = at("2026-12-01T17:00")


async def open_response(ledger: Ledger, deadlines: Deadlines) -> Deadline:
    """Have a receiver owe an answer until `DUE`."""
    accepted = await ledger.accept(entry(1, to=(RECEIVER,)))
    await deadlines.keep(BY, limit=100)
    return await response(deadlines, accepted.document)


async def response(deadlines: Deadlines, document: str) -> Deadline:
    (found,) = [each for each in await deadlines.of([document], {RECEIVER}) if each.rule is Rule.RESPONSE]
    return found


async def said(ledger: Ledger) -> list[tuple[str, datetime]]:
    """Give what the receiver was told of the answer."""
    events, _ = await ledger.events({RECEIVER}, after=None, limit=100)
    return [(each.type, each.at) for each in events if each.data.get("rule") == Rule.RESPONSE]


class DecideContract:
    """People extend and waive, with a reason; a calendar that changes moves what is open."""

    async def test_an_extended_deadline_is_due_later_and_both_sides_hear_of_it(
        self, ledger: Ledger, deadlines: Deadlines
    ) -> None:
        found, later = await open_response(ledger, deadlines), at("2026-12-04T17:00")
        owed = await deadlines.decide(
            found.id,
            lambda each: BY.extended(each.deadline, later, "Chờ số liệu", NOW),
            action="deadline.extended",
            by="operator",
            reason="Chờ số liệu",
            now=NOW,
        )
        assert (owed.deadline.state, owed.deadline.due_at) == (DeadlineState.EXTENDED, later)
        events, _ = await ledger.events({RECEIVER}, after=None, limit=100)
        assert events[-1].type == "deadline.extended"

    async def test_what_has_ended_is_not_decided_about(self, ledger: Ledger, deadlines: Deadlines) -> None:
        found = await open_response(ledger, deadlines)
        how = {"action": "deadline.waived", "by": "operator", "reason": "Không cần", "now": NOW}
        await deadlines.decide(found.id, lambda each: waive(each.deadline, NOW, "Không cần"), **how)  # type: ignore[arg-type]
        with pytest.raises(Rejected) as refused:
            await deadlines.decide(found.id, lambda each: each.deadline, **how)  # type: ignore[arg-type]
        assert refused.value.code == "deadline-ended"
        with pytest.raises(Rejected, match="not-found"):
            await deadlines.decide("0" * 32, lambda each: each.deadline, **how)  # type: ignore[arg-type]

    async def test_a_calendar_that_changes_moves_what_is_open_after_a_preview(self, ledger: Ledger, deadlines: Deadlines) -> None:
        found = await open_response(ledger, deadlines)
        shorter = Timekeeping(working_time=WorkingTime(calendar=working_time().calendar, duty=frozenset({RECEIVER})))
        for preview in (True, False):
            changed, after = await deadlines.move(shorter, after="", limit=100, preview=preview, now=NOW)
            assert after is None
            assert {before.id for before, _ in changed} >= {found.id}
            assert (await response(deadlines, found.document)).due_at == (found.due_at if preview else at("2026-12-02T00:00"))

    async def test_who_owes_and_who_is_owed_lists_by_due_time_page_by_page(self, ledger: Ledger, deadlines: Deadlines) -> None:
        for number in range(3):
            await ledger.accept(entry(number))
        await deadlines.keep(BY, limit=100)
        seen, after = [], None
        while True:
            page = await deadlines.owed(Owing(organs={RECEIVER}, states=[DeadlineState.OPEN]), after=after, limit=2)
            seen += [each.deadline for each in page.items]
            after = page.next
            if after is None:
                break
        assert len({each.id for each in seen}) == 6
        assert [each.due_at for each in seen] == sorted(each.due_at for each in seen)


class PauseContract:
    """While a deadline is paused nothing is said of it; resumed, it has the time that was left."""

    async def pause(self, deadlines: Deadlines, deadline: Deadline, moment: datetime) -> Owed:
        return await deadlines.decide(
            deadline.id,
            lambda each: pause(each.deadline, moment, "Chờ ý kiến"),
            action="deadline.paused",
            by="operator",
            reason="Chờ ý kiến",
            now=moment,
        )

    async def resume(self, deadlines: Deadlines, deadline: Deadline, moment: datetime) -> Owed:
        return await deadlines.decide(
            deadline.id,
            lambda each: BY.resumed(each.deadline, each.document.priority, "Đã có", moment),
            action="deadline.resumed",
            by="operator",
            reason="Đã có",
            now=moment,
        )

    async def test_a_paused_deadline_is_said_to_be_paused_and_nothing_more(self, ledger: Ledger, deadlines: Deadlines) -> None:
        found = await open_response(ledger, deadlines)
        await self.pause(deadlines, found, at("2026-11-24T08:00"))
        await deadlines.take_steps(BY, limit=100, now=at("2026-12-20T08:00"))
        assert await said(ledger) == [("deadline.paused", at("2026-11-24T08:00"))]
        paused = await response(deadlines, found.document)
        assert (paused.state, paused.paused_at, paused.due_at) == (DeadlineState.PAUSED, at("2026-11-24T08:00"), DUE)

    async def test_it_is_listed_as_paused(self, ledger: Ledger, deadlines: Deadlines) -> None:
        found = await open_response(ledger, deadlines)
        await self.pause(deadlines, found, NOW)
        page = await deadlines.owed(Owing(organs={RECEIVER}, states=[DeadlineState.PAUSED]), after=None, limit=10)
        assert [each.deadline.id for each in page.items] == [found.id]

    async def test_once_resumed_its_steps_go_on_until_its_new_time(self, ledger: Ledger, deadlines: Deadlines) -> None:
        found = await open_response(ledger, deadlines)
        await self.pause(deadlines, found, at("2026-12-01T08:00"))
        owed = await self.resume(deadlines, found, at("2026-12-03T08:00"))
        later = at("2026-12-03T17:00")
        assert (owed.deadline.state, owed.deadline.due_at, owed.deadline.paused_at) == (DeadlineState.EXTENDED, later, None)
        await deadlines.take_steps(BY, limit=100, now=later)
        assert [each for each in await said(ledger) if each[0] != "deadline.reminder"] == [
            ("deadline.paused", at("2026-12-01T08:00")),
            ("deadline.resumed", at("2026-12-03T08:00")),
            ("deadline.overdue", later),
        ]

    async def test_an_answer_ends_it_in_time_which_is_said(self, ledger: Ledger, deadlines: Deadlines) -> None:
        await ledger.accept(entry(1, to=(RECEIVER,), response_needed=False))
        await deadlines.keep(BY, limit=100)
        found = await response(deadlines, entry(1).document.id)
        await self.pause(deadlines, found, NOW)
        late = at("2026-12-10T08:00")
        await ledger.record_status(entry(1).deliveries[0].id, report(StatusCode.COMPLETED), {RECEIVER}, now=late, seal=seal)
        await deadlines.keep(BY, limit=100)
        met = await response(deadlines, found.document)
        assert (met.state, met.late, met.ended_at) == (DeadlineState.MET, False, late)
        assert (await said(ledger))[-1] == ("deadline.met", late)

    async def test_what_is_overdue_is_not_paused(self, ledger: Ledger, deadlines: Deadlines) -> None:
        found = await open_response(ledger, deadlines)
        with pytest.raises(Rejected, match="deadline-overdue"):
            await self.pause(deadlines, found, DUE)
        assert await response(deadlines, found.document) == found


class MoveContract:
    """A calendar that changes after something was said to be overdue."""

    async def overdue(self, ledger: Ledger, deadlines: Deadlines) -> Deadline:
        found = await open_response(ledger, deadlines)
        await deadlines.take_steps(BY, limit=100, now=DUE)
        return await response(deadlines, found.document)

    def closed(self, until: str) -> Timekeeping:
        storm = Closure(begins=at("2026-11-30T00:00"), ends=at(until), reason="bão")
        return Timekeeping(working_time=WorkingTime(calendar=working_time().calendar, closures=(storm,)))

    async def test_what_is_due_in_the_future_is_open_again_after_a_preview(self, ledger: Ledger, deadlines: Deadlines) -> None:
        overdue, later = await self.overdue(ledger, deadlines), at("2026-12-02T08:00")
        assert overdue.state is DeadlineState.OVERDUE
        for preview in (True, False):
            changed, _ = await deadlines.move(self.closed("2026-12-02T12:00"), after="", limit=100, preview=preview, now=later)
            ((_, after),) = [each for each in changed if each[0].id == overdue.id]
            assert (after.state, after.due_at) == (DeadlineState.OPEN, at("2026-12-02T17:00"))
            assert (await response(deadlines, overdue.document)).state is (DeadlineState.OVERDUE if preview else after.state)
        assert (await said(ledger))[-1] == ("deadline.moved", later)

    async def test_it_is_said_again_when_it_is_overdue_again(self, ledger: Ledger, deadlines: Deadlines) -> None:
        await self.overdue(ledger, deadlines)
        by = self.closed("2026-12-02T12:00")
        await deadlines.move(by, after="", limit=100, preview=False, now=at("2026-12-02T08:00"))
        await deadlines.take_steps(by, limit=100, now=at("2026-12-02T17:00"))
        assert [when for kind, when in await said(ledger) if kind == "deadline.overdue"] == [DUE, at("2026-12-02T17:00")]

    async def test_what_is_due_later_but_still_in_the_past_stays_overdue(self, ledger: Ledger, deadlines: Deadlines) -> None:
        overdue = await self.overdue(ledger, deadlines)
        told = await said(ledger)
        by = self.closed("2026-12-02T12:00")
        await deadlines.move(by, after="", limit=100, preview=False, now=at("2026-12-03T08:00"))
        after = await response(deadlines, overdue.document)
        assert (after.state, after.due_at) == (DeadlineState.OVERDUE, at("2026-12-02T17:00"))
        assert await said(ledger) == told

    async def test_what_a_person_decided_stays_also_once_it_is_overdue(self, ledger: Ledger, deadlines: Deadlines) -> None:
        found, decided = await open_response(ledger, deadlines), at("2026-12-01T11:00")
        await deadlines.decide(
            found.id,
            lambda each: BY.extended(each.deadline, decided, "Cho thêm", NOW),
            action="deadline.extended",
            by="operator",
            reason="Cho thêm",
            now=NOW,
        )
        await deadlines.take_steps(BY, limit=100, now=decided)
        await deadlines.move(self.closed("2026-12-02T12:00"), after="", limit=100, preview=False, now=decided)
        after = await response(deadlines, found.document)
        assert (after.state, after.due_at) == (DeadlineState.OVERDUE, decided)
