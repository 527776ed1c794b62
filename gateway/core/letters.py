"""Letters: who is told what of a deadline by e-mail, and from when on. Words are made when they are written (`core.mail`).

One letter is one thing for one audience; those of a recipient travel together. Where one reaches nobody, the next one up is told.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from gateway.core.deadlines import RUNNING, Deadline
from gateway.core.hours import WorkingTime
from gateway.core.ladder import BEFORE, Audience, Rung, Step
from gateway.core.model import VIETNAM, Document, OrganId, Priority

PROVINCE: Final = OrganId("")
"""The organ of letters to the province's officers."""
UP: Final[Mapping[Audience, Audience]] = {
    Audience.AGENCY: Audience.LEADER,
    Audience.LEADER: Audience.PROVINCE,
    Audience.SENDER: Audience.PROVINCE,
}
"""Who is told instead of one that cannot be reached."""
NO_ADDRESS: Final = "no-address"
ENDED: Final = "ended"
"""Why a letter is not sent: there is no address to send it to; what it would tell was over before."""


class Tone(StrEnum):
    """What a letter is about."""

    SOON = "soon"
    LATE = "late"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreached:
    """One who should have been told, and why not: `NO_ADDRESS`, or the fault code of what the mail server said."""

    audience: Audience
    organ: OrganId
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One thing for one audience: the event (`type`, and `step` of a ladder) of a deadline at a moment, sent from `due_at` on.

    `instead` are those who should have been told and could not be, the first first.
    """

    id: str
    audience: Audience
    organ: OrganId
    deadline: str
    document: str
    type: str
    step: Step | None
    at: datetime
    urgent: bool
    due_at: datetime
    instead: tuple[Unreached, ...] = ()

    @property
    def tone(self) -> Tone:
        """Tell what it is about."""
        if self.step is None:
            return Tone.OVER
        return Tone.SOON if self.step in BEFORE else Tone.LATE


def of_step(
    deadline: Deadline, document: Document, rung: Rung, happened: str, working_time: WorkingTime, now: datetime
) -> tuple[Letter, ...]:
    """Give the letters about a step that was taken."""
    to = ((each, organ_of(each, deadline)) for each in sorted(rung.tells))
    return _letters(deadline, document, to, happened, rung.step, rung.at, working_time, now)


def of_end(
    deadline: Deadline,
    document: Document,
    to: Iterable[tuple[Audience, OrganId]],
    happened: str,
    at: datetime,
    working_time: WorkingTime | None = None,
) -> tuple[Letter, ...]:
    """Give the letters about the end of what its audiences were told was overdue."""
    return _letters(deadline, document, to, happened, None, at, working_time, at)


def is_stale(letter: Letter, deadline: Deadline, now: datetime) -> bool:
    """Tell whether what a letter would say of a deadline is over, or was put off, before it went."""
    if letter.tone is Tone.OVER:
        return False
    return deadline.state not in RUNNING or (letter.tone is Tone.LATE and deadline.due_at > now)


def passed_on(letters: Iterable[Letter], cause: str, working_time: WorkingTime, now: datetime) -> tuple[Letter, ...]:
    """Give the letters to who is told instead: of all that is late, else, once a month, that somebody has no good address."""
    every = tuple(letters)
    up = UP.get(every[0].audience) if every else None
    if up is None:
        return ()
    gone = Unreached(audience=every[0].audience, organ=every[0].organ, cause=cause)
    late = [_to(each, up, gone, working_time, now) for each in every if each.tone is Tone.LATE]
    if late:
        return tuple(late)
    once = _id(up, gone.audience, gone.organ, gone.cause, f"{now:%Y-%m}")
    return (replace(_to(every[0], up, gone, working_time, now), id=once),)


def opening(audience: Audience, organ: OrganId, working_time: WorkingTime, moment: datetime) -> datetime:
    """Say from when on a recipient may be written to; at once where it never opens."""
    try:
        return working_time.of(None if audience is Audience.PROVINCE else organ).next_opening(moment)
    except ValueError:
        return moment


def organ_of(audience: Audience, deadline: Deadline) -> OrganId:
    """Name the agency of an audience."""
    if audience is Audience.PROVINCE:
        return PROVINCE
    return deadline.creditor if audience is Audience.SENDER else deadline.organ


def _letters(
    deadline: Deadline,
    document: Document,
    to: Iterable[tuple[Audience, OrganId]],
    happened: str,
    step: Step | None,
    at: datetime,
    working_time: WorkingTime | None,
    now: datetime,
) -> tuple[Letter, ...]:
    urgent = document.priority >= Priority.URGENT
    later = None if urgent else working_time
    return tuple(
        Letter(
            id=_name(deadline.id, happened, step, at, audience, organ),
            audience=audience,
            organ=organ,
            deadline=deadline.id,
            document=document.id,
            type=happened,
            step=step,
            at=at,
            urgent=urgent,
            due_at=now if later is None else opening(audience, organ, later, now),
        )
        for audience, organ in to
    )


def _to(letter: Letter, up: Audience, gone: Unreached, working_time: WorkingTime, now: datetime) -> Letter:
    organ = PROVINCE if up is Audience.PROVINCE else letter.organ
    name = _name(letter.deadline, letter.type, letter.step, letter.at, up, organ)
    due_at = now if letter.urgent else opening(up, organ, working_time, now)
    return replace(letter, id=name, audience=up, organ=organ, due_at=due_at, instead=(*letter.instead, gone))


def _name(deadline: str, happened: str, step: Step | None, at: datetime, audience: Audience, organ: OrganId) -> str:
    return _id(deadline, happened, step or "", at.astimezone(VIETNAM).isoformat(), audience, organ)


def _id(*names: str) -> str:
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:32]
