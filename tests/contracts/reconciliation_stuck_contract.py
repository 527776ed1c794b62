"""What every reconciliation finds of single deliveries: where they stand without proof, and where nobody moves them."""

from datetime import timedelta

import pytest

from gateway.core.model import Fact, State, StatusCode
from gateway.core.reconciliation import Category
from gateway.infra.tables import circuits, deliveries, outbox, receipts, statuses
from tests.contracts.entries import (
    NOW,
    RECEIVER,
    SENDER,
    SYSTEM,
    entry,
    pushed_entry,
    recall,
    report,
    seal,
)
from tests.contracts.outbox_contract import AWAY, REFUSED, begin, done, fail, parked, publish
from tests.contracts.reconciliation_bench import HOUR, POLLED, PUSHED, SOON, Bench, collected, its


class ProofContract:
    """Where a delivery stands is held against its transitions, receipts and statuses."""

    async def test_a_collected_delivery_needs_its_receipt(self, bench: Bench) -> None:
        delivery = await bench.collect()
        await bench.damage(receipts.delete().where(receipts.c.delivery == delivery))
        assert await bench.codes() == {"collection-unattested": [delivery]}

    async def test_so_does_one_that_was_pushed(self, bench: Bench) -> None:
        await bench.ledger.accept(PUSHED)
        await publish(bench.outbox)
        await bench.outbox.handed_over(done(await begin(bench.outbox, 2)))
        assert (await bench.reconcile(HOUR)).clean
        await bench.damage(receipts.delete().where(receipts.c.delivery == its(PUSHED)))
        assert await bench.codes() == {"collection-unattested": [its(PUSHED)]}

    async def test_a_status_proves_as_well_that_the_receiver_has_it(self, bench: Bench) -> None:
        await bench.ledger.accept(POLLED)
        await bench.ledger.record_status(its(POLLED), report(StatusCode.PROCESSING), {RECEIVER}, now=NOW, seal=seal)
        assert (await bench.reconcile()).clean

    async def test_a_second_receipt_of_a_collection_is_named(self, bench: Bench) -> None:
        delivery = await bench.collect()
        await bench.damage(collected(delivery, entry(1)))
        assert await bench.codes() == {"receipt-repeated": [delivery]}

    async def test_a_status_without_its_receipt_is_named(self, bench: Bench) -> None:
        delivery = await bench.collect()
        await bench.ledger.record_status(delivery, report(StatusCode.ARRIVED), {RECEIVER}, now=NOW, seal=seal)
        await bench.damage(receipts.delete().where(receipts.c.fact == Fact.STATUS.value))
        assert await bench.codes() == {"status-unattested": [delivery]}

    async def test_a_receipt_of_no_status_is_named(self, bench: Bench) -> None:
        delivery = await bench.collect()
        await bench.ledger.record_status(delivery, report(StatusCode.ARRIVED), {RECEIVER}, now=NOW, seal=seal)
        await bench.damage(statuses.delete())
        assert await bench.codes() == {"receipt-repeated": [delivery]}

    async def test_reports_that_a_receipt_does_not_tell_apart_share_one(self, bench: Bench) -> None:
        delivery = await bench.collect()
        for staff, moment in (("a", NOW), ("b", NOW), ("b", NOW + timedelta(microseconds=1))):
            said = report(StatusCode.PROCESSING, staff={"name": staff}, at=moment)
            await bench.ledger.record_status(delivery, said, {RECEIVER}, now=NOW, seal=seal)
        assert (await bench.reconcile()).clean

    @pytest.mark.parametrize(
        "changed",
        [
            {"state": State.PROCESSING.value},
            {"progress": "05"},
            {"state": State.ACCEPTED.value},
            {"state": State.RECALL_REQUESTED.value},
            {"state": State.REJECTED.value, "status_code": "15"},
        ],
        ids=str,
    )
    async def test_a_standing_that_no_transition_leads_to_is_named(self, bench: Bench, changed: dict[str, str]) -> None:
        delivery = await bench.collect()
        await bench.damage(deliveries.update().values(changed))
        assert await bench.codes() == {"standing-impossible": [delivery]}

    async def test_a_recall_that_only_the_receiver_could_answer_who_has_nothing_is_named(self, bench: Bench) -> None:
        await bench.ledger.accept(PUSHED)
        await publish(bench.outbox)
        await begin(bench.outbox, 2)
        await bench.ledger.record_status(its(PUSHED), recall(), {SENDER}, now=NOW, seal=seal)
        assert (await bench.reconcile()).clean
        await bench.damage(outbox.delete())
        assert await bench.codes() == {"recall-adrift": [its(PUSHED)]}


class StuckContract:
    """What nobody moves any more is told from what rightly waits."""

    @pytest.fixture
    async def pushed(self, bench: Bench) -> Bench:
        await bench.ledger.accept(PUSHED)
        return bench

    @pytest.fixture
    async def attempted(self, pushed: Bench) -> None:
        await publish(pushed.outbox)
        await begin(pushed.outbox, 2)

    async def stuck(self, pushed: Bench, code: str) -> None:
        """The delivery becomes stuck as named within an hour, and is not within some minutes."""
        assert await pushed.codes(SOON) == {}
        assert await pushed.codes(HOUR) == {code: [its(PUSHED)]}

    async def test_nobody_pushes_what_is_not_in_the_outbox(self, pushed: Bench) -> None:
        await pushed.damage(outbox.delete())
        assert await pushed.codes() == {"outbox-missing": [its(PUSHED)]}

    async def test_what_is_past_being_pushed_does_not_stay_in_the_outbox(self, pushed: Bench) -> None:
        await pushed.damage(collected(its(PUSHED), PUSHED), deliveries.update().values(state=State.COLLECTED.value))
        await self.stuck(pushed, "outbox-leftover")

    @pytest.mark.parametrize("state", [State.AVAILABLE, State.SUSPENDED, State.FAILED])
    async def test_what_may_not_be_pushed_does_not_stay_in_the_outbox(self, pushed: Bench, state: State) -> None:
        await pushed.damage(deliveries.update().values(state=state.value))
        await self.stuck(pushed, "outbox-leftover")

    @pytest.mark.usefixtures("attempted")
    async def test_an_attempt_is_of_a_delivery_that_is_attempted(self, pushed: Bench) -> None:
        await pushed.damage(deliveries.update().values(state=State.QUEUED.value))
        assert await pushed.codes() == {"attempt-mismatch": [its(PUSHED)]}

    async def test_a_delivery_that_is_attempted_has_an_attempt(self, pushed: Bench) -> None:
        await pushed.damage(deliveries.update().values(state=State.DELIVERING.value))
        assert await pushed.codes() == {"attempt-mismatch": [its(PUSHED)]}

    @pytest.mark.usefixtures("attempted")
    async def test_an_attempt_that_ended_is_taken_back(self, pushed: Bench) -> None:
        await self.stuck(pushed, "attempt-overdue")

    async def test_what_a_relay_claimed_and_left_is_claimed_again(self, pushed: Bench) -> None:
        await pushed.outbox.claim(limit=9, until=NOW + timedelta(seconds=30), now=NOW)
        await self.stuck(pushed, "claim-overdue")

    async def test_what_is_due_is_published(self, pushed: Bench) -> None:
        await self.stuck(pushed, "relay-overdue")

    async def test_what_was_published_is_taken(self, pushed: Bench) -> None:
        await publish(pushed.outbox)
        await self.stuck(pushed, "broker-overdue")

    async def test_a_long_backlog_that_moves_is_not_stuck(self, pushed: Bench) -> None:
        await pushed.ledger.accept(pushed_entry(3))
        await publish(pushed.outbox)
        await begin(pushed.outbox, 3, now=HOUR)
        assert await pushed.codes(HOUR) == {}

    async def test_a_retry_that_is_not_due_yet_waits_rightly(self, pushed: Bench) -> None:
        await publish(pushed.outbox)
        await fail(pushed.outbox, await begin(pushed.outbox, 2), AWAY, again=2 * HOUR)
        assert await pushed.codes(HOUR) == {}
        assert await pushed.codes(3 * HOUR) == {"relay-overdue": [its(PUSHED)]}

    async def test_what_waits_for_a_paused_system_waits_rightly(self, pushed: Bench) -> None:
        await pushed.outbox.pause(SYSTEM, by="an", reason="bảo trì", until=None, now=NOW)
        report = await pushed.reconcile(100 * HOUR)
        assert report.clean and report.balance.of(Category.WAITING).oldest_at == NOW

    async def test_what_waits_for_a_system_that_nobody_asks_again_is_stuck(self, pushed: Bench) -> None:
        await parked(pushed.ledger, pushed.outbox, [3, 4, 5])
        assert await pushed.codes(SOON) == {}
        assert len((await pushed.codes(HOUR))["release-overdue"]) == 4

    async def test_what_waits_for_a_system_that_takes_documents_is_stuck(self, pushed: Bench) -> None:
        await pushed.outbox.pause(SYSTEM, by="an", reason="bảo trì", until=None, now=NOW)
        await pushed.damage(circuits.delete())
        assert await pushed.codes() == {"release-overdue": [its(PUSHED)]}

    async def test_a_dead_letter_is_counted_and_not_stuck(self, pushed: Bench) -> None:
        await publish(pushed.outbox)
        await fail(pushed.outbox, await begin(pushed.outbox, 2), REFUSED, again=None)
        report = await pushed.reconcile(100 * HOUR)
        assert report.clean and report.balance.of(Category.FAILED).deliveries == 1
