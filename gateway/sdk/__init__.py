"""All that an adapter may import from the hub."""

from gateway.core.faults import Misconfigured, Transient, Undeliverable
from gateway.core.model import OrganId, Priority, StatusCode
from gateway.sdk.contract import (
    CONTRACT,
    Adapter,
    Collected,
    CollectedDocument,
    CollectedStatus,
    Consignment,
    Context,
    Part,
    Taken,
)

__all__ = [
    "CONTRACT",
    "Adapter",
    "Collected",
    "CollectedDocument",
    "CollectedStatus",
    "Consignment",
    "Context",
    "Misconfigured",
    "OrganId",
    "Part",
    "Priority",
    "StatusCode",
    "Taken",
    "Transient",
    "Undeliverable",
]
