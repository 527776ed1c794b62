"""How every record of links keeps replies: written with the reply, told to both sides, walked by whoever sees them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.core.faults import Rejected
from gateway.core.links import Link, LinkKind
from gateway.core.model import Event, OrganId, State
from gateway.ports import Entry, Ledger, Links
from tests.contracts.entries import LATER, NOW, OTHER, RECEIVER, SENDER, STRANGER, entry

ASKED = entry(to=(RECEIVER, OTHER))
"""The first document, which is answered."""


def link(to: Entry | None, organ: OrganId) -> Link:
    """A link of `organ` to a document that it received, or to one that is not found."""
    document = (to or ASKED).document
    own = next((each.id for each in to.deliveries if each.receiver == organ), None) if to else None
    return Link(
        kind=LinkKind.REPLY,
        organ=document.sender,
        code=f"{document.number}/{document.notation}",
        promulgated_on=document.promulgated_on,
        document_id=document.document_id,
        target=document.id if to else None,
        delivery=own,
    )


def answer(number: int, to: Entry | None, *, by: OrganId = RECEIVER, receivers: tuple[OrganId, ...] = (SENDER,)) -> Entry:
    """A document that answers another, a second later for each number."""
    made = entry(number, sender=by, to=receivers, accepted_at=NOW + timedelta(seconds=number))
    return replace(made, links=(link(to, by),))


async def answered(ledger: Ledger, organ: OrganId, document: str = ASKED.document.id) -> list[Event]:
    return [each for each in (await ledger.history(document, {organ})).events if each.type == "document.answered"]


class ReplyContract:
    """Replies."""

    async def test_both_sides_of_the_answered_delivery_are_told_by_which_document(self, ledger: Ledger, links: Links) -> None:
        await ledger.accept(ASKED)
        reply = answer(2, ASKED)
        await ledger.accept(reply)
        for organ in (SENDER, RECEIVER):
            (event,) = await answered(ledger, organ)
            assert event.delivery == ASKED.deliveries[0].id
            assert event.data["answered_by"] == reply.document.id
            assert (event.data["answered_by_code"], event.data["answered_on"]) == ("2/UBND-VP", "2026-11-23")
        assert await answered(ledger, OTHER) == []

    async def test_a_reply_that_is_sent_again_answers_once(self, ledger: Ledger, links: Links) -> None:
        await ledger.accept(ASKED)
        for _ in range(2):
            await ledger.accept(answer(2, ASKED))
        assert len(await answered(ledger, SENDER)) == 1

    async def test_each_side_sees_what_answers_what(self, ledger: Ledger, links: Links) -> None:
        await ledger.accept(ASKED)
        reply = answer(2, ASKED)
        await ledger.accept(reply)
        said = await links.linked(reply.document.id, {SENDER})
        assert [(each.kind, each.target, each.code) for each in said.links] == [(LinkKind.REPLY, ASKED.document.id, "1/UBND-VP")]
        (by,) = (await links.linked(ASKED.document.id, {SENDER})).linked_by
        assert (by.kind, by.document.id) == (LinkKind.REPLY, reply.document.id)

    async def test_who_is_no_party_to_a_reply_does_not_see_it(self, ledger: Ledger, links: Links) -> None:
        await ledger.accept(ASKED)
        await ledger.accept(answer(2, ASKED))
        assert (await links.linked(ASKED.document.id, {OTHER})).linked_by == ()

    async def test_a_reply_shows_nobody_a_document_that_he_may_not_see(self, ledger: Ledger, links: Links) -> None:
        await ledger.accept(ASKED)
        reply = answer(2, ASKED, receivers=(STRANGER,))
        await ledger.accept(reply)
        (only,) = (await links.linked(reply.document.id, {STRANGER})).links
        assert (only.target, only.code) == (None, "1/UBND-VP")

    async def test_a_reply_that_links_to_nothing_is_kept_as_it_was_written(self, ledger: Ledger, links: Links) -> None:
        reply = answer(2, None)
        await ledger.accept(reply)
        (only,) = (await links.linked(reply.document.id, {SENDER})).links
        assert (only.target, only.organ, only.code) == (None, SENDER, "1/UBND-VP")

    async def test_a_reply_that_the_policy_holds_answers_once_it_is_released(self, ledger: Ledger, links: Links) -> None:
        await ledger.accept(ASKED)
        reply = answer(2, ASKED)
        held = replace(reply, deliveries=tuple(replace(each, state=State.SUSPENDED, why="?") for each in reply.deliveries))
        await ledger.accept(held)
        assert await answered(ledger, SENDER) == []
        await ledger.release(reply.document.id, route=lambda _: None, by="lan", reason="đã xem", now=LATER)
        (event,) = await answered(ledger, SENDER)
        assert event.at == LATER

    async def test_a_reply_tells_nothing_of_what_its_writer_never_heard_of(self, ledger: Ledger, links: Links) -> None:
        held = replace(ASKED, deliveries=tuple(replace(each, state=State.SUSPENDED, why="?") for each in ASKED.deliveries))
        await ledger.accept(held)
        await ledger.accept(answer(2, ASKED))
        assert await answered(ledger, SENDER) == []

    async def test_a_thread_is_the_same_from_each_of_its_documents_and_in_order(self, ledger: Ledger, links: Links) -> None:
        first = answer(2, ASKED)
        second = answer(3, first, by=SENDER, receivers=(RECEIVER,))
        aside = answer(4, ASKED, by=OTHER)
        for each in (ASKED, first, second, aside):
            await ledger.accept(each)
        ids = [each.document.id for each in (ASKED, first, second, aside)]
        for each in ids:
            found = await links.thread(each, {SENDER}, limit=9)
            assert ([document.id for document in found.documents], found.whole) == (ids, True)
            assert len(found.links) == 3

    async def test_a_thread_holds_only_what_its_reader_sees(self, ledger: Ledger, links: Links) -> None:
        first = answer(2, ASKED)
        for each in (ASKED, first, answer(4, ASKED, by=OTHER)):
            await ledger.accept(each)
        found = await links.thread(ASKED.document.id, {RECEIVER}, limit=9)
        assert [document.id for document in found.documents] == [ASKED.document.id, first.document.id]
        with pytest.raises(Rejected, match="not-found"):
            await links.thread(ASKED.document.id, {STRANGER}, limit=9)

    async def test_a_long_thread_is_cut_and_says_so(self, ledger: Ledger, links: Links) -> None:
        await ledger.accept(ASKED)
        for number in range(2, 6):
            await ledger.accept(answer(number, ASKED))
        found = await links.thread(ASKED.document.id, {SENDER}, limit=3)
        assert (len(found.documents), found.whole) == (3, False)
        assert all({one, other} <= {each.id for each in found.documents} for one, _, other in found.links)
