"""The shapes of what is followed beside the deliveries: paper copies and findings."""

from datetime import datetime

from pydantic import Field

from gateway.core.model import Severity
from gateway.entry.api.shapes import DeadlineShape, Shape


class AwaitedPaper(Shape):
    """A delivery whose paper copy has not arrived."""

    delivery: str
    document: str
    document_id: str
    from_: str = Field(alias="from")
    to: str
    subject: str
    accepted_at: datetime


class PapersPage(Shape):
    """A page of deliveries whose paper copy has not arrived."""

    items: list[AwaitedPaper]
    next: str | None


class PaperShape(Shape):
    """When the paper copy of a delivery arrived."""

    delivery: str
    arrived_at: datetime


class FindingCountShape(Shape):
    """How many documents of a sender have a finding."""

    sender: str
    code: str
    severity: Severity
    article: str | None
    message: str
    documents: int
    last_at: datetime


class FindingCountsShape(Shape):
    """Findings counted, the most frequent first."""

    items: list[FindingCountShape]


class OwedShape(DeadlineShape):
    """A deadline, and what it is about."""

    document_id: str
    subject: str
    priority: int


class DeadlinesPage(Shape):
    """A page of deadlines, the earliest due first."""

    items: list[OwedShape]
    next: str | None
