"""What becomes of dead letters on every ledger: they go on, are put aside, go back, or to another receiver."""

import asyncio
from datetime import timedelta

from gateway.core.intake import derived_id
from gateway.core.model import State
from gateway.ports import Bulk, DeadLetters, Filter, Ledger, NotDone, Outbox
from tests.contracts.dead_letters_contract import (
    ANY,
    WHY,
    due,
    failed,
    listed,
    own,
    park,
    polled,
    redirect,
    requeue,
    turn_back,
)
from tests.contracts.entries import LATER, OTHER, RECEIVER, SENDER, STRANGER, pushed_entry
from tests.contracts.ledger_policy_contract import heard


class RequeueContract:
    """What failed goes on as if it had never been tried; what is put aside waits until then."""

    async def test_what_is_requeued_is_due_with_all_its_attempts_before_it(
        self, ledger: Ledger, outbox: Outbox, letters: DeadLetters
    ) -> None:
        (letter,) = await failed(ledger, outbox)
        assert await requeue(letters) == Bulk(matched=1, done=1)
        now = await own(ledger, letter)
        assert (now.state, now.attempts, now.cause, now.why) == (State.QUEUED, 0, None, None)
        assert await due(outbox) == [letter]
        attempt = await outbox.begin(letter, until=LATER + timedelta(minutes=3), now=LATER)
        assert attempt is not None and attempt.number == 1

    async def test_the_sender_is_told_how_often_it_was_tried_and_the_receiver_nothing(
        self, ledger: Ledger, outbox: Outbox, letters: DeadLetters
    ) -> None:
        await failed(ledger, outbox)
        await requeue(letters)
        events, _ = await ledger.events({SENDER}, after=None, limit=100)
        assert [each.type for each in events][-3:] == ["delivery.failed", "delivery.requeued", "delivery.queued"]
        told = events[-2].data
        assert (told["attempts"], told["cause"], told["reason"], told["by"]) == (1, "receiver-refused", WHY, "operator")
        assert await heard(ledger, RECEIVER) == ["delivery.queued", "delivery.queued"]

    async def test_it_goes_to_where_its_receiver_is_reached_now(
        self, ledger: Ledger, outbox: Outbox, letters: DeadLetters
    ) -> None:
        (letter,) = await failed(ledger, outbox)
        await letters.requeue(ANY, route=polled, by="operator", reason=WHY, now=LATER, limit=9)
        assert (await own(ledger, letter)).state is State.AVAILABLE
        assert await due(outbox) == []
        assert len((await ledger.inbox({RECEIVER}, after=None, limit=9)).items) == 1

    async def test_only_what_the_filter_names_goes_on(self, ledger: Ledger, outbox: Outbox, letters: DeadLetters) -> None:
        (first,), (second,) = [await failed(ledger, outbox, number) for number in (1, 2)]
        assert await requeue(letters, Filter(ids=[second])) == Bulk(matched=1, done=1)
        assert await listed(letters) == [first]

    async def test_no_more_than_the_limit_go_on_the_oldest_first(
        self, ledger: Ledger, outbox: Outbox, letters: DeadLetters
    ) -> None:
        made = [each for number in (1, 2, 3) for each in await failed(ledger, outbox, number)]
        assert await requeue(letters, limit=2) == Bulk(matched=3, done=2)
        assert await listed(letters) == made[2:]

    async def test_what_is_put_aside_is_not_due_and_can_be_requeued(
        self, ledger: Ledger, outbox: Outbox, letters: DeadLetters
    ) -> None:
        (letter,) = await failed(ledger, outbox)
        assert await park(letters) == Bulk(matched=1, done=1)
        assert ((await own(ledger, letter)).state, await due(outbox)) == (State.SUSPENDED, [])
        assert await ledger.held() == ()
        assert (await heard(ledger, SENDER))[-1] == "delivery.parked"
        assert await requeue(letters) == Bulk(matched=1, done=1)
        assert await due(outbox) == [letter]

    async def test_what_is_put_aside_already_fails_alone(self, ledger: Ledger, outbox: Outbox, letters: DeadLetters) -> None:
        (first,), _ = [await failed(ledger, outbox, number) for number in (1, 2)]
        await park(letters, Filter(ids=[first]))
        assert await park(letters) == Bulk(matched=2, done=1, failed=(NotDone(delivery=first, code="status-conflict"),))

    async def test_two_decisions_at_once_touch_each_once(self, ledger: Ledger, outbox: Outbox, letters: DeadLetters) -> None:
        for number in range(1, 6):
            await failed(ledger, outbox, number)
        both = await asyncio.gather(requeue(letters), turn_back(letters))
        assert sum(each.done for each in both) == 5
        assert all(each.done + len(each.failed) == each.matched for each in both)
        assert {each.code for bulk in both for each in bulk.failed} <= {"status-conflict"}


class GiveUpContract:
    """What will not be delivered goes back to its sender, or to another receiver."""

    async def test_what_is_turned_back_is_rejected_and_its_sender_sees_why(
        self, ledger: Ledger, outbox: Outbox, letters: DeadLetters
    ) -> None:
        (letter,) = await failed(ledger, outbox)
        assert await turn_back(letters) == Bulk(matched=1, done=1)
        now = await own(ledger, letter)
        assert (now.state, now.why, now.cause) == (State.REJECTED, WHY, "receiver-refused")
        assert (await heard(ledger, SENDER))[-1] == "delivery.turned_back"
        assert await listed(letters) == []

    async def test_what_is_redirected_is_replaced_by_a_delivery_to_the_new_receiver(
        self, ledger: Ledger, outbox: Outbox, letters: DeadLetters
    ) -> None:
        (letter,) = await failed(ledger, outbox)
        document = pushed_entry(1).document
        assert await redirect(letters, OTHER) == Bulk(matched=1, done=1)
        old, new = (await ledger.document(document.id, {SENDER})).deliveries
        assert (old.state, old.why) == (State.REPLACED, WHY)
        assert (new.id, new.receiver, new.state, new.attempts) == (derived_id(document.id, OTHER), OTHER, State.QUEUED, 0)
        assert await due(outbox) == [new.id]
        assert await heard(ledger, OTHER) == ["delivery.queued"]
        events, _ = await ledger.events({SENDER}, after=None, limit=100)
        assert [each.type for each in events][-2:] == ["delivery.redirected", "delivery.queued"]
        assert (events[-2].delivery, events[-2].data["redirected_delivery"]) == (letter, new.id)

    async def test_a_new_receiver_that_polls_finds_it_in_its_inbox(
        self, ledger: Ledger, outbox: Outbox, letters: DeadLetters
    ) -> None:
        await failed(ledger, outbox)
        await letters.redirect(ANY, OTHER, route=polled, by="operator", reason=WHY, now=LATER, limit=9)
        (waiting,) = (await ledger.inbox({OTHER}, after=None, limit=9)).items
        assert waiting.deliveries[0].state is State.AVAILABLE
        assert await heard(ledger, OTHER) == ["delivery.available"]

    async def test_a_new_receiver_that_has_it_already_gets_no_second_one(
        self, ledger: Ledger, outbox: Outbox, letters: DeadLetters
    ) -> None:
        made = await failed(ledger, outbox, to=(RECEIVER, STRANGER, OTHER))
        await requeue(letters, Filter(receiver=OTHER))
        assert await redirect(letters, OTHER) == Bulk(matched=2, done=2)
        view = await ledger.document(pushed_entry(1).document.id, {SENDER})
        assert [(each.id, each.state) for each in view.deliveries] == [
            (made[0], State.REPLACED),
            (made[1], State.REPLACED),
            (made[2], State.QUEUED),
        ]

    async def test_what_would_go_nowhere_stays_as_it_is(self, ledger: Ledger, outbox: Outbox, letters: DeadLetters) -> None:
        first, second = await failed(ledger, outbox, to=(RECEIVER, OTHER))
        await redirect(letters, OTHER, Filter(ids=[first]))
        refused = NotDone(delivery=second, code="status-conflict")
        assert await redirect(letters, RECEIVER, Filter(ids=[second])) == Bulk(matched=1, done=0, failed=(refused,))
        assert await listed(letters) == [second]

    async def test_what_is_redirected_to_its_own_receiver_stays_as_it_is(
        self, ledger: Ledger, outbox: Outbox, letters: DeadLetters
    ) -> None:
        (letter,) = await failed(ledger, outbox)
        refused = NotDone(delivery=letter, code="status-conflict")
        assert await redirect(letters, RECEIVER) == Bulk(matched=1, done=0, failed=(refused,))
        assert await listed(letters) == [letter]
