"""How letters are rows, and how they are written by the transaction that makes true what they tell."""

from collections.abc import Collection, Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from gateway.core import letters as core
from gateway.core.deadlines import Deadline, DeadlineState
from gateway.core.hours import WorkingTime
from gateway.core.ladder import BEFORE, Audience, Step
from gateway.core.letters import Letter, Unreached
from gateway.core.model import Document, OrganId
from gateway.infra.tables_followed import letters

_l = letters.c
_BEFORE: Final = [step.value for step in BEFORE]
LATE: Final = sa.and_(_l.step.is_not(None), _l.step.not_in(_BEFORE))
"""Of letters that tell somebody that something is late."""


def read_letter(row: sa.RowMapping | dict[str, Any]) -> Letter:
    """Read a letter."""
    return Letter(
        id=row["id"],
        audience=Audience(row["audience"]),
        organ=OrganId(row["organ"]),
        deadline=row["deadline"],
        document=row["document"],
        type=row["type"],
        step=Step(row["step"]) if row["step"] else None,
        at=row["at"],
        urgent=row["urgent"],
        due_at=row["due_at"],
        instead=tuple(
            Unreached(audience=Audience(each["audience"]), organ=OrganId(each["organ"]), cause=each["cause"])
            for each in row["instead"]
        ),
    )


def write_letters(connection: sa.Connection, made: Iterable[Letter]) -> None:
    """Write letters, those that are not known yet."""
    named = {each.id: each for each in made}
    known = set(connection.execute(sa.select(_l.id).where(_l.id.in_(named))).scalars()) if named else set()
    rows = [_row(each) for name, each in named.items() if name not in known]
    if rows:
        connection.execute(letters.insert(), rows)


def write_end(
    connection: sa.Connection,
    before: Deadline,
    after: Deadline,
    document: Document,
    happened: str,
    at: datetime,
    working_time: WorkingTime | None = None,
) -> None:
    """Write that what was overdue is no more, to those who are told that it was."""
    if before.state is not DeadlineState.OVERDUE or after.state is DeadlineState.OVERDUE:
        return
    to = _told_late(connection, after.id)
    write_letters(connection, core.of_end(after, document, to, happened, at, working_time))


def _told_late(connection: sa.Connection, deadline: str) -> Collection[tuple[Audience, OrganId]]:
    select = sa.select(_l.audience, _l.organ).where(_l.deadline == deadline, LATE).distinct()
    return [(Audience(audience), OrganId(organ)) for audience, organ in connection.execute(select.order_by(_l.audience))]


def _row(letter: Letter) -> dict[str, Any]:
    row = {name: getattr(letter, name) for name in ("id", "organ", "deadline", "document", "type", "at", "urgent", "due_at")}
    return row | {
        "audience": letter.audience.value,
        "step": letter.step.value if letter.step else None,
        "instead": [asdict(each) for each in letter.instead],
        "attempts": 0,
    }
