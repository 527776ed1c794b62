"""What every implementation of Deadlines promises of reminders by hand: said as a step is, audited, and never a flood."""

from datetime import datetime, timedelta

import pytest

from gateway.core.deadlines import Deadline, pause, waive
from gateway.core.faults import Rejected
from gateway.core.ladder import REMIND_AGAIN, ByHand
from gateway.infra.audit import SqlAuditLog
from gateway.infra.executor import Executor
from gateway.infra.letters import SqlLetters
from gateway.ports import Deadlines, Ledger
from tests.contracts.deadlines_contract import BY, at
from tests.contracts.deadlines_decided_contract import DUE, open_response, response, said
from tests.contracts.entries import NOW, RECEIVER
from tests.contracts.letters_contract import BY as BY_MAIL

LATER = at("2026-11-24T09:00")


async def remind(deadlines: Deadlines, deadline: Deadline, now: datetime = LATER) -> None:
    await deadlines.tell(deadline.id, BY, ByHand.REMIND, by="truc-ban", reason="sở hỏi", now=now)


class RemindContract:
    """Officers remind who owes."""

    @pytest.mark.parametrize(("now", "step"), [(LATER, "asked"), (DUE, "asked_late")])
    async def test_it_is_said_as_a_step_is_with_the_reason(
        self, ledger: Ledger, deadlines: Deadlines, now: datetime, step: str
    ) -> None:
        found = await open_response(ledger, deadlines)
        await remind(deadlines, found, now)
        events, _ = await ledger.events({RECEIVER}, after=None, limit=100)
        last = events[-1]
        assert (last.type, last.at, last.delivery) == ("deadline.reminder", now, found.delivery)
        assert {name: last.data[name] for name in ("deadline", "step", "tells", "by", "reason", "delivery_state")} == {
            "deadline": found.id,
            "step": step,
            "tells": ["agency"],
            "by": "truc-ban",
            "reason": "sở hỏi",
            "delivery_state": "available",
        }

    async def test_the_deadline_and_its_ladder_stay_as_they_are(self, ledger: Ledger, deadlines: Deadlines) -> None:
        found = await open_response(ledger, deadlines)
        await remind(deadlines, found)
        assert await response(deadlines, found.document) == found

    async def test_a_letter_to_the_agency_is_written_where_letters_are(
        self, ledger: Ledger, deadlines: Deadlines, executor: Executor
    ) -> None:
        found = await open_response(ledger, deadlines)
        await deadlines.tell(found.id, BY_MAIL, ByHand.REMIND, by="truc-ban", reason="sở hỏi", now=LATER)
        later = LATER + timedelta(hours=2)
        mailing = await SqlLetters(executor).claim(until=later + timedelta(minutes=5), now=later)
        assert mailing is not None
        assert (mailing.audience, mailing.organ, [each.deadline.id for each in mailing.told]) == ("agency", RECEIVER, [found.id])

    async def test_a_second_one_within_half_an_hour_is_refused_and_leaves_nothing(
        self, ledger: Ledger, deadlines: Deadlines
    ) -> None:
        found = await open_response(ledger, deadlines)
        await remind(deadlines, found)
        before = await said(ledger)
        with pytest.raises(Rejected, match="deadline-reminded"):
            await remind(deadlines, found, LATER + REMIND_AGAIN - timedelta(seconds=1))
        assert await said(ledger) == before
        await remind(deadlines, found, LATER + REMIND_AGAIN)

    async def test_what_its_ladder_has_just_said_is_not_said_again(self, ledger: Ledger, deadlines: Deadlines) -> None:
        found = await open_response(ledger, deadlines)
        await deadlines.take_steps(BY, limit=100, now=DUE)
        with pytest.raises(Rejected, match="deadline-reminded"):
            await remind(deadlines, found, DUE + timedelta(minutes=1))

    async def test_what_was_said_of_another_deadline_of_the_document_stands_in_no_way(
        self, ledger: Ledger, deadlines: Deadlines
    ) -> None:
        found = await open_response(ledger, deadlines)
        other = next(each for each in await deadlines.of([found.document], {RECEIVER}) if each.rule == "collection")
        await remind(deadlines, found)
        await remind(deadlines, other)

    async def test_nobody_is_reminded_of_what_is_over_or_paused_or_not_there(self, ledger: Ledger, deadlines: Deadlines) -> None:
        found = await open_response(ledger, deadlines)
        how = {"by": "truc-ban", "reason": "x", "now": NOW}
        for change, action, code in (
            (lambda each: pause(each.deadline, NOW, "x"), "deadline.paused", "deadline-paused"),
            (lambda each: waive(each.deadline, NOW, "x"), "deadline.waived", "deadline-ended"),
        ):
            await deadlines.decide(found.id, change, action=action, **how)  # type: ignore[arg-type]
            with pytest.raises(Rejected, match=code):
                await remind(deadlines, found)
        with pytest.raises(Rejected, match="not-found"):
            await deadlines.tell("0" * 32, BY, ByHand.REMIND, by="truc-ban", reason="x", now=NOW)

    async def test_who_reminded_whom_and_why_is_in_the_audit_log(
        self, ledger: Ledger, deadlines: Deadlines, executor: Executor
    ) -> None:
        found = await open_response(ledger, deadlines)
        await remind(deadlines, found)
        (entry,) = (await SqlAuditLog(executor).listing(after=None, limit=9)).items
        assert (entry.actor, entry.action, entry.reason) == ("truc-ban", "deadline.reminded", "sở hỏi")
        assert entry.subject == {"deadline": found.id, "document": found.document, "organ": RECEIVER}
