"""Checks that what is handed over again, or at once with others, has one effect."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.core.faults import Misconfigured, Transient
from gateway.sdk import Consignment
from gateway.sdk.conformance import golden
from gateway.sdk.conformance.checking import check, expect
from gateway.sdk.conformance.comparing import expect_whole, fields_held
from gateway.sdk.conformance.other_side import Mood
from gateway.sdk.conformance.trial import Trial


def again(consignment: Consignment) -> Consignment:
    """Make the next attempt at the same delivery."""
    return replace(consignment, attempt=consignment.attempt + 1, trace=golden.TRACE.replace("b7ad", "c8be"))


class RepeatChecks:
    """A delivery has one effect on the other side, however often it is attempted."""

    @check("Gửi hai lần: cùng mã tham chiếu, một hiệu lực", "push")
    async def test_the_same_document_twice_has_one_reference_and_one_effect(self, trial: Trial) -> None:
        consignment = golden.consignment()
        first, second = await trial.deliver(consignment), await trial.deliver(again(consignment))
        _expect_alike(first.reference, second.reference)
        await trial.only()

    @check("Gửi lại sau khi khởi động lại: một hiệu lực", "push")
    async def test_a_repeat_after_a_restart_has_one_effect(self, trial: Trial) -> None:
        consignment = golden.consignment()
        first = await trial.deliver(consignment)
        await trial.reopen()
        second = await trial.deliver(again(consignment))
        _expect_alike(first.reference, second.reference)
        await trial.only()

    @check("Bên kia đã nhận mà trả lời bị mất: gửi lại không sinh bản thứ hai", "push", moods=(Mood.SILENT,))
    async def test_a_retry_after_a_lost_answer_makes_no_duplicate(self, trial: Trial) -> None:
        consignment = golden.consignment()
        await trial.other.be(Mood.SILENT)
        fault = await trial.outcome(trial.adapter.deliver(consignment))
        if fault is not None:
            known = isinstance(fault, Transient) and fault.code != "receiver-unreachable"
            expect(
                known,
                f"{fault.code}: không ai biết bên kia đã nhận chưa, cần receiver-timeout hoặc receiver-failed",
                f"{fault.code}: nobody knows whether it arrived; expected receiver-timeout or receiver-failed",
            )
        await trial.other.be(Mood.WELL)
        await trial.deliver(again(consignment))
        await expect_whole(await trial.only(), consignment)

    @check("Gửi đồng thời nhiều văn bản: văn bản nào ra văn bản ấy", "push")
    async def test_documents_handed_over_at_once_arrive_each_whole(self, trial: Trial) -> None:
        consignments = {}
        for number in ("31", "32", "33", "34"):
            file = golden.attachment(content=golden.CONTENT + number.encode())
            consignments[number] = golden.consignment(golden.document(number, attachments=(file,)))
        await asyncio.gather(*map(trial.deliver, consignments.values()))
        held = {fields_held(each).get("MessageHeader/Code/CodeNumber", ""): each for each in await trial.held()}
        expect(set(held) == set(consignments), f"đến nơi: {sorted(held)}", f"arrived: {sorted(held)}")
        for number, each in held.items():
            await expect_whole(each, consignments[number])

    @check("Đồng hồ lệch một giờ không làm mất hay nhân đôi văn bản", "push")
    @pytest.mark.parametrize("hours", [-1, 1])
    async def test_a_clock_that_is_an_hour_wrong_loses_and_doubles_nothing(self, trial: Trial, hours: int) -> None:
        consignment = golden.consignment()
        trial.skew = timedelta(hours=hours)
        fault = await trial.outcome(trial.adapter.deliver(consignment))
        bearable = fault is None or isinstance(fault, Transient | Misconfigured)
        said = "" if fault is None else f"{type(fault).__name__}({fault.code})"
        expect(bearable, f"{said}: văn bản không có lỗi, đồng hồ mới có", f"{said}: the clock is wrong, not the document")
        trial.skew = timedelta()
        await trial.deliver(again(consignment))
        await expect_whole(await trial.only(), consignment)


def _expect_alike(first: str | None, second: str | None) -> None:
    expect(
        first == second,
        f"lần đầu mã tham chiếu là {first!r}, lần sau là {second!r}",
        f"the reference was {first!r} at first and {second!r} then",
    )
