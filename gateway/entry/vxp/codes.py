"""The SDK's error codes, which a provincial axis publishes, for our fault codes: one table, and every fault is in it."""

from typing import Final

from gateway.core.fault_codes import FAULTS
from gateway.core.policy.catalogue import RULES

BAD_FILE: Final = "10"
WRONG_SECRET: Final = "15"  # noqa: S105  a code
RECEIVER_UNKNOWN: Final = "18"
SENDER_UNREGISTERED: Final = "19"
SYSTEM: Final = "20"
FILE_PROCESSING: Final = "21"
BAD_EDXML: Final = "22"
RECEIVER_LOCKED: Final = "23"
REQUEST: Final = "100"
"""The caller's own call is wrong; the SDK uses it for its own failures."""

_NAMED: Final[dict[str, tuple[str, ...]]] = {
    BAD_FILE: (
        "too-large",
        "body-too-slow",
        "content-encoding-refused",
        "file-digest-mismatch",
        "malformed-multipart",
        "media-type-unsupported",
    ),
    WRONG_SECRET: ("unauthenticated",),
    RECEIVER_UNKNOWN: ("receiver-unknown", "receiver-dissolved"),
    SENDER_UNREGISTERED: ("sender-unknown", "sender-mismatch", "sender-locked", "sender-dissolved"),
    FILE_PROCESSING: ("delivery-parts", "delivery-too-large", "duplicate-document", "status-conflict", "status-unmatched"),
    BAD_EDXML: (
        "malformed-xml",
        "forbidden-construct",
        "encoding-unsupported",
        "xml-too-complex",
        "schema-invalid",
        "not-a-document",
        "not-a-status",
        "status-reason-required",
        "assignment-lead",
    ),
    RECEIVER_LOCKED: ("receiver-locked",),
    REQUEST: ("malformed-request", "not-found", "method-not-allowed", "entry-unknown", "entry-exists", "idempotency-key-reused"),
}
_FAMILIES: Final = (("attachment-", FILE_PROCESSING), ("signature-", BAD_EDXML), ("certificate-", SENDER_UNREGISTERED))


def _code(fault: str) -> str:
    for code, named in _NAMED.items():
        if fault in named:
            return code
    if fault in RULES:
        return BAD_EDXML
    return next((code for family, code in _FAMILIES if fault.startswith(family)), SYSTEM)


CODES: Final[dict[str, str]] = {fault: _code(fault) for fault in FAULTS}
"""The SDK's code of each fault. What is not the caller's mistake is 20: it may try again."""
