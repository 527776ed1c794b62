"""The doors that documents are posted at: the API's, and the national SDK's."""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bench.documents import SENDER, Identity
from gateway.core.model import VIETNAM


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Where documents are posted, and with which headers, which are made before the clock runs. `taken` tells it of an answer."""

    path: str
    headers: Callable[[bytes], Mapping[str, str]]
    taken: Callable[[int, bytes], bool]


def api(identity: Identity) -> Door:
    """`POST /documents`."""
    headers = {"Authorization": f"Bearer {identity.token}", "Content-Type": "application/xml"}
    return Door(path="/api/v1/documents", headers=lambda _body: headers, taken=lambda status, _raw: status == 202)


def sdk(identity: Identity) -> Door:
    """`sendEdoc`, as the SDK writes it; its answers are 200 whatever they say."""
    return Door(
        path="/XrdAdapter/adapter/sendEdoc",
        headers=lambda body: _signed(identity, body),
        taken=lambda status, raw: status == 200 and json.loads(raw)["ErrorCode"] == "0",
    )


def _signed(identity: Identity, body: bytes) -> Mapping[str, str]:
    now = datetime.now(VIETNAM)
    signed = {
        "systemid": SENDER,
        "timestamp": f"{now:%d%m%YT%H%M%S}+{now.microsecond // 1000:04d}",
        "from": SENDER,
        "servicetype": "eDoc",
        "messagetype": "edoc",
        "hash-file": "".join(f"{each:x}" for each in hashlib.sha256(body).digest()),
    }
    named = {f"XroadVnpt-{name}": value for name, value in signed.items()}
    text = json.dumps(named, separators=(",", ":"))
    return named | {
        "XroadVnpt-version": "3.0.201608",
        "XroadVnpt-sign-header-key": ";".join(signed),
        "XroadVnpt-sign-header": text,
        "XroadVnpt-hash-header": hmac.digest(identity.vxp_secret.encode(), text.encode(), "sha256").hex(),
        "Content-Type": "application/octet-stream",
    }
