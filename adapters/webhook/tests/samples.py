"""What lies in `samples/`, for authors of receivers: bodies exactly as they are sent, and their signatures.

`python -m adapters.webhook.tests.samples` writes them anew.
"""

import asyncio
import base64
import json
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from gateway.sdk.conformance import golden
from gateway.sdk.http import Body, envelope_and_parts
from gateway.sdk.http_signature import signed

from ..mapping import document_event, status_event

FOLDER: Final = Path(__file__).parents[1] / "samples"
AT: Final = datetime(2026, 5, 13, 2, 15, 4, tzinfo=UTC)
KEY: Final = b"a secret that everybody knows..."


async def samples() -> dict[str, bytes]:
    """Make them, by their names."""
    consignment, notice = golden.consignment(None, golden.part()), golden.notice()
    update, replacement = golden.update(consignment), golden.replacement(consignment)
    bodies = {
        "document.multipart": (consignment.key, envelope_and_parts(consignment)),
        "document.json": (consignment.key, document_event(consignment)),
        "status.json": (notice.key, status_event(notice)),
        "update.json": (update.key, status_event(update)),
        "replacement.json": (replacement.key, status_event(replacement)),
    }
    headers = {
        name: {"Content-Type": body.content_type} | await signed(body, key=key, now=AT, by=[KEY])
        for name, (key, body) in bodies.items()
    }
    told = {"secret": f"whsec_{base64.b64encode(KEY).decode()}", "headers": headers}
    made = {name: await octets(body) for name, (_, body) in bodies.items()}
    return {**made, "signatures.json": f"{json.dumps(told, indent=2)}\n".encode()}


async def octets(body: Body) -> bytes:
    """Give a body whole."""
    async with aclosing(body.chunks()) as chunks:
        return b"".join([chunk async for chunk in chunks])


if __name__ == "__main__":
    for name, content in asyncio.run(samples()).items():
        (FOLDER / name).write_bytes(content)
