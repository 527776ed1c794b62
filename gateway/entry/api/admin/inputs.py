"""What an operator may say: query strings and JSON bodies."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from gateway.core.rules import Rules
from gateway.entry.api.inputs import Moment, Paging
from gateway.entry.api.shapes import Shape
from gateway.flows.oversee import named
from gateway.ports import Filter

Reason = Annotated[str, Field(min_length=1, max_length=500)]
Organ = Annotated[str, Field(min_length=1, max_length=50)]


class FilterShape(Shape):
    """Which dead letters: what is absent does not matter. Accepted from `since` (inclusive) to `until` (exclusive).

    `cause` is a fault code, `ids` are deliveries, `parked` tells those that were put aside from the others.
    """

    receiver: Organ | None = None
    sender: Organ | None = None
    cause: Annotated[str, Field(max_length=50)] | None = None
    since: Moment | None = None
    until: Moment | None = None
    ids: Annotated[list[Annotated[str, Field(max_length=32)]], Field(min_length=1, max_length=500)] | None = None
    parked: bool | None = None


class GroupsQuery(Shape):
    """Query of `GET /admin/dead-letters/groups`."""

    receiver: Organ | None = None
    sender: Organ | None = None
    cause: Annotated[str, Field(max_length=50)] | None = None
    since: Moment | None = None
    until: Moment | None = None
    parked: bool | None = None


class DeadLettersQuery(GroupsQuery, Paging):
    """Query of `GET /admin/dead-letters`."""


class PreviewRequest(Shape):
    """Count what a decision would be about."""

    filter: FilterShape


class DecisionRequest(PreviewRequest):
    """Decide about dead letters."""

    reason: Reason


class RedirectRequest(DecisionRequest):
    """Send dead letters to another receiver."""

    to: Organ


class ReasonRequest(Shape):
    """Decide, with a reason."""

    reason: Reason


class ResolveRequest(ReasonRequest):
    """Say which delivery a status that waits means, or give it up (`drop`)."""

    delivery: Annotated[str, Field(min_length=1, max_length=32)] | None = None
    drop: bool = False

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if self.drop == (self.delivery is not None):
            raise ValueError("give either a delivery or drop")
        return self


class PauseRequest(ReasonRequest):
    """Push nothing to a system until a moment, or until it is resumed."""

    until: Moment | None = None


class ReplayRequest(ReasonRequest):
    """Have a system told again all news since a moment."""

    since: Moment


class ExtendRequest(ReasonRequest):
    """Give a deadline another due time."""

    due_at: Moment


def meant(rules: Rules, asked: FilterShape | GroupsQuery) -> Filter:
    """Give the filter; agencies may be named by any of their ids."""
    return Filter(
        receiver=named(rules, asked.receiver),
        sender=named(rules, asked.sender),
        cause=asked.cause,
        since=asked.since,
        until=asked.until,
        ids=asked.ids if isinstance(asked, FilterShape) else None,
        parked=asked.parked,
    )
