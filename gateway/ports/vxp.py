"""What the national SDK's face remembers: requests it has seen, what callers said of packages, wishes for the directory."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from gateway.core.model import OrganId, SystemId
from gateway.ports.notices import News


class Transport(StrEnum):
    """How far a package is on its way into the caller's system. It is no business status: `DONE` says only that it is there."""

    INITIAL = "initial"
    PROCESSING = "processing"
    DONE = "done"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What a system said last of a package that it was given."""

    transport: Transport
    description: str = ""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """A status package that a system has not taken yet, as the event that it is made of."""

    news: News
    mark: Mark | None


class Wish(StrEnum):
    """What a system asks the directory to do with an agency."""

    REGISTER = "register"
    DELETE = "delete"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyRequest:
    """A system's wish for the directory. `outcome` is ``approved`` or ``refused`` once an operator has decided.

    `fields` are those of an agency in agencies.toml, but for its id.
    """

    id: str
    system: SystemId
    wish: Wish
    organ: str
    fields: Mapping[str, str]
    asked_at: datetime
    outcome: str | None = None
    by: str | None = None
    reason: str | None = None
    decided_at: datetime | None = None


class VxpBook(Protocol):
    """The book of the national SDK's face, beside the ledger. Each write is one transaction."""

    async def is_first(self, mac: str, *, until: datetime, now: datetime) -> bool:
        """Remember a request until a moment; False where it is remembered already."""

    async def forget(self, mac: str) -> None:
        """Forget a request that came to nothing: its caller may repeat it."""

    async def statuses(
        self, system: SystemId, organs: Collection[OrganId], *, packages: Callable[[News], bool], limit: int, now: datetime
    ) -> tuple[Filed, ...]:
        """List status packages for a system that it has neither taken nor refused, oldest first.

        `packages` tells which news is one; it may be asked twice. A system that is seen for the first time is given those of the
        last day.
        """

    async def status(self, package: str, organs: Collection[OrganId]) -> News:
        """Give the event that a status package is made of. Raises `not-found`."""

    async def mark(self, system: SystemId, package: str, mark: Mark) -> None:
        """Write down what a system says of a package."""

    async def marks(self, system: SystemId, packages: Collection[str]) -> Mapping[str, Mark]:
        """Give what a system said of packages."""

    async def ask(self, request: AgencyRequest) -> None:
        """Write down a wish; one that is open already with the same id stays."""

    async def requests(self, *, undecided: bool) -> tuple[AgencyRequest, ...]:
        """List wishes, oldest first."""

    async def request(self, wanted: str) -> AgencyRequest:
        """Give an open wish. Raises `not-found`."""

    async def decide(self, wanted: str, *, outcome: str, by: str, reason: str, now: datetime) -> None:
        """Write down what was decided about a wish, audited. Raises `not-found` where it is not open."""


class Enrolment(Protocol):
    """The directory, as decided wishes change it."""

    async def carry_out(self, request: AgencyRequest, *, on: date) -> None:
        """Enter an agency, for which the asking system then acts, or end one on a day. Again it changes nothing.

        Raises `entry-exists`, `entry-unknown`, and `directory-read-only` where this machine may not change the directory.
        """
