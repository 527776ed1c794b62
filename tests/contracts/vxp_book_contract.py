"""What every book of the national SDK's face promises: a request once, packages until they are taken, wishes until decided."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from gateway.core.faults import Rejected
from gateway.core.model import OrganId, StatusCode, SystemId
from gateway.ports import AgencyRequest, AuditLog, Filed, Ledger, Mark, Transport, VxpBook, Wish
from tests.contracts.entries import (
    LATER,
    NOW,
    OTHER,
    OTHER_SYSTEM,
    RECEIVER,
    SENDER,
    STRANGER,
    SYSTEM,
    entry,
    recall,
    report,
    seal,
)

SECOND = timedelta(seconds=1)
OFFICE = SystemId("office")
MAC = "a" * 64
CALLERS = 50


def wish(organ: str = "H56.01.09", **fields: object) -> AgencyRequest:
    made = AgencyRequest(
        id=f"{organ:x<32}", system=OFFICE, wish=Wish.REGISTER, organ=organ, fields={"name": "Phòng B"}, asked_at=NOW
    )
    return replace(made, **fields)  # type: ignore[arg-type]  # the tests name fields of AgencyRequest


async def reported(ledger: Ledger, number: int, *codes: StatusCode, organ: OrganId = RECEIVER) -> None:
    """Accept a document, and have one of its receivers report on it."""
    made = entry(number)
    await ledger.accept(made)
    (own,) = (each.id for each in made.deliveries if each.receiver == organ)
    for code in codes:
        await ledger.record_status(own, report(code, organ), {organ}, now=NOW, seal=seal)


async def listed(book: VxpBook, *organs: OrganId, system: SystemId = OFFICE, limit: int = 100) -> list[str]:
    """Give the packages that a system has not taken."""
    filed = await filed_for(book, *organs, system=system, limit=limit)
    return [f"{each.news.event.delivery}-{each.news.event.seq}" for each in filed]


async def filed_for(
    book: VxpBook, *organs: OrganId, system: SystemId = OFFICE, limit: int = 100, now: datetime = LATER, but: str = "13"
) -> tuple[Filed, ...]:
    """Give what a system has not taken, without the statuses of one code."""
    told = set(organs or (SENDER,))
    return await book.statuses(
        system, told, packages=lambda news: news.event.data.get("status_code") != but, limit=limit, now=now
    )


def said(transport: Transport) -> Mark:
    return Mark(transport=transport, description="lý do", at=NOW)


class VxpBookContract:
    """Requests that were seen, packages of statuses, marks and wishes."""

    async def test_a_request_is_first_once(self, book: VxpBook) -> None:
        assert await book.is_first(MAC, until=LATER, now=NOW)
        assert not await book.is_first(MAC, until=LATER, now=NOW)
        assert await book.is_first("b" * 64, until=LATER, now=NOW)

    async def test_of_the_same_request_many_times_at_once_one_is_first(self, book: VxpBook) -> None:
        first = await asyncio.gather(*(book.is_first(MAC, until=LATER, now=NOW) for _ in range(CALLERS)))
        assert sum(first) == 1

    async def test_a_request_is_remembered_until_its_time_is_over(self, book: VxpBook) -> None:
        await book.is_first(MAC, until=LATER, now=NOW)
        assert not await book.is_first(MAC, until=LATER, now=LATER)
        assert await book.is_first(MAC, until=LATER + SECOND * 9, now=LATER + SECOND)

    async def test_a_request_that_came_to_nothing_is_first_again(self, book: VxpBook) -> None:
        await book.is_first(MAC, until=LATER, now=NOW)
        await book.forget(MAC)
        assert await book.is_first(MAC, until=LATER, now=NOW)

    async def test_statuses_are_listed_oldest_first_to_those_whom_they_concern(self, book: VxpBook, ledger: Ledger) -> None:
        await reported(ledger, 1, StatusCode.ARRIVED, StatusCode.REGISTERED)
        filed = await filed_for(book)
        assert [each.news.event.data["status_code"] for each in filed] == ["01", "03"]
        assert {each.news.document.number for each in filed} == {"1"}
        assert await listed(book, STRANGER) == []

    async def test_what_a_sender_asks_back_is_a_package_to_the_receiver(self, book: VxpBook, ledger: Ledger) -> None:
        await reported(ledger, 1)
        await ledger.record_status(entry(1).deliveries[0].id, recall(), {SENDER}, now=NOW, seal=seal)
        (filed,) = await filed_for(book, RECEIVER)
        assert filed.news.event.type == "recall.requested"
        assert await listed(book, OTHER, system=OTHER_SYSTEM) == []

    @pytest.mark.parametrize("transport", [Transport.DONE, Transport.FAIL])
    async def test_what_is_taken_or_refused_is_not_listed_again(
        self, book: VxpBook, ledger: Ledger, transport: Transport
    ) -> None:
        await reported(ledger, 1, StatusCode.ARRIVED, StatusCode.REGISTERED, StatusCode.ASSIGNED)
        first, second, third = await listed(book)
        await book.mark(OFFICE, second, said(transport))
        assert await listed(book) == [first, third]
        await book.mark(OFFICE, first, said(transport))
        assert await listed(book) == [third]
        await book.mark(OFFICE, third, said(transport))
        assert await listed(book) == []
        await reported(ledger, 2, StatusCode.ARRIVED)
        assert len(await listed(book)) == 1

    async def test_what_is_only_being_worked_on_is_listed_with_its_mark(self, book: VxpBook, ledger: Ledger) -> None:
        await reported(ledger, 1, StatusCode.ARRIVED)
        (package,) = await listed(book)
        await book.mark(OFFICE, package, said(Transport.PROCESSING))
        (filed,) = await filed_for(book)
        assert filed.mark == said(Transport.PROCESSING)

    async def test_news_that_is_no_package_takes_no_room(self, book: VxpBook, ledger: Ledger) -> None:
        await reported(ledger, 1, StatusCode.ARRIVED, StatusCode.REGISTERED, StatusCode.ASSIGNED)
        (filed,) = await filed_for(book, limit=1, but="01")
        assert filed.news.event.data["status_code"] == "03"

    async def test_what_an_agency_reported_itself_is_no_package_to_it(self, book: VxpBook, ledger: Ledger) -> None:
        await reported(ledger, 1, StatusCode.ARRIVED)
        assert await listed(book, RECEIVER) == []

    async def test_a_list_has_a_limit_and_what_is_taken_makes_room(self, book: VxpBook, ledger: Ledger) -> None:
        await reported(ledger, 1, StatusCode.ARRIVED, StatusCode.REGISTERED, StatusCode.ASSIGNED)
        first, second = await listed(book, limit=2)
        await book.mark(OFFICE, first, said(Transport.DONE))
        assert (await listed(book, limit=2))[0] == second
        assert len(await listed(book, limit=2)) == 2

    async def test_what_one_system_took_another_still_has(self, book: VxpBook, ledger: Ledger) -> None:
        await reported(ledger, 1, StatusCode.ARRIVED)
        (package,) = await listed(book)
        await book.mark(OFFICE, package, said(Transport.DONE))
        assert await listed(book, system=SYSTEM) == [package]

    async def test_a_system_that_comes_for_the_first_time_is_given_the_last_day(self, book: VxpBook, ledger: Ledger) -> None:
        await reported(ledger, 1, StatusCode.ARRIVED)
        late = NOW + timedelta(days=1, seconds=1)
        assert await filed_for(book, now=late) == ()
        assert len(await filed_for(book, system=SYSTEM, now=NOW + timedelta(hours=23))) == 1

    async def test_a_package_is_found_by_those_whom_it_concerns(self, book: VxpBook, ledger: Ledger) -> None:
        await reported(ledger, 1, StatusCode.ARRIVED)
        (package,) = await listed(book)
        assert (await book.status(package, {SENDER})).document.number == "1"
        for wanted, organ in ((package, STRANGER), (f"{package}0", SENDER), ("x-1", SENDER), ("x-", SENDER), (MAC, SENDER)):
            with pytest.raises(Rejected) as refused:
                await book.status(wanted, {organ})
            assert refused.value.code == "not-found"

    async def test_what_a_system_says_last_of_a_package_holds(self, book: VxpBook) -> None:
        await book.mark(OFFICE, "p1", said(Transport.PROCESSING))
        await book.mark(OFFICE, "p1", said(Transport.DONE))
        await book.mark(SYSTEM, "p2", said(Transport.FAIL))
        assert await book.marks(OFFICE, ["p1", "p2", "p3"]) == {"p1": said(Transport.DONE)}

    async def test_many_marks_of_one_package_at_once_leave_one(self, book: VxpBook) -> None:
        await asyncio.gather(*(book.mark(OFFICE, "p1", said(Transport.DONE)) for _ in range(CALLERS)))
        assert await book.marks(OFFICE, ["p1"]) == {"p1": said(Transport.DONE)}

    async def test_a_wish_is_written_down_once_and_listed_oldest_first(self, book: VxpBook) -> None:
        await book.ask(wish("H56.01.08", asked_at=LATER))
        await book.ask(wish())
        await book.ask(wish(asked_at=LATER))
        assert [each.organ for each in await book.requests(undecided=True)] == ["H56.01.09", "H56.01.08"]
        assert await book.request(wish().id) == wish()

    async def test_a_decision_is_written_down_with_its_reason_and_audited(self, book: VxpBook, audit: AuditLog) -> None:
        await book.ask(wish())
        await book.decide(wish().id, outcome="approved", by="Lan", reason="theo công văn", now=LATER)
        assert await book.requests(undecided=True) == ()
        (decided,) = await book.requests(undecided=False)
        assert decided == wish(outcome="approved", by="Lan", reason="theo công văn", decided_at=LATER)
        (audited,) = (await audit.listing(after=None, limit=9)).items
        assert (audited.actor, audited.action, audited.reason) == ("Lan", "agency_request.approved", "theo công văn")
        assert audited.subject == {"request": wish().id, "system": OFFICE, "wish": "register", "organ": "H56.01.09"}

    async def test_a_wish_is_decided_once(self, book: VxpBook) -> None:
        await book.ask(wish())
        await book.decide(wish().id, outcome="refused", by="Lan", reason="sai mã", now=NOW)
        for again in (book.decide(wish().id, outcome="approved", by="Hà", reason="x", now=NOW), book.request(wish().id)):
            with pytest.raises(Rejected) as refused:
                await again  # type: ignore[misc]  # each gives something else
            assert refused.value.code == "not-found"

    async def test_a_wish_that_was_decided_may_be_asked_again(self, book: VxpBook) -> None:
        await book.ask(wish())
        await book.decide(wish().id, outcome="refused", by="Lan", reason="sai tên", now=NOW)
        await book.ask(wish(asked_at=LATER))
        assert (await book.request(wish().id)).asked_at == LATER
