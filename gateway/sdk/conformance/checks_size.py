"""Checks that the largest documents pass, and that none is held in memory."""

import base64
import gc
import hashlib
import threading
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

import pytest

from gateway.sdk import Consignment, Part, edxml
from gateway.sdk.conformance import golden
from gateway.sdk.conformance.checking import check, expect
from gateway.sdk.conformance.comparing import files_held, files_sent
from gateway.sdk.conformance.trial import Trial

LARGE: Final = 200_000_000
"""Octets of an attachment: the most that the hub takes."""
MOST_GROWTH: Final = 64_000_000
"""Octets that the process may grow by meanwhile: buffers of both sides, not a third of the document."""
LARGE_SECONDS: Final = 60.0
SAMPLE_SECONDS: Final = 0.02
BLOCK: Final = 3 * 16 * 1024
"""Octets of a chunk; base64 of whole threes needs no padding."""
ROOM: Final = 4096
"""What an envelope grows by at most with a large attachment in it, over its base64."""


class SizeChecks:
    """The protocol's own limit is in the manifest; below it, every document passes."""

    @check("Tệp 200 MB đi qua mà không nằm trong bộ nhớ", "push")
    async def test_an_attachment_of_200_mb_passes_in_bounded_memory(self, trial: Trial) -> None:
        limit = trial.manifest.max_size
        if limit is not None and limit < LARGE:
            pytest.skip(f"manifest: max_size = {limit}")
        await trial.deliver(golden.consignment(golden.document("1")))
        consignment, sha256 = _beside() if trial.manifest.separate else _inside()
        with growth() as grown:
            await trial.deliver(consignment, LARGE_SECONDS)
        size = grown() // 1_000_000
        expect(grown() < MOST_GROWTH, f"bộ nhớ tăng {size} MB", f"the process grew by {size} MB")
        held = (await trial.held())[-1]
        digests = set(held.files.values())
        if held.envelope is not None:
            digests.add(hashlib.sha256(held.envelope).hexdigest())
        arrived = bool(digests & {sha256, consignment.sha256})
        expect(arrived, "tệp mất hoặc sai nội dung", "the attachment is lost or changed")

    @check("Văn bản sát giới hạn max_size đi qua", "push")
    async def test_a_document_just_below_the_limit_passes(self, trial: Trial) -> None:
        limit = trial.manifest.max_size
        if limit is None or limit > LARGE:
            pytest.skip("manifest: max_size")
        consignment = _below(limit, separate=trial.manifest.separate)
        await trial.deliver(consignment, LARGE_SECONDS)
        sent, got = await files_sent(consignment), await files_held(await trial.only(), consignment)
        arrived = {sha256 for _, sha256 in sent} <= {sha256 for _, sha256 in got}
        expect(arrived, "tệp mất hoặc sai nội dung", "the attachment is lost or changed")


async def _blocks() -> AsyncGenerator[bytes, None]:
    """Stream an attachment of which no two chunks are the same."""
    for start in range(0, LARGE, BLOCK):
        yield (start.to_bytes(16, "big") * (BLOCK // 16))[: LARGE - start]


def _digest() -> str:
    digest = hashlib.sha256()
    for start in range(0, LARGE, BLOCK):
        digest.update((start.to_bytes(16, "big") * (BLOCK // 16))[: LARGE - start])
    return digest.hexdigest()


def _beside() -> tuple[Consignment, str]:
    sha256 = _digest()
    part = Part(content_id="lon", name="Bản vẽ.pdf", media_type=golden.PDF, size=LARGE, sha256=sha256, open=_blocks)
    return golden.consignment(golden.document("2", attachments=()), part), sha256


def _inside() -> tuple[Consignment, str]:
    """Make a document with the attachment in its envelope, as plain base64."""
    file = edxml.Attachment(content_id="lon", name="Bản vẽ.pdf", content_type=golden.PDF, encoded="@@")
    package = golden.document("2", attachments=(file,))
    head, tail = edxml.write(package).split(b"@@")

    def whole() -> Iterator[bytes]:
        yield head
        for start in range(0, LARGE, BLOCK):
            yield base64.b64encode((start.to_bytes(16, "big") * (BLOCK // 16))[: LARGE - start])
        yield tail

    async def stream() -> AsyncGenerator[bytes, None]:
        for chunk in whole():
            yield chunk

    digest, size = hashlib.sha256(), 0
    for chunk in whole():
        digest.update(chunk)
        size += len(chunk)
    usual = golden.consignment(replace(package, attachments=()))
    return replace(usual, open=stream, size=size, sha256=digest.hexdigest()), _digest()


def _below(limit: int, *, separate: bool) -> Consignment:
    """Make a document that is as large as it may be, to a few kilobytes; its attachment cannot be compressed."""
    bare = golden.consignment(golden.document(attachments=())).size + ROOM
    room = limit - bare
    if separate:
        return golden.consignment(None, golden.part(content=_noise(room)))
    return golden.consignment(golden.document(attachments=(golden.attachment(content=_noise(room * 3 // 4 - ROOM)),)))


def _noise(size: int) -> bytes:
    return hashlib.shake_256(b"kit").digest(max(size, 1))


@contextmanager
def growth() -> Iterator[Callable[[], int]]:
    """Watch this process during a block; what it gives tells by how many octets it grew at most."""
    psutil = pytest.importorskip("psutil", reason="cần psutil · psutil is needed: pip install 'lienthong[test]'")
    process = psutil.Process()
    gc.collect()
    before: int = process.memory_info().rss
    most, ended = before, threading.Event()

    def watch() -> None:
        nonlocal most
        while not ended.wait(SAMPLE_SECONDS):
            most = max(most, process.memory_info().rss)

    watching = threading.Thread(target=watch, daemon=True, name="memory")
    watching.start()
    try:
        yield lambda: most - before
    finally:
        ended.set()
        watching.join()
