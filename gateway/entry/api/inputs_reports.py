"""What a caller may ask of registers and reports."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from gateway.core.model import VIETNAM
from gateway.entry.api.inputs import Paging
from gateway.entry.api.shapes import Shape

Agency = Annotated[str, Field(min_length=1, max_length=50)]
Month = Annotated[str, Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]
"""``2026-11``."""


class RegisterQuery(Shape):
    """Which register: `kind` is that of what was sent (out) or of what arrived (in); without a year it is this one.

    `agency` is any id of an agency; one that a system serves alone need not be named.
    """

    kind: Literal["out", "in"] = "in"
    year: int | None = Field(default=None, ge=2000, le=2099)
    month: int | None = Field(default=None, ge=1, le=12)
    agency: Agency | None = None


class RegistersQuery(RegisterQuery, Paging):
    """Query of `GET /registers`."""


class AgencyRegisterQuery(RegisterQuery):
    """Query of `GET /admin/reports/registers`, of any agency."""

    agency: Agency


class ReportQuery(Shape):
    """Query of the other reports: of what is due in a month, of one agency or all."""

    month: Month | None = None
    agency: Agency | None = None


def first_of(month: str | None) -> datetime | None:
    """Give the beginning of a month, in Vietnam."""
    return None if month is None else datetime.strptime(month, "%Y-%m").replace(tzinfo=VIETNAM)
