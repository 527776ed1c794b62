"""What the registers of every ledger say: sổ văn bản đi and sổ văn bản đến."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from gateway.core.faults import Rejected
from gateway.core.model import VIETNAM, BusinessType, OrganId, State, StatusCode
from gateway.infra.ledger import SqlLedger
from gateway.infra.reports import SqlReports
from gateway.ports import Entry, Page
from gateway.ports.reports import Counterpart, Incoming
from tests.contracts.entries import LATER, NOW, OTHER, RECEIVER, SENDER, SYSTEM, entry, recall, report, seal
from tests.contracts.links_reply_contract import ASKED, answer

NEW_YEAR = datetime(2027, 1, 1, tzinfo=VIETNAM)
YEAR_END = datetime(2026, 12, 31, 23, 59, 59, 999_999, tzinfo=VIETNAM)


async def collect(ledger: SqlLedger, organ: OrganId, at: datetime = NOW) -> None:
    """Everything that waits for an agency is handed over."""
    lease = await ledger.lease(SYSTEM, {organ}, limit=99, until=at.replace(year=2030), now=at)
    assert lease is not None
    await ledger.ack(lease.token, SYSTEM, None, now=at, seal=seal)


async def said(ledger: SqlLedger, made: Entry, code: StatusCode, at: datetime = NOW, reporter: OrganId = RECEIVER) -> None:
    delivery = next(each.id for each in made.deliveries if each.receiver == RECEIVER)
    await ledger.record_status(delivery, report(code, reporter, "lý do"), {reporter}, now=at, seal=seal)


async def sent(reports: SqlReports, organ: OrganId = SENDER, year: int = 2026, **asked: object) -> Page:
    return await reports.outgoing(organ, year, **({"month": None, "after": None, "limit": 9} | asked))  # type: ignore[arg-type]


async def came(reports: SqlReports, organ: OrganId = RECEIVER, year: int = 2026, **asked: object) -> Page:
    return await reports.incoming(organ, year, **({"month": None, "after": None, "limit": 9} | asked))  # type: ignore[arg-type]


def arrivals(page: Page) -> list[tuple[int, str]]:
    return [(each.arrival_number, each.about.number) for each in page.items]


def codes(page: Page) -> list[str]:
    return [each.about.number for each in page.items]


class OutgoingContract:
    """Sổ văn bản đi."""

    async def test_it_tells_number_date_type_subject_receivers_and_the_response_asked_for(
        self, ledger: SqlLedger, reports: SqlReports
    ) -> None:
        await ledger.accept(entry(15, type_name="Công văn"))
        (line,) = (await sent(reports)).items
        about = line.about
        assert (about.number, about.notation, about.promulgated_on) == ("15", "UBND-VP", date(2026, 11, 23))
        assert (about.type_name, about.subject) == ("Công văn", "V/v kết nối, liên thông")
        assert (about.response_needed, about.due_on) == (True, date(2026, 12, 1))
        assert [(each.organ, each.state) for each in line.to] == [(RECEIVER, State.AVAILABLE), (OTHER, State.AVAILABLE)]
        assert (line.sent_at, line.answers) == (NOW, ())

    async def test_a_document_belongs_to_the_year_that_numbers_it_whenever_it_was_sent(
        self, ledger: SqlLedger, reports: SqlReports
    ) -> None:
        await ledger.accept(entry(1, promulgated_on=date(2026, 12, 31), accepted_at=NEW_YEAR))
        await ledger.accept(entry(2, promulgated_on=date(2027, 1, 1), accepted_at=NEW_YEAR))
        assert (codes(await sent(reports)), codes(await sent(reports, year=2027))) == (["1"], ["2"])

    async def test_a_month_narrows_it(self, ledger: SqlLedger, reports: SqlReports) -> None:
        for number, day in enumerate((date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 31)), start=1):
            await ledger.accept(entry(number, promulgated_on=day))
        assert (codes(await sent(reports, month=11)), codes(await sent(reports, month=12))) == (["1"], ["2", "3"])

    async def test_it_is_of_one_agency(self, ledger: SqlLedger, reports: SqlReports) -> None:
        await ledger.accept(entry(1))
        await ledger.accept(entry(2, sender=OTHER, to=(SENDER,)))
        assert (codes(await sent(reports)), codes(await sent(reports, OTHER))) == (["1"], ["2"])

    async def test_recalls_and_updates_have_no_line_and_a_replacement_has(self, ledger: SqlLedger, reports: SqlReports) -> None:
        for number, business in enumerate((BusinessType.RECALL, BusinessType.UPDATE, BusinessType.REPLACE), start=1):
            await ledger.accept(entry(number, business_type=business))
        assert codes(await sent(reports)) == ["3"]

    async def test_it_is_read_page_by_page(self, ledger: SqlLedger, reports: SqlReports) -> None:
        for number in (1, 2, 3):
            await ledger.accept(entry(number))
        first = await sent(reports, limit=2)
        second = await sent(reports, limit=2, after=first.next)
        assert (codes(first), codes(second), second.next) == (["1", "2"], ["3"], None)

    @pytest.mark.parametrize("after", ["x", "1-2-3", "-1"])
    async def test_a_bad_cursor_is_refused(self, reports: SqlReports, after: str) -> None:
        for read in (sent, came):
            with pytest.raises(Rejected, match="malformed-request"):
                await read(reports, after=after)


class IncomingContract:
    """Sổ văn bản đến."""

    async def test_it_tells_arrival_number_date_type_subject_sender_due_date_and_state(
        self, ledger: SqlLedger, reports: SqlReports
    ) -> None:
        await ledger.accept(entry(15, type_name="Kế hoạch"))
        await collect(ledger, RECEIVER, LATER)
        (line,) = (await came(reports)).items
        assert (line.arrival_number, line.arrived_at, line.sender) == (1, LATER, SENDER)
        assert (line.about.number, line.about.type_name, line.about.due_on) == ("15", "Kế hoạch", date(2026, 12, 1))
        assert (line.state, line.progress, line.answered_by) == (State.COLLECTED, None, ())

    async def test_what_waits_in_the_hub_has_not_arrived(self, ledger: SqlLedger, reports: SqlReports) -> None:
        await ledger.accept(entry(1))
        assert (await came(reports)).items == ()

    async def test_arrivals_are_numbered_as_they_came_and_not_as_they_were_sent(
        self, ledger: SqlLedger, reports: SqlReports
    ) -> None:
        made = [entry(number) for number in (1, 2, 3)]
        for each in made:
            await ledger.accept(each)
        await said(ledger, made[2], StatusCode.ARRIVED)
        await said(ledger, made[0], StatusCode.REGISTERED)
        await collect(ledger, RECEIVER)
        assert arrivals(await came(reports)) == [(1, "3"), (2, "1"), (3, "2")]

    async def test_what_happens_later_moves_no_number(self, ledger: SqlLedger, reports: SqlReports) -> None:
        made = [entry(number) for number in (1, 2)]
        for each in made:
            await ledger.accept(each)
            await collect(ledger, RECEIVER)
        await said(ledger, made[1], StatusCode.REGISTERED, LATER)
        await said(ledger, made[0], StatusCode.REFUSED, LATER)
        page = await came(reports)
        assert arrivals(page) == [(1, "1"), (2, "2")]
        assert [each.state for each in page.items] == [State.REJECTED, State.RECEIVED]

    async def test_a_recall_by_the_sender_is_no_arrival(self, ledger: SqlLedger, reports: SqlReports) -> None:
        made = entry(1)
        await ledger.accept(made)
        delivery = next(each.id for each in made.deliveries if each.receiver == RECEIVER)
        await ledger.record_status(delivery, recall(), {SENDER}, now=NOW, seal=seal)
        assert (await came(reports)).items == ()

    async def test_numbers_begin_again_with_the_year(self, ledger: SqlLedger, reports: SqlReports) -> None:
        for number, at in ((1, NOW), (2, YEAR_END), (3, NEW_YEAR)):
            await ledger.accept(entry(number))
            await collect(ledger, RECEIVER, at)
        await said(ledger, entry(1), StatusCode.REGISTERED, NEW_YEAR)
        assert arrivals(await came(reports)) == [(1, "1"), (2, "2")]
        assert arrivals(await came(reports, year=2027)) == [(1, "3")]

    async def test_each_agency_has_its_own_numbers(self, ledger: SqlLedger, reports: SqlReports) -> None:
        await ledger.accept(entry(1))
        await collect(ledger, RECEIVER)
        await ledger.accept(entry(2))
        await collect(ledger, OTHER)
        await collect(ledger, RECEIVER)
        assert arrivals(await came(reports)) == [(1, "1"), (2, "2")]
        assert sorted(arrivals(await came(reports, OTHER))) == [(1, "1"), (2, "2")]

    async def test_a_month_keeps_the_numbers_of_the_year(self, ledger: SqlLedger, reports: SqlReports) -> None:
        for number, month in enumerate((10, 11, 11, 12), start=1):
            await ledger.accept(entry(number))
            await collect(ledger, RECEIVER, NOW.replace(month=month))
        first = await came(reports, month=11, limit=1)
        second = await came(reports, month=11, limit=1, after=first.next)
        assert (arrivals(first), arrivals(second), second.next) == ([(2, "2")], [(3, "3")], None)
        assert (await came(reports, month=9)).items == ()

    async def test_pages_go_on_counting(self, ledger: SqlLedger, reports: SqlReports) -> None:
        for number in (1, 2, 3):
            await ledger.accept(entry(number))
            await collect(ledger, RECEIVER)
        first = await came(reports, limit=2)
        second = await came(reports, limit=2, after=first.next)
        assert (arrivals(first), arrivals(second), second.next) == ([(1, "1"), (2, "2")], [(3, "3")], None)

    async def test_what_the_policy_holds_back_has_not_arrived(self, ledger: SqlLedger, reports: SqlReports) -> None:
        made = entry(1)
        held = replace(made, deliveries=tuple(replace(each, state=State.SUSPENDED, why="macro") for each in made.deliveries))
        await ledger.accept(held)
        await ledger.turn_back(made.document.id, by="operator", reason="macro", now=NOW)
        assert (await came(reports)).items == ()

    async def test_a_line_reads_the_same_for_ever_but_for_its_state(self, ledger: SqlLedger, reports: SqlReports) -> None:
        made = entry(1)
        await ledger.accept(made)
        await collect(ledger, RECEIVER)
        before: Incoming = (await came(reports)).items[0]
        await said(ledger, made, StatusCode.COMPLETED, LATER)
        after: Incoming = (await came(reports)).items[0]
        assert after == replace(before, state=State.COMPLETED, progress=StatusCode.COMPLETED)


class AnswerContract:
    """A reply stands in both registers of whoever answered (article 14.2)."""

    async def test_the_reply_names_the_document_that_it_answers(self, ledger: SqlLedger, reports: SqlReports) -> None:
        await ledger.accept(ASKED)
        await ledger.accept(answer(2, ASKED))
        (line,) = (await sent(reports, RECEIVER)).items
        asked = ASKED.document
        named = Counterpart(document=asked.id, code=f"{asked.number}/{asked.notation}", promulgated_on=asked.promulgated_on)
        assert line.answers == (named,)

    async def test_the_answered_document_names_the_reply(self, ledger: SqlLedger, reports: SqlReports) -> None:
        await ledger.accept(ASKED)
        await collect(ledger, RECEIVER)
        await collect(ledger, OTHER)
        reply = answer(2, ASKED)
        await ledger.accept(reply)
        (line,) = (await came(reports)).items
        named = Counterpart(document=reply.document.id, code="2/UBND-VP", promulgated_on=reply.document.promulgated_on)
        assert line.answered_by == (named,)
        assert [each.answered_by for each in (await came(reports, OTHER)).items] == [()]

    async def test_a_reply_to_a_document_that_is_not_known_keeps_its_name(self, ledger: SqlLedger, reports: SqlReports) -> None:
        await ledger.accept(answer(2, None))
        (line,) = (await sent(reports, RECEIVER)).items
        assert [(each.document, each.code) for each in line.answers] == [(None, "1/UBND-VP")]
