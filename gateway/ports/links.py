"""What documents have to do with each other: asked back, answered, updated, replaced."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gateway.core.links import Link, LinkKind
from gateway.core.model import Document, OrganId
from gateway.ports.ledger import Correlation, DocumentView, Seal


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """A document after it was asked back; `created` is False where everybody had been asked before."""

    view: DocumentView
    created: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """What a document says of others, and which say something of it: of those, only what the reader may see.

    A link's `target` is None too where its reader may not see it.
    """

    links: tuple[Link, ...]
    linked_by: tuple["Speaking", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaking:
    """A document that says something of another; of an update, what each receiver answered (15, 16, or that it is awaited)."""

    kind: LinkKind
    document: Document
    answers: tuple[tuple[OrganId, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """The documents that a chain of links joins, oldest first, with each one's links to the others of them.

    `whole` is False where there are more than were asked for.
    """

    documents: tuple[Document, ...]
    links: Sequence[tuple[str, LinkKind, str]]
    whole: bool


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

    async def sent(self, named: Correlation) -> tuple[DocumentView, ...]:
        """Find what an agency sent, with all deliveries, the newest first: by document id, else code and date, or year.

        A recall or an update bears the number of the document that it is about, and is not given.
        """

    async def linked(self, document: str, organs: Collection[OrganId]) -> Linked:
        """Give the links of a document that the caller sees."""

    async def thread(self, document: str, organs: Collection[OrganId], *, limit: int) -> Thread:
        """Walk the links from a document, both ways, through what the caller sees. Raises `not-found`."""
