"""One request to the console by somebody who is signed in: who, in which language, and what it asks."""

import hashlib
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qsl

from aiohttp import web

from gateway.core.deadlines import Deadline, time_left
from gateway.core.directory import Operator
from gateway.core.faults import Rejected
from gateway.core.model import VIETNAM
from gateway.core.roles import Right, may
from gateway.core.rules import Rules
from gateway.entry.api.door import CONSOLE
from gateway.entry.api.hub import Hub
from gateway.entry.api.requests import bounded
from gateway.flows.oversee import Decision
from gateway.ports import Ports, Session

FORM_BYTES = 256 * 1024
"""The largest form names 500 deliveries of 32 characters."""
CSRF = "csrf"
"""The field of every form that proves that it is of this session's own pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What a page has at hand. `rules` are those of the moment when the request came; `heard` marks what had happened by then."""

    request: web.Request
    at: Hub
    rules: Rules
    officer: Operator
    session: Session
    english: bool
    now: datetime
    heard: str

    @property
    def ports(self) -> Ports:
        return self.at.ports

    @property
    def csrf(self) -> str:
        """Give what the forms of this session carry: from the token's hash, which no other site knows."""
        return hmac.new(self.session.token_sha256.encode(), b"console form", hashlib.sha256).hexdigest()

    def say(self, vi: str, en: str) -> str:
        """Choose by the language of the officer."""
        return en if self.english else vi

    def may(self, right: str) -> bool:
        """Tell whether the officer has a right."""
        return may(self.officer.role, Right(right))

    def agency(self, organ: str) -> str:
        """Give the name of an agency; its id where the directory does not know it."""
        return self.rules.directory.name_of(organ)

    def working_left(self, deadline: Deadline) -> timedelta:
        """Give the working time until a deadline, negative once it is past."""
        return time_left(deadline, self.rules.timekeeping.working_time.of(deadline.organ), self.now)

    def asked(self, name: str) -> str:
        """Give a parameter of the query, empty where there is none."""
        return self.request.query.get(name, "").strip()

    def decision(self, form: "Form") -> Decision:
        """Give who decides now, and why. Raises `malformed-request` without a reason."""
        return Decision(by=self.officer.id, reason=form.get("reason"), now=self.now)


Page = Callable[[Visit], Awaitable[web.StreamResponse]]
Action = Callable[[Visit, "Form"], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form; a field may come several times."""

    fields: tuple[tuple[str, str], ...]

    def get(self, name: str) -> str:
        """Give the first value of a field, empty where there is none."""
        return next((value.strip() for key, value in self.fields if key == name), "")

    def all(self, name: str) -> tuple[str, ...]:
        """Give all values of a field."""
        return tuple(value for key, value in self.fields if key == name and value)

    def moment(self, name: str) -> datetime:
        """Give what a field for date and time sends: Vietnam's time, without saying so. Raises `malformed-request`."""
        given = self.get(name)
        try:
            return datetime.fromisoformat(given).replace(tzinfo=VIETNAM)
        except ValueError as error:
            raise Rejected("malformed-request", path=name, detail=given) from error


def own_place(place: str, otherwise: str = CONSOLE) -> str:
    """Give where to go on: a page of the console, and nowhere else."""
    return place if place == CONSOLE or place.startswith((f"{CONSOLE}/", f"{CONSOLE}?")) else otherwise


async def read_form(request: web.Request) -> Form:
    """Read a form. Raises `media-type-unsupported`, `too-large`, `malformed-request`."""
    if request.content_type != "application/x-www-form-urlencoded":
        raise Rejected("media-type-unsupported", detail="application/x-www-form-urlencoded")
    raw = await bounded(request, FORM_BYTES)
    try:
        return Form(tuple(parse_qsl(raw.decode("utf-8"), keep_blank_values=True, max_num_fields=1000)))
    except ValueError as error:
        raise Rejected("malformed-request", detail="form") from error
