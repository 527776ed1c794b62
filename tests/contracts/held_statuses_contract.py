"""How statuses wait for their documents: kept as they came, recorded in order, decided on by operators."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gateway.core.faults import Rejected
from gateway.core.model import Delivery, Event, OrganId, State, StatusCode
from gateway.infra.audit import SqlAuditLog
from gateway.infra.executor import Executor
from gateway.ports import Entry, HeldStatus, HeldStatuses, Ledger, NamedStatus, Obstacle
from tests.contracts.entries import (
    LATER,
    NOW,
    OTHER,
    RECEIVER,
    SENDER,
    STRANGER,
    correlation,
    entry,
    recall,
    report,
    seal,
)

SINCE = NOW - timedelta(days=3)


def letter(number: int = 1, **more: Any) -> Entry:
    return replace(entry(number, **more), seal=seal)


def named(code: StatusCode, description: str = "", *, about: Entry | None = None, **fields: Any) -> NamedStatus:
    said = report(code, description=description)
    return NamedStatus(named=correlation(about or letter(), **fields), receiver=RECEIVER, report=said, package=b"<edXML/>")


async def say(held: HeldStatuses, status: NamedStatus, *, seconds: int = 0) -> dict[str, Any]:
    said = await held.say(status, {status.report.reporter}, now=NOW + timedelta(seconds=seconds), seal=seal)
    answer: dict[str, Any] = json.loads(said.answer)
    return answer | {"created": said.created}


async def waiting(held: HeldStatuses) -> list[HeldStatus]:
    return list((await held.held(after=None, limit=50)).items)


async def own(ledger: Ledger, of: Entry | None = None) -> Delivery:
    view = await ledger.document((of or letter()).document.id, {SENDER})
    return next(each for each in view.deliveries if each.receiver == RECEIVER)


async def heard(ledger: Ledger) -> list[Event]:
    return [each for each in (await ledger.history(letter().document.id, {SENDER})).events if each.type == "status.received"]


class WaitingStatusContract:
    """A status that overtakes its document."""

    async def test_one_whose_document_is_known_is_recorded_at_once(self, ledger: Ledger, held: HeldStatuses) -> None:
        await ledger.accept(letter())
        answer = await say(held, named(StatusCode.REGISTERED))
        assert (answer["delivery"], answer["state"]) == ((await own(ledger)).id, "received")
        assert await waiting(held) == []

    async def test_one_whose_document_is_not_waits_and_is_answered_the_same_each_time(self, held: HeldStatuses) -> None:
        first, again = [await say(held, named(StatusCode.REGISTERED), seconds=each) for each in range(2)]
        assert (first["delivery"], first["state"], first["status_code"], first["created"]) == (None, "waiting", "03", True)
        assert again == first | {"created": False}
        (only,) = await waiting(held)
        assert (only.id, only.obstacle, only.received_at, only.report.code) == (
            first["id"],
            Obstacle.UNMATCHED,
            NOW,
            StatusCode.REGISTERED,
        )

    async def test_it_is_recorded_with_the_acceptance_of_its_document_in_the_order_of_arrival(
        self, ledger: Ledger, held: HeldStatuses
    ) -> None:
        for second, code in enumerate((StatusCode.ARRIVED, StatusCode.PROCESSING, StatusCode.ASSIGNED)):
            await say(held, named(code), seconds=second)
        await ledger.accept(letter())
        now = await own(ledger)
        assert (now.state, now.status_code) == (State.PROCESSING, StatusCode.PROCESSING)
        assert [(each.data["code"], each.data["history"]) for each in await heard(ledger)] == [
            ("01", False),
            ("05", False),
            ("04", True),
        ]
        assert await waiting(held) == []

    async def test_said_again_afterwards_it_is_the_same_status(self, ledger: Ledger, held: HeldStatuses) -> None:
        await say(held, named(StatusCode.REGISTERED))
        await ledger.accept(letter())
        answer = await say(held, named(StatusCode.REGISTERED))
        assert (answer["created"], answer["state"]) == (False, "received")
        assert len(await heard(ledger)) == 1

    async def test_a_recall_that_overtakes_its_document_meets_it(self, ledger: Ledger, held: HeldStatuses) -> None:
        asked = replace(named(StatusCode.RECALL_REQUESTED), report=recall())
        await say(held, asked)
        await ledger.accept(letter())
        assert (await own(ledger)).state is State.RECALLED

    @pytest.mark.parametrize(
        "other", [letter(2), letter(1, sender=OTHER, to=(RECEIVER,)), letter(1, to=(OTHER,))], ids=["number", "owner", "receiver"]
    )
    async def test_another_document_leaves_it_waiting(self, ledger: Ledger, held: HeldStatuses, other: Entry) -> None:
        await say(held, named(StatusCode.REGISTERED))
        await ledger.accept(other)
        assert await held.retry(since=SINCE, limit=9, now=LATER, seal=seal) == 0
        assert [each.obstacle for each in await waiting(held)] == [Obstacle.UNMATCHED]

    async def test_what_came_while_the_document_was_being_accepted_is_caught_up_with(
        self, ledger: Ledger, held: HeldStatuses
    ) -> None:
        await say(held, named(StatusCode.REGISTERED))
        await ledger.accept(replace(letter(), seal=None))  # an acceptance that does not see it
        assert (await own(ledger)).state is State.AVAILABLE
        assert await held.retry(since=NOW, limit=9, now=LATER, seal=seal) == 0  # received before that
        assert await held.retry(since=SINCE, limit=9, now=LATER, seal=seal) == 1
        assert (await own(ledger)).state is State.RECEIVED
        assert await held.retry(since=SINCE, limit=9, now=LATER, seal=seal) == 0

    async def test_two_who_catch_up_at_once_record_it_once(self, ledger: Ledger, held: HeldStatuses) -> None:
        await say(held, named(StatusCode.REGISTERED))
        await ledger.accept(replace(letter(), seal=None))
        caught = await asyncio.gather(*(held.retry(since=SINCE, limit=9, now=LATER, seal=seal) for _ in range(2)))
        assert (sum(caught), len(await heard(ledger))) == (1, 1)

    async def test_a_document_that_the_policy_holds_is_met_once_it_is_released(self, ledger: Ledger, held: HeldStatuses) -> None:
        made = letter()
        await ledger.accept(replace(made, deliveries=tuple(replace(each, state=State.SUSPENDED) for each in made.deliveries)))
        assert (await say(held, named(StatusCode.REGISTERED)))["state"] == "waiting"
        await ledger.release(made.document.id, route=lambda _: None, by="lan", reason="đã xem", now=LATER)
        assert await held.retry(since=SINCE, limit=9, now=LATER, seal=seal) == 1


class DecidedStatusContract:
    """What cannot be matched by itself waits for an operator, and shows what it may mean."""

    async def two(self, ledger: Ledger) -> tuple[Entry, Entry]:
        """Two documents that bear one id."""
        first, second = letter(), letter(2)
        second = replace(second, document=replace(second.document, document_id=first.document.document_id))
        await ledger.accept(first)
        await ledger.accept(second)
        return first, second

    async def test_of_several_documents_nobody_guesses(self, ledger: Ledger, held: HeldStatuses) -> None:
        first, second = await self.two(ledger)
        assert (await say(held, named(StatusCode.REGISTERED)))["state"] == "waiting"
        (only,) = await waiting(held)
        assert only.obstacle is Obstacle.AMBIGUOUS
        assert {view.document.id for view in only.candidates} == {first.document.id, second.document.id}
        assert await held.retry(since=SINCE, limit=9, now=LATER, seal=seal) == 0

    async def test_one_that_its_document_does_not_allow_when_it_comes_waits_too(self, ledger: Ledger, held: HeldStatuses) -> None:
        await say(held, named(StatusCode.RECALL_AGREED))
        await ledger.accept(letter())
        (only,) = await waiting(held)
        assert (only.obstacle, [view.document.id for view in only.candidates]) == (Obstacle.CONFLICT, [letter().document.id])

    async def test_an_operator_says_which_is_meant(self, ledger: Ledger, held: HeldStatuses, executor: Executor) -> None:
        _, second = await self.two(ledger)
        answer = await say(held, named(StatusCode.REGISTERED))
        meant = (await own(ledger, second)).id
        await held.apply(answer["id"], meant, by="lan", reason="đã hỏi Sở A", now=LATER, seal=seal)
        assert ((await own(ledger, second)).state, (await own(ledger)).state) == (State.RECEIVED, State.AVAILABLE)
        assert await waiting(held) == []
        (audited,) = (await SqlAuditLog(executor).listing(after=None, limit=9)).items
        assert (audited.actor, audited.action, audited.reason) == ("lan", "status.applied", "đã hỏi Sở A")
        assert audited.subject["delivery"] == meant

    async def test_an_operator_gives_one_up(self, held: HeldStatuses, executor: Executor) -> None:
        answer = await say(held, named(StatusCode.REGISTERED))
        await held.drop(answer["id"], by="lan", reason="gửi nhầm trục", now=LATER)
        assert await waiting(held) == []
        assert [each.action for each in (await SqlAuditLog(executor).listing(after=None, limit=9)).items] == ["status.dropped"]
        with pytest.raises(Rejected, match="not-found"):
            await held.drop(answer["id"], by="lan", reason="?", now=LATER)

    @pytest.mark.parametrize(
        ("receivers", "code"), [((OTHER,), "status-unmatched"), ((STRANGER, RECEIVER), None), ((), "not-found")]
    )
    async def test_it_goes_only_to_a_delivery_that_its_reporter_has_a_say_in(
        self, ledger: Ledger, held: HeldStatuses, receivers: tuple[OrganId, ...], code: str | None
    ) -> None:
        answer = await say(held, named(StatusCode.REGISTERED))
        other = letter(7, to=receivers or (RECEIVER,))
        if receivers:
            await ledger.accept(other)
        meant = other.deliveries[-1].id
        if code is None:
            assert (await held.apply(answer["id"], meant, by="lan", reason="?", now=LATER, seal=seal)).created
        else:
            with pytest.raises(Rejected, match=code):
                await held.apply(answer["id"], meant, by="lan", reason="?", now=LATER, seal=seal)
            assert len(await waiting(held)) == 1

    async def test_a_list_goes_on_where_its_page_ended(self, held: HeldStatuses) -> None:
        ids = [(await say(held, named(StatusCode.REGISTERED, about=letter(each)), seconds=each))["id"] for each in range(5)]
        page = await held.held(after=None, limit=3)
        rest = await held.held(after=page.next, limit=3)
        assert [each.id for each in (*page.items, *rest.items)] == ids
        assert rest.next is None
