"""What every ledger keeps: acceptance exactly once, and each caller's own view of what happened."""

import asyncio
from dataclasses import replace
from datetime import date

import pytest

from gateway.core.faults import Rejected
from gateway.core.model import Attached, Fact, Finding, Priority, Severity, State, StatusCode
from gateway.ports import Entry, Ledger, Page, Refusal
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

CALLERS = 200


async def refused(ledger: Ledger, sent: Entry) -> Rejected:
    with pytest.raises(Rejected) as caught:
        await ledger.accept(sent)
    return caught.value


def numbers(page: Page) -> list[str]:
    return [view.document.number for view in page.items]


class AcceptContract:
    """Once accepted, there for good, exactly once."""

    async def test_a_document_is_given_back_whole(self, ledger: Ledger) -> None:
        finding = Finding(code="x", path="a/b", message="Thiếu", severity=Severity.WARNING, article="Đ15")
        part = Attached(content_id="a1", media_type="application/pdf", name="văn bản.pdf", sha256="c" * 64, size=9, apart=True)
        sent = entry(findings=(finding,), attachments=(part,), due_on=None)
        await ledger.accept(sent)
        seen = await ledger.document(sent.document.id, {SENDER})
        assert seen.document == sent.document
        assert [(each.receiver, each.state) for each in seen.deliveries] == [
            (RECEIVER, State.AVAILABLE),
            (OTHER, State.AVAILABLE),
        ]

    async def test_times_are_given_back_in_vietnam_time(self, ledger: Ledger) -> None:
        await ledger.accept(entry())
        seen = await ledger.document(entry().document.id, {SENDER})
        assert seen.document.accepted_at.isoformat() == NOW.isoformat()

    async def test_the_same_content_again_gives_the_first_answer(self, ledger: Ledger) -> None:
        first = await ledger.accept(entry())
        again = await ledger.accept(replace(entry(), answer="another"))
        assert (first.created, again.created, again.answer) == (True, False, first.answer)

    async def test_other_content_under_the_same_number_names_the_first_document(self, ledger: Ledger) -> None:
        await ledger.accept(entry())
        fault = await refused(ledger, entry(content="other"))
        assert fault.code == "duplicate-document"
        for words in (fault.detail, fault.detail_en):
            assert entry().document.id in words
            assert "23/11/2026 08:30:15" in words

    async def test_an_idempotency_key_serves_one_content(self, ledger: Ledger) -> None:
        await ledger.accept(entry(1, key="k"))
        assert (await refused(ledger, entry(2, key="k"))).code == "idempotency-key-reused"

    async def test_the_key_of_another_system_is_another_key(self, ledger: Ledger) -> None:
        await ledger.accept(entry(1, key="k"))
        assert (await ledger.accept(entry(2, key="k", system=SYSTEM))).created

    async def test_a_key_first_shown_on_a_resend_is_remembered(self, ledger: Ledger) -> None:
        await ledger.accept(entry())
        assert not (await ledger.accept(entry(key="k", id="f" * 32))).created
        assert (await refused(ledger, entry(2, key="k"))).code == "idempotency-key-reused"

    async def test_a_refused_document_does_not_use_up_its_key(self, ledger: Ledger) -> None:
        await ledger.accept(entry())
        await refused(ledger, entry(content="other", key="k"))
        assert (await ledger.accept(entry(2, key="k"))).created

    async def test_many_senders_of_one_document_get_one_answer(self, ledger: Ledger) -> None:
        answers = await asyncio.gather(*(ledger.accept(entry(key="k")) for _ in range(CALLERS)))
        assert sum(each.created for each in answers) == 1
        assert len({(each.document, each.answer) for each in answers}) == 1
        assert (await ledger.tally()).documents == 1

    async def test_one_refused_among_many_does_not_touch_the_others(self, ledger: Ledger) -> None:
        await ledger.accept(entry(0))
        sent = [entry(0, content="other"), *(entry(number) for number in range(1, 50))]
        outcomes = await asyncio.gather(*map(ledger.accept, sent), return_exceptions=True)
        assert [type(each) for each in outcomes].count(Rejected) == 1
        assert (await ledger.tally()).documents == 50

    async def test_the_tally_counts_documents_deliveries_and_refusals(self, ledger: Ledger) -> None:
        for number in range(3):
            await ledger.accept(entry(number))
        await ledger.record_status(entry(0).deliveries[0].id, report(StatusCode.ARRIVED), {RECEIVER}, now=NOW, seal=seal)
        await ledger.refuse(Refusal(at=NOW, source="::1", system=None, sha256="", size=0, code="malformed-request", trace_id="t"))
        tally = await ledger.tally()
        assert (tally.documents, tally.refusals) == (3, 1)
        assert tally.deliveries == {State.AVAILABLE: 5, State.RECEIVED: 1}

    async def test_the_ledger_is_ready(self, ledger: Ledger) -> None:
        await ledger.ready()


class ViewContract:
    """A caller sees what he sent and what came to him, and nothing else."""

    async def test_a_receiver_sees_only_his_own_delivery(self, ledger: Ledger) -> None:
        await ledger.accept(entry())
        seen = await ledger.document(entry().document.id, {OTHER})
        assert [each.receiver for each in seen.deliveries] == [OTHER]

    async def test_a_stranger_finds_nothing(self, ledger: Ledger) -> None:
        await ledger.accept(entry())
        document, delivery = entry().document.id, entry().deliveries[0].id
        for looked in (
            ledger.document(document, {STRANGER}),
            ledger.delivery(delivery, {OTHER}),
            ledger.history(document, {STRANGER}),
            ledger.receipts(document, {STRANGER}),
        ):
            with pytest.raises(Rejected, match="not-found"):
                await looked

    async def test_documents_are_listed_newest_first_page_by_page(self, ledger: Ledger) -> None:
        for number in range(7):
            await ledger.accept(entry(number))
        listed: list[str] = []
        after: str | None = None
        for _ in range(3):
            page = await ledger.documents({SENDER, RECEIVER}, role=None, state=None, after=after, limit=3)
            listed += numbers(page)
            after = page.next
        assert listed == ["6", "5", "4", "3", "2", "1", "0"]
        assert after is None

    async def test_documents_are_listed_by_role(self, ledger: Ledger) -> None:
        await ledger.accept(entry(1))
        await ledger.accept(entry(2, sender=RECEIVER, to=(SENDER,)))
        for role, expected in (("sender", ["1"]), ("receiver", ["2"]), (None, ["2", "1"])):
            assert numbers(await ledger.documents({SENDER}, role=role, state=None, after=None, limit=9)) == expected

    async def test_documents_are_listed_by_a_state_that_the_caller_may_see(self, ledger: Ledger) -> None:
        await ledger.accept(entry())
        await ledger.record_status(entry().deliveries[0].id, report(StatusCode.ARRIVED), {RECEIVER}, now=NOW, seal=seal)
        for organ, expected in ((SENDER, ["1"]), (RECEIVER, ["1"]), (OTHER, [])):
            page = await ledger.documents({organ}, role=None, state=State.RECEIVED, after=None, limit=9)
            assert numbers(page) == expected

    async def test_the_sender_alone_hears_of_the_acceptance(self, ledger: Ledger) -> None:
        await ledger.accept(entry())
        types = {
            organ: [each.type for each in (await ledger.history(entry().document.id, {organ})).events]
            for organ in (SENDER, RECEIVER)
        }
        assert types == {
            SENDER: ["document.accepted", "delivery.available", "delivery.available"],
            RECEIVER: ["delivery.available"],
        }

    async def test_an_event_says_to_a_person_what_it_is_about(self, ledger: Ledger) -> None:
        await ledger.accept(entry())
        (event,) = (await ledger.history(entry().document.id, {RECEIVER})).events
        assert (event.at, event.document, event.delivery) == (NOW, entry().document.id, entry().deliveries[0].id)
        told = {"document_id", "code", "subject", "from", "to"}
        assert {name: event.data[name] for name in told} == {
            "document_id": entry().document.document_id,
            "code": "1/UBND-VP",
            "subject": "V/v kết nối, liên thông",
            "from": SENDER,
            "to": RECEIVER,
        }

    async def test_events_are_read_once_in_order_from_the_callers_cursor(self, ledger: Ledger) -> None:
        for number in range(5):
            await ledger.accept(entry(number))
        sequence: list[int] = []
        after: str | None = None
        while True:
            events, after = await ledger.events({SENDER, RECEIVER}, after=after, limit=4)
            if not events:
                break
            sequence += [each.seq for each in events]
        assert len(sequence) == 15
        assert sequence == sorted(set(sequence))
        await ledger.accept(entry(9))
        assert len((await ledger.events({SENDER, RECEIVER}, after=after, limit=9))[0]) == 3

    async def test_events_of_others_are_not_heard(self, ledger: Ledger) -> None:
        await ledger.accept(entry())
        assert (await ledger.events({STRANGER}, after=None, limit=9))[0] == ()
        assert {each.delivery for each in (await ledger.events({OTHER}, after=None, limit=9))[0]} == {entry().deliveries[1].id}

    @pytest.mark.parametrize("cursor", ["", "x", "-1", "1-2-3", "９", "9" * 30])
    async def test_a_bad_cursor_is_refused(self, ledger: Ledger, cursor: str) -> None:
        for asked in (
            ledger.events({SENDER}, after=cursor, limit=9),
            ledger.documents({SENDER}, role=None, state=None, after=cursor, limit=9),
            ledger.inbox({RECEIVER}, after=cursor, limit=9),
        ):
            with pytest.raises(Rejected, match="malformed-request"):
                await asked

    async def test_the_acceptance_receipt_comes_first_and_others_receipts_are_not_shown(self, ledger: Ledger) -> None:
        await ledger.accept(entry())
        for organ in (OTHER, RECEIVER):
            lease = await ledger.lease(SYSTEM, {organ}, limit=1, until=LATER, now=NOW)
            assert lease
            await ledger.ack(lease.token, SYSTEM, None, now=NOW, seal=seal)
        seen = await ledger.receipts(entry().document.id, {RECEIVER})
        own = entry().deliveries[0].id
        assert [(each.fact, each.delivery) for each in seen] == [(Fact.ACCEPTED, None), (Fact.COLLECTED, own)]
        assert len(await ledger.receipts(entry().document.id, {SENDER})) == 3

    async def test_that_it_was_made_available_is_attested_once_with_its_own_time(self, ledger: Ledger) -> None:
        await ledger.accept(entry())
        for _ in range(2):
            await ledger.attest_available(entry().document.id, {RECEIVER}, seal=seal)
        own = entry().deliveries[0].id
        seen = [(each.fact, each.delivery, each.at) for each in await ledger.receipts(entry().document.id, {RECEIVER})]
        assert seen == [(Fact.ACCEPTED, None, NOW), (Fact.AVAILABLE, own, NOW)]

    async def test_what_is_pushed_is_not_attested_as_available(self, ledger: Ledger) -> None:
        await ledger.accept(pushed_entry())
        await ledger.attest_available(pushed_entry().document.id, {SENDER}, seal=seal)
        assert [each.fact for each in await ledger.receipts(pushed_entry().document.id, {SENDER})] == [Fact.ACCEPTED]

    async def test_a_status_finds_its_delivery_by_document_id_else_by_code_and_date_else_by_code_and_year(
        self, ledger: Ledger
    ) -> None:
        await ledger.accept(entry(1))
        await ledger.accept(entry(2))
        wanted = [entry(1).deliveries[0].id]
        for named in (
            correlation(entry(1), number="2"),
            correlation(entry(1), document_id=None),
            correlation(entry(1), document_id="unknown"),
            correlation(entry(1), document_id=None, promulgated_on=date(2026, 1, 1)),
        ):
            assert [each.id for each in await ledger.correlate(named, RECEIVER)] == wanted

    async def test_a_status_of_another_year_or_receiver_finds_nothing(self, ledger: Ledger) -> None:
        await ledger.accept(entry())
        other_year = correlation(entry(), document_id=None, promulgated_on=date(2025, 11, 23))
        assert await ledger.correlate(other_year, RECEIVER) == ()
        assert await ledger.correlate(correlation(entry()), STRANGER) == ()

    async def test_urgent_documents_lead_the_inbox_page_by_page(self, ledger: Ledger) -> None:
        for number, priority in enumerate((Priority.NORMAL, Priority.EXPRESS, Priority.NORMAL, Priority.URGENT)):
            await ledger.accept(entry(number, priority=priority))
        first = await ledger.inbox({RECEIVER}, after=None, limit=3)
        second = await ledger.inbox({RECEIVER}, after=first.next, limit=3)
        assert numbers(first) + numbers(second) == ["1", "3", "0", "2"]
        assert second.next is None
