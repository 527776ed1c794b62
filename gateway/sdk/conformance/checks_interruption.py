"""Checks that what is broken off half-way leaves nothing half on the other side."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field, replace
from typing import Final

from gateway.core.faults import Rejected
from gateway.sdk import Consignment, Opener
from gateway.sdk.conformance import golden
from gateway.sdk.conformance.checking import check, expect, fail
from gateway.sdk.conformance.comparing import expect_whole, octets
from gateway.sdk.conformance.other_side import Mood
from gateway.sdk.conformance.trial import CALL_SECONDS, Trial, bounded, cancelled

LONG: Final = golden.CONTENT * 200
"""An attachment of 400 kB: longer than what one write of a connection holds."""


@dataclass(slots=True, kw_only=True)
class Halved:
    """Octets of which the second half never comes: they wait, or break off as the hub's own storage would."""

    whole: Opener
    breaks: bool = False
    reached: asyncio.Event = field(default_factory=asyncio.Event)

    async def stream(self) -> AsyncGenerator[bytes, None]:
        """Stream the first half."""
        content = await octets(self.whole)
        half = len(content) // 2
        for start in range(0, half, 64 * 1024):
            yield content[start : min(start + 64 * 1024, half)]
        self.reached.set()
        if self.breaks:
            raise Rejected("storage-unavailable")
        await asyncio.Event().wait()


def _halved(consignment: Consignment, half: Halved) -> Consignment:
    """Have the last octets that travel be those that never come: of a part, or of the envelope where there is none."""
    if not consignment.parts:
        return replace(consignment, open=half.stream)
    *others, last = consignment.parts
    return replace(consignment, parts=(*others, replace(last, open=half.stream)))


def _last(consignment: Consignment) -> Opener:
    return consignment.parts[-1].open if consignment.parts else consignment.open


def _long(trial: Trial) -> Consignment:
    if trial.manifest.separate:
        return golden.consignment(golden.document(attachments=()), golden.part(content=LONG))
    return golden.consignment(golden.document(attachments=(golden.attachment(content=LONG),)))


class InterruptionChecks:
    """The hub may cancel a call at any time; what was not handed over whole was not handed over."""

    @check("Hủy giữa chừng không để lại văn bản dở dang, gửi lại thì đủ", "push")
    async def test_a_call_cancelled_half_way_leaves_nothing_half(self, trial: Trial) -> None:
        consignment = _long(trial)
        half = Halved(whole=_last(consignment))
        task = asyncio.ensure_future(trial.adapter.deliver(_halved(consignment, half)))
        reached = asyncio.ensure_future(half.reached.wait())
        await asyncio.wait({task, reached}, timeout=CALL_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        reached.cancel()
        early = task.done()
        expect(not early, "xong trước khi đọc hết văn bản", "ended before the whole document was read")
        await cancelled(task)
        await asyncio.sleep(trial.settling)
        expect(not await trial.held(), "bên kia có văn bản dở dang", "the other side has half a document")
        await trial.deliver(consignment)
        await expect_whole(await trial.only(), consignment)

    @check("Văn bản đứt giữa chừng không được chuyển đi", "push")
    async def test_a_document_whose_octets_break_off_is_not_handed_over(self, trial: Trial) -> None:
        consignment = _long(trial)
        try:
            await bounded(trial.adapter.deliver(_halved(consignment, Halved(whole=_last(consignment), breaks=True))))
        except AssertionError:
            raise
        except Exception as error:  # noqa: BLE001  the hub's own storage failed, which is no fault of the adapter
            trial.hear(error)
        else:
            fail("nhận xong một văn bản dở dang", "took half a document")
        await asyncio.sleep(trial.settling)
        expect(not await trial.held(), "bên kia có văn bản dở dang", "the other side has half a document")
        await trial.deliver(consignment)
        await expect_whole(await trial.only(), consignment)

    @check("Bên kia treo: lời gọi không tự dừng, hủy được ngay, sau đó vẫn chạy", "push", moods=(Mood.HANGING,))
    async def test_a_call_to_a_hanging_other_side_is_cancelled_at_once(self, trial: Trial) -> None:
        consignment = golden.consignment()
        await trial.other.be(Mood.HANGING)
        task = asyncio.ensure_future(trial.adapter.deliver(consignment))
        await asyncio.wait({task}, timeout=trial.patience)
        ended = task.done()
        expect(not ended, "tự dừng: giới hạn thời gian là của trục", "ended by itself: time limits are the hub's")
        await cancelled(task)
        await trial.other.be(Mood.WELL)
        await trial.deliver(consignment)
        await expect_whole(await trial.only(), consignment)
