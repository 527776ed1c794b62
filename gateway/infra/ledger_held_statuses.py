"""Statuses whose document is not found: kept as they came, and recorded as soon as one delivery is known to be meant."""

import hashlib
import json
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Final

import sqlalchemy as sa

from gateway.core.faults import Rejected
from gateway.core.model import OrganId, StatusCode, StatusReport
from gateway.infra import audit, ledger_read, ledger_status
from gateway.infra.ledger_read import cursor, position
from gateway.infra.tables import deliveries, documents
from gateway.infra.tables_followed import held_statuses
from gateway.ports import Correlation, DocumentView, Entry, HeldStatus, NamedStatus, Obstacle, Page, Seal, StatusOutcome

APPLIED: Final = "applied"
DROPPED: Final = "dropped"
WAITING: Final = "waiting"

_h, _d, _doc = held_statuses.c, deliveries.c, documents.c
_OPEN: Final = _h.resolved_at.is_(None)


def say(connection: sa.Connection, status: NamedStatus, organs: Collection[OrganId], now: datetime, seal: Seal) -> StatusOutcome:
    """Record a status on the delivery that it means, or keep it."""
    found = ledger_read.correlate(connection, status.named, status.receiver)
    if len(found) == 1:
        try:
            return ledger_status.record(connection, found[0].deliveries[0].id, status.report, organs, now, seal)
        except Rejected as fault:
            if fault.code != "not-found":
                raise
            found = ()  # the policy holds it: its receiver has not heard of it yet
    return _keep(connection, status, Obstacle.AMBIGUOUS if found else Obstacle.UNMATCHED, now)


def _keep(connection: sa.Connection, status: NamedStatus, obstacle: Obstacle, now: datetime) -> StatusOutcome:
    named, report = status.named, status.report
    own = _id(status)
    answer = json.dumps({"id": own, "delivery": None, "state": WAITING, "status_code": report.code})
    if connection.execute(sa.select(_h.id).where(_h.id == own)).first() is not None:
        return StatusOutcome(answer=answer, created=False)
    row = {
        "id": own,
        "reporter": report.reporter,
        "owner": named.owner,
        "receiver": status.receiver,
        "document_id": named.document_id,
        "number": named.number,
        "notation": named.notation,
        "promulgated_on": named.promulgated_on,
        "code": report.code.value,
        "description": report.description,
        "staff": report.staff,
        "reported_at": report.at,
        "package": status.package,
        "received_at": now,
        "reason": obstacle.value,
    }
    connection.execute(held_statuses.insert(), row)
    return StatusOutcome(answer=answer, created=True)


def _id(status: NamedStatus) -> str:
    """Derive the id from what is said, so that the same again is the same."""
    named, report = status.named, status.report
    said = [
        named.owner,
        status.receiver,
        named.document_id,
        named.number,
        named.notation,
        named.promulgated_on.isoformat(),
        report.code,
        report.reporter,
        report.description,
        sorted(report.staff.items()),
        report.at and report.at.astimezone(UTC).isoformat(),
    ]
    return hashlib.sha256(json.dumps(["held", *said]).encode()).hexdigest()[:32]


def accepted(connection: sa.Connection, entries: Sequence[Entry]) -> None:
    """Record what waited for new documents, in the order in which it came."""
    seals: dict[str, Seal] = {each.document.sender: each.seal for each in entries if each.seal is not None}
    if not seals:
        return
    waiting = sa.select(held_statuses).where(_OPEN, _h.owner.in_(sorted(seals))).order_by(_h.received_at, _h.id)
    for row in connection.execute(waiting.with_for_update()).mappings().all():
        own = [each for each in entries if each.document.sender == row["owner"]]
        if any(_is_about(row, each) for each in own):
            _try(connection, row, own[0].document.accepted_at, seals[row["owner"]])


def _is_about(row: sa.RowMapping, entry: Entry) -> bool:
    document = entry.document
    called = row["document_id"] == document.document_id or (row["number"], row["notation"]) == (
        document.number,
        document.notation,
    )
    return called and any(each.receiver == row["receiver"] for each in entry.deliveries)


def matchable(connection: sa.Connection, since: datetime, limit: int) -> list[str]:
    """Find those that wait since a time, and whose delivery may be there."""
    return list(connection.execute(sa.select(_h.id).where(_may_match(since)).limit(limit)).scalars())


def retry(connection: sa.Connection, since: datetime, limit: int, now: datetime, seal: Seal) -> int:
    """Try those again whose delivery may be there."""
    waiting = sa.select(held_statuses).where(_may_match(since)).order_by(_h.received_at, _h.id).limit(limit)
    rows = connection.execute(waiting.with_for_update(of=held_statuses, skip_locked=True)).mappings().all()
    return sum(_try(connection, row, now, seal) for row in rows)


def _may_match(since: datetime) -> sa.ColumnElement[bool]:
    same_code = sa.and_(_doc.number == _h.number, _doc.notation == _h.notation)
    same_year = sa.extract("year", _doc.promulgated_on) == sa.extract("year", _h.promulgated_on)
    called = sa.or_(_doc.document_id == _h.document_id, sa.and_(same_code, same_year))
    there = sa.select(_d.id).join(documents, _doc.id == _d.document)
    there = there.where(_doc.sender == _h.owner, _d.receiver == _h.receiver, _d.withheld.is_(False), called)
    return sa.and_(_OPEN, _h.reason == Obstacle.UNMATCHED.value, _h.received_at > since, there.exists())


def _try(connection: sa.Connection, row: sa.RowMapping, now: datetime, seal: Seal) -> bool:
    """Record one where its delivery is known now; what keeps it from that is written down."""
    found = ledger_read.correlate(connection, _named(row), OrganId(row["receiver"]))
    if len(found) > 1:
        _hinder(connection, row["id"], Obstacle.AMBIGUOUS)
    if len(found) != 1:
        return False
    own = found[0].deliveries[0].id
    try:
        ledger_status.record(connection, own, _report(row), {OrganId(row["reporter"])}, now, seal)
    except Rejected as fault:
        if fault.code != "not-found":
            _hinder(connection, row["id"], Obstacle.CONFLICT)
        return False
    _resolve(connection, row["id"], now, outcome=APPLIED, delivery=own)
    return True


def _hinder(connection: sa.Connection, held: str, obstacle: Obstacle) -> None:
    connection.execute(held_statuses.update().where(_h.id == held).values(reason=obstacle.value))


def _resolve(connection: sa.Connection, held: str, now: datetime, **how: str | None) -> None:
    connection.execute(held_statuses.update().where(_h.id == held).values(resolved_at=now, **how))


def listing(connection: sa.Connection, after: str | None, limit: int) -> Page:
    """List what waits, oldest first."""
    select = sa.select(held_statuses).where(_OPEN).order_by(_h.received_at, _h.id)
    offset = 0 if after is None else position(after)[0]
    rows = connection.execute(select.offset(offset).limit(limit + 1)).mappings().all()
    items = tuple(_read(connection, row) for row in rows[:limit])
    return Page(items=items, next=cursor(offset + limit) if len(rows) > limit else None)


def apply(connection: sa.Connection, held: str, delivery: str, by: str, reason: str, now: datetime, seal: Seal) -> StatusOutcome:
    """Record one on the delivery that an operator says."""
    row = _waiting(connection, held)
    report = _report(row)
    views = ledger_read.delivery_views(connection, _d.id == delivery)
    if not views:
        raise Rejected("not-found", path=delivery)
    (own,) = views[0].deliveries
    asking = report.code is StatusCode.RECALL_REQUESTED
    if report.reporter != (views[0].document.sender if asking else own.receiver):
        raise Rejected("status-unmatched", path=delivery)
    outcome = ledger_status.say(connection, views[0], report, now, seal)
    _resolve(connection, held, now, outcome=APPLIED, delivery=delivery, by=by, note=reason)
    _audit(connection, "status.applied", row, by, reason, now, delivery=delivery)
    return outcome


def drop(connection: sa.Connection, held: str, by: str, reason: str, now: datetime) -> None:
    """Give one up."""
    row = _waiting(connection, held)
    _resolve(connection, held, now, outcome=DROPPED, by=by, note=reason)
    _audit(connection, "status.dropped", row, by, reason, now)


def _waiting(connection: sa.Connection, held: str) -> sa.RowMapping:
    row = connection.execute(sa.select(held_statuses).where(_h.id == held, _OPEN).with_for_update()).mappings().first()
    if row is None:
        raise Rejected("not-found", path=held)
    return row


def _audit(connection: sa.Connection, action: str, row: sa.RowMapping, by: str, reason: str, now: datetime, **more: str) -> None:
    subject = {"status": row["id"], "code": row["code"], "reporter": row["reporter"], **more}
    audit.record(connection, actor=by, action=action, subject=subject, reason=reason, at=now)


def _read(connection: sa.Connection, row: sa.RowMapping) -> HeldStatus:
    candidates: tuple[DocumentView, ...] = ()
    if row["reason"] != Obstacle.UNMATCHED:
        candidates = ledger_read.correlate(connection, _named(row), OrganId(row["receiver"]))
    return HeldStatus(
        id=row["id"],
        named=_named(row),
        receiver=OrganId(row["receiver"]),
        report=_report(row),
        received_at=row["received_at"],
        obstacle=Obstacle(row["reason"]),
        candidates=candidates,
    )


def _named(row: sa.RowMapping) -> Correlation:
    return Correlation(
        owner=OrganId(row["owner"]),
        document_id=row["document_id"],
        number=row["number"],
        notation=row["notation"],
        promulgated_on=row["promulgated_on"],
    )


def _report(row: sa.RowMapping) -> StatusReport:
    return StatusReport(
        code=StatusCode(row["code"]),
        reporter=OrganId(row["reporter"]),
        description=row["description"],
        staff=row["staff"],
        at=row["reported_at"],
    )
