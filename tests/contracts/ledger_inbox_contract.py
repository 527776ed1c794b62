"""How every ledger hands over: by leases that can be lost, and never twice."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta

import pytest

from gateway.core.faults import Rejected
from gateway.core.model import Delivery, Priority, State, StatusCode
from gateway.ports import Lease, Ledger
from tests.contracts.entries import (
    LATER,
    NOW,
    OTHER,
    OTHER_SYSTEM,
    RECEIVER,
    SENDER,
    SYSTEM,
    entry,
    recall,
    report,
    seal,
)

SECOND = timedelta(seconds=1)


async def leased(ledger: Ledger, *sent: int, limit: int = 9) -> Lease:
    """Accept documents of these numbers, and lease them for their receiver until LATER."""
    for number in sent:
        await ledger.accept(entry(number))
    lease = await ledger.lease(SYSTEM, {RECEIVER}, limit=limit, until=LATER, now=NOW)
    assert lease is not None
    return lease


def ids(lease: Lease | None) -> list[str]:
    return [view.deliveries[0].id for view in lease.items] if lease else []


async def own(ledger: Ledger, number: int = 1) -> Delivery:
    return (await ledger.delivery(entry(number).deliveries[0].id, {RECEIVER})).deliveries[0]


async def lost(settling: Awaitable[object], code: str = "lease-lost") -> list[str]:
    """Hold that settling is refused with the code; give the paths that the refusal names."""
    with pytest.raises(Rejected) as caught:
        await settling
    assert caught.value.code == code
    return [each.path for each in caught.value.problems]


class LeaseContract:
    """A delivery is claimed by one, for a time."""

    async def test_an_empty_inbox_gives_no_lease(self, ledger: Ledger) -> None:
        assert await ledger.lease(SYSTEM, {RECEIVER}, limit=9, until=LATER, now=NOW) is None

    async def test_urgent_then_oldest_are_leased_first(self, ledger: Ledger) -> None:
        for number, priority in enumerate((Priority.NORMAL, Priority.NORMAL, Priority.EXPRESS, Priority.URGENT)):
            await ledger.accept(entry(number, priority=priority))
        lease = await leased(ledger, limit=3)
        assert [view.document.number for view in lease.items] == ["2", "3", "0"]

    async def test_parallel_leases_never_share_a_delivery(self, ledger: Ledger) -> None:
        for number in range(30):
            await ledger.accept(entry(number))
        leases = await asyncio.gather(*(ledger.lease(SYSTEM, {RECEIVER}, limit=4, until=LATER, now=NOW) for _ in range(10)))
        claimed = [each for lease in leases for each in ids(lease)]
        assert len(claimed) == len(set(claimed)) == 30

    async def test_a_leased_delivery_is_still_seen_in_the_inbox(self, ledger: Ledger) -> None:
        await leased(ledger, 1)
        assert len((await ledger.inbox({RECEIVER}, after=None, limit=9)).items) == 1

    async def test_an_expired_lease_is_overtaken(self, ledger: Ledger) -> None:
        first = await leased(ledger, 1)
        second = await ledger.lease(SYSTEM, {RECEIVER}, limit=9, until=LATER + SECOND, now=LATER)
        assert ids(second) == ids(first)
        assert await lost(ledger.ack(first.token, SYSTEM, None, now=LATER, seal=seal)) == [f"deliveries/{ids(first)[0]}"]

    async def test_each_lease_counts_as_an_attempt(self, ledger: Ledger) -> None:
        await leased(ledger, 1)
        await ledger.lease(SYSTEM, {RECEIVER}, limit=9, until=LATER + SECOND, now=LATER)
        assert (await own(ledger)).attempts == 2

    async def test_a_renewed_lease_lives_longer(self, ledger: Ledger) -> None:
        lease = await leased(ledger, 1)
        renewed = await ledger.renew(lease.token, SYSTEM, until=LATER + SECOND, now=LATER - SECOND)
        assert (renewed.token, renewed.expires_at, ids(renewed)) == (lease.token, LATER + SECOND, ids(lease))
        assert await ledger.lease(SYSTEM, {RECEIVER}, limit=9, until=LATER + SECOND, now=LATER) is None
        assert await ledger.ack(lease.token, SYSTEM, None, now=LATER, seal=seal) == tuple(ids(lease))

    async def test_an_expired_lease_is_not_renewed(self, ledger: Ledger) -> None:
        lease = await leased(ledger, 1)
        await lost(ledger.renew(lease.token, SYSTEM, until=LATER + SECOND, now=LATER))

    async def test_a_settled_lease_is_not_renewed(self, ledger: Ledger) -> None:
        lease = await leased(ledger, 1)
        await ledger.ack(lease.token, SYSTEM, None, now=NOW, seal=seal)
        await lost(ledger.renew(lease.token, SYSTEM, until=LATER, now=NOW))


class SettleContract:
    """A leased delivery is handed over once, or given back."""

    async def test_an_ack_hands_over(self, ledger: Ledger) -> None:
        lease = await leased(ledger, 1)
        assert await ledger.ack(lease.token, SYSTEM, None, now=NOW, seal=seal) == tuple(ids(lease))
        assert (await own(ledger)).state is State.COLLECTED
        assert (await ledger.inbox({RECEIVER}, after=None, limit=9)).items == ()
        timeline = (await ledger.history(entry().document.id, {RECEIVER})).events
        assert [each.type for each in timeline] == ["delivery.available", "delivery.collected"]

    async def test_an_ack_after_the_lease_expired_is_lost_though_nobody_took_it(self, ledger: Ledger) -> None:
        lease = await leased(ledger, 1)
        await lost(ledger.ack(lease.token, SYSTEM, None, now=LATER, seal=seal))
        assert (await own(ledger)).state is State.AVAILABLE

    async def test_the_same_ack_again_gives_the_same_even_after_the_lease_expired(self, ledger: Ledger) -> None:
        lease = await leased(ledger, 1, 2, 3)
        first = await ledger.ack(lease.token, SYSTEM, None, now=NOW, seal=seal)
        assert await ledger.ack(lease.token, SYSTEM, None, now=LATER, seal=seal) == first == tuple(ids(lease))
        assert len(await ledger.receipts(entry(1).document.id, {RECEIVER})) == 2

    async def test_parallel_acks_hand_over_once(self, ledger: Ledger) -> None:
        lease = await leased(ledger, 1)
        acks = await asyncio.gather(*(ledger.ack(lease.token, SYSTEM, None, now=NOW, seal=seal) for _ in range(20)))
        assert set(acks) == {tuple(ids(lease))}
        timeline = (await ledger.history(entry().document.id, {RECEIVER})).events
        assert [each.type for each in timeline].count("delivery.collected") == 1

    async def test_part_of_a_lease_is_acked_and_the_rest_remains(self, ledger: Ledger) -> None:
        lease = await leased(ledger, 1, 2)
        first, second = ids(lease)
        assert await ledger.ack(lease.token, SYSTEM, [second], now=NOW, seal=seal) == (second,)
        assert (await own(ledger, 1)).state is State.AVAILABLE
        assert await ledger.ack(lease.token, SYSTEM, None, now=NOW, seal=seal) == (first, second)

    async def test_an_unknown_token_or_another_systems_token_is_not_found(self, ledger: Ledger) -> None:
        lease = await leased(ledger, 1)
        await lost(ledger.ack("unknown", SYSTEM, None, now=NOW, seal=seal), "not-found")
        await lost(ledger.ack(lease.token, OTHER_SYSTEM, None, now=NOW, seal=seal), "not-found")
        assert (await own(ledger)).state is State.AVAILABLE

    async def test_a_delivery_that_is_not_of_the_lease_is_not_found_and_nothing_is_acked(self, ledger: Ledger) -> None:
        lease = await leased(ledger, 1)
        foreign = entry(1).deliveries[1].id
        asked = [*ids(lease), foreign]
        assert await lost(ledger.ack(lease.token, SYSTEM, asked, now=NOW, seal=seal), "not-found") == [f"deliveries/{foreign}"]
        assert (await own(ledger)).state is State.AVAILABLE

    async def test_what_is_given_back_waits_until_its_time_and_says_why(self, ledger: Ledger) -> None:
        lease = await leased(ledger, 1)
        back = await ledger.nack(lease.token, SYSTEM, None, now=NOW, reason="Đang bảo trì", not_before=LATER)
        assert back == tuple(ids(lease))
        seen = await own(ledger)
        assert (seen.state, seen.why, seen.next_attempt_at) == (State.AVAILABLE, "Đang bảo trì", LATER)
        assert await ledger.lease(SYSTEM, {RECEIVER}, limit=9, until=LATER, now=LATER - SECOND) is None
        assert ids(await ledger.lease(SYSTEM, {RECEIVER}, limit=9, until=LATER + SECOND, now=LATER)) == ids(lease)

    async def test_the_same_nack_again_gives_the_same_and_is_one_event(self, ledger: Ledger) -> None:
        lease = await leased(ledger, 1)
        for _ in range(2):
            back = await ledger.nack(lease.token, SYSTEM, None, now=NOW, reason="Đang bảo trì", not_before=LATER)
            assert back == tuple(ids(lease))
        returned = [
            each for each in (await ledger.history(entry().document.id, {SENDER})).events if each.type == "delivery.returned"
        ]
        assert [each.data["reason"] for each in returned] == ["Đang bảo trì"]

    async def test_what_was_given_back_cannot_be_acked_nor_the_other_way_round(self, ledger: Ledger) -> None:
        lease = await leased(ledger, 1, 2)
        first, second = ids(lease)
        await ledger.nack(lease.token, SYSTEM, [first], now=NOW, reason="", not_before=NOW)
        await ledger.ack(lease.token, SYSTEM, [second], now=NOW, seal=seal)
        assert await lost(ledger.ack(lease.token, SYSTEM, [first], now=NOW, seal=seal)) == [f"deliveries/{first}"]
        assert await lost(ledger.nack(lease.token, SYSTEM, [second], now=NOW, reason="", not_before=NOW)) == [
            f"deliveries/{second}"
        ]

    async def test_an_ack_of_a_lease_that_was_given_back_whole_is_lost(self, ledger: Ledger) -> None:
        lease = await leased(ledger, 1)
        await ledger.nack(lease.token, SYSTEM, None, now=NOW, reason="", not_before=NOW)
        await lost(ledger.ack(lease.token, SYSTEM, None, now=NOW, seal=seal))

    async def test_a_recall_takes_a_delivery_out_of_its_lease(self, ledger: Ledger) -> None:
        lease = await leased(ledger, 1, 2)
        first, second = ids(lease)
        await ledger.record_status(first, recall(), {SENDER}, now=NOW, seal=seal)
        assert await lost(ledger.ack(lease.token, SYSTEM, None, now=NOW, seal=seal)) == [f"deliveries/{first}"]
        assert (await own(ledger, 1)).state is State.RECALLED
        assert await ledger.ack(lease.token, SYSTEM, [second], now=NOW, seal=seal) == (second,)

    @pytest.mark.parametrize(("code", "state"), [(StatusCode.PROCESSING, State.PROCESSING), (StatusCode.REFUSED, State.REJECTED)])
    async def test_an_ack_keeps_what_the_receiver_already_reported(self, ledger: Ledger, code: StatusCode, state: State) -> None:
        lease = await leased(ledger, 1)
        await ledger.record_status(ids(lease)[0], report(code, description="Sai nơi nhận"), {RECEIVER}, now=NOW, seal=seal)
        assert await ledger.ack(lease.token, SYSTEM, None, now=NOW, seal=seal) == tuple(ids(lease))
        assert (await own(ledger)).state is state

    async def test_only_the_organs_asked_for_are_leased(self, ledger: Ledger) -> None:
        await ledger.accept(entry())
        lease = await ledger.lease(SYSTEM, {OTHER}, limit=9, until=LATER, now=NOW)
        assert ids(lease) == [entry().deliveries[1].id]
