"""How every ledger records statuses: each report once, moving its delivery by the table of transitions."""

import asyncio
import json
from datetime import UTC, timedelta

import pytest

from gateway.core.faults import Rejected
from gateway.core.model import Delivery, Event, Fact, OrganId, State, StatusCode, StatusReport
from gateway.ports import Ledger, StatusOutcome
from tests.contracts.entries import LATER, NOW, OTHER, RECEIVER, SENDER, STRANGER, SYSTEM, entry, recall, report, seal

DELIVERY = entry().deliveries[0].id


async def told(ledger: Ledger, said: StatusReport) -> StatusOutcome:
    return await ledger.record_status(DELIVERY, said, {said.reporter}, now=NOW, seal=seal)


async def collected(ledger: Ledger) -> None:
    await ledger.accept(entry(to=(RECEIVER,)))
    lease = await ledger.lease(SYSTEM, {RECEIVER}, limit=1, until=LATER, now=NOW)
    assert lease is not None
    await ledger.ack(lease.token, SYSTEM, None, now=NOW, seal=seal)


async def seen(ledger: Ledger) -> Delivery:
    return (await ledger.delivery(DELIVERY, {SENDER})).deliveries[0]


async def heard(ledger: Ledger, kind: str) -> list[Event]:
    return [each for each in (await ledger.history(entry().document.id, {SENDER})).events if each.type == kind]


class StatusContract:
    """What is reported is kept once, and what it moves is moved once."""

    async def test_a_status_moves_its_delivery_and_answers_where_it_stands(self, ledger: Ledger) -> None:
        await collected(ledger)
        outcome = await told(ledger, report(StatusCode.REGISTERED))
        answer = json.loads(outcome.answer)
        assert outcome.created
        assert list(answer) == ["id", "delivery", "state", "status_code"]
        assert (answer["delivery"], answer["state"], answer["status_code"]) == (DELIVERY, "received", "03")
        now = await seen(ledger)
        assert (now.state, now.status_code, now.progress) == (State.RECEIVED, StatusCode.REGISTERED, StatusCode.REGISTERED)

    async def test_the_same_report_again_gives_the_same_answer_though_the_delivery_moved_on(self, ledger: Ledger) -> None:
        await collected(ledger)
        first = await told(ledger, report(StatusCode.ARRIVED, at=NOW))
        await told(ledger, report(StatusCode.COMPLETED))
        again = await told(ledger, report(StatusCode.ARRIVED, at=NOW.astimezone(UTC)))
        assert (again.created, again.answer) == (False, first.answer)

    async def test_many_callers_with_one_report_get_one_answer(self, ledger: Ledger) -> None:
        await collected(ledger)
        outcomes = await asyncio.gather(*(told(ledger, report(StatusCode.REGISTERED)) for _ in range(50)))
        assert sum(each.created for each in outcomes) == 1
        assert len({each.answer for each in outcomes}) == 1
        assert len(await heard(ledger, "status.received")) == 1

    @pytest.mark.parametrize(
        "other",
        [
            {"description": "Đã chuyển"},
            {"staff": {"staff": "Nguyễn Văn Mẫu"}},
            {"at": NOW},
            {"at": NOW + timedelta(microseconds=1)},
        ],
        ids=str,
    )
    async def test_a_report_that_differs_in_anything_is_another_report(self, ledger: Ledger, other: dict[str, object]) -> None:
        await collected(ledger)
        await told(ledger, report(StatusCode.ASSIGNED, at=NOW + timedelta(microseconds=2)))
        await told(ledger, report(StatusCode.ASSIGNED))
        assert (await told(ledger, report(StatusCode.ASSIGNED, **other))).created  # type: ignore[arg-type]  # by name

    async def test_a_late_lower_status_is_kept_as_history(self, ledger: Ledger) -> None:
        await collected(ledger)
        await told(ledger, report(StatusCode.PROCESSING))
        late = json.loads((await told(ledger, report(StatusCode.REGISTERED))).answer)
        assert (late["state"], late["status_code"]) == ("processing", "05")
        events = await heard(ledger, "status.received")
        assert [(each.data["code"], each.data["history"]) for each in events] == [("05", False), ("03", True)]

    async def test_an_event_tells_the_state_before_and_after(self, ledger: Ledger) -> None:
        await collected(ledger)
        await told(ledger, report(StatusCode.ASSIGNED, description="Giao phòng Văn thư"))
        (event,) = await heard(ledger, "status.received")
        assert {name: event.data[name] for name in ("code", "description", "state", "previous")} == {
            "code": "04",
            "description": "Giao phòng Văn thư",
            "state": "assigned",
            "previous": "collected",
        }

    async def test_each_new_report_has_its_receipt(self, ledger: Ledger) -> None:
        await collected(ledger)
        for _ in range(2):
            await told(ledger, report(StatusCode.REGISTERED))
        facts = [each.fact for each in await ledger.receipts(entry().document.id, {SENDER})]
        assert facts == [Fact.ACCEPTED, Fact.COLLECTED, Fact.STATUS]

    async def test_a_refused_status_leaves_nothing(self, ledger: Ledger) -> None:
        await collected(ledger)
        await told(ledger, report(StatusCode.COMPLETED))
        before = await seen(ledger)
        with pytest.raises(Rejected, match="status-conflict"):
            await told(ledger, report(StatusCode.REFUSED, description="Sai nơi nhận"))
        assert await seen(ledger) == before
        assert len(await heard(ledger, "status.received")) == 1

    async def test_a_refusal_shows_its_reason_and_waits_for_the_sender(self, ledger: Ledger) -> None:
        await collected(ledger)
        await told(ledger, report(StatusCode.REFUSED, description="Sai nơi nhận"))
        now = await seen(ledger)
        assert (now.state, now.why, now.owner) == (State.REJECTED, "Sai nơi nhận", "sender")

    @pytest.mark.parametrize(
        ("reporter", "code"),
        [
            (SENDER, StatusCode.ARRIVED),
            (OTHER, StatusCode.ARRIVED),
            (STRANGER, StatusCode.ARRIVED),
            (RECEIVER, StatusCode.RECALL_REQUESTED),
        ],
    )
    async def test_who_has_no_say_finds_no_delivery(self, ledger: Ledger, reporter: OrganId, code: StatusCode) -> None:
        await ledger.accept(entry())
        with pytest.raises(Rejected, match="not-found"):
            await told(ledger, report(code, reporter))

    async def test_nobody_reports_in_anothers_name(self, ledger: Ledger) -> None:
        await ledger.accept(entry())
        with pytest.raises(Rejected, match="not-found"):
            await ledger.record_status(DELIVERY, report(StatusCode.ARRIVED), {SENDER}, now=NOW, seal=seal)


class RecallContract:
    """A recall is at once before the hand-over, and a question after it."""

    async def test_a_recall_before_the_hand_over_withdraws_at_once(self, ledger: Ledger) -> None:
        await ledger.accept(entry())
        await told(ledger, recall("Gửi nhầm"))
        now = await seen(ledger)
        assert (now.state, now.status_code, now.why, now.owner) == (State.RECALLED, "13", "Gửi nhầm", None)
        assert await ledger.lease(SYSTEM, {RECEIVER}, limit=9, until=LATER, now=NOW) is None
        assert len(await heard(ledger, "recall.requested")) == 1

    async def test_a_recall_after_the_hand_over_waits_for_the_receivers_answer(self, ledger: Ledger) -> None:
        await collected(ledger)
        await told(ledger, recall())
        assert ((await seen(ledger)).state, (await seen(ledger)).owner) == (State.RECALL_REQUESTED, "receiver")
        await told(ledger, report(StatusCode.RECALL_AGREED))
        assert (await seen(ledger)).state is State.RECALLED
        (answered,) = await heard(ledger, "recall.answered")
        assert (answered.data["code"], answered.data["state"]) == ("15", "recalled")

    async def test_a_refused_recall_goes_back_to_the_progress_made_and_says_why(self, ledger: Ledger) -> None:
        await collected(ledger)
        await told(ledger, report(StatusCode.ASSIGNED))
        await told(ledger, recall())
        await told(ledger, report(StatusCode.RECALL_REFUSED, description="Đã xử lý"))
        now = await seen(ledger)
        assert (now.state, now.status_code, now.why) == (State.ASSIGNED, "16", "Đã xử lý")

    async def test_work_that_goes_on_keeps_the_reason_of_an_unanswered_recall(self, ledger: Ledger) -> None:
        await collected(ledger)
        await told(ledger, recall("Gửi nhầm"))
        await told(ledger, report(StatusCode.PROCESSING))
        now = await seen(ledger)
        assert (now.state, now.why, now.progress) == (State.RECALL_REQUESTED, "Gửi nhầm", StatusCode.PROCESSING)

    async def test_a_reason_goes_when_work_goes_on(self, ledger: Ledger) -> None:
        await collected(ledger)
        await told(ledger, recall())
        await told(ledger, report(StatusCode.RECALL_REFUSED, description="Đã xử lý"))
        await told(ledger, report(StatusCode.COMPLETED))
        assert (await seen(ledger)).why is None
