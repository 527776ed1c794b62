"""What operators are answered."""

from datetime import datetime
from typing import Any

from pydantic import Field

from gateway.core.circuit import CircuitState
from gateway.core.model import Lane, Owner, Priority, State
from gateway.entry.api.shapes import CodeShape, Shape


class LetterShape(Shape):
    """One delivery that waits for an operator."""

    delivery: str
    document: str
    document_id: str
    code: CodeShape
    from_: str = Field(alias="from")
    to: str
    subject: str
    priority: Priority
    accepted_at: datetime
    state: State
    why: str | None


class DeadLetterShape(LetterShape):
    """A delivery that could not be made. `cause` is a fault code, `answer` what the other side said."""

    cause: str | None
    answer: str | None
    owner: Owner | None
    attempts: int
    failed_at: datetime | None
    parked: bool


class DeadLettersPage(Shape):
    """A page of dead letters."""

    items: list[DeadLetterShape]
    next: str | None


class GroupShape(Shape):
    """Dead letters to one receiver that have one cause; `message` says what the cause means."""

    cause: str | None
    message: str | None
    owner: Owner | None
    to: str
    count: int
    oldest_at: datetime


class GroupsShape(Shape):
    """Dead letters counted, the most frequent first."""

    items: list[GroupShape]


class PreviewShape(Shape):
    """How many dead letters a decision would be about."""

    count: int


class NotDoneShape(Shape):
    """A dead letter for which a decision could not be carried out, and the fault code of why."""

    delivery: str
    code: str


class BulkShape(Shape):
    """What came of a decision."""

    matched: int
    done: int
    failed: list[NotDoneShape]


class CircuitShape(Shape):
    """Whether documents flow into a system, and why not."""

    system: str
    state: CircuitState
    cause: str | None
    why: str | None
    since: datetime | None
    probe_at: datetime | None
    by: str | None
    until: datetime | None


class QueueShape(Shape):
    """What waits for one system in one lane: of `waiting`, `published` are with the broker, `attempted` on their way."""

    system: str
    lane: Lane
    waiting: int
    published: int
    attempted: int
    oldest_at: datetime | None
    circuit: CircuitShape


class UntoldShape(Shape):
    """A system that could not be told its news."""

    system: str
    oldest_at: str
    attempts: int
    cause: str
    why: str | None
    again: str | None


class QueuesShape(Shape):
    """All queues, and the systems that could not be told their news."""

    items: list[QueueShape]
    untold: list[UntoldShape]


class ReplayShape(Shape):
    """Since when a system is told its news again."""

    system: str
    since: str


class HeldShape(Shape):
    """What the policy holds, oldest first."""

    items: list[LetterShape]


class DecidedDelivery(Shape):
    """A delivery that was decided about."""

    delivery: str
    document: str
    to: str


class DecidedShape(Shape):
    """The deliveries that were held, and are no longer."""

    items: list[DecidedDelivery]


class AuditShape(Shape):
    """What an operator did to what, and why; `count` is how many it touched."""

    seq: int
    at: datetime
    actor: str
    action: str
    subject: dict[str, Any]
    reason: str
    count: int


class AuditPage(Shape):
    """A page of the audit log, newest first."""

    items: list[AuditShape]
    next: str | None
