"""What every implementation of Notices promises: news in order, to one worker at a time, each until it is settled."""

from datetime import timedelta

import pytest

from gateway.core.faults import Transient, Undeliverable
from gateway.core.links import LinkKind
from gateway.core.model import StatusCode
from gateway.infra.outbox import SqlOutbox
from gateway.ports import AuditLog, Bulletin, Ledger, Notices, Telling
from tests.contracts.entries import LATER, NOW, OTHER, OTHER_SYSTEM, RECEIVER, SENDER, SYSTEM, entry, recall, report, seal
from tests.contracts.links_revise_contract import revising
from tests.contracts.outbox_contract import delivery

SECOND = timedelta(seconds=1)
SENDING = OTHER_SYSTEM


class NoticesContract:
    """News are the events that concern a system; its place among them is its own."""

    async def said(self, ledger: Ledger, number: int, *codes: StatusCode) -> None:
        """Accept a document, and have its receiver report on it."""
        await ledger.accept(entry(number))
        for code in codes:
            await ledger.record_status(delivery(number), report(code), {RECEIVER}, now=NOW, seal=seal)

    async def claim(self, notices: Notices, *, limit: int = 10, now: object = NOW) -> Bulletin | None:
        return await notices.claim(SENDING, {SENDER}, limit=limit, until=LATER, now=now)  # type: ignore[arg-type]

    async def test_a_senders_system_is_told_statuses_in_their_order(self, ledger: Ledger, notices: Notices) -> None:
        await self.said(ledger, 1, StatusCode.ARRIVED, StatusCode.REGISTERED)
        bulletin = await self.claim(notices)
        assert bulletin is not None
        assert [each.event.data["status_code"] for each in bulletin.news] == ["01", "03"]
        assert {each.document.number for each in bulletin.news} == {"1"}

    async def test_nothing_is_claimed_where_there_is_no_news(self, ledger: Ledger, notices: Notices) -> None:
        await self.said(ledger, 1)
        assert await self.claim(notices) is None

    async def test_news_is_claimed_by_one_at_a_time(self, ledger: Ledger, notices: Notices) -> None:
        await self.said(ledger, 1, StatusCode.ARRIVED)
        assert await self.claim(notices) is not None
        assert await self.claim(notices) is None

    async def test_a_claim_that_is_over_is_anothers(self, ledger: Ledger, notices: Notices) -> None:
        await self.said(ledger, 1, StatusCode.ARRIVED)
        await self.claim(notices)
        assert await notices.claim(SENDING, {SENDER}, limit=1, until=LATER + SECOND * 60, now=LATER) is not None

    async def test_what_is_settled_is_not_told_again(self, ledger: Ledger, notices: Notices) -> None:
        await self.said(ledger, 1, StatusCode.ARRIVED, StatusCode.REGISTERED)
        bulletin = await self.claim(notices, limit=1)
        assert bulletin is not None
        await notices.settle(bulletin, Telling(told=bulletin.news[0].event.seq), now=NOW)
        rest = await self.claim(notices)
        assert rest is not None
        assert [each.event.data["status_code"] for each in rest.news] == ["03"]

    async def test_what_could_not_be_told_waits_and_is_shown(self, ledger: Ledger, notices: Notices) -> None:
        await self.said(ledger, 1, StatusCode.ARRIVED)
        bulletin = await self.claim(notices)
        assert bulletin is not None
        away = Transient("receiver-unreachable", detail="Connection refused")
        telling = Telling(told=bulletin.news[0].event.seq - 1, fault=away, attempts=1, again=NOW + SECOND * 5)
        await notices.settle(bulletin, telling, now=NOW)
        (untold,) = await notices.untold()
        assert (untold.system, untold.cause, untold.why) == (SENDING, "receiver-unreachable", "Connection refused")
        assert await self.claim(notices, now=NOW + SECOND * 4) is None
        again = await self.claim(notices, now=NOW + SECOND * 5)
        assert again is not None
        assert again.attempts == 1

    async def test_who_lost_his_claim_settles_nothing(self, ledger: Ledger, notices: Notices) -> None:
        await self.said(ledger, 1, StatusCode.ARRIVED)
        first = await self.claim(notices)
        second = await notices.claim(SENDING, {SENDER}, limit=1, until=LATER + SECOND * 60, now=LATER)
        assert first is not None
        assert second is not None
        await notices.settle(first, Telling(told=first.news[0].event.seq), now=LATER)
        assert await notices.claim(SENDING, {SENDER}, limit=1, until=LATER + SECOND * 180, now=LATER + SECOND * 120) is not None

    async def test_a_refusal_is_audited_and_does_not_keep_the_rest(
        self, ledger: Ledger, notices: Notices, audit: AuditLog
    ) -> None:
        await self.said(ledger, 1, StatusCode.ARRIVED)
        bulletin = await self.claim(notices)
        assert bulletin is not None
        refused = ((bulletin.news[0], Undeliverable("receiver-refused", detail="Không nhận")),)
        await notices.settle(bulletin, Telling(told=bulletin.news[0].event.seq, refused=refused), now=NOW)
        (row,) = (await audit.listing(after=None, limit=10)).items
        assert (row.actor, row.action, row.reason) == ("hub", "notice.refused", "Không nhận")
        assert await self.claim(notices) is None

    async def test_news_of_the_last_day_is_told_to_a_system_that_is_new(self, ledger: Ledger, notices: Notices) -> None:
        await self.said(ledger, 1, StatusCode.ARRIVED)
        days = timedelta(days=2)
        assert await notices.claim(SENDING, {SENDER}, limit=1, until=LATER + days, now=NOW + days) is None

    async def test_a_replay_tells_what_was_told_before(self, ledger: Ledger, notices: Notices, audit: AuditLog) -> None:
        await self.said(ledger, 1, StatusCode.ARRIVED)
        bulletin = await self.claim(notices)
        assert bulletin is not None
        await notices.settle(bulletin, Telling(told=bulletin.news[0].event.seq), now=NOW)
        await notices.replay(SENDING, since=NOW, by="operator", reason="Máy chủ phục hồi", now=NOW)
        assert await self.claim(notices) is not None
        assert (await audit.listing(after=None, limit=1)).items[0].action == "notices.replayed"

    async def test_a_receivers_system_is_told_that_a_document_is_asked_back(self, ledger: Ledger, notices: Notices) -> None:
        await self.said(ledger, 1, StatusCode.ARRIVED)
        await ledger.record_status(delivery(1), recall(), {SENDER}, now=NOW, seal=seal)
        bulletin = await notices.claim(SYSTEM, {RECEIVER}, limit=10, until=LATER, now=NOW)
        assert bulletin is not None
        assert [each.event.type for each in bulletin.news] == ["recall.requested"]

    @pytest.mark.parametrize(
        ("kind", "type_"), [(LinkKind.UPDATE, "update.requested"), (LinkKind.REPLACE, "document.replaced")], ids=str
    )
    async def test_a_receivers_system_is_told_what_another_document_does_to_its_own(
        self, ledger: Ledger, notices: Notices, kind: LinkKind, type_: str
    ) -> None:
        await self.said(ledger, 1, StatusCode.ARRIVED)
        await ledger.accept(revising(kind, [delivery(1)], target=entry(1)))
        bulletin = await notices.claim(SYSTEM, {RECEIVER}, limit=10, until=LATER, now=NOW)
        assert bulletin is not None
        assert [(each.event.type, each.document.number) for each in bulletin.news] == [(type_, "1")]

    async def test_others_hear_nothing(self, ledger: Ledger, notices: Notices) -> None:
        await self.said(ledger, 1, StatusCode.ARRIVED)
        assert await notices.claim(SYSTEM, {OTHER}, limit=10, until=LATER, now=NOW) is None

    async def test_a_system_that_an_operator_paused_is_told_nothing(
        self, ledger: Ledger, notices: Notices, outbox: SqlOutbox
    ) -> None:
        await self.said(ledger, 1, StatusCode.ARRIVED)
        await outbox.pause(SENDING, by="operator", reason="Bảo trì", until=None, now=NOW)
        assert await self.claim(notices) is None
        await outbox.resume(SENDING, by="operator", reason="Xong", now=NOW)
        assert await self.claim(notices) is not None
