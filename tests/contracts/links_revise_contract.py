"""How every record of links carries out recalls, updates and replacements: with the document that asks for them."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.core.faults import Fault, Rejected
from gateway.core.intake import derived_id
from gateway.core.links import ADDED, Concerned, Link, LinkKind, Revision
from gateway.core.model import BusinessType, Delivery, Event, OrganId, State, StatusCode
from gateway.infra.tables import deliveries
from gateway.ports import Entry, Ledger, Links, Outbox
from tests.contracts.entries import (
    LATER,
    NOW,
    OTHER,
    RECEIVER,
    SENDER,
    STRANGER,
    SYSTEM,
    correlation,
    entry,
    pushed_entry,
    report,
    seal,
)
from tests.contracts.links_contract import collected
from tests.contracts.reconciliation_bench import Bench

FIRST = entry(to=(RECEIVER, OTHER))
"""The document that others are about."""
OWN, OTHERS = (each.id for each in FIRST.deliveries)
TYPES = {LinkKind.RECALL: BusinessType.RECALL, LinkKind.UPDATE: BusinessType.UPDATE, LinkKind.REPLACE: BusinessType.REPLACE}


def revising(
    kind: LinkKind,
    asked: Sequence[str] = (OWN, OTHERS),
    *,
    number: int = 2,
    withdrawn: Sequence[str] = (),
    added: Sequence[Delivery] = (),
    target: Entry = FIRST,
) -> Entry:
    """A document of the sender that does something about another."""
    made = entry(number, accepted_at=NOW + timedelta(seconds=number), business_type=TYPES[kind])
    link = Link(kind=kind, organ=SENDER, target=target.document.id)
    concerned = Concerned(document=target.document.id, asked=tuple(asked), withdrawn=tuple(withdrawn), added=tuple(added))
    links = [replace(link, delivery=each) for each in (*asked, *withdrawn)]
    links += [replace(link, delivery=each.id, answer=ADDED) for each in added]
    revision = Revision(kind=kind, reason="Sửa lỗi", concerned=(concerned,))
    return replace(made, links=tuple(links), revision=revision, seal=seal)


async def states(ledger: Ledger) -> dict[OrganId, State]:
    return {each.receiver: each.state for each in (await ledger.document(FIRST.document.id, {SENDER})).deliveries}


async def heard(ledger: Ledger, kind: str, organ: OrganId = SENDER) -> list[Event]:
    return [each for each in (await ledger.history(FIRST.document.id, {organ})).events if each.type == kind]


async def answered(ledger: Ledger, code: StatusCode, description: str = "") -> None:
    await ledger.record_status(OWN, report(code, description=description), {RECEIVER}, now=LATER, seal=seal)


class RecallByDocumentContract:
    """A recall that comes as a document does what status 13 does, with the document."""

    async def test_it_is_delivered_and_asks_back_what_it_is_about(self, ledger: Ledger, links: Links) -> None:
        await ledger.accept(FIRST)
        await collected(ledger)
        recall = revising(LinkKind.RECALL)
        await ledger.accept(recall)
        assert await states(ledger) == {RECEIVER: State.RECALL_REQUESTED, OTHER: State.RECALLED}
        assert {each.state for each in (await ledger.document(recall.document.id, {SENDER})).deliveries} == {State.AVAILABLE}
        (event,) = await heard(ledger, "recall.requested", RECEIVER)
        assert (event.data["recalled_by"], event.data["recalled_by_code"]) == (recall.document.id, "2/UBND-VP")

    async def test_it_is_carried_out_once_however_often_it_is_sent(self, ledger: Ledger, links: Links) -> None:
        await ledger.accept(FIRST)
        for _ in range(3):
            await ledger.accept(revising(LinkKind.RECALL))
        assert len(await heard(ledger, "recall.requested")) == 2

    async def test_both_documents_show_the_other(self, ledger: Ledger, links: Links) -> None:
        await ledger.accept(FIRST)
        recall = revising(LinkKind.RECALL)
        await ledger.accept(recall)
        (said,) = (await links.linked(recall.document.id, {SENDER})).links
        (by,) = (await links.linked(FIRST.document.id, {RECEIVER})).linked_by
        assert (said.kind, said.target) == (LinkKind.RECALL, FIRST.document.id)
        assert (by.kind, by.document.id) == (LinkKind.RECALL, recall.document.id)

    @pytest.mark.parametrize("number", range(5))
    async def test_when_it_races_a_hand_over_there_is_one_winner(self, ledger: Ledger, links: Links, number: int) -> None:
        first = entry(10 + number, to=(RECEIVER,))
        await ledger.accept(first)
        lease = await ledger.lease(SYSTEM, {RECEIVER}, limit=9, until=LATER, now=NOW)
        assert lease is not None
        recall = revising(LinkKind.RECALL, [first.deliveries[0].id], number=20 + number, target=first)
        handing = ledger.ack(lease.token, SYSTEM, None, now=NOW, seal=seal)
        acked, taken = await asyncio.gather(handing, ledger.accept(recall), return_exceptions=True)
        assert not isinstance(taken, BaseException)
        (own,) = (await ledger.document(first.document.id, {SENDER})).deliveries
        if isinstance(acked, Fault):
            assert (acked.code, own.state) == ("lease-lost", State.RECALLED)
        else:
            assert own.state is State.RECALL_REQUESTED

    async def test_one_that_nobody_can_be_asked_about_is_accepted_all_the_same(self, ledger: Ledger, links: Links) -> None:
        await ledger.accept(FIRST)
        await answered(ledger, StatusCode.REFUSED, "Sai nơi nhận")
        assert (await ledger.accept(revising(LinkKind.RECALL, [OWN]))).created
        assert (await states(ledger))[RECEIVER] is State.REJECTED


class UpdateContract:
    """Who has the document is asked to update it; its receivers may change."""

    async def test_who_has_the_document_is_asked_and_its_state_stays(self, ledger: Ledger, links: Links) -> None:
        await ledger.accept(FIRST)
        await collected(ledger)
        update = revising(LinkKind.UPDATE)
        await ledger.accept(update)
        assert await states(ledger) == {RECEIVER: State.COLLECTED, OTHER: State.AVAILABLE}
        (event,) = await heard(ledger, "update.requested")
        assert (event.delivery, event.data["updated_by"], event.data["reason"]) == (OWN, update.document.id, "Sửa lỗi")
        (by,) = (await links.linked(FIRST.document.id, {SENDER})).linked_by
        assert by.answers == ((RECEIVER, "awaited"),)

    @pytest.mark.parametrize(("code", "words"), [(StatusCode.RECALL_AGREED, ""), (StatusCode.RECALL_REFUSED, "Đã ban hành")])
    async def test_15_says_that_it_is_updated_and_16_that_it_is_kept(
        self, ledger: Ledger, links: Links, code: StatusCode, words: str
    ) -> None:
        await ledger.accept(FIRST)
        await collected(ledger)
        await answered(ledger, StatusCode.PROCESSING)
        update = revising(LinkKind.UPDATE)
        await ledger.accept(update)
        await answered(ledger, code, words)
        (own, _) = (await ledger.document(FIRST.document.id, {SENDER})).deliveries
        assert (own.state, own.status_code, own.why) == (State.PROCESSING, code, words or None)
        (event,) = await heard(ledger, "update.answered")
        assert (event.data["code"], event.data["updated_by"]) == (code, update.document.id)
        (by,) = (await links.linked(FIRST.document.id, {SENDER})).linked_by
        assert by.answers == ((RECEIVER, code),)
        assert await heard(ledger, "recall.answered") == []

    async def test_an_answer_that_nobody_asked_for_is_still_a_conflict(self, ledger: Ledger, links: Links) -> None:
        await ledger.accept(FIRST)
        await collected(ledger)
        with pytest.raises(Rejected, match="status-conflict"):
            await answered(ledger, StatusCode.RECALL_AGREED)

    async def test_a_doubled_answer_is_history(self, ledger: Ledger, links: Links) -> None:
        await ledger.accept(FIRST)
        await collected(ledger)
        await ledger.accept(revising(LinkKind.UPDATE))
        await answered(ledger, StatusCode.RECALL_AGREED)
        again = report(StatusCode.RECALL_AGREED, at=LATER)
        await ledger.record_status(OWN, again, {RECEIVER}, now=LATER, seal=seal)
        assert len(await heard(ledger, "update.answered")) == 1

    async def test_a_recall_is_answered_before_an_update_that_waits(self, ledger: Ledger, links: Links) -> None:
        await ledger.accept(FIRST)
        await collected(ledger)
        await ledger.accept(revising(LinkKind.UPDATE))
        await ledger.accept(revising(LinkKind.RECALL, number=3))
        await answered(ledger, StatusCode.RECALL_REFUSED, "Đã xử lý")
        assert (await states(ledger))[RECEIVER] is State.COLLECTED
        await ledger.record_status(OWN, report(StatusCode.RECALL_AGREED), {RECEIVER}, now=LATER, seal=seal)
        assert [each.type for each in (await ledger.history(FIRST.document.id, {RECEIVER})).events][-3:] == [
            "recall.answered",
            "status.received",
            "update.answered",
        ]

    async def test_a_receiver_who_is_removed_is_asked_to_give_it_back(self, ledger: Ledger, links: Links) -> None:
        await ledger.accept(FIRST)
        await ledger.accept(revising(LinkKind.UPDATE, [OWN], withdrawn=[OTHERS]))
        assert await states(ledger) == {RECEIVER: State.AVAILABLE, OTHER: State.RECALLED}

    async def test_a_receiver_who_is_added_gets_the_document_too(self, ledger: Ledger, links: Links) -> None:
        await ledger.accept(FIRST)
        new = Delivery(
            id=derived_id(FIRST.document.id, STRANGER), document=FIRST.document.id, receiver=STRANGER, state=State.AVAILABLE
        )
        await ledger.accept(revising(LinkKind.UPDATE, [], added=[new]))
        lease = await ledger.lease(SYSTEM, {STRANGER}, limit=9, until=LATER, now=NOW)
        assert lease is not None
        assert [each.document.id for each in lease.items] == [FIRST.document.id]

    async def test_a_receiver_who_is_pushed_to_is_added_to_the_outbox(self, ledger: Ledger, links: Links, outbox: Outbox) -> None:
        await ledger.accept(FIRST)
        new = Delivery(
            id=derived_id(FIRST.document.id, STRANGER), document=FIRST.document.id, receiver=STRANGER, state=State.QUEUED
        )
        made = revising(LinkKind.UPDATE, [], added=[new])
        await ledger.accept(replace(made, routes={STRANGER: SYSTEM}))
        claimed = await outbox.claim(limit=9, until=LATER, now=NOW)
        assert [each.delivery for each in claimed.notes] == [new.id]


class ReplacementContract:
    """What is replaced is over, wherever it stood."""

    async def test_whoever_has_it_and_whoever_has_not_see_it_replaced(self, ledger: Ledger, links: Links) -> None:
        await ledger.accept(FIRST)
        await collected(ledger)
        await answered(ledger, StatusCode.COMPLETED)
        new = revising(LinkKind.REPLACE)
        await ledger.accept(new)
        assert await states(ledger) == {RECEIVER: State.REPLACED, OTHER: State.REPLACED}
        events = await heard(ledger, "document.replaced")
        assert {(each.data["replaced_by"], each.data["replaced_by_code"]) for each in events} == {(new.document.id, "2/UBND-VP")}
        assert len(await heard(ledger, "document.replaced", RECEIVER)) == 1
        lease = await ledger.lease(SYSTEM, {OTHER}, limit=9, until=LATER, now=NOW)
        assert lease is not None and [each.document.id for each in lease.items] == [new.document.id]

    async def test_a_lease_of_it_is_lost(self, ledger: Ledger, links: Links) -> None:
        await ledger.accept(FIRST)
        lease = await ledger.lease(SYSTEM, {RECEIVER}, limit=9, until=LATER, now=NOW)
        assert lease is not None
        await ledger.accept(revising(LinkKind.REPLACE))
        with pytest.raises(Rejected, match="lease-lost"):
            await ledger.ack(lease.token, SYSTEM, None, now=NOW, seal=seal)

    async def test_only_those_concerned_lose_it(self, ledger: Ledger, links: Links) -> None:
        await ledger.accept(FIRST)
        await ledger.accept(revising(LinkKind.REPLACE, [OTHERS]))
        assert await states(ledger) == {RECEIVER: State.AVAILABLE, OTHER: State.REPLACED}

    async def test_what_is_over_stays_as_it_ended(self, ledger: Ledger, links: Links) -> None:
        await ledger.accept(FIRST)
        await answered(ledger, StatusCode.REFUSED, "Sai nơi nhận")
        await ledger.accept(revising(LinkKind.REPLACE))
        assert (await states(ledger))[RECEIVER] is State.REJECTED
        assert len(await heard(ledger, "document.replaced")) == 1

    async def test_it_is_not_pushed_any_more(self, ledger: Ledger, links: Links, outbox: Outbox) -> None:
        first = pushed_entry(1)
        await ledger.accept(first)
        await ledger.accept(revising(LinkKind.REPLACE, [first.deliveries[0].id], target=first))
        assert (await outbox.claim(limit=9, until=LATER, now=NOW)).notes == ()

    async def test_a_status_of_the_number_is_of_what_replaced_it(self, ledger: Ledger, links: Links) -> None:
        await ledger.accept(FIRST)
        key = f"{FIRST.document.natural_key[:-1]}3"
        new = revising(LinkKind.REPLACE)
        new = replace(new, document=replace(new.document, number="1", document_id=FIRST.document.document_id, natural_key=key))
        await ledger.accept(new)
        (own,) = await ledger.correlate(correlation(FIRST), RECEIVER)
        assert own.document == new.document.id


class BalancedContract:
    """What revisions add and replace is accounted for."""

    async def test_what_was_added_and_what_was_replaced_is_no_discrepancy(self, bench: Bench) -> None:
        await bench.ledger.accept(FIRST)
        new = Delivery(
            id=derived_id(FIRST.document.id, STRANGER), document=FIRST.document.id, receiver=STRANGER, state=State.AVAILABLE
        )
        await bench.ledger.accept(revising(LinkKind.UPDATE, [], added=[new]))
        await bench.ledger.accept(revising(LinkKind.REPLACE, number=3))
        found = await bench.reconcile()
        assert (found.clean, found.balance.accepted, found.balance.found) == (True, 7, 7)

    async def test_a_delivery_that_nobody_added_is_still_found(self, bench: Bench) -> None:
        await bench.ledger.accept(FIRST)
        await bench.damage(deliveries.update().where(deliveries.c.id == OWN).values(state=State.REPLACED.value))
        assert (await bench.reconcile()).counts == {"replacement-missing": 1}


class SentContract:
    """What an agency sent is found by what it is called."""

    async def test_it_is_found_by_id_and_by_code_with_all_deliveries(self, ledger: Ledger, links: Links) -> None:
        await ledger.accept(FIRST)
        for named in (correlation(FIRST), correlation(FIRST, document_id=None)):
            (view,) = await links.sent(named)
            assert (view.document.id, len(view.deliveries)) == (FIRST.document.id, 2)

    async def test_a_recall_that_bears_its_number_is_not_it(self, ledger: Ledger, links: Links) -> None:
        await ledger.accept(FIRST)
        recall = revising(LinkKind.RECALL, [])
        named = replace(recall.document, number="1", document_id=FIRST.document.document_id)
        await ledger.accept(replace(recall, document=named))
        assert [each.document.id for each in await links.sent(correlation(FIRST))] == [FIRST.document.id]

    async def test_what_others_sent_is_not_found(self, ledger: Ledger, links: Links) -> None:
        await ledger.accept(FIRST)
        assert await links.sent(correlation(FIRST, owner=RECEIVER)) == ()
