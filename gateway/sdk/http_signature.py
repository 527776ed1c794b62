"""Signatures of Standard Webhooks (symmetric, v1) over bodies that are too large to hold."""

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from contextlib import aclosing
from datetime import datetime
from pathlib import Path
from typing import Final

from gateway.core.faults import Misconfigured
from gateway.sdk.contract import Context
from gateway.sdk.http_body import Body

PREFIX: Final = "whsec_"
SHORTEST, LONGEST = 24, 64
"""Octets of a key, as Standard Webhooks has it."""
AT_ONCE: Final = 2
"""Keys during a change: the new one and the one before."""


def keys(context: Context, file: Path) -> tuple[bytes, ...]:
    """Read the secrets to sign with, parted by white space. Raises `Misconfigured`."""
    written = context.secret(file, "secret_file").split()
    read = [_key(each) for each in written]
    if len(read) > AT_ONCE or not all(read):
        detail = f"secret_file: {file}: 1–{AT_ONCE} × {PREFIX} + base64 ({SHORTEST}–{LONGEST} byte)"
        raise Misconfigured("link-misconfigured", detail=detail)
    return tuple(read)


async def signed(body: Body, *, key: str, now: datetime, by: Sequence[bytes]) -> dict[str, str]:
    """Give the headers that sign a body, by each of the secrets; the body is streamed once for it."""
    timestamp = str(int(now.timestamp()))
    digests = [hmac.new(each, f"{key}.{timestamp}.".encode(), hashlib.sha256) for each in by]
    async with aclosing(body.chunks()) as chunks:
        async for chunk in chunks:
            for digest in digests:
                digest.update(chunk)
    signatures = " ".join(f"v1,{base64.b64encode(each.digest()).decode()}" for each in digests)
    return {"webhook-id": key, "webhook-timestamp": timestamp, "webhook-signature": signatures}


def _key(written: str) -> bytes:
    """Read a secret; padding may be absent, as in the libraries of Standard Webhooks. Empty where it is none."""
    encoded = written.removeprefix(PREFIX)
    if encoded == written or not re.fullmatch(r"[A-Za-z0-9+/]+={0,2}", encoded) or len(encoded.rstrip("=")) % 4 == 1:
        return b""
    read = base64.b64decode(encoded.rstrip("=") + "==")
    return read if SHORTEST <= len(read) <= LONGEST else b""
