"""What documents have to do with each other: asked back, answered, updated, replaced."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gateway.core.model import OrganId
from gateway.ports.ledger import DocumentView, Seal


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """A document after it was asked back; `created` is False where everybody had been asked before."""

    view: DocumentView
    created: bool


class Links(Protocol):
    """What a document does to others. Who sees a document sees of its links those to documents that he may see."""

    async def recall(
        self,
        document: str,
        to: Collection[OrganId] | None,
        organs: Collection[OrganId],
        *,
        reason: str,
        now: datetime,
        seal: Seal,
    ) -> Recalled:
        """Ask a document back from each receiver, or from those in `to`, in one transaction: the same again changes nothing.

        What is not handed over is recalled at once; of the rest each receiver is asked. Raises `not-found` (also where
        the caller is not its sender, or a receiver is not the document's), and `status-conflict` where nobody can be asked.
        """
