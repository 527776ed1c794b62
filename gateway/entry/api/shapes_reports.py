"""The shapes of registers and reports."""

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from gateway.core.deadlines import DeadlineState, Rule
from gateway.core.model import BusinessType, Priority, State, StatusCode
from gateway.entry.api.shapes import CodeShape, Shape


class AgencyName(Shape):
    """An agency by its id and name."""

    id: str
    name: str


class CounterpartShape(Shape):
    """A document that answers another, or is answered; `document` is null where the hub does not know it."""

    document: str | None
    code: str
    promulgated_on: date | None


class RegisteredShape(Shape):
    """What both registers say of a document."""

    document: str
    document_id: str
    code: CodeShape
    promulgated_on: date
    type_name: str
    subject: str
    priority: Priority
    business_type: BusinessType
    response_needed: bool
    due_on: date | None


class RecipientShape(AgencyName):
    """A receiver, and how the document stands there."""

    state: State
    status_code: StatusCode | None


class OutgoingShape(RegisteredShape):
    """A line of sổ văn bản đi."""

    sent_at: datetime
    to: list[RecipientShape]
    answers: list[CounterpartShape]


class IncomingShape(RegisteredShape):
    """A line of sổ văn bản đến. `arrival_number` is per agency and year, and never changes."""

    arrival_number: int
    arrived_at: datetime
    delivery: str
    from_: AgencyName = Field(alias="from")
    state: State
    status_code: StatusCode | None
    answered_by: list[CounterpartShape]


class RegisterPage(Shape):
    """A page of a register."""

    agency: str
    kind: Literal["out", "in"]
    year: int
    items: list[OutgoingShape | IncomingShape]
    next: str | None


class WholeRegister(Shape):
    """A register; `whole` is false where it is longer than what is given."""

    items: list[OutgoingShape | IncomingShape]
    whole: bool


class KeptShape(Shape):
    """How the deadlines of an agency, rule, type of document and priority were kept.

    owed = in_time + late + overdue + open + waived. `share` is in_time of in_time + late + overdue, from 0 to 1.
    """

    agency: AgencyName
    rule: Rule
    article: str
    type_name: str
    priority: Priority
    owed: int
    in_time: int
    late: int
    overdue: int
    open: int
    waived: int
    extended: int
    share: float | None
    median_minutes: float | None


class OntimeShape(Shape):
    """How the deadlines that are due in a month were kept."""

    month: str
    items: list[KeptShape]


class ArrearShape(Shape):
    """What an agency owes past its time; `late_minutes` are of its working time."""

    deadline: str
    rule: Rule
    article: str
    agency: AgencyName
    creditor: AgencyName
    unit: str
    document: str
    delivery: str | None
    code: CodeShape
    promulgated_on: date
    type_name: str
    subject: str
    priority: Priority
    starts_at: datetime
    due_at: datetime
    late_minutes: int
    provisional: bool
    state: DeadlineState
    reason: str


class OverdueShape(Shape):
    """What is overdue: the first of it by agency, and how much there is in all."""

    total: int
    items: list[ArrearShape]
