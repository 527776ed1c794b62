"""Province over SQLAlchemy Core: what officers read of the whole ledger, each list in the order of an index."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from gateway.core.deadlines import DeadlineState, Rule
from gateway.core.model import Lane, OrganId, Priority, Receipt
from gateway.infra import ledger_read
from gateway.infra.executor import Executor
from gateway.infra.ledger_read import cursor, position
from gateway.infra.ledger_rows import read_receipt
from gateway.infra.tables import Moment, deadlines, deliveries, documents, events, receipts
from gateway.infra.tables_console import searched
from gateway.ports import Flow, History, Minute, OverdueTally, Page, Quarter, Store, Wanted

MINUTE_MICROSECONDS: Final = 60 * 1_000_000
QUARTER_MICROSECONDS: Final = 15 * MINUTE_MICROSECONDS
OUT_OF_ORDER: Final = timedelta(hours=1)
"""Documents are numbered at their commit, and accepted a moment before: never so long."""
NO_LIMIT: Final = 2**62
SHORTEST: Final = 2
"""Letters of a beginning: the words that begin with one letter or digit are a large part of all words."""
_COUNTED: Final = {"document.accepted": "accepted", "delivery.collected": "handed_over", "delivery.failed": "failed"}
_PASSED: Final = {
    "delivery.available": "came",
    "delivery.queued": "came",
    "delivery.collected": "went",
    "delivery.failed": "went",
}
_RECEIVED: Final = {"delivery.collected": "handed_over", "delivery.failed": "failed"}
_OCTETS: Final = {
    "postgresql": "SELECT pg_database_size(current_database())",
    "sqlite": "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size",
}


class SqlProvince:
    """Province port, on the executor of the ledger."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def find(self, wanted: Wanted, *, after: str | None, limit: int) -> Page:
        return await self._executor.read(lambda c: _find(c, wanted, after, limit))

    async def history(self, document: str) -> History:
        return await self._executor.read(lambda c: ledger_read.history(c, document, None))

    async def receipts(self, document: str) -> tuple[Receipt, ...]:
        select = sa.select(receipts).where(receipts.c.document == document).order_by(receipts.c.at, receipts.c.seq)
        return await self._executor.read(lambda c: tuple(map(read_receipt, c.execute(select).mappings())))

    async def quarters(self, since: datetime, until: datetime) -> tuple[Quarter, ...]:
        return await self._executor.read(lambda c: _quarters(c, since, until))

    async def minutes(self, since: datetime, until: datetime) -> tuple[Minute, ...]:
        return await self._executor.read(lambda c: _minutes(c, since, until))

    async def flows(self, since: datetime, until: datetime) -> tuple[Flow, ...]:
        return await self._executor.read(lambda c: _flows(c, since, until))

    async def handed_over(self, organs: Collection[OrganId], since: datetime) -> Mapping[OrganId, int]:
        return await self._executor.read(lambda c: _handed_over(c, organs, since))

    async def overdue(self) -> tuple[OverdueTally, ...]:
        return await self._executor.read(_overdue)

    async def sent(self, organs: Collection[OrganId], since: datetime) -> Mapping[OrganId, int]:
        return await self._executor.read(lambda c: _sent(c, organs, since))

    async def store(self) -> Store:
        return await self._executor.read(_store)


def _find(connection: sa.Connection, wanted: Wanted, after: str | None, limit: int) -> Page:
    """Find in the order of whichever index fits: of words, of deliveries in a state or to a receiver, of documents.

    All are that of acceptance, so that a page costs what it shows, and what is passed over before it.
    """
    source, seq = _source(wanted)
    select = sa.select(seq.label("seq")).select_from(source).where(*_conditions(wanted, connection, seq))
    if _by_delivery(wanted):
        select = select.distinct()
    if after is not None:
        select = select.where(seq < position(after)[0])
    found = select.order_by(seq.desc()).limit(limit + 1).subquery()
    named = sa.select(documents.c.id, documents.c.seq).join(found, found.c.seq == documents.c.seq)
    rows = connection.execute(named.order_by(documents.c.seq.desc())).all()
    items = ledger_read.views(connection, [row.id for row in rows[:limit]], None)
    return Page(items=items, next=cursor(rows[limit - 1].seq) if len(rows) > limit else None)


def _source(wanted: Wanted) -> tuple[sa.FromClause, sa.ColumnElement[int]]:
    """Choose what is gone through, and its column of documents' numbers; documents beside it where they are asked of."""
    if _by_words(wanted):
        gone, seq = searched, searched.c.rowid
    elif _by_delivery(wanted):
        gone, seq = deliveries, deliveries.c.document_seq
    else:
        return documents, documents.c.seq
    dated = wanted.since is not None or wanted.until is not None
    return (gone.join(documents, documents.c.seq == seq) if dated else gone), seq


def _by_words(wanted: Wanted) -> bool:
    """Tell whether the index of words is gone through: those of one sender or urgency are fewer than those with a common word."""
    return bool(wanted.words) and wanted.sender is None and wanted.priority is None


def _by_delivery(wanted: Wanted) -> bool:
    """Tell whether deliveries are gone through: nothing of the document but its time is asked for."""
    alone = not wanted.words and wanted.sender is None and wanted.priority is None
    return alone and (wanted.receiver is not None or wanted.state is not None)


def _conditions(wanted: Wanted, connection: sa.Connection, seq: sa.ColumnElement[int]) -> Iterator[sa.ColumnElement[bool]]:
    d = documents.c
    if wanted.words:
        fits = matching(wanted.words, connection.dialect.name)
        among = (d.seq + 0).in_(sa.select(searched.c.rowid).where(fits))  # a sum: the rows are not looked up one by one
        yield fits if _by_words(wanted) else among
    if wanted.sender is not None:
        yield d.sender == wanted.sender
    if wanted.priority is not None:
        yield d.priority == wanted.priority.value
    yield from _times(wanted, seq)
    delivered = tuple(_delivered(wanted))
    if _by_delivery(wanted):
        yield from delivered
    elif delivered:
        yield sa.exists().where(deliveries.c.document_seq == seq, *delivered)


def _times(wanted: Wanted, seq: sa.ColumnElement[int]) -> Iterator[sa.ColumnElement[bool]]:
    """Choose by the time of acceptance, and leave at once what was accepted long before or after it."""
    at, other = documents.c.accepted_at, documents.alias().c
    if wanted.since is not None:
        before = sa.select(other.seq).where(other.accepted_at < wanted.since - OUT_OF_ORDER).order_by(other.accepted_at.desc())
        yield at >= wanted.since
        yield seq > sa.func.coalesce(before.limit(1).scalar_subquery(), 0)
    if wanted.until is not None:
        behind = sa.select(other.seq).where(other.accepted_at > wanted.until + OUT_OF_ORDER).order_by(other.accepted_at)
        yield at < wanted.until
        yield seq < sa.func.coalesce(behind.limit(1).scalar_subquery(), sa.literal(NO_LIMIT, sa.BigInteger))


def _delivered(wanted: Wanted) -> Iterator[sa.ColumnElement[bool]]:
    """Choose deliveries. Those to one receiver are gone through by his index: a state names far more."""
    if wanted.receiver is not None:
        yield deliveries.c.receiver == wanted.receiver
    if wanted.state is not None:
        state = deliveries.c.state if wanted.receiver is None else deliveries.c.state.concat("")
        yield state == wanted.state.value


def matching(words: tuple[str, ...], dialect: str) -> sa.ColumnElement[bool]:
    """Choose what has all the words; the last may be the beginning of one. Words are folded, letters and digits alone."""
    begun = len(words[-1]) >= SHORTEST
    if dialect == "postgresql":
        query = " & ".join([*words[:-1], f"{words[-1]}{':*' if begun else ''}"])
        return sa.func.to_tsvector("simple", searched.c.words).op("@@")(sa.func.to_tsquery("simple", query))
    query = " ".join([*(f'"{word}"' for word in words[:-1]), f'"{words[-1]}"{"*" if begun else ""}'])
    return sa.literal_column("searched").op("MATCH")(query)


def _quarters(connection: sa.Connection, since: datetime, until: datetime) -> tuple[Quarter, ...]:
    begins = _begun(QUARTER_MICROSECONDS)
    select = (
        sa.select(begins, events.c.type, sa.func.count().label("happened"))
        .where(events.c.at >= since, events.c.at < until, events.c.type.in_(_COUNTED))
        .group_by(sa.text("1"), events.c.type)
    )
    counts: dict[datetime, dict[str, int]] = {}
    for row in connection.execute(select):
        counts.setdefault(row.begins, {})[_COUNTED[row.type]] = row.happened
    return tuple(Quarter(at=begun, **counts[begun]) for begun in sorted(counts))


def _minutes(connection: sa.Connection, since: datetime, until: datetime) -> tuple[Minute, ...]:
    """Count with the receivers of deliveries: an event names only the receivers that are told of it, and of failures none is."""
    begins, receiver = _begun(MINUTE_MICROSECONDS), deliveries.c.receiver
    select = (
        sa.select(begins, receiver, events.c.type, sa.func.count().label("happened"))
        .join(deliveries, deliveries.c.id == events.c.delivery)
        .where(events.c.at >= since, events.c.at < until, events.c.type.in_(_RECEIVED))
        .group_by(sa.text("1"), receiver, events.c.type)
    )
    counts: dict[tuple[str, datetime], dict[str, int]] = {}
    for row in connection.execute(select):
        counts.setdefault((row.receiver, row.begins), {})[_RECEIVED[row.type]] = row.happened
    return tuple(Minute(organ=OrganId(organ), at=at, **counts[organ, at]) for organ, at in sorted(counts))


def _flows(connection: sa.Connection, since: datetime, until: datetime) -> tuple[Flow, ...]:
    """Count with the receivers of deliveries, as minutes are counted."""
    receiver, urgent = deliveries.c.receiver, deliveries.c.priority >= Priority.URGENT.value
    select = (
        sa.select(receiver, urgent.label("urgent"), events.c.type, sa.func.count().label("happened"))
        .join(deliveries, deliveries.c.id == events.c.delivery)
        .where(events.c.at >= since, events.c.at < until, events.c.type.in_(_PASSED))
        .group_by(receiver, sa.text("2"), events.c.type)
    )
    counts: dict[tuple[str, Lane], Counter[str]] = {}
    for row in connection.execute(select):
        lane = Lane.URGENT if row.urgent else Lane.NORMAL
        counts.setdefault((row.receiver, lane), Counter())[_PASSED[row.type]] += row.happened
    return tuple(Flow(organ=OrganId(organ), lane=lane, **counts[organ, lane]) for organ, lane in sorted(counts))


def _begun(microseconds: int) -> sa.ColumnElement[datetime]:
    """Give when the span of time began that an event falls into."""
    at = sa.type_coerce(events.c.at, sa.BigInteger)
    return sa.type_coerce((at - at % microseconds).label("begins"), Moment).label("begins")


def _handed_over(connection: sa.Connection, organs: Collection[OrganId], since: datetime) -> Mapping[OrganId, int]:
    """Count in the index of receivers, from the place at which the time begins."""
    e, other = events.c, events.alias().c
    before = sa.select(other.seq).where(other.at < since - OUT_OF_ORDER).order_by(other.at.desc()).limit(1)
    select = (
        sa.select(e.receiver, sa.func.count())
        .where(e.receiver.in_(organs), e.seq > sa.func.coalesce(before.scalar_subquery(), 0))
        .where(e.at >= since, e.type == "delivery.collected")
        .group_by(e.receiver)
    )
    return {OrganId(organ): count for organ, count in connection.execute(select)}


def _overdue(connection: sa.Connection) -> tuple[OverdueTally, ...]:
    d, oldest = deadlines.c, sa.func.min(sa.type_coerce(deadlines.c.due_at, sa.BigInteger))
    express = sa.func.sum(sa.case((documents.c.priority >= Priority.EXPRESS.value, 1), else_=0))
    select = (
        sa.select(d.organ, d.rule, sa.func.count(), express, sa.type_coerce(oldest, Moment))
        .join(documents, documents.c.id == d.document)
        .where(d.state == DeadlineState.OVERDUE.value)
        .group_by(d.organ, d.rule)
        .order_by(oldest)
    )
    return tuple(
        OverdueTally(organ=OrganId(organ), rule=Rule(rule), count=count, express=int(hurry), oldest_due_at=due_at)
        for organ, rule, count, hurry, due_at in connection.execute(select)
    )


def _sent(connection: sa.Connection, organs: Collection[OrganId], since: datetime) -> Mapping[OrganId, int]:
    """Count in the index of senders alone, from the place at which the time begins."""
    d = documents.c
    first = sa.select(d.seq).where(d.accepted_at >= since).order_by(d.accepted_at).limit(1).scalar_subquery()
    select = sa.select(d.sender, sa.func.count()).where(d.sender.in_(organs), d.seq >= first).group_by(d.sender)
    return {OrganId(organ): count for organ, count in connection.execute(select)}


def _store(connection: sa.Connection) -> Store:
    kind = connection.dialect.name
    return Store(kind=kind, octets=connection.execute(sa.text(_OCTETS[kind])).scalar_one())
