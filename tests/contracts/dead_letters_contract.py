"""What every ledger lets operators do about what could not be delivered: found, decided once, told, and written down."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from gateway.core.faults import Fault, Rejected, Undeliverable
from gateway.core.model import Delivery, OrganId, State, SystemId
from gateway.ports import Audited, AuditEntry, AuditLog, Bulk, DeadLetter, DeadLetters, Filter, Ledger, Outbox
from tests.contracts.entries import LATER, NOW, OTHER, RECEIVER, SENDER, STRANGER, SYSTEM, entry, pushed_entry
from tests.contracts.ledger_policy_contract import held_entry

ANY = Filter()
REFUSED = Undeliverable("receiver-refused", detail="sai mã đơn vị")
POISONOUS = Undeliverable("delivery-poisonous")
WHY = "đã sửa ở nơi nhận"


def pushed(_organ: OrganId) -> SystemId | None:
    return SYSTEM


def polled(_organ: OrganId) -> SystemId | None:
    return None


async def failed(
    ledger: Ledger,
    outbox: Outbox,
    number: int = 1,
    *,
    to: Sequence[OrganId] = (RECEIVER,),
    fault: Fault = REFUSED,
    **more: object,
) -> list[str]:
    """Accept a document whose every delivery fails at its first attempt; give their ids."""
    made = pushed_entry(number, to=to, **more)
    await ledger.accept(made)
    for each in made.deliveries:
        attempt = await outbox.begin(each.id, until=LATER, now=NOW)
        assert attempt is not None
        await outbox.came_to_nothing(attempt, fault, again=None, now=LATER)
    return [each.id for each in made.deliveries]


async def own(ledger: Ledger, delivery: str) -> Delivery:
    return (await ledger.delivery(delivery, {SENDER})).deliveries[0]


async def listed(letters: DeadLetters, which: Filter = ANY) -> list[str]:
    page = await letters.dead_letters(which, after=None, limit=100)
    return [each.view.deliveries[0].id for each in page.items]


async def due(outbox: Outbox) -> list[str]:
    claim = await outbox.claim(limit=100, until=LATER + timedelta(minutes=2), now=LATER)
    return [note.delivery for note in claim.notes]


async def requeue(letters: DeadLetters, which: Filter = ANY, *, limit: int = 1000) -> Bulk:
    return await letters.requeue(which, route=pushed, by="operator", reason=WHY, now=LATER, limit=limit)


async def park(letters: DeadLetters, which: Filter = ANY) -> Bulk:
    return await letters.park(which, by="operator", reason=WHY, now=LATER, limit=1000)


async def turn_back(letters: DeadLetters, which: Filter = ANY) -> Bulk:
    return await letters.turn_back(which, by="operator", reason=WHY, now=LATER, limit=1000)


async def redirect(letters: DeadLetters, to: OrganId, which: Filter = ANY) -> Bulk:
    return await letters.redirect(which, to, route=pushed, by="operator", reason=WHY, now=LATER, limit=1000)


async def audited(audit: AuditLog) -> tuple[AuditEntry, ...]:
    return (await audit.listing(after=None, limit=100)).items


class FindContract:
    """Dead letters are found by what is known of them."""

    async def test_what_failed_is_listed_with_its_cause_and_when_it_was_last_tried(
        self, ledger: Ledger, outbox: Outbox, letters: DeadLetters
    ) -> None:
        await failed(ledger, outbox)
        letter: DeadLetter
        (letter,) = (await letters.dead_letters(ANY, after=None, limit=9)).items
        (found,) = letter.view.deliveries
        assert (found.state, found.cause, found.answer, found.attempts) == (State.FAILED, "receiver-refused", "sai mã đơn vị", 1)
        assert (letter.failed_at, letter.parked) == (LATER, False)

    async def test_what_is_on_its_way_or_held_by_the_policy_is_no_dead_letter(self, ledger: Ledger, letters: DeadLetters) -> None:
        for made in (entry(1), pushed_entry(2), held_entry(3)):
            await ledger.accept(made)
        assert await letters.preview(ANY) == 0
        assert await listed(letters) == []

    async def test_the_list_is_paged_oldest_first(self, ledger: Ledger, outbox: Outbox, letters: DeadLetters) -> None:
        made = [each for number in (1, 2, 3) for each in await failed(ledger, outbox, number)]
        first = await letters.dead_letters(ANY, after=None, limit=2)
        second = await letters.dead_letters(ANY, after=first.next, limit=2)
        assert [each.view.deliveries[0].id for each in (*first.items, *second.items)] == made
        assert second.next is None

    async def test_a_cursor_of_elsewhere_is_refused(self, letters: DeadLetters, audit: AuditLog) -> None:
        for look in (letters.dead_letters(ANY, after="x", limit=9), audit.listing(after="1-2", limit=9)):
            with pytest.raises(Rejected) as caught:
                await look
            assert caught.value.code == "malformed-request"

    @pytest.mark.parametrize(
        ("which", "found"),
        [
            (Filter(receiver=RECEIVER), {1, 2}),
            (Filter(receiver=OTHER), {3}),
            (Filter(sender=STRANGER), {3}),
            (Filter(cause="receiver-refused"), {1, 3}),
            (Filter(cause="delivery-poisonous", receiver=RECEIVER), {2}),
            (Filter(cause="delivery-poisonous", receiver=OTHER), set()),
            (Filter(since=LATER), {2}),
            (Filter(until=LATER), {1, 3}),
            (Filter(since=NOW, until=LATER + timedelta(seconds=1)), {1, 2, 3}),
            (Filter(ids=[pushed_entry(3, to=(OTHER,), sender=STRANGER).deliveries[0].id, "0" * 32]), {3}),
            (Filter(ids=[]), set()),
            (Filter(parked=True), {2}),
            (Filter(parked=False), {1, 3}),
        ],
    )
    async def test_a_filter_finds(
        self, ledger: Ledger, outbox: Outbox, letters: DeadLetters, which: Filter, found: set[int]
    ) -> None:
        numbers = {
            (await failed(ledger, outbox, 1))[0]: 1,
            (await failed(ledger, outbox, 2, fault=POISONOUS, accepted_at=LATER))[0]: 2,
            (await failed(ledger, outbox, 3, to=(OTHER,), sender=STRANGER))[0]: 3,
        }
        await park(letters, Filter(cause="delivery-poisonous"))
        assert {numbers[each] for each in await listed(letters, which)} == found
        assert await letters.preview(which) == len(found) == sum(each.count for each in await letters.groups(which))

    async def test_groups_are_counted_by_cause_and_receiver_the_most_frequent_first(
        self, ledger: Ledger, outbox: Outbox, letters: DeadLetters
    ) -> None:
        await failed(ledger, outbox, 1, to=(OTHER,), fault=POISONOUS)
        await failed(ledger, outbox, 2, accepted_at=LATER)
        await failed(ledger, outbox, 3)
        counted = await letters.groups(ANY)
        assert [(each.cause, each.receiver, each.count, each.oldest_at) for each in counted] == [
            ("receiver-refused", RECEIVER, 2, NOW),
            ("delivery-poisonous", OTHER, 1, NOW),
        ]


class AuditContract:
    """Every decision leaves one row, with its filter, its reason and who made it."""

    async def test_a_decision_leaves_one_row(self, ledger: Ledger, outbox: Outbox, letters: DeadLetters, audit: AuditLog) -> None:
        await failed(ledger, outbox)
        await redirect(letters, OTHER, Filter(receiver=RECEIVER, since=NOW, parked=False))
        (row,) = await audited(audit)
        assert (row.actor, row.action, row.reason, row.count, row.at) == (
            "operator",
            "deadletters.redirected",
            WHY,
            1,
            LATER,
        )
        assert row.subject == {"receiver": RECEIVER, "since": NOW.isoformat(), "parked": False, "to": OTHER}

    async def test_what_touches_nothing_leaves_none(self, letters: DeadLetters, audit: AuditLog) -> None:
        assert await requeue(letters) == Bulk(matched=0, done=0)
        assert await audited(audit) == ()

    async def test_a_decision_of_several_transactions_leaves_one_row_that_counts_all(
        self, ledger: Ledger, outbox: Outbox, letters: DeadLetters, audit: AuditLog
    ) -> None:
        organs = [OrganId(f"H56.{number}") for number in range(1, 402)]
        made = pushed_entry(1, to=organs)
        await ledger.accept(made)
        await asyncio.gather(*(outbox.poisonous(each.id, now=LATER) for each in made.deliveries))
        assert await turn_back(letters, Filter(cause="delivery-poisonous")) == Bulk(matched=401, done=401)
        (row,) = await audited(audit)
        assert row.count == 401

    async def test_decisions_are_listed_newest_first(
        self, ledger: Ledger, outbox: Outbox, letters: DeadLetters, audit: AuditLog
    ) -> None:
        await failed(ledger, outbox)
        await park(letters)
        await outbox.pause(SYSTEM, by="chị Lan", reason="bảo trì", until=None, now=LATER)
        await requeue(letters)
        first = await audit.listing(after=None, limit=2)
        second = await audit.listing(after=first.next, limit=2)
        assert [each.action for each in (*first.items, *second.items)] == [
            "deadletters.requeued",
            "system.paused",
            "deadletters.parked",
        ]
        assert second.next is None

    @pytest.mark.parametrize("decide", ["release", "turn_back"])
    async def test_a_decision_about_what_the_policy_holds_is_written_down_too(
        self, ledger: Ledger, letters: DeadLetters, audit: AuditLog, decide: str
    ) -> None:
        made = held_entry()
        await ledger.accept(made)
        if decide == "release":
            await ledger.release(made.document.id, route=polled, by="operator", reason=WHY, now=LATER)
        else:
            await ledger.turn_back(made.document.id, by="operator", reason=WHY, now=LATER)
        (row,) = await audited(audit)
        done = {"release": "held.released", "turn_back": "held.turned_back"}[decide]
        assert (row.action, row.actor, row.reason, row.count) == (done, "operator", WHY, 2)
        assert row.subject["document"] == made.document.id

    async def test_decisions_are_listed_by_who_made_which_when(
        self, ledger: Ledger, outbox: Outbox, letters: DeadLetters, audit: AuditLog
    ) -> None:
        await failed(ledger, outbox)
        await park(letters)
        await outbox.pause(SYSTEM, by="chị Lan", reason="bảo trì", until=None, now=LATER)
        later = LATER + timedelta(seconds=1)
        await outbox.resume(SYSTEM, by="chị Lan", reason="xong", now=later)
        for which, actions in [
            (Audited(actor="chị Lan"), ["system.resumed", "system.paused"]),
            (Audited(action="system.paused"), ["system.paused"]),
            (Audited(since=later), ["system.resumed"]),
            (Audited(until=later), ["system.paused", "deadletters.parked"]),
            (Audited(actor="anh Ba"), []),
        ]:
            listed = (await audit.listing(which, after=None, limit=9)).items
            assert [each.action for each in listed] == actions, which
