"""What each Letters promises: gathered by recipient, in their hours, settled once; what is over is left out."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

from gateway.core.deadlines import DeadlineState, Rule
from gateway.core.hours import Closure, WorkingTime
from gateway.core.ladder import Audience
from gateway.core.letters import NO_ADDRESS, PROVINCE, passed_on
from gateway.core.model import VIETNAM, OrganId, Priority, StatusCode
from gateway.core.timekeeping import Timekeeping
from gateway.ports import Deadlines, Ledger, Letters, Mailing, Owing
from tests.contracts.entries import RECEIVER, SENDER, entry, report, seal
from tests.judging import working_time

BY = Timekeeping(working_time=working_time(), by_mail=True)
LEASE = timedelta(minutes=5)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=VIETNAM)


DUE = at("11-23T14:30:16")
"""Just after what `sent` sends should have been collected."""
LATER = at("11-23T14:40")


async def sent(ledger: Ledger, number: int = 1, **fields: object) -> str:
    """Have a document accepted that waits to be collected; give its delivery."""
    made = entry(number, to=(RECEIVER,), due_on=None, **fields)  # type: ignore[arg-type]  # fields of the document
    await ledger.accept(made)
    return made.deliveries[0].id


async def pass_to(deadlines: Deadlines, now: datetime, by: Timekeeping = BY) -> None:
    """Let the watch come by."""
    await deadlines.keep(by, limit=1000)
    await deadlines.take_steps(by, limit=1000, now=now)


async def claim(letters: Letters, now: datetime) -> Mailing | None:
    return await letters.claim(until=now + LEASE, now=now)


async def claimed(letters: Letters, now: datetime, audience: Audience = Audience.AGENCY) -> Mailing:
    """Claim until the audience's turn comes, settling what is for others."""
    while (found := await claim(letters, now)) is not None:
        if found.audience is audience:
            return found
        await letters.settle(found, cause=None, now=now)
    raise AssertionError(f"nothing for {audience}")


async def drained(letters: Letters, now: datetime) -> list[tuple[Audience, OrganId, int]]:
    """Claim and settle all that is due."""
    found = []
    while (mailing := await claim(letters, now)) is not None:
        found.append((mailing.audience, mailing.organ, len(mailing.told)))
        await letters.settle(mailing, cause=None, now=now)
    return found


class LettersContract:
    """Letters are written with the steps, and claimed by recipient."""

    async def test_each_audience_of_a_step_has_its_letter(self, ledger: Ledger, deadlines: Deadlines, letters: Letters) -> None:
        await sent(ledger)
        await pass_to(deadlines, DUE)
        assert sorted(await drained(letters, LATER)) == [(Audience.AGENCY, RECEIVER, 1), (Audience.SENDER, SENDER, 1)]

    async def test_nothing_is_written_where_no_mail_server_is_named(
        self, ledger: Ledger, deadlines: Deadlines, letters: Letters
    ) -> None:
        await sent(ledger)
        await pass_to(deadlines, DUE, replace(BY, by_mail=False))
        assert await drained(letters, LATER) == []

    async def test_what_is_due_to_a_recipient_goes_together(self, ledger: Ledger, deadlines: Deadlines, letters: Letters) -> None:
        for number in range(3):
            await sent(ledger, number)
        await pass_to(deadlines, DUE)
        found = await claimed(letters, LATER)
        assert [(each.deadline.rule, each.document.number) for each in found.told] == [
            (Rule.COLLECTION, number) for number in ("0", "1", "2")
        ]

    async def test_a_letter_waits_some_minutes_for_others(self, ledger: Ledger, deadlines: Deadlines, letters: Letters) -> None:
        await sent(ledger)
        await pass_to(deadlines, DUE)
        assert await claim(letters, DUE + timedelta(minutes=4)) is None
        assert await claim(letters, DUE + timedelta(minutes=6)) is not None

    async def test_a_recipient_is_left_alone_for_an_hour(self, ledger: Ledger, deadlines: Deadlines, letters: Letters) -> None:
        await sent(ledger)
        await pass_to(deadlines, DUE)
        assert len(await drained(letters, LATER)) == 2
        await sent(ledger, 2)
        await pass_to(deadlines, LATER)
        assert await drained(letters, LATER + timedelta(minutes=50)) == []
        assert len(await drained(letters, LATER + timedelta(minutes=61))) == 2

    async def test_what_becomes_due_at_night_is_told_in_the_morning(
        self, ledger: Ledger, deadlines: Deadlines, letters: Letters
    ) -> None:
        await sent(ledger)
        await pass_to(deadlines, at("11-23T20:00"))
        assert await claim(letters, at("11-24T07:29")) is None
        assert len(await drained(letters, at("11-24T07:35"))) == 2

    async def test_what_is_urgent_is_told_at_once_and_takes_along_what_waits(
        self, ledger: Ledger, deadlines: Deadlines, letters: Letters
    ) -> None:
        await sent(ledger)
        await sent(ledger, 2, priority=Priority.URGENT)
        await pass_to(deadlines, DUE)
        found = await claimed(letters, DUE)
        assert (found.urgent, len(found.told)) == (True, 2)

    async def test_a_settled_letter_is_never_claimed_again(self, ledger: Ledger, deadlines: Deadlines, letters: Letters) -> None:
        await sent(ledger)
        await pass_to(deadlines, DUE)
        await drained(letters, LATER)
        await pass_to(deadlines, LATER)
        assert await drained(letters, at("11-23T16:00")) == []

    async def test_two_who_claim_at_once_never_have_the_same_letter(
        self, ledger: Ledger, deadlines: Deadlines, letters: Letters
    ) -> None:
        for number in range(5):
            await sent(ledger, number)
        await pass_to(deadlines, DUE)
        found = [each for each in await asyncio.gather(*(claim(letters, LATER) for _ in range(8))) if each]
        assert sorted(each.audience for each in found) == [Audience.AGENCY, Audience.SENDER]
        told = [one.letter.id for each in found for one in each.told]
        assert len(told) == len(set(told)) == 10

    async def test_a_claim_that_ended_is_claimed_as_it_was_under_the_same_id(
        self, ledger: Ledger, deadlines: Deadlines, letters: Letters
    ) -> None:
        await sent(ledger)
        await pass_to(deadlines, DUE)
        first = await claimed(letters, LATER)
        await sent(ledger, 2)
        await pass_to(deadlines, LATER)
        again = await claimed(letters, LATER + LEASE + timedelta(minutes=1))
        assert (again.id, again.repeat, first.repeat) == (first.id, True, False)
        assert [each.letter for each in again.told] == [each.letter for each in first.told]

    async def test_who_lost_its_claim_settles_nothing(self, ledger: Ledger, deadlines: Deadlines, letters: Letters) -> None:
        await sent(ledger)
        await pass_to(deadlines, DUE)
        lost = await claimed(letters, LATER)
        end = LATER + LEASE
        await claimed(letters, end)
        await letters.settle(lost, cause=None, now=end)
        await letters.put_off(lost, again=end, cause="mail-unavailable", whole=False)
        assert (await claimed(letters, end + LEASE)).attempts == 0

    async def test_what_is_put_off_comes_again_and_counts(self, ledger: Ledger, deadlines: Deadlines, letters: Letters) -> None:
        await sent(ledger)
        await pass_to(deadlines, DUE)
        found = await claimed(letters, LATER)
        await letters.put_off(found, again=LATER + timedelta(minutes=1), cause="mail-unavailable", whole=False)
        again = await claimed(letters, LATER + timedelta(minutes=7))
        assert (again.attempts, again.repeat, again.id) == (1, False, found.id)

    async def test_what_may_have_been_taken_stays_together(self, ledger: Ledger, deadlines: Deadlines, letters: Letters) -> None:
        await sent(ledger)
        await pass_to(deadlines, DUE)
        found = await claimed(letters, LATER)
        await letters.put_off(found, again=LATER + timedelta(minutes=10), cause="mail-unanswered", whole=True)
        await sent(ledger, 2, priority=Priority.URGENT)
        await pass_to(deadlines, LATER)
        others = await claimed(letters, LATER)
        assert [each.document.number for each in others.told] == ["2"]
        await letters.settle(others, cause=None, now=LATER)
        again = await claimed(letters, LATER + timedelta(minutes=10))
        assert (again.id, again.repeat, again.attempts) == (found.id, True, 1)


class EndContract:
    """One message when trouble starts, one when it ends."""

    async def collect(self, ledger: Ledger, deadlines: Deadlines, delivery: str, now: datetime) -> None:
        await ledger.record_status(delivery, report(StatusCode.ARRIVED), {RECEIVER}, now=now, seal=seal)
        await deadlines.keep(BY, limit=1000)

    async def test_what_ended_before_its_letter_went_is_left_out(
        self, ledger: Ledger, deadlines: Deadlines, letters: Letters
    ) -> None:
        delivery = await sent(ledger)
        await sent(ledger, 2)
        await pass_to(deadlines, DUE)
        await self.collect(ledger, deadlines, delivery, DUE + timedelta(minutes=1))
        found = await claimed(letters, LATER)
        assert [each.document.number for each in found.told] == ["2"]
        await letters.settle(found, cause=None, now=LATER)
        assert Audience.AGENCY not in {audience for audience, _, _ in await drained(letters, at("11-23T16:30"))}

    async def test_the_end_of_what_was_told_is_told_once(self, ledger: Ledger, deadlines: Deadlines, letters: Letters) -> None:
        delivery = await sent(ledger)
        await pass_to(deadlines, DUE)
        await drained(letters, LATER)
        await self.collect(ledger, deadlines, delivery, at("11-23T15:00"))
        found = await claimed(letters, at("11-23T15:50"))
        assert [(each.letter.type, each.deadline.late) for each in found.told] == [("deadline.met", True)]
        await letters.settle(found, cause=None, now=at("11-23T15:50"))
        await pass_to(deadlines, at("11-24T09:00"))
        told = [each for each in await drained(letters, at("11-24T16:00")) if each[0] is Audience.AGENCY]
        assert told == [(Audience.AGENCY, RECEIVER, 1)]  # the intake that began with it, which is another deadline

    async def test_more_time_is_told_to_those_who_heard_that_it_was_late(
        self, ledger: Ledger, deadlines: Deadlines, letters: Letters
    ) -> None:
        await sent(ledger)
        await pass_to(deadlines, DUE)
        await drained(letters, LATER)
        (owed,) = (await deadlines.owed(Owing(organs={RECEIVER}, states=[DeadlineState.OVERDUE]), after=None, limit=9)).items
        await deadlines.decide(
            owed.deadline.id,
            lambda each: BY.extended(each.deadline, at("11-25T11:00"), "Mất điện", LATER),
            action="deadline.extended",
            by="operator",
            reason="Mất điện",
            now=LATER,
        )
        found = await claimed(letters, LATER + timedelta(hours=1))
        assert [each.letter.type for each in found.told] == ["deadline.extended"]

    async def test_what_was_given_more_time_before_its_letter_went_is_left_out(
        self, ledger: Ledger, deadlines: Deadlines, letters: Letters
    ) -> None:
        await sent(ledger)
        await pass_to(deadlines, DUE)
        (owed,) = (await deadlines.owed(Owing(organs={RECEIVER}, states=[DeadlineState.OVERDUE]), after=None, limit=9)).items
        await deadlines.decide(
            owed.deadline.id,
            lambda each: BY.extended(each.deadline, at("11-25T11:00"), "Mất điện", DUE),
            action="deadline.extended",
            by="operator",
            reason="Mất điện",
            now=DUE,
        )
        assert await drained(letters, LATER) == []

    async def test_a_calendar_that_makes_it_due_later_is_told_to_those_who_heard_that_it_was_late(
        self, ledger: Ledger, deadlines: Deadlines, letters: Letters
    ) -> None:
        await sent(ledger)
        await pass_to(deadlines, DUE)
        await drained(letters, LATER)
        storm = Closure(begins=at("11-23T13:30"), ends=at("11-23T17:00"), reason="bão")
        by = replace(BY, working_time=WorkingTime(calendar=working_time().calendar, closures=(storm,)))
        await deadlines.move(by, after="", limit=9, preview=False, now=LATER)
        found = await claimed(letters, at("11-24T08:00"))
        assert [(each.letter.type, each.deadline.state) for each in found.told] == [("deadline.moved", DeadlineState.OPEN)]

    async def test_who_is_told_instead_is_told_once(self, ledger: Ledger, deadlines: Deadlines, letters: Letters) -> None:
        await sent(ledger)
        await pass_to(deadlines, DUE)
        found = await claimed(letters, LATER)
        onward = passed_on((each.letter for each in found.told), NO_ADDRESS, BY.working_time, LATER)
        await letters.settle(found, cause=NO_ADDRESS, onward=onward, now=LATER)
        found = await claimed(letters, LATER + timedelta(minutes=5), Audience.LEADER)
        assert [(each.audience, each.cause) for each in found.told[0].letter.instead] == [(Audience.AGENCY, NO_ADDRESS)]
        onward = passed_on((each.letter for each in found.told), NO_ADDRESS, BY.working_time, LATER)
        await letters.settle(found, cause=NO_ADDRESS, onward=(*onward, *onward), now=LATER)
        last = await claimed(letters, LATER + timedelta(minutes=20), Audience.PROVINCE)
        assert (last.organ, len(last.told)) == (PROVINCE, 1)
