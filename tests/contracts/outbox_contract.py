"""What every outbox promises: in order, urgent first, once, and never lost; whoever dies, is late or comes twice."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from gateway.core.circuit import CircuitState
from gateway.core.faults import Fault, Misconfigured, Transient, Undeliverable
from gateway.core.model import Delivery, Fact, Lane, Priority, State
from gateway.core.receipts import Attestation
from gateway.ports import Attempt, Claim, HandedOver, Ledger, Outbox, QueueId
from tests.contracts.entries import LATER, NOW, RECEIVER, SENDER, SYSTEM, pushed_entry, seal

SECOND = timedelta(seconds=1)
NORMAL, URGENT = QueueId(system=SYSTEM, lane=Lane.NORMAL), QueueId(system=SYSTEM, lane=Lane.URGENT)
AWAY = Transient("receiver-unreachable", detail="Connection refused")
FAILED = Transient("receiver-failed", detail="500 lỗi nội bộ")
REFUSED = Undeliverable("receiver-refused", detail="400 sai mã")
WRONG = Misconfigured("link-unauthorised", detail="401")


def delivery(number: int = 1) -> str:
    return pushed_entry(number).deliveries[0].id


def numbers(claim: Claim) -> list[str]:
    return [note.delivery for note in claim.notes]


async def accepted(ledger: Ledger, *numbers: int, **fields: object) -> None:
    for number in numbers:
        await ledger.accept(pushed_entry(number, **fields))  # type: ignore[arg-type]  # fields of pushed_entry


async def own(ledger: Ledger, number: int = 1) -> Delivery:
    return (await ledger.delivery(delivery(number), {RECEIVER})).deliveries[0]


async def claim(outbox: Outbox, *, limit: int = 100, now: timedelta = timedelta()) -> Claim:
    return await outbox.claim(limit=limit, until=NOW + now + SECOND * 30, now=NOW + now)


async def publish(outbox: Outbox, *, now: timedelta = timedelta()) -> Claim:
    """Claim what is due, and have all of it confirmed."""
    claimed = await claim(outbox, now=now)
    await outbox.published(claimed, numbers(claimed), now=NOW + now)
    return claimed


async def begin(outbox: Outbox, number: int = 1, *, now: timedelta = timedelta()) -> Attempt:
    begun = await outbox.begin(delivery(number), until=NOW + now + SECOND * 60, now=NOW + now)
    assert begun is not None
    return begun


async def fail(
    outbox: Outbox, attempt: Attempt, fault: Fault, again: timedelta | None = SECOND * 10, now: timedelta = timedelta()
) -> CircuitState:
    at = NOW + now
    circuit = await outbox.came_to_nothing(attempt, fault, again=None if again is None else at + again, now=at)
    return circuit.state


def done(attempt: Attempt) -> HandedOver:
    document, (delivery,) = attempt.view.document, attempt.view.deliveries
    receipt = seal(Attestation(fact=Fact.COLLECTED, document=document, delivery=delivery, at=NOW))
    return HandedOver(attempt=attempt, receipt=receipt, reference="VB-1", at=NOW)


async def parked(ledger: Ledger, outbox: Outbox, numbers: Sequence[int]) -> None:
    """Accept documents, and park their system by failures of the first three."""
    await accepted(ledger, *numbers)
    await publish(outbox)
    for number in list(numbers)[:3]:
        state = await fail(outbox, await begin(outbox, number), AWAY)
    assert state is CircuitState.PARKED


async def types(ledger: Ledger, number: int = 1) -> list[str]:
    return [each.type for each in (await ledger.history(pushed_entry(number).document.id, {SENDER})).events]


class RelayContract:
    """What is due is claimed, published, and published again where it was lost."""

    async def test_what_is_accepted_for_a_linked_system_is_due_at_once(self, ledger: Ledger, outbox: Outbox) -> None:
        await accepted(ledger, 1)
        (note,) = (await claim(outbox)).notes
        assert (note.delivery, note.queue, note.trace_id) == (delivery(1), NORMAL, f"{1:032x}")
        assert (await own(ledger)).state is State.QUEUED

    async def test_it_is_not_in_the_inbox(self, ledger: Ledger, outbox: Outbox) -> None:
        await accepted(ledger, 1)
        assert (await ledger.inbox({RECEIVER}, after=None, limit=9)).items == ()
        assert await ledger.lease(SYSTEM, {RECEIVER}, limit=9, until=LATER, now=NOW) is None

    async def test_urgent_then_oldest_are_claimed_first(self, ledger: Ledger, outbox: Outbox) -> None:
        await accepted(ledger, 1, 2)
        await accepted(ledger, 3, priority=Priority.EXPRESS)
        assert numbers(await claim(outbox)) == [delivery(3), delivery(1), delivery(2)]

    async def test_what_is_claimed_is_not_claimed_by_another(self, ledger: Ledger, outbox: Outbox) -> None:
        await accepted(ledger, *range(40))
        claims = await asyncio.gather(*(claim(outbox, limit=10) for _ in range(8)))
        claimed = [each for one in claims for each in numbers(one)]
        assert len(claimed) == len(set(claimed)) == 40

    async def test_a_claim_that_ended_is_anothers(self, ledger: Ledger, outbox: Outbox) -> None:
        await accepted(ledger, 1)
        await claim(outbox)
        assert numbers(await claim(outbox, now=SECOND * 29)) == []
        assert numbers(await claim(outbox, now=SECOND * 30)) == [delivery(1)]

    async def test_a_claim_holds_nobody_up_when_the_clock_is_set_back(self, ledger: Ledger, outbox: Outbox) -> None:
        await accepted(ledger, 1)
        await claim(outbox)
        assert numbers(await claim(outbox, now=-timedelta(hours=1))) == [delivery(1)]

    async def test_what_the_broker_confirmed_is_not_published_again(self, ledger: Ledger, outbox: Outbox) -> None:
        await accepted(ledger, 1)
        await publish(outbox)
        assert numbers(await claim(outbox, now=SECOND * 3600)) == []

    async def test_what_the_broker_did_not_confirm_is_due_at_once(self, ledger: Ledger, outbox: Outbox) -> None:
        await accepted(ledger, 1, 2)
        await outbox.published(await claim(outbox), [delivery(1)], now=NOW)
        assert numbers(await claim(outbox)) == [delivery(2)]

    async def test_what_an_emptied_broker_lost_is_due_again(self, ledger: Ledger, outbox: Outbox) -> None:
        await accepted(ledger, 1, 2, 3)
        await publish(outbox)
        await begin(outbox, 1)
        assert await outbox.refill(NORMAL, 0, before=NOW) == 2
        assert numbers(await claim(outbox)) == [delivery(2), delivery(3)]

    async def test_a_broker_that_holds_enough_is_not_refilled(self, ledger: Ledger, outbox: Outbox) -> None:
        await accepted(ledger, 1, 2)
        await publish(outbox)
        assert await outbox.refill(NORMAL, 2, before=NOW) == 0
        assert await outbox.refill(URGENT, 0, before=NOW) == 0
        assert await outbox.refill(NORMAL, 0, before=NOW - SECOND) == 0

    async def test_what_waits_is_counted_by_queue(self, ledger: Ledger, outbox: Outbox) -> None:
        await accepted(ledger, 1, 2)
        await publish(outbox)
        await accepted(ledger, 3, priority=Priority.URGENT)
        await begin(outbox, 1)
        urgent, normal = await outbox.queues()
        assert (urgent.queue, urgent.waiting, urgent.published, urgent.attempted) == (URGENT, 1, 0, 0)
        assert (normal.queue, normal.waiting, normal.published, normal.attempted) == (NORMAL, 2, 1, 1)
        assert normal.oldest_at == NOW


class AttemptContract:
    """One attempt at a time, one hand-over, and a failure that says why."""

    async def test_an_attempt_has_the_document(self, ledger: Ledger, outbox: Outbox) -> None:
        await accepted(ledger, 1)
        await publish(outbox)
        attempt = await begin(outbox)
        assert attempt.view.document == pushed_entry(1).document
        assert (attempt.number, attempt.queue, attempt.delivery) == (1, NORMAL, delivery(1))
        assert (await own(ledger)).state is State.DELIVERING

    async def test_of_parallel_attempts_one_begins(self, ledger: Ledger, outbox: Outbox) -> None:
        await accepted(ledger, 1)
        await publish(outbox)
        begun = await asyncio.gather(*(outbox.begin(delivery(1), until=LATER, now=NOW) for _ in range(20)))
        assert len([each for each in begun if each is not None]) == 1
        assert (await own(ledger)).attempts == 1

    async def test_an_attempt_may_begin_before_the_relay_hears_of_its_confirmation(self, ledger: Ledger, outbox: Outbox) -> None:
        await accepted(ledger, 1)
        claimed = await claim(outbox)
        await outbox.handed_over(done(await begin(outbox)))
        await outbox.published(claimed, numbers(claimed), now=NOW)
        assert await outbox.queues() == ()

    async def test_an_unknown_delivery_is_not_attempted(self, ledger: Ledger, outbox: Outbox) -> None:
        assert await outbox.begin("unknown", until=LATER, now=NOW) is None

    async def test_a_hand_over_is_collected_with_a_receipt_and_leaves_the_outbox(self, ledger: Ledger, outbox: Outbox) -> None:
        await accepted(ledger, 1)
        await publish(outbox)
        await outbox.handed_over(done(await begin(outbox)))
        assert (await own(ledger)).state is State.COLLECTED
        assert await types(ledger) == ["document.accepted", "delivery.queued", "delivery.collected"]
        assert len(await ledger.receipts(pushed_entry(1).document.id, {RECEIVER})) == 2
        assert await outbox.queues() == ()
        assert await outbox.begin(delivery(1), until=LATER, now=NOW) is None

    async def test_the_same_hand_over_twice_is_one(self, ledger: Ledger, outbox: Outbox) -> None:
        await accepted(ledger, 1)
        await publish(outbox)
        attempt = await begin(outbox)
        await asyncio.gather(*(outbox.handed_over(done(attempt)) for _ in range(5)))
        await outbox.handed_over(done(attempt))
        assert (await types(ledger)).count("delivery.collected") == 1
        assert len(await ledger.receipts(pushed_entry(1).document.id, {RECEIVER})) == 2

    async def test_many_hand_overs_at_once_are_each_one(self, ledger: Ledger, outbox: Outbox) -> None:
        await accepted(ledger, *range(30))
        await publish(outbox)
        attempts = await asyncio.gather(*(begin(outbox, number) for number in range(30)))
        await asyncio.gather(*(outbox.handed_over(done(each)) for each in attempts))
        assert {(await own(ledger, number)).state for number in range(30)} == {State.COLLECTED}

    async def test_what_failed_is_tried_again_at_its_time_and_says_why(self, ledger: Ledger, outbox: Outbox) -> None:
        await accepted(ledger, 1)
        await publish(outbox)
        await fail(outbox, await begin(outbox), FAILED)
        seen = await own(ledger)
        assert (seen.state, seen.cause, seen.answer) == (State.QUEUED, "receiver-failed", "500 lỗi nội bộ")
        assert seen.next_attempt_at == NOW + SECOND * 10
        assert numbers(await claim(outbox, now=SECOND * 9)) == []
        assert await outbox.begin(delivery(1), until=LATER, now=NOW + SECOND * 9) is None
        assert numbers(await claim(outbox, now=SECOND * 10)) == [delivery(1)]
        assert (await begin(outbox, now=SECOND * 10)).number == 2

    async def test_what_is_refused_for_good_fails_and_its_sender_is_told(self, ledger: Ledger, outbox: Outbox) -> None:
        await accepted(ledger, 1)
        await publish(outbox)
        await fail(outbox, await begin(outbox), REFUSED, again=None)
        seen = await own(ledger)
        assert (seen.state, seen.cause, seen.owner) == (State.FAILED, "receiver-refused", "sender")
        assert (await types(ledger))[-1] == "delivery.failed"
        assert await outbox.queues() == ()

    async def test_one_bad_document_does_not_stop_the_rest(self, ledger: Ledger, outbox: Outbox) -> None:
        await accepted(ledger, 1, 2)
        await publish(outbox)
        for number in range(20):
            again = SECOND * number
            assert await fail(outbox, await begin(outbox, 1, now=again), FAILED, again=SECOND, now=again) is CircuitState.CLOSED
            await publish(outbox, now=again + SECOND)
        await outbox.handed_over(done(await begin(outbox, 2)))
        assert (await own(ledger, 2)).state is State.COLLECTED

    async def test_what_a_dead_worker_left_is_taken_back(self, ledger: Ledger, outbox: Outbox) -> None:
        await accepted(ledger, 1)
        await publish(outbox)
        lost = await begin(outbox)
        assert await outbox.take_back(now=NOW + SECOND * 59) == 0
        assert await outbox.take_back(now=NOW + SECOND * 60) == 1
        assert (await own(ledger)).state is State.QUEUED
        assert numbers(await claim(outbox, now=SECOND * 60)) == [delivery(1)]
        await begin(outbox, now=SECOND * 60)
        await fail(outbox, lost, REFUSED, again=None)
        assert (await own(ledger)).state is State.DELIVERING

    async def test_a_second_note_after_the_lease_ended_begins_the_lost_attempt_anew(self, ledger: Ledger, outbox: Outbox) -> None:
        await accepted(ledger, 1)
        await publish(outbox)
        await begin(outbox)
        again = await begin(outbox, now=SECOND * 61)
        assert again.number == 2
        await outbox.handed_over(done(again))
        assert ((await own(ledger)).state, await outbox.queues()) == (State.COLLECTED, ())

    async def test_a_late_success_is_a_success(self, ledger: Ledger, outbox: Outbox) -> None:
        await accepted(ledger, 1)
        await publish(outbox)
        late = await begin(outbox)
        await outbox.take_back(now=NOW + SECOND * 60)
        await outbox.handed_over(done(late))
        assert (await own(ledger)).state is State.COLLECTED
        assert numbers(await claim(outbox, now=SECOND * 60)) == []

    async def test_an_attempt_is_not_taken_back_sooner_when_the_clock_is_set_back(self, ledger: Ledger, outbox: Outbox) -> None:
        await accepted(ledger, 1)
        await publish(outbox)
        await begin(outbox)
        assert await outbox.take_back(now=NOW - SECOND * 60) == 0

    async def test_a_note_that_brought_workers_down_fails_its_delivery(self, ledger: Ledger, outbox: Outbox) -> None:
        await accepted(ledger, 1)
        await publish(outbox)
        await outbox.poisonous(delivery(1), now=NOW)
        seen = await own(ledger)
        assert (seen.state, seen.cause) == (State.FAILED, "delivery-poisonous")
