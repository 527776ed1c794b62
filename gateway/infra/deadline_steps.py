"""The steps of deadlines: taken when they are due, each once, and said in events stamped with the time they became true.

What officers tell by hand is said as a step is, and told in the same ways.
"""

from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from gateway.core.deadlines import Deadline
from gateway.core.faults import Rejected
from gateway.core.ladder import ESCALATE_AGAIN, REMIND_AGAIN, Audience, ByHand, Rung, Step, by_hand
from gateway.core.letters import Letter, of_step
from gateway.core.model import VIETNAM, Document
from gateway.core.timekeeping import Timekeeping
from gateway.infra import ledger_events
from gateway.infra.audit import record
from gateway.infra.deadline_rows import read_deadline, write_deadlines
from gateway.infra.ledger_rows import read_document
from gateway.infra.letter_rows import write_letters
from gateway.infra.tables import deadlines, deliveries, documents, events
from gateway.ports import Owed

_d, _e = deadlines.c, events.c
_SAID: Final = ("deadline.reminder", "deadline.overdue", "deadline.escalated")
_NAMED: Final = {Step.OVERDUE: "deadline.overdue", Step.ESCALATED: "deadline.escalated"}
_ACTIONS: Final = {ByHand.REMIND: "deadline.reminded", ByHand.ESCALATE: "deadline.escalated"}
_QUIET: Final = {
    ByHand.REMIND: (Audience.AGENCY, REMIND_AGAIN, "deadline-reminded"),
    ByHand.ESCALATE: (Audience.LEADER, ESCALATE_AGAIN, "deadline-escalated"),
}
"""Who is not to be told again so soon, and what whoever tries is told."""


def take(connection: sa.Connection, by: Timekeeping, limit: int, now: datetime) -> int:
    """Take what is due, the earliest first; who else is at it takes other ones."""
    select = _standing().where(_d.next_at <= now).order_by(_d.next_at).limit(limit)
    changed, letters = [], list[Letter]()
    for row in connection.execute(select.with_for_update(of=deadlines, skip_locked=True)):
        owed = owed_of(row)
        after, said = by.due(owed.deadline, now)
        changed.append(after)
        for rung in said:
            _say_step(connection, after, owed.document, rung, row.stands)
            if by.by_mail:
                letters += of_step(after, owed.document, rung, _happened(rung), by.working_time, now)
    write_deadlines(connection, changed, frozenset(each.id for each in changed))
    write_letters(connection, letters)
    return len(changed)


def tell(
    connection: sa.Connection, deadline: str, timekeeping: Timekeeping, step: ByHand, by: str, reason: str, now: datetime
) -> Owed:
    """Tell who owes it, or their leader, under its lock, so that of two officers at once one is told that it was done."""
    row = connection.execute(_standing().where(_d.id == deadline).with_for_update(of=deadlines)).first()
    if row is None:
        raise Rejected("not-found", path=deadline)
    owed = owed_of(row)
    rung = by_hand(step, owed.deadline, now)
    _demand_quiet(connection, owed.deadline, step, now)
    _say_step(connection, owed.deadline, owed.document, rung, row.stands, by=by, reason=reason)
    if timekeeping.by_mail:
        write_letters(connection, of_step(owed.deadline, owed.document, rung, _happened(rung), timekeeping.working_time, now))
    subject = {"deadline": deadline, "document": owed.document.id, "organ": owed.deadline.organ}
    record(connection, actor=by, action=_ACTIONS[step], subject=subject, reason=reason, at=now)
    return owed


def _standing() -> sa.Select[Any]:
    return (
        sa.select(deadlines, documents, deliveries.c.state.label("stands"))
        .join(documents, documents.c.id == _d.document)
        .outerjoin(deliveries, deliveries.c.id == _d.delivery)
    )


def _demand_quiet(connection: sa.Connection, deadline: Deadline, step: ByHand, now: datetime) -> None:
    """Hold that nobody was told of it lately, by hand or by its ladder. Raises `deadline-reminded`, `deadline-escalated`."""
    audience, again, code = _QUIET[step]
    said = sa.and_(_e.document == deadline.document, _e.type.in_(_SAID), _e.at > now - again)
    told = [
        at
        for at, data in connection.execute(sa.select(_e.at, _e.data).where(said))
        if data["deadline"] == deadline.id and audience.value in data["tells"]
    ]
    if told:
        last = max(told).astimezone(VIETNAM)
        raise Rejected(
            code, path=deadline.id, detail=f"Lần trước lúc {last:%H:%M %d/%m}.", detail_en=f"Last at {last:%H:%M on %d/%m}."
        )


def owed_of(row: sa.Row[Any]) -> Owed:
    """Read a deadline and its document from a row that has both."""
    found, document = ({c.name: row._mapping[c] for c in table.c} for table in (deadlines, documents))
    return Owed(deadline=read_deadline(found), document=read_document(document, ()))


def say(connection: sa.Connection, deadline: Deadline, document: Document, happened: str, at: datetime, **more: Any) -> None:
    """Write an event about a deadline: who owes and who is owed see it."""
    data = {
        "document_id": document.document_id,
        "code": f"{document.number}/{document.notation}",
        "subject": document.subject,
        "from": document.sender,
        "to": deadline.organ,
        "deadline": deadline.id,
        "rule": deadline.rule.value,
        "unit": deadline.unit,
        "due_at": deadline.due_at.isoformat(),
        "state": deadline.state.value,
        "late": deadline.late,
    }
    row = {
        "at": at,
        "type": happened,
        "document": document.id,
        "delivery": deadline.delivery,
        "sender": document.sender,
        "receiver": deadline.organ if deadline.delivery else None,
        "data": data | more,
    }
    ledger_events.write(connection, [row])


def _say_step(
    connection: sa.Connection, deadline: Deadline, document: Document, rung: Rung, stands: str | None, **more: str
) -> None:
    tells, step = sorted(rung.tells), rung.step.value
    say(connection, deadline, document, _happened(rung), rung.at, step=step, tells=tells, delivery_state=stands, **more)


def _happened(rung: Rung) -> str:
    return _NAMED.get(rung.step, "deadline.reminder")
