"""Statuses that name their document as edXML does: what cannot be matched waits, and is lost by nobody."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from gateway.core.model import OrganId, StatusReport
from gateway.ports.ledger import Correlation, DocumentView, Page, Seal, StatusOutcome


class Obstacle(StrEnum):
    """Why a status could not be recorded on a delivery."""

    UNMATCHED = "unmatched"
    """Its document is not here, or not yet."""
    AMBIGUOUS = "ambiguous"
    """Several documents are called so."""
    CONFLICT = "conflict"
    """The document came after it, and its delivery does not allow the status."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedStatus:
    """A status as its package says it: of the delivery of a document, so named, to `receiver`. `package` are its bytes."""

    named: Correlation
    receiver: OrganId
    report: StatusReport
    package: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldStatus:
    """A status that waits. `candidates` are the deliveries that it may mean."""

    id: str
    named: Correlation
    receiver: OrganId
    report: StatusReport
    received_at: datetime
    obstacle: Obstacle
    candidates: tuple[DocumentView, ...] = ()


class HeldStatuses(Protocol):
    """Statuses that name their document. Those that wait are tried when it is accepted, and from time to time."""

    async def say(self, status: NamedStatus, organs: Collection[OrganId], *, now: datetime, seal: Seal) -> StatusOutcome:
        """Record a status on the one delivery that it means (as `Ledger.record_status`), or keep it until that is known.

        Of one that waits the answer names no delivery, and its state is ``waiting``; the same again gives the same.
        """

    async def retry(self, *, since: datetime, limit: int, now: datetime, seal: Seal) -> int:
        """Record those received since a time whose delivery is there meanwhile; give how many were."""

    async def held(self, *, after: str | None, limit: int) -> Page:
        """List what waits (`HeldStatus`), oldest first, for operators."""

    async def apply(self, status: str, delivery: str, *, by: str, reason: str, now: datetime, seal: Seal) -> StatusOutcome:
        """Record one that waits on a delivery, and audit it.

        Raises `not-found` (none waits under this id, or there is no such delivery), `status-unmatched` (who reports it has no say
        in that delivery) and `status-conflict`.
        """

    async def drop(self, status: str, *, by: str, reason: str, now: datetime) -> None:
        """Give one up that waits, and audit it; its bytes are kept. Raises `not-found`."""
