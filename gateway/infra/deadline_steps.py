"""The steps of deadlines: taken when they are due, each once, and said in events stamped with the time they became true."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gateway.core.deadlines import Deadline
from gateway.core.ladder import Rung, Step
from gateway.core.letters import Letter, of_step
from gateway.core.model import Document
from gateway.core.timekeeping import Timekeeping
from gateway.infra import ledger_events
from gateway.infra.deadline_rows import read_deadline, write_deadlines
from gateway.infra.ledger_rows import read_document
from gateway.infra.letter_rows import write_letters
from gateway.infra.tables import deadlines, deliveries, documents

_d = deadlines.c


def take(connection: sa.Connection, by: Timekeeping, limit: int, now: datetime) -> int:
    """Take what is due, the earliest first; who else is at it takes other ones."""
    select = (
        sa.select(deadlines, documents, deliveries.c.state.label("stands"))
        .join(documents, documents.c.id == _d.document)
        .outerjoin(deliveries, deliveries.c.id == _d.delivery)
        .where(_d.next_at <= now)
        .order_by(_d.next_at)
        .limit(limit)
        .with_for_update(of=deadlines, skip_locked=True)
    )
    changed, letters = [], list[Letter]()
    for row in connection.execute(select):
        found, document = ({c.name: row._mapping[c] for c in table.c} for table in (deadlines, documents))
        after, said = by.due(read_deadline(found), now)
        changed.append(after)
        for rung in said:
            _say_step(connection, after, read_document(document, ()), rung, row.stands)
            if by.by_mail:
                letters += of_step(after, read_document(document, ()), rung, _happened(rung), by.working_time, now)
    write_deadlines(connection, changed, frozenset(each.id for each in changed))
    write_letters(connection, letters)
    return len(changed)


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


def _say_step(connection: sa.Connection, deadline: Deadline, document: Document, rung: Rung, stands: str | None) -> None:
    tells = sorted(rung.tells)
    say(connection, deadline, document, _happened(rung), rung.at, step=rung.step.value, tells=tells, delivery_state=stands)


def _happened(rung: Rung) -> str:
    return "deadline.overdue" if rung.step is Step.OVERDUE else "deadline.reminder"
