"""What every outbox promises about answers and recalls during an attempt, systems that are away, and systems that change."""

import asyncio
from datetime import timedelta

from gateway.core.circuit import CircuitState
from gateway.core.model import Priority, State, StatusCode
from gateway.ports import Ledger, Outbox
from tests.contracts.entries import LATER, NOW, OTHER, OTHER_SYSTEM, RECEIVER, SENDER, SYSTEM, pushed_entry, recall, report, seal
from tests.contracts.outbox_contract import (
    AWAY,
    FAILED,
    SECOND,
    WRONG,
    accepted,
    begin,
    claim,
    delivery,
    done,
    fail,
    numbers,
    own,
    parked,
    publish,
    types,
)


class StatusRaceContract:
    """A receiver's answer and a sender's recall may come at any moment of an attempt."""

    async def test_a_status_before_the_outcome_is_kept_and_the_hand_over_has_its_receipt(
        self, ledger: Ledger, outbox: Outbox
    ) -> None:
        await accepted(ledger, 1)
        await publish(outbox)
        attempt = await begin(outbox)
        await ledger.record_status(delivery(1), report(StatusCode.REGISTERED), {RECEIVER}, now=NOW, seal=seal)
        await outbox.handed_over(done(attempt))
        assert (await own(ledger)).state is State.RECEIVED
        assert (await types(ledger))[-2:] == ["status.received", "delivery.collected"]
        assert await outbox.queues() == ()

    async def test_a_status_after_a_lost_answer_ends_the_attempts(self, ledger: Ledger, outbox: Outbox) -> None:
        await accepted(ledger, 1)
        await publish(outbox)
        await fail(outbox, await begin(outbox), FAILED)
        await ledger.record_status(delivery(1), report(StatusCode.ARRIVED), {RECEIVER}, now=NOW, seal=seal)
        assert (await own(ledger)).state is State.RECEIVED
        assert await outbox.queues() == ()

    async def test_a_status_during_an_attempt_that_fails_wins(self, ledger: Ledger, outbox: Outbox) -> None:
        await accepted(ledger, 1)
        await publish(outbox)
        attempt = await begin(outbox)
        await ledger.record_status(delivery(1), report(StatusCode.ARRIVED), {RECEIVER}, now=NOW, seal=seal)
        await fail(outbox, attempt, FAILED)
        assert (await own(ledger)).state is State.RECEIVED
        assert await outbox.queues() == ()

    async def test_what_waits_is_recalled_at_once_and_never_pushed(self, ledger: Ledger, outbox: Outbox) -> None:
        await accepted(ledger, 1)
        await publish(outbox)
        await ledger.record_status(delivery(1), recall(), {SENDER}, now=NOW, seal=seal)
        assert (await own(ledger)).state is State.RECALLED
        assert await outbox.begin(delivery(1), until=LATER, now=NOW) is None

    async def test_a_recall_during_an_attempt_is_met_when_nothing_arrived(self, ledger: Ledger, outbox: Outbox) -> None:
        await accepted(ledger, 1)
        await publish(outbox)
        attempt = await begin(outbox)
        await ledger.record_status(delivery(1), recall(), {SENDER}, now=NOW, seal=seal)
        await fail(outbox, attempt, AWAY)
        assert (await own(ledger)).state is State.RECALLED
        assert await outbox.queues() == ()

    async def test_a_recall_during_an_attempt_waits_for_the_receiver_when_the_document_arrived(
        self, ledger: Ledger, outbox: Outbox
    ) -> None:
        await accepted(ledger, 1)
        await publish(outbox)
        attempt = await begin(outbox)
        await ledger.record_status(delivery(1), recall(), {SENDER}, now=NOW, seal=seal)
        await outbox.handed_over(done(attempt))
        assert (await own(ledger)).state is State.RECALL_REQUESTED
        await ledger.record_status(delivery(1), report(StatusCode.RECALL_AGREED), {RECEIVER}, now=NOW, seal=seal)
        assert (await own(ledger)).state is State.RECALLED

    async def test_a_recall_during_an_attempt_of_unknown_outcome_is_tried_again(self, ledger: Ledger, outbox: Outbox) -> None:
        await accepted(ledger, 1)
        await publish(outbox)
        attempt = await begin(outbox)
        await ledger.record_status(delivery(1), recall(), {SENDER}, now=NOW, seal=seal)
        await fail(outbox, attempt, FAILED, again=SECOND)
        assert (await own(ledger)).state is State.RECALL_REQUESTED
        await publish(outbox, now=SECOND)
        await outbox.handed_over(done(await begin(outbox, now=SECOND)))
        assert (await own(ledger)).state is State.RECALL_REQUESTED

    async def test_a_recall_of_what_no_attempt_could_settle_is_seen_as_not_deliverable(
        self, ledger: Ledger, outbox: Outbox
    ) -> None:
        await accepted(ledger, 1)
        await publish(outbox)
        attempt = await begin(outbox)
        await ledger.record_status(delivery(1), recall(), {SENDER}, now=NOW, seal=seal)
        await fail(outbox, attempt, FAILED, again=None)
        assert (await own(ledger)).state is State.FAILED
        await ledger.record_status(delivery(1), recall("Gửi nhầm, xin thu hồi"), {SENDER}, now=NOW, seal=seal)
        assert (await own(ledger)).state is State.RECALLED


class CircuitContract:
    """An outage parks a system: its documents wait in order, and come in parts when it is back."""

    async def test_an_outage_parks_the_system_and_nothing_of_it_is_published(self, ledger: Ledger, outbox: Outbox) -> None:
        await parked(ledger, outbox, range(5))
        await accepted(ledger, 5)
        assert numbers(await claim(outbox, now=SECOND * 3600)) == []
        assert await outbox.begin(delivery(4), until=LATER, now=NOW) is None
        (circuit,) = await outbox.circuits()
        assert (circuit.system, circuit.cause, circuit.why) == (SYSTEM, "receiver-unreachable", "Connection refused")

    async def test_another_systems_documents_go_on(self, ledger: Ledger, outbox: Outbox) -> None:
        await parked(ledger, outbox, range(3))
        await ledger.accept(pushed_entry(9, to=(OTHER,), system=OTHER_SYSTEM))
        assert len((await claim(outbox)).notes) == 1

    async def test_wrong_credentials_park_at_once_and_cost_no_document(self, ledger: Ledger, outbox: Outbox) -> None:
        await accepted(ledger, 1)
        await publish(outbox)
        assert await fail(outbox, await begin(outbox), WRONG) is CircuitState.PARKED
        assert (await own(ledger)).state is State.QUEUED

    async def test_one_worker_probes_a_parked_system_when_its_time_has_come(self, ledger: Ledger, outbox: Outbox) -> None:
        await parked(ledger, outbox, range(3))
        assert await outbox.due_probes(until=LATER, now=NOW + SECOND * 4) == ()
        asked = await asyncio.gather(*(outbox.due_probes(until=LATER, now=NOW + SECOND * 5) for _ in range(5)))
        assert sorted(asked) == [(), (), (), (), (SYSTEM,)]

    async def test_a_system_that_does_not_answer_stays_parked(self, ledger: Ledger, outbox: Outbox) -> None:
        await parked(ledger, outbox, range(3))
        assert (await outbox.probed(SYSTEM, AWAY, now=NOW)).state is CircuitState.PARKED
        assert numbers(await claim(outbox, now=SECOND * 60)) == []

    async def test_a_recovering_system_gets_one_document_then_parts_in_order(self, ledger: Ledger, outbox: Outbox) -> None:
        await parked(ledger, outbox, range(30))
        await accepted(ledger, 30, priority=Priority.EXPRESS)
        await outbox.probed(SYSTEM, None, now=NOW)
        assert numbers(await publish(outbox)) == [delivery(30)]
        assert numbers(await publish(outbox)) == []
        await outbox.handed_over(done(await begin(outbox, 30)))
        second = numbers(await publish(outbox, now=SECOND))
        assert second == [delivery(number) for number in range(10)]
        assert numbers(await publish(outbox, now=SECOND * 1.5)) == []
        assert numbers(await publish(outbox, now=SECOND * 2)) == [delivery(number) for number in range(10, 20)]

    async def test_what_comes_meanwhile_waits_behind_the_backlog(self, ledger: Ledger, outbox: Outbox) -> None:
        await parked(ledger, outbox, range(3))
        await outbox.probed(SYSTEM, None, now=NOW)
        await accepted(ledger, 7)
        released: list[str] = []
        for second in range(6):
            released += numbers(await publish(outbox, now=SECOND * second))
        assert released == [delivery(0), delivery(1), delivery(2), delivery(7)]

    async def test_once_its_backlog_is_gone_a_system_is_as_at_first(self, ledger: Ledger, outbox: Outbox) -> None:
        await parked(ledger, outbox, range(3))
        await outbox.probed(SYSTEM, None, now=NOW)
        for second in range(5):
            for note in (await publish(outbox, now=SECOND * second)).notes:
                begun = await outbox.begin(note.delivery, until=LATER, now=NOW + SECOND * second)
                assert begun is not None
                await outbox.handed_over(done(begun))
        assert [each.state for each in await outbox.circuits()] == [CircuitState.CLOSED]
        await accepted(ledger, 8)
        assert numbers(await claim(outbox, now=SECOND * 9)) == [delivery(8)]

    async def test_attempts_are_not_burnt_while_a_system_is_parked(self, ledger: Ledger, outbox: Outbox) -> None:
        await parked(ledger, outbox, range(4))
        for day in range(3):
            now = timedelta(days=day)
            await publish(outbox, now=now)
            await outbox.due_probes(until=NOW + now + SECOND, now=NOW + now)
            await outbox.probed(SYSTEM, AWAY, now=NOW + now)
        assert [(await own(ledger, number)).attempts for number in range(4)] == [1, 1, 1, 0]

    async def test_a_paused_system_waits_until_it_is_resumed(self, ledger: Ledger, outbox: Outbox) -> None:
        await accepted(ledger, 1)
        await outbox.pause(SYSTEM, by="operator", reason="bảo trì", until=None, now=NOW)
        assert numbers(await claim(outbox)) == []
        await outbox.resume(SYSTEM, by="operator", reason="xong", now=NOW)
        assert numbers(await claim(outbox)) == [delivery(1)]

    async def test_a_pause_ends_by_itself(self, ledger: Ledger, outbox: Outbox) -> None:
        await accepted(ledger, 1)
        await outbox.pause(SYSTEM, by="operator", reason="bảo trì", until=LATER, now=NOW)
        assert await outbox.due_probes(until=LATER + SECOND, now=LATER) == ()
        assert numbers(await outbox.claim(limit=9, until=LATER + SECOND, now=LATER)) == [delivery(1)]


class RouteContract:
    """Where the directory changes how a receiver is reached, what waits goes there."""

    async def test_what_waits_for_a_system_that_is_no_longer_linked_comes_into_the_inbox(
        self, ledger: Ledger, outbox: Outbox
    ) -> None:
        await accepted(ledger, 1)
        assert await outbox.reroute(lambda _: None, now=NOW) == 1
        assert (await own(ledger)).state is State.AVAILABLE
        assert (await outbox.queues(), await outbox.reroute(lambda _: None, now=NOW)) == ((), 0)

    async def test_what_waits_in_an_inbox_goes_to_a_system_that_is_linked_now(self, ledger: Ledger, outbox: Outbox) -> None:
        await accepted(ledger, 1)
        await outbox.reroute(lambda _: None, now=NOW)
        assert await outbox.reroute(lambda _: SYSTEM, now=NOW) == 1
        assert numbers(await claim(outbox)) == [delivery(1)]

    async def test_what_is_leased_stays(self, ledger: Ledger, outbox: Outbox) -> None:
        await accepted(ledger, 1)
        await outbox.reroute(lambda _: None, now=NOW)
        await ledger.lease(SYSTEM, {RECEIVER}, limit=1, until=LATER, now=NOW)
        assert await outbox.reroute(lambda _: SYSTEM, now=NOW) == 0

    async def test_what_waits_for_another_system_goes_to_that(self, ledger: Ledger, outbox: Outbox) -> None:
        await accepted(ledger, 1)
        await publish(outbox)
        assert await outbox.reroute(lambda _: OTHER_SYSTEM, now=NOW) == 1
        (note,) = (await claim(outbox)).notes
        assert note.queue.system == OTHER_SYSTEM
