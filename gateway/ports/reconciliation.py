"""Reconciliation of the ledger with itself: what was promised, what became of it, and what disagrees."""

from datetime import datetime
from typing import Protocol

from gateway.core.reconciliation import Report


class Reconciliation(Protocol):
    """Reads the ledger on one snapshot, and changes nothing."""

    async def reconcile(self, *, since: datetime | None, until: datetime | None, now: datetime) -> Report:
        """Balance what was accepted from `since` (inclusive) to `until` (exclusive), and list what disagrees.

        What is still on its way is looked at whenever it was accepted.
        """
