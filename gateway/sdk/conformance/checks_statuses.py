"""Checks that news of documents reaches the other side."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import pytest

from gateway.sdk import Consignment, Notice, State, StatusCode
from gateway.sdk.conformance import golden
from gateway.sdk.conformance.checking import check, expect
from gateway.sdk.conformance.offering import news
from gateway.sdk.conformance.other_side import Mood, Told
from gateway.sdk.conformance.trial import Trial

CODES: Final = {
    StatusCode.ARRIVED: (State.COLLECTED, "Đã đến"),
    StatusCode.REFUSED: (State.REJECTED, "Từ chối: văn bản không thuộc thẩm quyền"),
    StatusCode.REGISTERED: (State.RECEIVED, "Đã vào sổ số 45"),
    StatusCode.ASSIGNED: (State.ASSIGNED, "Đã phân công Phòng Văn hóa"),
    StatusCode.PROCESSING: (State.PROCESSING, "Đang xử lý"),
    StatusCode.COMPLETED: (State.COMPLETED, "Đã hoàn thành"),
    StatusCode.RECALL_AGREED: (State.RECALLED, "Đồng ý thu hồi"),
    StatusCode.RECALL_REFUSED: (State.RECEIVED, "Không đồng ý thu hồi: đã xử lý xong"),
}
"""What a receiver reports, and in what words."""
HUB: Final = (State.COLLECTED, State.FAILED, State.REJECTED, State.RECALLED)
"""What the hub tells of itself, without a code."""


def _after(notice: Notice, sequence: int, code: StatusCode | None, state: State, description: str) -> Notice:
    key = f"{notice.key[:-4]}{sequence:04d}"
    return replace(notice, key=key, sequence=sequence, code=code, state=state, description=description)


def _of(told: tuple[Told, ...], notice: Notice) -> list[Told]:
    """Pick the news of a document with a code."""
    about = [each for each in told if (each.number, each.notation) == (notice.number, notice.notation)]
    return [each for each in about if each.code is notice.code]


class StatusChecks:
    """News is told once for each key; what comes late or twice does no harm."""

    @check("Từng mã trạng thái đến nơi, kèm lời", "statuses")
    @pytest.mark.parametrize("code", CODES)
    async def test_a_status_reaches_the_other_side_with_its_words(self, trial: Trial, code: StatusCode) -> None:
        state, words = CODES[code]
        notice = _after(await news(trial), 7, code, state, words)
        await trial.report(notice)
        told = _of(await trial.told(), notice)
        expect(len(told) == 1, f"{code}: bên kia có {len(told)} tin", f"{code}: the other side was told {len(told)} times")
        said = told[0].description
        expect(words in said, f"{code}: lời thành {said!r}", f"{code}: the words became {said!r}")

    @check("Tin của chính trục, không có mã, không gây lỗi", "statuses")
    async def test_news_without_a_code_does_no_harm(self, trial: Trial) -> None:
        notice = await news(trial)
        for sequence, state in enumerate(HUB, start=1):
            await trial.report(_after(notice, sequence, None, state, "Không gửi được: bên nhận từ chối"))
        coded = [each for each in await trial.told() if each.code is not None]
        expect(not coded, f"tin không mã thành {coded}", f"news without a code became {coded}")

    @check("Trạng thái đến trễ hoặc hai lần: mỗi tin một hiệu lực", "statuses")
    async def test_statuses_out_of_order_or_doubled_have_one_effect_each(self, trial: Trial) -> None:
        first = await news(trial)
        late = _after(first, 3, StatusCode.REGISTERED, State.PROCESSING, "Đã vào sổ số 45")
        last = _after(first, 9, StatusCode.COMPLETED, State.COMPLETED, "Đã hoàn thành")
        for notice in (last, late, last, late):
            await trial.report(notice)
        told = await trial.told()
        lasting, lately = len(_of(told, last)), len(_of(told, late))
        expect(lasting == 1, f"tin 06 có {lasting} hiệu lực", f"news 06 had {lasting} effects")
        expect(lately <= 1, f"tin 03 có {lately} hiệu lực", f"news 03 had {lately} effects")

    @check("Tin bị mất trả lời, báo lại: một hiệu lực", "statuses", moods=(Mood.SILENT,))
    async def test_news_told_again_after_a_lost_answer_has_one_effect(self, trial: Trial) -> None:
        notice = await news(trial)
        await trial.other.be(Mood.SILENT)
        await trial.outcome(trial.adapter.report(notice))
        await trial.other.be(Mood.WELL)
        await trial.report(notice)
        told = _of(await trial.told(), notice)
        expect(len(told) == 1, f"tin có {len(told)} hiệu lực", f"the news had {len(told)} effects")

    @check("Đề nghị cập nhật, tin bị thay thế: mỗi tin tối đa một hiệu lực, không thành trạng thái", "push", "statuses")
    @pytest.mark.parametrize("made", [golden.update, golden.replacement], ids=lambda made: made.__name__)
    async def test_an_update_or_a_replacement_is_told_once_at_most_and_is_no_status(
        self, trial: Trial, made: Callable[[Consignment], Notice]
    ) -> None:
        consignment = golden.consignment()
        await trial.deliver(consignment)
        notice = made(consignment)
        await trial.report(notice)
        await trial.report(notice)
        told = [each for each in await trial.told() if (each.number, each.notation) == (notice.number, notice.notation)]
        expect(len(told) <= 1, f"tin có {len(told)} hiệu lực", f"the news had {len(told)} effects")
        for each in told:
            expect(each.code is None, f"tin thành trạng thái {each.code}", f"the news became the status {each.code}")
            said = each.description
            expect(notice.description in said, f"lời thành {said!r}", f"the words became {said!r}")

    @check("Đề nghị thu hồi (13) đến nơi, một lần", "push", "statuses", "recall")
    async def test_a_wish_to_have_a_document_back_reaches_the_other_side_once(self, trial: Trial) -> None:
        consignment = golden.consignment()
        await trial.deliver(consignment)
        notice = golden.recall(consignment)
        await trial.report(notice)
        await trial.report(notice)
        told = _of(await trial.told(), notice)
        expect(len(told) == 1, f"bên kia có {len(told)} tin 13", f"the other side was told {len(told)} times (13)")
        said = told[0].description
        expect(notice.description in said, f"lời thành {said!r}", f"the words became {said!r}")
