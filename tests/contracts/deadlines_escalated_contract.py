"""What every implementation of Deadlines promises of telling leaders by hand: what is overdue, once a day, audited."""

from datetime import datetime, timedelta

import pytest

from gateway.core.deadlines import Deadline
from gateway.core.faults import Rejected
from gateway.core.ladder import ESCALATE_AGAIN, REMIND_AGAIN, ByHand
from gateway.infra.audit import SqlAuditLog
from gateway.infra.executor import Executor
from gateway.infra.letters import SqlLetters
from gateway.ports import Deadlines, Ledger
from tests.contracts.deadlines_contract import BY
from tests.contracts.deadlines_decided_contract import DUE, open_response, response
from tests.contracts.entries import RECEIVER
from tests.contracts.letters_contract import BY as BY_MAIL

SOON = DUE + timedelta(hours=1)


async def escalate(deadlines: Deadlines, deadline: Deadline, now: datetime = SOON) -> None:
    await deadlines.tell(deadline.id, BY, ByHand.ESCALATE, by="truc-ban", reason="sở chưa trả lời", now=now)


async def overdue(ledger: Ledger, deadlines: Deadlines) -> Deadline:
    found = await open_response(ledger, deadlines)
    await deadlines.take_steps(BY, limit=100, now=DUE)
    return await response(deadlines, found.document)


class EscalateContract:
    """Officers tell the leader of who owes."""

    async def test_it_is_an_event_with_who_and_why_that_leaves_the_deadline_as_it_is(
        self, ledger: Ledger, deadlines: Deadlines
    ) -> None:
        found = await overdue(ledger, deadlines)
        await escalate(deadlines, found)
        events, _ = await ledger.events({RECEIVER}, after=None, limit=100)
        last = events[-1]
        assert (last.type, last.at, last.delivery) == ("deadline.escalated", SOON, found.delivery)
        assert {name: last.data[name] for name in ("deadline", "step", "tells", "by", "reason")} == {
            "deadline": found.id,
            "step": "escalated",
            "tells": ["agency", "leader"],
            "by": "truc-ban",
            "reason": "sở chưa trả lời",
        }
        assert await response(deadlines, found.document) == found

    async def test_letters_to_the_leader_and_the_agency_are_written_where_letters_are(
        self, ledger: Ledger, deadlines: Deadlines, executor: Executor
    ) -> None:
        found = await overdue(ledger, deadlines)
        await deadlines.tell(found.id, BY_MAIL, ByHand.ESCALATE, by="truc-ban", reason="x", now=SOON)
        letters, now, told = SqlLetters(executor), SOON + timedelta(days=1), set()
        while (mailing := await letters.claim(until=now + timedelta(minutes=5), now=now)) is not None:
            told.add((mailing.audience, mailing.organ, mailing.told[0].letter.type))
        assert told == {("agency", RECEIVER, "deadline.escalated"), ("leader", RECEIVER, "deadline.escalated")}

    async def test_a_leader_is_told_once_a_day(self, ledger: Ledger, deadlines: Deadlines) -> None:
        found = await overdue(ledger, deadlines)
        await escalate(deadlines, found)
        with pytest.raises(Rejected, match="deadline-escalated"):
            await escalate(deadlines, found, SOON + ESCALATE_AGAIN - timedelta(seconds=1))
        await escalate(deadlines, found, SOON + ESCALATE_AGAIN)

    async def test_what_its_ladder_has_told_the_leader_is_not_told_again(self, ledger: Ledger, deadlines: Deadlines) -> None:
        found = await overdue(ledger, deadlines)
        told = DUE + timedelta(days=1)
        await deadlines.take_steps(BY, limit=100, now=told)
        with pytest.raises(Rejected, match="deadline-escalated"):
            await escalate(deadlines, found, told + timedelta(hours=1))

    async def test_a_reminder_stands_in_no_way_but_follows_it_only_later(self, ledger: Ledger, deadlines: Deadlines) -> None:
        found = await overdue(ledger, deadlines)
        how = {"by": "truc-ban", "reason": "x"}
        await deadlines.tell(found.id, BY, ByHand.REMIND, **how, now=SOON)
        await escalate(deadlines, found, SOON + REMIND_AGAIN)
        with pytest.raises(Rejected, match="deadline-reminded"):
            await deadlines.tell(found.id, BY, ByHand.REMIND, **how, now=SOON + REMIND_AGAIN + timedelta(minutes=1))

    async def test_no_leader_is_told_of_what_is_not_overdue_or_not_there(self, ledger: Ledger, deadlines: Deadlines) -> None:
        found = await open_response(ledger, deadlines)
        with pytest.raises(Rejected, match="deadline-not-overdue"):
            await escalate(deadlines, found, DUE - timedelta(seconds=1))
        with pytest.raises(Rejected, match="not-found"):
            await deadlines.tell("0" * 32, BY, ByHand.ESCALATE, by="truc-ban", reason="x", now=SOON)

    async def test_who_told_whom_and_why_is_in_the_audit_log(
        self, ledger: Ledger, deadlines: Deadlines, executor: Executor
    ) -> None:
        found = await overdue(ledger, deadlines)
        await escalate(deadlines, found)
        (entry,) = (await SqlAuditLog(executor).listing(after=None, limit=9)).items
        assert (entry.actor, entry.action, entry.reason) == ("truc-ban", "deadline.escalated", "sở chưa trả lời")
        assert entry.subject == {"deadline": found.id, "document": found.document, "organ": RECEIVER}
