"""What a rule looks at, and what it says."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gateway.core.calendar import Calendar
from gateway.core.directory import Agency
from gateway.core.envelope import DocumentPackage
from gateway.core.model import OrganId
from gateway.core.policy.settings import Lists

_ABOUT: Final = re.compile(r"^(?:v/v|về việc|vv)\b[\s:.,-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A document before the rules. `subject` is its `vietnamese.readable` form.

    `receivers` are those that the directory knows, `extras` the elements beyond QCVN 102:2016, by name.
    `lists` are the province's with those of the sender and the agencies above it added.
    """

    package: DocumentPackage
    subject: str
    sender: Agency
    receivers: frozenset[OrganId]
    extras: Mapping[str, str]
    lists: Lists
    calendar: Calendar
    now: datetime

    @property
    def matter(self) -> str:
        """Give the subject without the «V/v» that it begins with."""
        return _ABOUT.sub("", self.subject)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """A rule of the catalogue is broken at a path; `detail` says what exactly was seen."""

    code: str
    path: str
    detail: str = ""
