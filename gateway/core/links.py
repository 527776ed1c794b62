"""What one document says of others, and which of several that bear the same number is meant."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from gateway.core import lifecycle
from gateway.core.model import BusinessType, Delivery, Document

T = TypeVar("T")
NOTICES = frozenset({BusinessType.RECALL, BusinessType.UPDATE})
"""They repeat the number of the document that they are about, and are none in their own right."""


class LinkKind(StrEnum):
    """What one document does about another."""

    REPLY = "reply"
    RECALL = "recall"
    UPDATE = "update"
    REPLACE = "replace"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One document named by another, as it is written there.

    `target` is the document that is meant, `delivery` the one that it concerns: None where it is not found.
    """

    kind: LinkKind
    organ: str
    code: str | None = None
    promulgated_on: date | None = None
    document_id: str | None = None
    target: str | None = None
    delivery: str | None = None


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
