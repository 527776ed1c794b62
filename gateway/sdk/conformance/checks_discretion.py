"""Checks that neither a document nor a secret is seen where many people read: in logs, on the console, in faults."""

import asyncio
import logging
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from typing import Final

import pytest

from gateway.sdk.conformance import golden
from gateway.sdk.conformance.checking import check, expect
from gateway.sdk.conformance.offering import news
from gateway.sdk.conformance.other_side import Mood
from gateway.sdk.conformance.trial import Trial

MARK: Final = "Chỉ Giám đốc Sở được đọc"
"""Stands in the subject, the content and the attachment of the document that nobody may see."""
MOODS: Final = (Mood.WELL, Mood.FAILING, Mood.GARBLED, Mood.REFUSING, Mood.UNAUTHORISED, Mood.AWAY)


class DiscretionChecks:
    """Never a body or a secret in logs or in the words of a fault."""

    @check("Không có nội dung văn bản hay bí mật trong nhật ký, màn hình và lời báo lỗi")
    async def test_no_document_and_no_secret_is_in_logs_or_faults(self, trial: Trial, capfd: pytest.CaptureFixture[str]) -> None:
        file = golden.attachment(content=f"%PDF-1.7 {MARK}".encode())
        subject = f"Về việc bảo vệ. {MARK}"
        consignment = golden.consignment(golden.document(attachments=(file,), subject=subject, content=MARK))
        calls = trial.calls(consignment, await news(trial))
        with _listening(trial.heard):
            for mood in MOODS:
                if mood not in trial.other.impossible:
                    await trial.other.be(mood)
                    for call in (*calls.values(), trial.adapter.health):
                        await _try(trial, call())
        heard = "\n".join((*trial.heard, *capfd.readouterr()))
        expect(MARK not in heard, "nội dung văn bản bị lộ", f"the document was seen in: {_around(heard, MARK)}")
        for secret in trial.other.secrets:
            shown = _around(heard, secret).replace(secret, "…")
            expect(secret not in heard, f"bí mật bị lộ: {shown}", f"a secret was seen: {shown}")


async def _try(trial: Trial, call: Awaitable[object]) -> None:
    """Make a call, whatever comes of it."""
    task = asyncio.ensure_future(call)
    await asyncio.wait({task}, timeout=trial.patience)
    if not task.done():
        task.cancel()
    (came,) = await asyncio.gather(task, return_exceptions=True)
    error = came if isinstance(came, BaseException) else None
    while error is not None:
        trial.hear(error)
        error = error.__cause__


class _Ear(logging.Handler):
    """Keeps what is logged, tracebacks too."""

    def __init__(self, heard: list[str]) -> None:
        super().__init__()
        self._heard = heard

    def emit(self, record: logging.LogRecord) -> None:
        self._heard.append(self.format(record))


@contextmanager
def _listening(heard: list[str]) -> Iterator[None]:
    """Listen to the loggers of every library, as talkative as an operator would have them."""
    root, ear = logging.getLogger(), _Ear(heard)
    level = root.level
    root.addHandler(ear)
    root.setLevel(logging.INFO)
    try:
        yield
    finally:
        root.removeHandler(ear)
        root.setLevel(level)


def _around(text: str, found: str) -> str:
    at = text.find(found)
    return text[max(at - 60, 0) : at + len(found)] if at >= 0 else ""
