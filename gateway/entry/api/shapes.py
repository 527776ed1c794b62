"""The contract's shapes: what each request must and each answer does look like (pydantic), for the reference too."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from gateway.core.deadlines import DeadlineState, Rule
from gateway.core.model import BusinessType, Kind, Owner, Priority, Severity, State, StatusCode


class Shape(BaseModel):
    """A JSON object of the contract; more fields may be added to answers."""

    model_config = ConfigDict(extra="forbid")


class FindingShape(Shape):
    """Something tolerated or noticed in a document."""

    code: str
    path: str
    severity: Severity
    article: str | None
    message: str


class CodeShape(Shape):
    """Số, ký hiệu."""

    number: str
    notation: str


class EventShape(Shape):
    """Something that happened."""

    seq: int
    at: datetime
    type: str
    document: str
    delivery: str | None
    data: dict[str, Any]


class DeadlineShape(Shape):
    """What `by` owes `to`; `working_minutes_left` is negative when it is overdue, null when it has ended.

    It stays while it is paused: `paused_at` tells since when it is, or was when it ended.
    """

    id: str
    rule: Rule
    article: str
    document: str
    delivery: str | None
    by: str
    to: str
    unit: str
    starts_at: datetime
    due_at: datetime
    state: DeadlineState
    paused_at: datetime | None
    working_minutes_left: int | None
    provisional: bool
    ended_at: datetime | None
    late: bool
    reason: str


class DeliveryShape(Shape):
    """One document on its way to one receiver."""

    id: str
    to: str
    state: State
    status_code: StatusCode | None
    why: str | None
    owner: Owner | None
    attempts: int
    cause: str | None
    answer: str | None
    next_attempt_at: datetime | None
    paper_arrived_at: datetime | None
    deadlines: list[DeadlineShape]
    timeline: list[EventShape]


class AttachmentShape(Shape):
    """An attachment as its octets are. `name` is safe to save under; `pages` of PDFs that could be read."""

    n: int
    content_id: str
    name: str
    original_name: str
    media_type: str
    size: int
    sha256: str
    pages: int | None
    url: str


class DocumentShape(Shape):
    """A document as its sender (all deliveries) or a receiver (his own) sees it."""

    id: str
    document_id: str
    kind: Kind
    code: CodeShape
    from_: str = Field(alias="from")
    subject: str
    priority: Priority
    business_type: BusinessType
    promulgated_on: str
    due_on: str | None
    response_needed: bool
    paper: bool
    sha256: str
    size: int
    accepted_at: datetime
    receipt: str
    deliveries: list[DeliveryShape]
    findings: list[FindingShape]
    attachments: list[AttachmentShape]


class AcceptedDelivery(Shape):
    """A delivery at the moment of acceptance."""

    id: str
    to: str
    state: State


class AcceptedShape(Shape):
    """The answer to a document: the same on every resend."""

    id: str
    document_id: str
    sha256: str
    accepted_at: datetime
    receipt: str
    deliveries: list[AcceptedDelivery]
    findings: list[FindingShape]


class PlanShape(Shape):
    """What would be recorded."""

    deliveries: list[AcceptedDelivery]
    deadlines: list[DeadlineShape]


class ValidationShape(Shape):
    """The answer of a dry run."""

    valid: Literal[True]
    findings: list[FindingShape]
    plan: PlanShape


class DocumentsPage(Shape):
    """A page of documents."""

    items: list[DocumentShape]
    next: str | None


class LeasedDelivery(Shape):
    """A delivery that waits for its receiver, or is leased to it."""

    id: str
    document: str
    document_id: str
    from_: str = Field(alias="from")
    to: str
    subject: str
    priority: Priority
    size: int
    sha256: str
    envelope_url: str
    due: list[DeadlineShape]
    findings: list[FindingShape]


class InboxPage(Shape):
    """A page of waiting deliveries."""

    items: list[LeasedDelivery]
    next: str | None


class LeaseShape(Shape):
    """A lease; with no delivery waiting there is no token."""

    token: str | None = None
    expires_at: datetime | None = None
    deliveries: list[LeasedDelivery]


class StatusShape(Shape):
    """The answer to a status: the same on every repeat. One whose document is not found waits for it, of no delivery yet."""

    id: str
    delivery: str | None
    state: State | Literal["waiting"]
    status_code: StatusCode | None


class EventsShape(Shape):
    """Events after the caller's cursor, and the next cursor."""

    events: list[EventShape]
    next: str


class AgencyShape(Shape):
    """An agency of the directory."""

    id: str
    name: str
    aliases: list[str]
    old_code: str | None
    parent: str | None
    valid_from: str | None
    valid_to: str | None
    successor: str | None
    locked: bool
    updated_on: str | None


class AgenciesPage(Shape):
    """A page of the directory."""

    items: list[AgencyShape]
    next: str | None


class ReceiptShape(Shape):
    """A receipt and where its signed XML is."""

    id: str
    fact: str
    delivery: str | None
    at: datetime
    url: str


class ReceiptsShape(Shape):
    """All receipts of a document that the caller may see."""

    items: list[ReceiptShape]


class ProblemItem(Shape):
    """One reason of a refusal; `article` is of QĐ 4764/2017/QĐ-UBND, where a rule of the policy is broken."""

    code: str
    path: str
    line: int | None
    article: str | None
    message: str


class ProblemShape(Shape):
    """RFC 9457 problem document."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    owner: Owner
    cure: str
    errors: list[ProblemItem]
    trace_id: str


class AckedShape(Shape):
    """The deliveries acked under this token."""

    acked: list[str]


class NackedShape(Shape):
    """The deliveries given back."""

    nacked: list[str]
