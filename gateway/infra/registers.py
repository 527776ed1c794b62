"""The registers (articles 6.5, 12.1b and 14.2), computed from the ledger: they have no tables of their own.

Sổ văn bản đi of a year is the documents that are numbered in it (NĐ 30/2020 Đ15: numbers run from 1 January to 31 December),
in the order in which they were sent. Sổ văn bản đến of a year is the deliveries that arrived in it. One arrives when the
receiver takes it over, or first reports on it; arrivals are numbered in the order of their events, which never changes.
A recall or an update is about a document that has its own line, and gets none (`core.links.NOTICES`).
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final

import sqlalchemy as sa

from gateway.core.links import NOTICES, LinkKind
from gateway.core.model import VIETNAM, BusinessType, OrganId, Priority, State, StatusCode
from gateway.infra.ledger_read import cursor, position
from gateway.infra.ledger_rows import Row
from gateway.infra.tables import deliveries, documents, events
from gateway.infra.tables_followed import links
from gateway.ports.ledger import Page
from gateway.ports.reports import Counterpart, Incoming, Outgoing, Recipient, Registered

_COLUMNS: Final = (
    documents.c.seq,
    documents.c.id,
    documents.c.document_id,
    documents.c.number,
    documents.c.notation,
    documents.c.promulgated_on,
    documents.c.type_name,
    documents.c.subject,
    documents.c.priority,
    documents.c.business_type,
    documents.c.response_needed,
    documents.c.due_on,
    documents.c.sender,
    documents.c.accepted_at,
)
_WITH_A_LINE: Final = documents.c.business_type.not_in([each.value for each in NOTICES])


def outgoing(connection: sa.Connection, organ: OrganId, year: int, *, month: int | None, after: str | None, limit: int) -> Page:
    """List what an agency sent. Raises `malformed-request` for a bad cursor."""
    first, end = days(year, month)
    d = documents.c
    select = sa.select(*_COLUMNS).where(d.sender == organ, d.promulgated_on >= first, d.promulgated_on < end, _WITH_A_LINE)
    if after is not None:
        select = select.where(d.seq > position(after)[0])
    rows = connection.execute(select.order_by(d.seq).limit(limit + 1)).mappings().all()
    page = rows[:limit]
    ids = [row["id"] for row in page]
    to, answers = _recipients(connection, ids), _answered(connection, ids)
    items = tuple(
        Outgoing(
            about=registered(row),
            sent_at=row["accepted_at"],
            to=tuple(to.get(row["id"], ())),
            answers=tuple(answers.get(row["id"], ())),
        )
        for row in page
    )
    return Page(items=items, next=cursor(page[-1]["seq"]) if len(rows) > limit else None)


def incoming(connection: sa.Connection, organ: OrganId, year: int, *, month: int | None, after: str | None, limit: int) -> Page:
    """List what arrived at an agency. Raises `malformed-request` for a bad cursor."""
    seq, number = (0, 0) if after is None else position(after, 2)
    arrived, last = _arrived(organ, *days(year, None)), None
    if month is not None:
        first, last = connection.execute(_ends(_arrived(organ, *days(year, month)))).one()
        if first is None:
            return Page(items=(), next=None)
        if after is None:
            seq, number = first - 1, connection.execute(_before(arrived, first)).scalar_one()
    arrived = arrived.where(events.c.seq > seq, *([] if last is None else [events.c.seq <= last]))
    found = connection.execute(arrived.order_by(events.c.seq).limit(limit + 1)).all()
    numbered = [_Arrival(number=place, **row._mapping) for place, row in enumerate(found[:limit], start=number + 1)]
    shown = [each for each in numbered if month is None or each.at.month == month]
    lines = _lines(connection, [each.delivery for each in shown])
    answers = _answers(connection, list(lines))
    items = tuple(_incoming(each, lines[each.delivery], tuple(answers.get(each.delivery, ()))) for each in shown)
    return Page(items=items, next=cursor(numbered[-1].seq, numbered[-1].number) if len(found) > limit else None)


def days(year: int, month: int | None) -> tuple[date, date]:
    """Give the first day of a year or of one of its months, and the first day after it."""
    if month is None:
        return date(year, 1, 1), date(year + 1, 1, 1)
    return date(year, month, 1), date(year + month // 12, month % 12 + 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Arrival:
    seq: int
    number: int
    delivery: str
    at: datetime


def _arrived(organ: OrganId, first: date, end: date) -> sa.Select[Any]:
    """Choose the first arrivals of deliveries from a day (inclusive) to a day (exclusive)."""
    e, before = events.c, events.alias()
    since, until = (datetime.combine(each, time(), tzinfo=VIETNAM) for each in (first, end))
    earlier = (
        sa.select(before.c.seq)
        .where(before.c.document == e.document, before.c.delivery == e.delivery, before.c.seq < e.seq, _arrives(before))
        .exists()
    )
    return (
        sa.select(e.seq, e.delivery, e.at)
        .join(documents, documents.c.id == e.document)
        .where(e.receiver == organ, e.at >= since, e.at < until, _arrives(events), ~earlier, _WITH_A_LINE)
    )


def _ends(arrived: sa.Select[Any]) -> sa.Select[Any]:
    return arrived.with_only_columns(sa.func.min(events.c.seq), sa.func.max(events.c.seq))


def _before(arrived: sa.Select[Any], seq: int) -> sa.Select[Any]:
    return arrived.with_only_columns(sa.func.count()).where(events.c.seq < seq)


def _arrives(table: sa.FromClause) -> sa.ColumnElement[bool]:
    """Choose the events by which a delivery has come to its receiver: hand-over, or the receiver's own report."""
    reports = sa.and_(
        table.c.type == "status.received",
        table.c.data["status_code"].as_string() != StatusCode.RECALL_REQUESTED.value,  # which is its sender's
    )
    return sa.or_(table.c.type == "delivery.collected", reports)


def _lines(connection: sa.Connection, wanted: list[str]) -> dict[str, Row]:
    d = deliveries.c
    select = sa.select(*_COLUMNS, d.id.label("delivery"), d.state, d.progress).join(deliveries, d.document == documents.c.id)
    return {row["delivery"]: row for row in connection.execute(select.where(d.id.in_(wanted))).mappings()}


def _incoming(arrival: _Arrival, row: Row, answered_by: tuple[Counterpart, ...]) -> Incoming:
    return Incoming(
        about=registered(row),
        arrival_number=arrival.number,
        arrived_at=arrival.at,
        delivery=arrival.delivery,
        sender=OrganId(row["sender"]),
        state=State(row["state"]),
        progress=row["progress"] and StatusCode(row["progress"]),
        answered_by=answered_by,
    )


def _recipients(connection: sa.Connection, wanted: list[str]) -> dict[str, list[Recipient]]:
    d = deliveries.c
    found: dict[str, list[Recipient]] = {}
    select = sa.select(d.document, d.receiver, d.state, d.progress).order_by(d.seq)
    for row in connection.execute(select.where(d.document.in_(wanted))):
        progress = row.progress and StatusCode(row.progress)
        named = Recipient(organ=OrganId(row.receiver), state=State(row.state), progress=progress)
        found.setdefault(row.document, []).append(named)
    return found


def _answered(connection: sa.Connection, wanted: list[str]) -> dict[str, list[Counterpart]]:
    """Give what each of these documents answers (article 14.2)."""
    d, link = documents.c, links.c
    columns = (link.document, link.code, link.promulgated_on, d.id, d.number, d.notation, d.promulgated_on.label("dated"))
    select = sa.select(*columns).outerjoin(documents, d.id == link.target).order_by(link.document, link.place)
    found: dict[str, list[Counterpart]] = {}
    for row in connection.execute(select.where(link.document.in_(wanted), link.kind == LinkKind.REPLY.value)):
        if row.id is not None:
            named = Counterpart(document=row.id, code=f"{row.number}/{row.notation}", promulgated_on=row.dated)
        else:
            named = Counterpart(document=None, code=row.code or "", promulgated_on=row.promulgated_on)
        found.setdefault(row.document, []).append(named)
    return found


def _answers(connection: sa.Connection, wanted: list[str]) -> dict[str, list[Counterpart]]:
    """Give the documents by which their receivers answered these deliveries."""
    d, link = documents.c, links.c
    select = sa.select(link.delivery, d.id, d.number, d.notation, d.promulgated_on).join(documents, d.id == link.document)
    found: dict[str, list[Counterpart]] = {}
    replies = select.where(link.delivery.in_(wanted), link.kind == LinkKind.REPLY.value).order_by(d.seq)
    for row in connection.execute(replies):
        named = Counterpart(document=row.id, code=f"{row.number}/{row.notation}", promulgated_on=row.promulgated_on)
        found.setdefault(row.delivery, []).append(named)
    return found


def registered(row: Row) -> Registered:
    """Read what the registers say of a document."""
    return Registered(
        document=row["id"],
        document_id=row["document_id"],
        number=row["number"],
        notation=row["notation"],
        promulgated_on=row["promulgated_on"],
        type_name=row["type_name"],
        subject=row["subject"],
        priority=Priority(row["priority"]),
        business_type=BusinessType(row["business_type"]),
        response_needed=row["response_needed"],
        due_on=row["due_on"],
    )
