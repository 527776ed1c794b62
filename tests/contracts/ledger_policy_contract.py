"""How every ledger keeps what the policy decides: held deliveries, paper copies, findings counted."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.core.faults import Rejected
from gateway.core.model import Finding, OrganId, Severity, State, StatusCode
from gateway.ports import Entry, Ledger
from tests.contracts.entries import LATER, NOW, OTHER, RECEIVER, SENDER, STRANGER, SYSTEM, entry, recall, report, seal

WHY = "Tệp văn phòng có macro."


def held_entry(number: int = 1) -> Entry:
    made = entry(number)
    return replace(made, deliveries=tuple(replace(each, state=State.SUSPENDED, why=WHY) for each in made.deliveries))


async def heard(ledger: Ledger, organ: OrganId) -> list[str]:
    events, _ = await ledger.events({organ}, after=None, limit=100)
    return [each.type for each in events]


class HeldContract:
    """What is held waits for an operator, unseen by its receivers."""

    async def test_what_is_held_shows_its_sender_why(self, ledger: Ledger) -> None:
        made = held_entry()
        await ledger.accept(made)
        view = await ledger.document(made.document.id, {SENDER})
        assert {(each.state, each.why) for each in view.deliveries} == {(State.SUSPENDED, WHY)}
        assert await heard(ledger, SENDER) == ["document.accepted", "delivery.held", "delivery.held"]

    async def test_what_is_held_does_not_exist_for_its_receivers(self, ledger: Ledger) -> None:
        made = held_entry()
        await ledger.accept(made)
        for look in (ledger.document(made.document.id, {RECEIVER}), ledger.delivery(made.deliveries[0].id, {RECEIVER})):
            with pytest.raises(Rejected) as caught:
                await look
            assert caught.value.code == "not-found"
        assert (await ledger.documents({RECEIVER}, role=None, state=None, after=None, limit=9)).items == ()
        assert (await ledger.inbox({RECEIVER}, after=None, limit=9)).items == ()
        assert await ledger.lease(SYSTEM, {RECEIVER}, limit=9, until=LATER, now=NOW) is None
        assert await heard(ledger, RECEIVER) == []

    async def test_what_is_held_is_listed_oldest_first(self, ledger: Ledger) -> None:
        for number in (1, 2):
            await ledger.accept(held_entry(number))
        await ledger.accept(entry(3))
        assert [view.document.number for view in await ledger.held()] == ["1", "1", "2", "2"]

    async def test_what_is_released_is_available_and_both_sides_are_told(self, ledger: Ledger) -> None:
        made = held_entry()
        await ledger.accept(made)
        released = await ledger.release(made.document.id, route=lambda _: None, by="operator", reason="đã kiểm tra", now=NOW)
        assert len(released) == 2 and await ledger.held() == ()
        lease = await ledger.lease(SYSTEM, {RECEIVER}, limit=9, until=LATER, now=NOW)
        assert lease is not None and lease.items[0].deliveries[0].why is None
        assert await heard(ledger, RECEIVER) == ["delivery.available"]
        assert (await heard(ledger, SENDER))[-4:] == ["delivery.released", "delivery.available"] * 2

    async def test_what_is_turned_back_is_rejected_for_its_sender_and_never_seen_by_its_receivers(self, ledger: Ledger) -> None:
        made = held_entry()
        await ledger.accept(made)
        await ledger.turn_back(made.document.id, by="operator", reason="có macro lạ", now=NOW)
        view = await ledger.document(made.document.id, {SENDER})
        assert {(each.state, each.why) for each in view.deliveries} == {(State.REJECTED, "có macro lạ")}
        assert await heard(ledger, RECEIVER) == []
        with pytest.raises(Rejected):
            await ledger.document(made.document.id, {RECEIVER})

    @pytest.mark.parametrize("decide", ["release", "turn_back"])
    async def test_what_is_not_held_cannot_be_decided(self, ledger: Ledger, decide: str) -> None:
        made = entry()
        await ledger.accept(made)
        with pytest.raises(Rejected) as caught:
            route = {"route": lambda _: None} if decide == "release" else {}
            await getattr(ledger, decide)(made.document.id, by="operator", reason="", now=NOW, **route)
        assert caught.value.code == "not-found"

    async def test_what_is_held_may_be_recalled_by_its_sender(self, ledger: Ledger) -> None:
        made = held_entry()
        await ledger.accept(made)
        await ledger.record_status(made.deliveries[0].id, recall(), {SENDER}, now=NOW, seal=seal)
        view = await ledger.delivery(made.deliveries[0].id, {SENDER})
        assert view.deliveries[0].state is State.RECALLED

    async def test_a_receiver_cannot_report_on_what_is_held(self, ledger: Ledger) -> None:
        made = held_entry()
        await ledger.accept(made)
        with pytest.raises(Rejected) as caught:
            await ledger.record_status(made.deliveries[0].id, report(StatusCode.ARRIVED), {RECEIVER}, now=NOW, seal=seal)
        assert caught.value.code == "not-found"


class RepeatContract:
    """What was answered once can be found by its content."""

    async def test_the_first_answer_is_found_by_the_content(self, ledger: Ledger) -> None:
        made = entry()
        await ledger.accept(made)
        found = await ledger.accepted(made.document.content_sha256, {SENDER, OTHER})
        assert found is not None and (found.document, found.answer, found.created) == (made.document.id, made.answer, False)

    async def test_the_content_of_another_agency_is_not_found(self, ledger: Ledger) -> None:
        made = entry()
        await ledger.accept(made)
        assert await ledger.accepted(made.document.content_sha256, {RECEIVER}) is None
        assert await ledger.accepted("0" * 64, {SENDER}) is None


class PaperContract:
    """A paper copy is awaited until its receiver says that it arrived."""

    async def test_awaited_paper_is_listed_for_both_sides(self, ledger: Ledger) -> None:
        await ledger.accept(entry())
        for organ, count in ((SENDER, 2), (RECEIVER, 1), (STRANGER, 0)):
            assert len((await ledger.paper_awaited({organ}, after=None, limit=9)).items) == count

    async def test_a_document_without_paper_is_not_listed(self, ledger: Ledger) -> None:
        await ledger.accept(entry(paper=False))
        assert (await ledger.paper_awaited({SENDER}, after=None, limit=9)).items == ()

    async def test_paper_that_arrived_is_awaited_no_more(self, ledger: Ledger) -> None:
        made = entry()
        await ledger.accept(made)
        outcome = await ledger.paper_arrived(made.deliveries[0].id, {RECEIVER}, at=NOW, note="", now=LATER)
        left = await ledger.paper_awaited({SENDER}, after=None, limit=9)
        assert outcome.created and [view.deliveries[0].receiver for view in left.items] == [OTHER]
        assert (await ledger.delivery(made.deliveries[0].id, {SENDER})).deliveries[0].paper_arrived_at == NOW
        assert (await heard(ledger, SENDER))[-1] == "paper.arrived"

    async def test_the_first_arrival_stays(self, ledger: Ledger) -> None:
        made = entry()
        await ledger.accept(made)
        await ledger.paper_arrived(made.deliveries[0].id, {RECEIVER}, at=NOW, note="", now=NOW)
        again = await ledger.paper_arrived(made.deliveries[0].id, {RECEIVER}, at=LATER, note="", now=LATER)
        assert (again.created, again.arrived_at) == (False, NOW)
        assert (await heard(ledger, SENDER)).count("paper.arrived") == 1

    @pytest.mark.parametrize("organ", [SENDER, OTHER, STRANGER])
    async def test_only_the_receiver_says_that_it_arrived(self, ledger: Ledger, organ: OrganId) -> None:
        made = entry()
        await ledger.accept(made)
        with pytest.raises(Rejected) as caught:
            await ledger.paper_arrived(made.deliveries[0].id, {organ}, at=NOW, note="", now=NOW)
        assert caught.value.code == "not-found"

    async def test_paper_that_was_not_announced_cannot_arrive(self, ledger: Ledger) -> None:
        made = entry(paper=False)
        await ledger.accept(made)
        with pytest.raises(Rejected) as caught:
            await ledger.paper_arrived(made.deliveries[0].id, {RECEIVER}, at=NOW, note="", now=NOW)
        assert caught.value.code == "paper-unexpected"

    async def test_the_list_is_paged(self, ledger: Ledger) -> None:
        await ledger.accept(entry())
        first = await ledger.paper_awaited({SENDER}, after=None, limit=1)
        second = await ledger.paper_awaited({SENDER}, after=first.next, limit=1)
        assert [page.items[0].deliveries[0].receiver for page in (first, second)] == [RECEIVER, OTHER]
        assert second.next is None


def finding(code: str) -> Finding:
    return Finding(code=code, path="MessageHeader/Subject", message="…", severity=Severity.WARNING, article="3.3")


class FindingContract:
    """Findings are kept in their order and counted by sender."""

    async def test_findings_keep_their_order(self, ledger: Ledger) -> None:
        noticed = tuple(finding(code) for code in ("text-decomposed", "issued-late", "due-at-once"))
        made = entry(findings=noticed)
        await ledger.accept(made)
        assert (await ledger.document(made.document.id, {SENDER})).document.findings == noticed

    async def test_documents_are_counted_by_sender_and_code_the_most_frequent_first(self, ledger: Ledger) -> None:
        await ledger.accept(entry(1, findings=(finding("issued-late"), finding("issued-late"))))
        await ledger.accept(entry(2, findings=(finding("issued-late"), finding("due-at-once")), accepted_at=LATER))
        await ledger.accept(entry(3, sender=OTHER, to=(RECEIVER,), findings=(finding("due-at-once"),)))
        counted = await ledger.finding_counts(None, since=None, until=None)
        assert [(each.sender, each.code, each.documents) for each in counted] == [
            (SENDER, "issued-late", 2),
            (SENDER, "due-at-once", 1),
            (OTHER, "due-at-once", 1),
        ]
        assert (counted[0].last_at, counted[0].article, counted[0].severity) == (LATER, "3.3", Severity.WARNING)

    async def test_only_the_asked_senders_and_times_are_counted(self, ledger: Ledger) -> None:
        await ledger.accept(entry(1, findings=(finding("issued-late"),)))
        moment = timedelta(microseconds=1)
        assert await ledger.finding_counts({OTHER}, since=None, until=None) == ()
        assert await ledger.finding_counts({SENDER}, since=NOW + moment, until=None) == ()
        assert await ledger.finding_counts({SENDER}, since=None, until=NOW) == ()
        assert len(await ledger.finding_counts({SENDER}, since=NOW, until=NOW + moment)) == 1

    async def test_the_receiver_hears_what_was_noticed(self, ledger: Ledger) -> None:
        await ledger.accept(entry(findings=(finding("issued-late"), finding("issued-late"), finding("due-at-once"))))
        events, _ = await ledger.events({RECEIVER}, after=None, limit=9)
        assert [each.data["findings"] for each in events] == [["issued-late", "due-at-once"]]
