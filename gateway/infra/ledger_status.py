"""Statuses: what an agency reported, once, and what it moved."""

import hashlib
import json
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime

import sqlalchemy as sa

from gateway.core import lifecycle
from gateway.core.faults import Rejected
from gateway.core.model import Delivery, Document, Fact, OrganId, Receipt, State, StatusCode, StatusReport
from gateway.core.receipts import Attestation
from gateway.infra import ledger_events, ledger_links, ledger_read
from gateway.infra.ledger_events import about
from gateway.infra.ledger_moves import move, standing
from gateway.infra.ledger_rows import receipt_row
from gateway.infra.tables import deliveries, outbox, receipts, statuses
from gateway.ports import DocumentView, Seal, StatusOutcome


def record(
    connection: sa.Connection, delivery: str, report: StatusReport, organs: Collection[OrganId], now: datetime, seal: Seal
) -> StatusOutcome:
    """Record a report once, and move the delivery by the table of transitions. Raises `not-found` or `status-conflict`."""
    view = ledger_read.delivery(connection, delivery, organs)
    document, own = view.document, view.deliveries[0]
    asking = report.code is StatusCode.RECALL_REQUESTED
    if report.reporter not in organs or report.reporter != (document.sender if asking else own.receiver):
        raise Rejected("not-found", path=delivery)
    return say(connection, view, report, now, seal)


def say(
    connection: sa.Connection, view: DocumentView, report: StatusReport, now: datetime, seal: Seal, **because: str
) -> StatusOutcome:
    """Record what somebody who may say it reports on a delivery; its events tell `because`."""
    document, own = view.document, view.deliveries[0]
    fingerprint = _fingerprint(own.id, report)
    known = connection.execute(sa.select(statuses.c.answer).where(statuses.c.id == fingerprint)).scalar()
    if known is not None:
        return StatusOutcome(answer=known, created=False)
    updates = ledger_links.updates_awaited(connection, own.id) if report.code in lifecycle.ANSWERS else []
    before = replace(standing(own), updating=bool(updates))
    after = lifecycle.report(before, report.code)
    if before.updating and not after.updating:
        ledger_links.answer_updates(connection, own.id, report.code)
        because |= {"updated_by": updates[-1]}
    _move(connection, own, after, report)
    answer = json.dumps({"id": fingerprint, "delivery": own.id, "state": after.state, "status_code": after.code})
    _remember(connection, fingerprint, own.id, report, now, answer)
    _announce(connection, document, own, report, before, after, now, because)
    _keep_receipt(connection, seal(Attestation(fact=Fact.STATUS, document=document, delivery=own, at=now, report=report)))
    return StatusOutcome(answer=answer, created=True)


def _fingerprint(delivery: str, report: StatusReport) -> str:
    said = [
        delivery,
        report.code,
        report.reporter,
        report.description,
        sorted(report.staff.items()),
        report.at and report.at.astimezone(UTC).isoformat(),
        *_units(report),
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:32]


def _units(report: StatusReport) -> list[dict[str, str | None]]:
    return [
        {"department": unit.department, "role": unit.role.value, "due_on": unit.due_on.isoformat() if unit.due_on else None}
        for unit in report.units
    ]


def _move(connection: sa.Connection, own: Delivery, after: lifecycle.Standing, report: StatusReport) -> None:
    """Move where the report leads; what is withdrawn before its hand-over leaves the lease that holds it."""
    before = standing(own)
    if after == before:
        return
    if before.state is State.QUEUED:  # the receiver has spoken, or need not: it is not pushed any more
        connection.execute(outbox.delete().where(outbox.c.delivery == own.id))
    if report.code in lifecycle.NEEDS_REASON:
        why: str | None = report.description
    else:  # while a recall waits for its answer, work may go on: the recall's reason stays
        why = own.why if after.code == before.code else None
    if before.state is State.AVAILABLE and after.state is State.RECALLED:
        move(connection, own, after, why=why, lease_token=None, lease_expires_at=None)
    else:
        move(connection, own, after, why=why)


def _keep_receipt(connection: sa.Connection, receipt: Receipt) -> None:
    """Keep a receipt once: reports that differ only in what a receipt does not say (staff) attest the same fact."""
    if connection.execute(sa.select(receipts.c.id).where(receipts.c.id == receipt.id)).first() is None:
        connection.execute(receipts.insert(), receipt_row(receipt))


def _remember(
    connection: sa.Connection, fingerprint: str, delivery: str, report: StatusReport, now: datetime, answer: str
) -> None:
    row = {
        "id": fingerprint,
        "delivery": delivery,
        "code": report.code.value,
        "reporter": report.reporter,
        "description": report.description,
        "staff": report.staff,
        "units": _units(report),
        "reported_at": report.at,
        "received_at": now,
        "answer": answer,
    }
    connection.execute(statuses.insert(), row)


def _announce(
    connection: sa.Connection,
    document: Document,
    own: Delivery,
    report: StatusReport,
    before: lifecycle.Standing,
    after: lifecycle.Standing,
    now: datetime,
    because: dict[str, str],
) -> None:
    data = (
        because
        | {
            "code": report.code.value,
            "description": report.description,
            "state": after.state.value,
            "previous": before.state.value,
            "history": after == before,
            "staff": report.staff,
            "reported_at": report.at.isoformat() if report.at else None,
        }
        | ({"units": _units(report)} if report.units else {})
    )
    rows = [about(document, own, "status.received", now, **{**data, "status_code": report.code.value})]
    asked = _asked(report.code, before, after)
    if asked is not None:
        rows.append(about(document, own, asked, now, **data))
    ledger_events.write(connection, map(ledger_events.to_sender, rows) if is_withheld(connection, own) else rows)


def _asked(code: StatusCode, before: lifecycle.Standing, after: lifecycle.Standing) -> str | None:
    """Name the event of what the sender asked, or of the receiver's answer to it; a doubled answer answers nothing."""
    if code is StatusCode.RECALL_REQUESTED:
        return "recall.requested"
    if code not in lifecycle.ANSWERS or after == before:
        return None
    return "update.answered" if before.updating and not after.updating else "recall.answered"


def is_withheld(connection: sa.Connection, own: Delivery) -> bool:
    """Tell whether the receiver never heard of it."""
    withheld = sa.select(deliveries.c.withheld).where(deliveries.c.id == own.id)
    return own.state is State.SUSPENDED and bool(connection.execute(withheld).scalar())
