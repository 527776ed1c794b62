"""All that an adapter may import from the hub. Further parts: `blocking`, `edxml`, `face`, `http`, `conformance`."""

from gateway.core.faults import Misconfigured, Rejected, Transient, Undeliverable
from gateway.core.model import BusinessType, OrganId, Priority, State, StatusCode
from gateway.sdk.contract import (
    CONTRACT,
    Accepted,
    Adapter,
    Collected,
    CollectedEnvelope,
    CollectedStatus,
    Consignment,
    Context,
    Log,
    Notice,
    Opener,
    Outcome,
    Part,
    Refused,
    Taken,
)

__all__ = [
    "CONTRACT",
    "Accepted",
    "Adapter",
    "BusinessType",
    "Collected",
    "CollectedEnvelope",
    "CollectedStatus",
    "Consignment",
    "Context",
    "Log",
    "Misconfigured",
    "Notice",
    "Opener",
    "OrganId",
    "Outcome",
    "Part",
    "Priority",
    "Refused",
    "Rejected",
    "State",
    "StatusCode",
    "Taken",
    "Transient",
    "Undeliverable",
]
