"""How every record of links asks documents back."""

import asyncio
from collections.abc import Collection
from dataclasses import replace

import pytest

from gateway.core.faults import Fault, Rejected
from gateway.core.model import OrganId, State, StatusCode
from gateway.ports import Ledger, Links, Outbox, Recalled
from tests.contracts.entries import LATER, NOW, OTHER, RECEIVER, SENDER, STRANGER, SYSTEM, entry, pushed_entry, report, seal

DOCUMENT = entry().document.id


async def collected(ledger: Ledger, organ: OrganId = RECEIVER) -> None:
    """Have one receiver take what waits for it."""
    lease = await ledger.lease(SYSTEM, {organ}, limit=9, until=LATER, now=NOW)
    assert lease is not None
    await ledger.ack(lease.token, SYSTEM, None, now=NOW, seal=seal)


async def ask_back(
    links: Links,
    to: Collection[OrganId] | None = None,
    organs: Collection[OrganId] = (SENDER,),
    reason: str = "Gửi nhầm",
    document: str = DOCUMENT,
) -> Recalled:
    return await links.recall(document, to, organs, reason=reason, now=LATER, seal=seal)


def states(recalled: Recalled) -> dict[OrganId, State]:
    return {each.receiver: each.state for each in recalled.view.deliveries}


class AskBackContract:
    """A document is asked back from all or some, in one transaction, and only by its sender."""

    async def test_what_is_not_handed_over_is_recalled_at_once_and_the_rest_is_asked(self, ledger: Ledger, links: Links) -> None:
        await ledger.accept(entry())
        await collected(ledger)
        recalled = await ask_back(links)
        assert recalled.created
        assert states(recalled) == {RECEIVER: State.RECALL_REQUESTED, OTHER: State.RECALLED}
        assert {each.why for each in recalled.view.deliveries} == {"Gửi nhầm"}

    async def test_only_those_who_are_named_are_asked(self, ledger: Ledger, links: Links) -> None:
        await ledger.accept(entry())
        assert states(await ask_back(links, {OTHER})) == {RECEIVER: State.AVAILABLE, OTHER: State.RECALLED}

    async def test_to_ask_again_changes_nothing_and_is_told_nobody(self, ledger: Ledger, links: Links) -> None:
        await ledger.accept(entry())
        await collected(ledger)
        first = await ask_back(links)
        before = (await ledger.history(DOCUMENT, {SENDER})).events
        again = await ask_back(links, reason="Gửi nhầm lần nữa")
        assert (again.created, again.view) == (False, first.view)
        assert (await ledger.history(DOCUMENT, {SENDER})).events == before

    async def test_after_a_refusal_it_may_be_asked_back_again_in_the_same_words(self, ledger: Ledger, links: Links) -> None:
        await ledger.accept(entry(to=(RECEIVER,)))
        await collected(ledger)
        await ask_back(links)
        delivery = entry().deliveries[0].id
        refused = report(StatusCode.RECALL_REFUSED, description="Đã xử lý")
        await ledger.record_status(delivery, refused, {RECEIVER}, now=NOW, seal=seal)
        again = await links.recall(DOCUMENT, None, {SENDER}, reason="Gửi nhầm", now=LATER.replace(hour=9), seal=seal)
        assert states(again) == {RECEIVER: State.RECALL_REQUESTED}

    @pytest.mark.parametrize(("organs", "to"), [({RECEIVER}, None), ({STRANGER}, None), ({SENDER}, {STRANGER})])
    async def test_only_the_sender_asks_and_only_receivers_are_asked(
        self, ledger: Ledger, links: Links, organs: set[OrganId], to: set[OrganId] | None
    ) -> None:
        await ledger.accept(entry())
        with pytest.raises(Rejected, match="not-found"):
            await ask_back(links, to, organs)
        assert {each.state for each in (await ledger.document(DOCUMENT, {SENDER})).deliveries} == {State.AVAILABLE}

    async def test_what_its_receiver_refused_is_no_more_asked_back(self, ledger: Ledger, links: Links) -> None:
        await ledger.accept(entry(to=(RECEIVER,)))
        refused = report(StatusCode.REFUSED, description="Sai nơi nhận")
        await ledger.record_status(entry().deliveries[0].id, refused, {RECEIVER}, now=NOW, seal=seal)
        with pytest.raises(Rejected, match="status-conflict"):
            await ask_back(links)

    async def test_one_who_refused_does_not_keep_the_others_from_being_asked(self, ledger: Ledger, links: Links) -> None:
        await ledger.accept(entry())
        refused = report(StatusCode.REFUSED, description="Sai nơi nhận")
        await ledger.record_status(entry().deliveries[0].id, refused, {RECEIVER}, now=NOW, seal=seal)
        assert states(await ask_back(links)) == {RECEIVER: State.REJECTED, OTHER: State.RECALLED}

    async def test_what_waited_to_be_pushed_is_not_pushed_any_more(self, ledger: Ledger, links: Links, outbox: Outbox) -> None:
        await ledger.accept(pushed_entry())
        assert states(await ask_back(links)) == {RECEIVER: State.RECALLED}
        assert (await outbox.claim(limit=9, until=LATER, now=NOW)).notes == ()

    @pytest.mark.parametrize("number", range(5))
    async def test_a_recall_that_races_a_hand_over_has_one_winner(self, ledger: Ledger, links: Links, number: int) -> None:
        made = entry(number, to=(RECEIVER,))
        await ledger.accept(made)
        lease = await ledger.lease(SYSTEM, {RECEIVER}, limit=9, until=LATER, now=NOW)
        assert lease is not None
        handing = ledger.ack(lease.token, SYSTEM, None, now=NOW, seal=seal)
        acked, recalled = await asyncio.gather(handing, ask_back(links, document=made.document.id), return_exceptions=True)
        assert not isinstance(recalled, BaseException)
        (own,) = (await ledger.document(made.document.id, {SENDER})).deliveries
        if isinstance(acked, Fault):
            assert (acked.code, own.state) == ("lease-lost", State.RECALLED)
        else:
            assert own.state is State.RECALL_REQUESTED

    async def test_what_the_policy_holds_is_taken_back_unheard_of_by_its_receiver(self, ledger: Ledger, links: Links) -> None:
        made = entry(to=(RECEIVER,))
        await ledger.accept(replace(made, deliveries=(replace(made.deliveries[0], state=State.SUSPENDED, why="Có macro"),)))
        assert states(await ask_back(links)) == {RECEIVER: State.RECALLED}
        with pytest.raises(Rejected, match="not-found"):
            await ledger.history(DOCUMENT, {RECEIVER})
