"""The shapes of what documents have to do with each other."""

from datetime import datetime

from pydantic import Field

from gateway.core.links import LinkKind
from gateway.core.model import BusinessType
from gateway.entry.api.shapes import CodeShape, DocumentShape, Shape


class LinkShape(Shape):
    """A document as another names it; `document` is null where it is not found, or the caller may not see it."""

    kind: LinkKind
    document: str | None
    organ: str
    code: str | None
    promulgated_on: str | None
    document_id: str | None


class AnswerShape(Shape):
    """What a receiver said to an update: 15 updated, 16 kept, or that its answer is awaited; or that it was added by it."""

    to: str
    answer: str


class SpeakingShape(Shape):
    """A document that says something of this one."""

    kind: LinkKind
    document: str
    from_: str = Field(alias="from")
    code: str
    promulgated_on: str
    document_id: str
    accepted_at: datetime
    answers: list[AnswerShape]


class WholeDocumentShape(DocumentShape):
    """A document with all that it has to do with others, of which the caller sees those that he sent or received."""

    answers: list[LinkShape]
    answered_by: list[SpeakingShape]
    changes: list[LinkShape]
    changed_by: list[SpeakingShape]


class ThreadItem(Shape):
    """A document of a thread."""

    document: str
    document_id: str
    from_: str = Field(alias="from")
    code: CodeShape
    subject: str
    business_type: BusinessType
    promulgated_on: str
    accepted_at: datetime


class ThreadLink(Shape):
    """`document` answers, recalls, updates or replaces `target`."""

    document: str
    kind: LinkKind
    target: str


class ThreadShape(Shape):
    """The documents that links join, oldest first; `whole` is false where there are more."""

    items: list[ThreadItem]
    links: list[ThreadLink]
    whole: bool
