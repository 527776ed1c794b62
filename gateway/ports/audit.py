"""The audit log: what operators decided about documents, agencies, systems and people, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from gateway.ports.ledger import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """What an operator did to what, and why; `count` is how many it touched."""

    seq: int
    at: datetime
    actor: str
    action: str
    subject: Mapping[str, object]
    reason: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """Which entries of the audit log are meant, from `since` (inclusive) to `until` (exclusive); what is None does not matter."""

    actor: str | None = None
    action: str | None = None
    since: datetime | None = None
    until: datetime | None = None


ANYTHING: Final = Audited()


class AuditLog(Protocol):
    """The log of decisions. Those about documents are written by the transactions that carry them out."""

    async def record(self, action: str, subject: Mapping[str, object], *, by: str, reason: str, now: datetime) -> None:
        """Write down a decision that is carried out outside the ledger: before it is, so that nothing is done unseen."""

    async def listing(self, which: Audited = ANYTHING, *, after: str | None, limit: int) -> Page:
        """List `AuditEntry`s, newest first. Raises `malformed-request` for a bad cursor."""
