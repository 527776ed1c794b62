"""What one document says of others, and which of several that bear the same number is meant."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, TypeVar

from gateway.core import dates, lifecycle
from gateway.core.envelope import Code
from gateway.core.model import BusinessType, Delivery, Document

T = TypeVar("T")
NOTICES = frozenset({BusinessType.RECALL, BusinessType.UPDATE})
"""They repeat the number of the document that they are about, and are none in their own right."""
AWAITED: Final = "awaited"
"""Of an update: its receiver is asked, and has not answered."""
ADDED: Final = "added"
"""Of an update: a delivery that it made."""


class LinkKind(StrEnum):
    """What one document does about another."""

    REPLY = "reply"
    RECALL = "recall"
    UPDATE = "update"
    REPLACE = "replace"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One document named by another, as it is written there.

    `target` is the document that is meant, `delivery` the one that it concerns: None where it is not found. `answer` is of an
    update: what its receiver answered, or one of `AWAITED` and `ADDED`.
    """

    kind: LinkKind
    organ: str
    code: str | None = None
    promulgated_on: date | None = None
    document_id: str | None = None
    target: str | None = None
    delivery: str | None = None
    answer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Concerned:
    """A document that a revision is about: `asked` are those of its deliveries that the revision is for.

    An update may also take the document back from some (`withdrawn`), and send it to others (`added`).
    """

    document: str
    asked: tuple[str, ...]
    withdrawn: tuple[str, ...] = ()
    added: tuple[Delivery, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """What a recall, update or replacement does to documents of the same sender, once it is accepted."""

    kind: LinkKind
    reason: str
    concerned: tuple[Concerned, ...]


def parted(document_id: str) -> tuple[date, Code] | None:
    """Read date and code out of a DocumentId of the form organ,date,code; other forms say nothing."""
    parts = document_id.split(",", 2)
    if len(parts) != 3:
        return None
    try:
        return dates.read_day(parts[1].strip()), Code.of(parts[2])
    except ValueError:
        return None


def meant(found: Sequence[T], read: Callable[[T], tuple[Document, Delivery]]) -> tuple[T, ...]:
    """Choose the one that is meant among deliveries of documents that bear one number: it and what followed it.

    That is a document in its own right (not a recall or an update of it), the newest of those whose delivery is not
    over. All are given where they bear several numbers: nobody knows which is meant.
    """
    if len({(document.number, document.notation) for document, _ in map(read, found)}) > 1:
        return tuple(found)
    return tuple(sorted(found, key=lambda each: _fitness(*read(each)), reverse=True)[:1])


def _fitness(document: Document, delivery: Delivery) -> tuple[bool, bool, int]:
    return (
        document.business_type not in NOTICES,
        delivery.state not in lifecycle.FINAL,
        int(document.business_type),
    )
