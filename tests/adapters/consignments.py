"""Consignments for adapters, made of octets in memory."""

import hashlib
from collections.abc import AsyncGenerator, Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from gateway.sdk import BusinessType, Consignment, OrganId, Part, Priority

CHUNK = 64 * 1024
ENVELOPE = "<edXMLEnvelope>Văn bản mật số 12</edXMLEnvelope>".encode()


def stream(content: bytes) -> Callable[[], AsyncGenerator[bytes, None]]:
    """Give a function that streams the octets in chunks, from the beginning each time."""

    async def chunks() -> AsyncGenerator[bytes, None]:
        for start in range(0, len(content), CHUNK):
            yield content[start : start + CHUNK]

    return chunks


def part(content_id: str, content: bytes, media_type: str = "application/pdf") -> Part:
    return Part(
        content_id=content_id,
        name="Phụ lục.pdf",
        media_type=media_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        open=stream(content),
    )


def consignment(envelope: bytes = ENVELOPE, *parts: Part, **changes: Any) -> Consignment:
    usual = Consignment(
        key="d" * 64,
        document="0" * 64,
        document_id="H56.01,2026/05/12,12/CV-SNV",
        sender=OrganId("H56.01"),
        receiver=OrganId("H56.40.02"),
        number="12",
        notation="CV-SNV",
        subject="Về việc họp",
        priority=Priority.VERY_URGENT,
        business_type=BusinessType.NEW,
        promulgated_on=date(2026, 5, 12),
        due_on=None,
        accepted_at=datetime(2026, 5, 12, 8, tzinfo=UTC),
        sha256=hashlib.sha256(envelope).hexdigest(),
        size=len(envelope),
        open=stream(envelope),
        parts=parts,
        attempt=3,
        trace="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    )
    return replace(usual, **changes)
