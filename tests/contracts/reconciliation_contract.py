"""What every reconciliation finds: nothing in what the ledger did itself, and whatever is damaged afterwards."""

from typing import Any

import pytest
import sqlalchemy as sa

from gateway.core.model import OrganId, State
from gateway.core.reconciliation import Category
from gateway.infra.ledger_rows import receipt_row
from gateway.infra.tables import deliveries, documents, events, outbox, receipts
from tests.contracts.entries import (
    NOW,
    OTHER,
    SENDER,
    STRANGER,
    entry,
    pushed_entry,
    recall,
    seal,
)
from tests.contracts.outbox_contract import REFUSED, begin, fail, publish
from tests.contracts.reconciliation_bench import HOUR, POLLED, PUSHED, SPLIT, Bench, its, of


class BalanceContract:
    """Accepted = delivered + waiting + held + failed + recalled + refused, for any period."""

    async def test_an_empty_ledger_is_balanced(self, bench: Bench) -> None:
        report = await bench.reconcile()
        assert report.clean and (report.balance.documents, report.balance.accepted) == (0, 0)

    async def test_what_becomes_of_each_delivery_is_added_up(self, bench: Bench) -> None:
        await bench.collect(1)
        await bench.ledger.accept(entry(2))
        await bench.ledger.record_status(its(entry(2)), recall(), {SENDER}, now=NOW, seal=seal)
        await bench.ledger.accept(pushed_entry(3))
        await publish(bench.outbox)
        await fail(bench.outbox, await begin(bench.outbox, 3), REFUSED, again=None)
        report = await bench.reconcile(HOUR)
        counted = {each: report.balance.of(each).deliveries for each in Category if report.balance.of(each).deliveries}
        assert counted == {Category.DELIVERED: 1, Category.RECALLED: 1, Category.WAITING: 1, Category.FAILED: 1}
        assert (report.balance.documents, report.balance.accepted, report.clean) == (3, 4, True)

    async def test_the_oldest_of_each_category_is_known(self, bench: Bench) -> None:
        for number in (1, 2):
            await bench.ledger.accept(entry(number, accepted_at=NOW + number * HOUR))
        assert (await bench.reconcile()).balance.of(Category.WAITING).oldest_at == NOW + HOUR

    async def test_a_period_counts_what_was_accepted_in_it(self, bench: Bench) -> None:
        for number in range(4):
            await bench.ledger.accept(entry(number, accepted_at=NOW + number * HOUR))
        balance = (await bench.reconcile(since=NOW + HOUR, until=NOW + 3 * HOUR)).balance
        assert (balance.documents, balance.accepted, balance.found) == (2, 4, 4)

    async def test_what_is_still_under_way_is_looked_at_whenever_it_was_accepted(self, bench: Bench) -> None:
        await bench.ledger.accept(PUSHED)
        await bench.damage(outbox.delete())
        report = await bench.reconcile(since=NOW + HOUR)
        assert report.counts == {"outbox-missing": 1} and report.balance.accepted == 0

    async def test_what_was_delivered_before_the_period_is_left_alone(self, bench: Bench) -> None:
        await bench.damage(receipts.delete().where(receipts.c.delivery == await bench.collect()))
        assert (await bench.reconcile(since=NOW + HOUR)).clean

    async def test_a_lost_delivery_unbalances(self, bench: Bench) -> None:
        await bench.ledger.accept(POLLED)
        await bench.damage(deliveries.delete().where(of(its(POLLED))))
        report = await bench.reconcile()
        assert (report.balance.accepted, report.balance.found, report.balance.balanced) == (2, 1, False)

    async def test_a_state_that_nobody_knows_unbalances(self, bench: Bench) -> None:
        await bench.ledger.accept(POLLED)
        await bench.damage(deliveries.update().where(of(its(POLLED))).values(state="lost"))
        report = await bench.reconcile()
        assert not report.balance.balanced and report.counts == {"standing-impossible": 1}

    async def test_of_many_only_the_first_are_named(self, bench: Bench) -> None:
        for number in range(60):
            await bench.ledger.accept(entry(number))
        await bench.damage(receipts.delete(), deliveries.update().values(state=State.COLLECTED.value))
        report = await bench.reconcile()
        assert report.counts == {"document-unattested": 60, "collection-unattested": 120}
        assert len(report.discrepancies) == 60 + 100


class PromiseContract:
    """The answers to the senders are held against the deliveries."""

    @pytest.fixture
    async def polled(self, bench: Bench) -> Bench:
        await bench.ledger.accept(POLLED)
        return bench

    async def test_a_promised_delivery_that_is_lost_is_named(self, polled: Bench) -> None:
        await polled.damage(deliveries.delete().where(of(its(POLLED, 1))))
        assert await polled.codes() == {"delivery-missing": [its(POLLED, 1)]}

    async def test_a_delivery_that_nobody_promised_is_named(self, polled: Bench) -> None:
        await polled.damage(sa.insert(deliveries).from_select(*another(State.AVAILABLE)))
        assert await polled.codes() == {"delivery-unpromised": ["f" * 32]}

    async def test_one_lost_and_one_invented_are_both_found(self, polled: Bench) -> None:
        await polled.damage(deliveries.update().where(of(its(POLLED))).values(id="e" * 32))
        assert await polled.codes() == {"delivery-missing": [its(POLLED)], "delivery-unpromised": ["e" * 32]}

    async def test_a_delivery_that_was_replaced_by_nobody_is_named(self, polled: Bench) -> None:
        await polled.damage(deliveries.update().where(of(its(POLLED))).values(state=State.REPLACED.value))
        report = await polled.reconcile()
        assert report.counts == {"replacement-missing": 1} and report.balance.balanced

    @pytest.mark.parametrize(("to", "added"), [(STRANGER, 1), (OTHER, 0)])
    async def test_what_stands_in_for_another_is_in_its_place(self, bench: Bench, to: OrganId, added: int) -> None:
        await bench.redirect(to)
        balance = (report := await bench.reconcile(HOUR)).balance
        assert report.clean and balance.added == added and balance.of(Category.REPLACED).deliveries == 1

    async def test_what_stood_in_for_another_and_is_lost_is_missed(self, bench: Bench) -> None:
        await bench.redirect(STRANGER)
        await bench.damage(deliveries.delete().where(deliveries.c.receiver == STRANGER))
        report = await bench.reconcile(HOUR)
        assert report.counts == {"replacement-missing": 1} and not report.balance.balanced

    async def test_deliveries_that_stand_in_for_each_other_are_named(self, bench: Bench) -> None:
        await bench.redirect(OTHER)
        told = {"redirected_delivery": its(SPLIT), "created": False}
        row = {"at": NOW, "type": "delivery.redirected", "document": SPLIT.document.id, "sender": SENDER, "data": told}
        await bench.damage(
            deliveries.update().values(state=State.REPLACED.value), events.insert().values(row | {"delivery": its(SPLIT, 1)})
        )
        assert (await bench.codes(HOUR))["replacement-missing"] == [its(SPLIT), its(SPLIT, 1)]

    async def test_a_document_without_deliveries_is_named(self, polled: Bench) -> None:
        await polled.damage(deliveries.delete())
        assert (await polled.reconcile()).counts == {"document-without-deliveries": 1, "delivery-missing": 2}

    @pytest.mark.parametrize("answer", ["", "{", "null", '{"deliveries": []}'])
    async def test_an_answer_that_promises_nothing_is_named(self, polled: Bench, answer: str) -> None:
        await polled.damage(documents.update().values(answer=answer))
        assert await polled.codes() == {"promise-unreadable": [None]}

    async def test_words_of_an_answer_promise_nothing(self, polled: Bench) -> None:
        quoting = '{"findings": [{"message": "\\"to\\": \\"x\\""}], ' + POLLED.answer[1:]
        await polled.damage(documents.update().values(answer=quoting))
        assert (await polled.reconcile()).clean

    async def test_an_acceptance_without_its_receipt_is_named(self, polled: Bench) -> None:
        await polled.damage(receipts.delete())
        assert await polled.codes() == {"document-unattested": [None]}

    async def test_a_second_receipt_of_an_acceptance_is_named(self, polled: Bench) -> None:
        await polled.damage(receipts.insert().values(receipt_row(POLLED.receipt) | {"id": "0" * 32}))
        assert await polled.codes() == {"receipt-repeated": [None]}


def another(state: State) -> tuple[list[str], sa.Select[Any]]:
    """Make another delivery of the same document out of the first, to a receiver that it was not accepted for."""
    columns = [each for each in deliveries.c if each.name != "seq"]
    changed: dict[str, object] = {"id": "f" * 32, "receiver": STRANGER, "state": state.value}
    chosen = [sa.literal(changed[each.name]).label(each.name) if each.name in changed else each for each in columns]
    return [each.name for each in columns], sa.select(*chosen).where(of(its(POLLED)))
