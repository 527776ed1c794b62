"""Checks that each failure of the other side means what it is: again later, never, or an operator's turn."""

import asyncio
from typing import Final

import pytest

from gateway.core.faults import Misconfigured, Transient, Undeliverable
from gateway.sdk.conformance import golden
from gateway.sdk.conformance.checking import check, expect, expect_fault
from gateway.sdk.conformance.comparing import expect_whole
from gateway.sdk.conformance.offering import news
from gateway.sdk.conformance.other_side import REASON, Mood
from gateway.sdk.conformance.trial import Trial, bounded, cancelled

CALLS: Final = ("deliver", "report", "collect")
TELLING: Final = ("deliver", "report")
TRANSIENT: Final = ("receiver-unreachable", "receiver-timeout", "receiver-failed")
UNAUTHORISED: Final = ("link-unauthorised", "link-misconfigured")


class OutageChecks:
    """What an adapter raises decides whether a document waits, comes back or stops a link."""

    @check("Bên kia vắng mặt → Transient receiver-unreachable", moods=(Mood.AWAY,))
    @pytest.mark.parametrize("call", CALLS)
    async def test_an_other_side_that_is_away_means_again_later(self, trial: Trial, call: str) -> None:
        calls = trial.calls(golden.consignment(), await news(trial))
        await trial.other.be(Mood.AWAY)
        expect_fault(await trial.fault_of(calls[call]()), Transient, "receiver-unreachable")
        await trial.other.be(Mood.WELL)
        await bounded(calls[call]())

    @check("Bên kia lỗi hoặc trả lời vô nghĩa → Transient; sau đó gửi lại được, một hiệu lực")
    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize("mood", [Mood.FAILING, Mood.GARBLED])
    async def test_a_failure_or_garbage_means_again_later(self, trial: Trial, mood: Mood, call: str) -> None:
        consignment = golden.consignment()
        calls = trial.calls(consignment, await news(trial))
        await trial.other.be(mood)
        expect_fault(await trial.fault_of(calls[call]()), Transient, *TRANSIENT)
        await trial.other.be(Mood.WELL)
        await bounded(calls[call]())
        if call == "deliver":
            await expect_whole(await trial.only(), consignment)

    @check("Bên kia từ chối → Undeliverable receiver-refused, kèm lý do", moods=(Mood.REFUSING,))
    @pytest.mark.parametrize("call", TELLING)
    async def test_a_refusal_means_never_and_gives_the_reason(self, trial: Trial, call: str) -> None:
        calls = trial.calls(golden.consignment(), await news(trial))
        await trial.other.be(Mood.REFUSING)
        fault = await trial.fault_of(calls[call]())
        expect_fault(fault, Undeliverable, "receiver-refused")
        told = REASON in fault.detail or not getattr(trial.other, "says_why", True)
        expect(told, f"detail không có lý do của bên kia: {fault.detail!r}", f"detail lacks the reason: {fault.detail!r}")
        expect(not await trial.held(), "bị từ chối mà bên kia vẫn có văn bản", "refused, and handed over all the same")

    @check("Sai tài khoản → Misconfigured", moods=(Mood.UNAUTHORISED,))
    @pytest.mark.parametrize("call", CALLS)
    async def test_credentials_that_are_not_accepted_are_an_operators_turn(self, trial: Trial, call: str) -> None:
        calls = trial.calls(golden.consignment(), await news(trial))
        await trial.other.be(Mood.UNAUTHORISED)
        expect_fault(await trial.fault_of(calls[call]()), Misconfigured, *UNAUTHORISED)

    @check("Bên kia treo: báo tin và nhận về cũng hủy được ngay", moods=(Mood.HANGING,))
    @pytest.mark.parametrize("call", ["report", "collect"])
    async def test_other_calls_to_a_hanging_other_side_are_cancelled_too(self, trial: Trial, call: str) -> None:
        calls = trial.calls(golden.consignment(), await news(trial))
        await trial.other.be(Mood.HANGING)
        task = asyncio.ensure_future(calls[call]())
        await asyncio.wait({task}, timeout=trial.patience)
        ended = task.done()
        expect(not ended, "tự dừng: giới hạn thời gian là của trục", "ended by itself: time limits are the hub's")
        await cancelled(task)
        await trial.other.be(Mood.WELL)
        await bounded(calls[call]())
