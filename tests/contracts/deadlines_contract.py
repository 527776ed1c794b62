"""What every implementation of Deadlines promises: opened and ended by events, each step said once, found by when it is due."""

from datetime import date, datetime, timedelta

from gateway.core.deadlines import Deadline, DeadlineState, Rule
from gateway.core.model import VIETNAM, Priority, StatusCode, Unit, UnitRole
from gateway.core.timekeeping import Timekeeping
from gateway.ports import Deadlines, Ledger, Owing
from tests.contracts.entries import NOW, OTHER, RECEIVER, SENDER, entry, recall, report, seal
from tests.judging import working_time

BY = Timekeeping(working_time=working_time())
DUE_ON = date(2026, 12, 1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


class KeepContract:
    """Deadlines follow the events."""

    async def keep(self, ledger: Ledger, deadlines: Deadlines, *codes: StatusCode, **fields: object) -> list[Deadline]:
        """Accept a document, have its receiver report, and give the deadlines that the receiver then has."""
        accepted = await ledger.accept(entry(1, **fields))  # type: ignore[arg-type]  # fields of the document
        delivery = next(each.id for each in entry(1).deliveries if each.receiver == RECEIVER)
        for code in codes:
            await ledger.record_status(delivery, report(code), {RECEIVER}, now=NOW, seal=seal)
        await deadlines.keep(BY, limit=100)
        return [each for each in await deadlines.of([accepted.document], {RECEIVER}) if each.organ == RECEIVER]

    async def test_a_document_that_waits_is_to_be_collected_and_answered(self, ledger: Ledger, deadlines: Deadlines) -> None:
        found = {each.rule: each.due_at for each in await self.keep(ledger, deadlines)}
        assert found == {
            Rule.COLLECTION: NOW.replace(hour=15, minute=0, second=15, microsecond=123456) - timedelta(hours=0, minutes=30),
            Rule.RESPONSE: at("2026-12-01T17:00"),
        }

    async def test_its_issue_is_settled_at_once(self, ledger: Ledger, deadlines: Deadlines) -> None:
        accepted = await ledger.accept(entry(1))
        await deadlines.keep(BY, limit=100)
        (issue,) = [each for each in await deadlines.of([accepted.document], {SENDER}) if each.rule is Rule.ISSUE]
        assert (issue.state, issue.late, issue.due_at) == (DeadlineState.MET, False, at("2026-11-24T11:30"))

    async def test_what_arrived_is_to_be_taken_in_and_what_is_taken_in_assigned(
        self, ledger: Ledger, deadlines: Deadlines
    ) -> None:
        found = {each.rule: each for each in await self.keep(ledger, deadlines, StatusCode.ARRIVED, StatusCode.REGISTERED)}
        assert found[Rule.COLLECTION].state is DeadlineState.MET
        assert found[Rule.INTAKE].state is DeadlineState.MET
        assert (found[Rule.ASSIGNMENT].state, found[Rule.ASSIGNMENT].due_at) == (DeadlineState.OPEN, at("2026-11-23T17:00"))

    async def test_what_is_urgent_is_taken_in_by_the_clock(self, ledger: Ledger, deadlines: Deadlines) -> None:
        found = await self.keep(ledger, deadlines, StatusCode.ARRIVED, priority=Priority.EXPRESS)
        (intake,) = [each for each in found if each.rule is Rule.INTAKE]
        assert intake.due_at == NOW + timedelta(minutes=15)

    async def test_each_unit_that_answers_by_a_day_of_its_own_has_its_deadline(
        self, ledger: Ledger, deadlines: Deadlines
    ) -> None:
        accepted = await ledger.accept(entry(1))
        lead = Unit(department="Phòng Nội vụ", role=UnitRole.LEAD, due_on=date(2026, 11, 27))
        assigned = report(StatusCode.ASSIGNED, units=(lead,))
        await ledger.record_status(entry(1).deliveries[0].id, assigned, {RECEIVER}, now=NOW, seal=seal)
        await deadlines.keep(BY, limit=100)
        (unit,) = [each for each in await deadlines.of([accepted.document], {RECEIVER}) if each.unit]
        assert (unit.unit, unit.due_at) == ("Phòng Nội vụ", at("2026-11-27T17:00"))

    async def test_a_refusal_by_the_receiver_ends_what_he_owes(self, ledger: Ledger, deadlines: Deadlines) -> None:
        await ledger.accept(entry(1))
        refused = report(StatusCode.REFUSED, description="Sai nơi nhận")
        await ledger.record_status(entry(1).deliveries[0].id, refused, {RECEIVER}, now=NOW, seal=seal)
        await deadlines.keep(BY, limit=100)
        page = await deadlines.owed(
            Owing(organs={RECEIVER}, states=[DeadlineState.OPEN, DeadlineState.OVERDUE]), after=None, limit=10
        )
        assert page.items == ()

    async def test_a_recall_that_is_done_waives_what_is_owed(self, ledger: Ledger, deadlines: Deadlines) -> None:
        accepted = await ledger.accept(entry(1))
        await ledger.record_status(entry(1).deliveries[0].id, recall(), {SENDER}, now=NOW, seal=seal)
        await deadlines.keep(BY, limit=100)
        assert {each.state for each in await deadlines.of([accepted.document], {RECEIVER})} == {DeadlineState.WAIVED}

    async def test_a_recall_is_to_be_answered(self, ledger: Ledger, deadlines: Deadlines) -> None:
        found = await self.keep(ledger, deadlines, StatusCode.ARRIVED)
        assert found
        await ledger.record_status(entry(1).deliveries[0].id, recall(), {SENDER}, now=NOW, seal=seal)
        await deadlines.keep(BY, limit=100)
        answer = [each for each in await deadlines.of([found[0].document], {RECEIVER}) if each.rule is Rule.RECALL_ANSWER]
        assert [each.state for each in answer] == [DeadlineState.OPEN]

    async def test_events_are_read_once(self, ledger: Ledger, deadlines: Deadlines) -> None:
        await ledger.accept(entry(1))
        assert not await deadlines.are_kept()
        assert await deadlines.keep(BY, limit=100) > 0
        assert await deadlines.are_kept()
        assert await deadlines.keep(BY, limit=100) == 0

    async def test_others_see_nothing_of_it(self, ledger: Ledger, deadlines: Deadlines) -> None:
        accepted = await ledger.accept(entry(1, to=(RECEIVER,)))
        await deadlines.keep(BY, limit=100)
        assert await deadlines.of([accepted.document], {OTHER}) == ()


class StepContract:
    """Each step of a ladder is said once, stamped with the time it became true."""

    async def said(self, ledger: Ledger, kind: str) -> list[tuple[str, datetime]]:
        found, _ = await ledger.events({SENDER}, after=None, limit=1000)
        return [(str(each.data["rule"]), each.at) for each in found if each.type == kind and each.data["to"] == RECEIVER]

    async def take(self, deadlines: Deadlines, now: datetime) -> int:
        await deadlines.keep(BY, limit=100)
        return await deadlines.take_steps(BY, limit=100, now=now)

    async def test_what_is_overdue_is_said_with_its_due_time(self, ledger: Ledger, deadlines: Deadlines) -> None:
        await ledger.accept(entry(1))
        await self.take(deadlines, at("2026-11-23T16:00"))
        ((rule, when),) = await self.said(ledger, "deadline.overdue")
        assert (rule, when.hour, when.minute) == ("collection", 14, 30)

    async def test_a_step_is_said_once(self, ledger: Ledger, deadlines: Deadlines) -> None:
        await ledger.accept(entry(1))
        for _ in range(3):
            await self.take(deadlines, at("2026-11-23T16:00"))
        assert len(await self.said(ledger, "deadline.overdue")) == 1

    async def test_after_days_of_absence_nobody_is_flooded(self, ledger: Ledger, deadlines: Deadlines) -> None:
        await ledger.accept(entry(1))
        await self.take(deadlines, at("2027-01-20T09:00"))
        assert [rule for rule, _ in await self.said(ledger, "deadline.overdue")] == ["collection", "response"]
        assert [rule for rule, _ in await self.said(ledger, "deadline.reminder")] == ["collection", "response"]

    async def test_the_next_step_is_known(self, ledger: Ledger, deadlines: Deadlines) -> None:
        assert await deadlines.next_step_at() is None
        await ledger.accept(entry(1))
        await deadlines.keep(BY, limit=100)
        found = await deadlines.next_step_at()
        assert found is not None
        assert (found.hour, found.minute) == (14, 30)

    async def test_what_is_met_late_says_so(self, ledger: Ledger, deadlines: Deadlines) -> None:
        accepted = await ledger.accept(entry(1))
        await self.take(deadlines, at("2026-11-23T16:00"))
        late = report(StatusCode.ARRIVED)
        await ledger.record_status(entry(1).deliveries[0].id, late, {RECEIVER}, now=at("2026-11-23T16:30"), seal=seal)
        await deadlines.keep(BY, limit=100)
        (found,) = [
            each
            for each in await deadlines.of([accepted.document], {RECEIVER})
            if each.organ == RECEIVER and each.rule is Rule.COLLECTION
        ]
        assert (found.state, found.late) == (DeadlineState.MET, True)
        assert await self.said(ledger, "deadline.met") == [("collection", at("2026-11-23T16:30"))]
