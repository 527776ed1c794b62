"""The shapes of statuses that wait."""

from datetime import datetime
from typing import Literal

from gateway.core.model import StatusCode
from gateway.entry.api.shapes import Shape
from gateway.ports import Obstacle


class CandidateShape(Shape):
    """A delivery that a status may mean."""

    delivery: str
    document: str
    document_id: str
    code: str
    to: str
    subject: str


class HeldStatusShape(Shape):
    """A status that waits, as its package named its document; `state` is `quarantined` where only an operator can help."""

    id: str
    state: Literal["waiting", "quarantined"]
    reason: Obstacle
    status_code: StatusCode
    description: str
    reporter: str
    owner: str
    document_id: str | None
    code: str
    promulgated_on: str
    received_at: datetime
    candidates: list[CandidateShape]


class HeldStatusesPage(Shape):
    """A page of statuses that wait, oldest first."""

    items: list[HeldStatusShape]
    next: str | None


class ResolvedShape(Shape):
    """What was decided."""

    id: str
    outcome: Literal["applied", "dropped"]
    delivery: str | None
