"""What a caller may say: query strings and JSON bodies."""

from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from gateway.core.model import VIETNAM, State, StatusCode, UnitRole
from gateway.entry.api.shapes import Shape


def _in_vietnam(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=VIETNAM)


Moment = Annotated[datetime, AfterValidator(_in_vietnam)]
"""A time; without zone it is Vietnam's."""


class Paging(Shape):
    """Query of a list. `after` is the `next` of the page before."""

    after: str | None = None
    limit: int = Field(default=50, ge=1, le=500)


class DocumentsQuery(Paging):
    """Query of `GET /documents`."""

    role: Literal["sender", "receiver"] | None = None
    state: State | None = None


class DeadlinesQuery(Paging):
    """Query of `GET /deadlines`; without a state, all."""

    state: Literal["open", "overdue", "met", "extended", "paused", "waived"] | None = None


class AgenciesQuery(Paging):
    """Query of `GET /agencies`."""

    updated_since: date | None = None


class EventsQuery(Paging):
    """Query of `GET /events`; `wait` in seconds."""

    wait: float = Field(default=0, ge=0, le=60)


class LeaseRequest(Shape):
    """Claim up to `max` deliveries for `seconds`; wait up to `wait` seconds for one to come."""

    max: int = Field(default=10, ge=1, le=500)
    seconds: int = Field(default=60, ge=1, le=3600)
    wait: float = Field(default=0, ge=0, le=60)


class AckRequest(Shape):
    """Deliveries of the lease; all when absent."""

    deliveries: list[str] | None = None


class NackRequest(AckRequest):
    """Give back, with a reason, for at least `retry_after` seconds."""

    reason: str = Field(default="", max_length=500)
    retry_after: int = Field(default=0, ge=0, le=7 * 24 * 3600)


class RenewRequest(Shape):
    """Prolong the lease by `seconds` from now."""

    seconds: int = Field(default=60, ge=1, le=3600)


class UnitRequest(Shape):
    """A unit that a document is assigned to, with its own due date where it has one."""

    department: str = Field(min_length=1, max_length=300)
    role: UnitRole
    due_on: date | None = None


class StatusRequest(Shape):
    """A status of one delivery; `staff` says who (department, staff, mobile, email …). A time without zone is Vietnam's.

    With an assignment (04), `units` name one lead and the coordinating units, each with its own due date.
    """

    delivery: str
    code: StatusCode
    description: str = Field(default="", max_length=500)
    staff: dict[str, Annotated[str, Field(max_length=300)]] = Field(default={}, max_length=10)
    units: list[UnitRequest] = Field(default=[], max_length=50)
    at: Moment | None = None

    @model_validator(mode="after")
    def _units_are_assigned(self) -> Self:
        if self.units and self.code is not StatusCode.ASSIGNED:
            raise ValueError("units go with status 04 only")
        return self


class RecallRequest(Shape):
    """Ask a document back, and say why; from all its receivers, or from those in `to` (any of their ids)."""

    reason: str = Field(default="", max_length=500)
    to: list[Annotated[str, Field(min_length=1, max_length=50)]] | None = Field(default=None, min_length=1, max_length=500)


class PaperRequest(Shape):
    """The receiver holds the paper copy of a delivery since `at` (now where absent)."""

    delivery: str
    at: Moment | None = None
    note: str = Field(default="", max_length=500)


class FindingsQuery(Shape):
    """Query of `GET /findings`: documents accepted from `since` (inclusive) to `until` (exclusive)."""

    since: date | None = None
    until: date | None = None
