"""The book of the national SDK's face over SQLAlchemy Core."""

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from gateway.core.faults import Rejected
from gateway.core.model import OrganId, SystemId
from gateway.infra import audit
from gateway.infra.executor import Executor
from gateway.infra.ledger_read import documents_of
from gateway.infra.ledger_rows import read_event
from gateway.infra.tables import events
from gateway.infra.tables_vxp import vxp_marks, vxp_places, vxp_requests, vxp_seen
from gateway.ports import AgencyRequest, Filed, Mark, News, Transport, Wish

_SWEPT: Final = 200
"""Requests that are forgotten with one that is remembered: the table shrinks faster than it grows."""
_PART: Final = 1000
"""Events that are looked at in one transaction."""
_BEFORE: Final = timedelta(days=1)
_OVER: Final = frozenset({Transport.DONE, Transport.FAIL})
_s, _m, _p, _r, _e = vxp_seen.c, vxp_marks.c, vxp_places.c, vxp_requests.c, events.c
_TO: Final = {"status.received": _e.sender, "recall.requested": _e.receiver}
"""Which events may be packages, and to whom."""


class SqlVxpBook:
    """VxpBook port, on the executor of the ledger."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def is_first(self, mac: str, *, until: datetime, now: datetime) -> bool:
        first: bool = await self._executor.write_batched(_remember, (mac, until, now))
        return first

    async def forget(self, mac: str) -> None:
        await self._executor.write(lambda c: c.execute(vxp_seen.delete().where(_s.mac == mac)) and None)

    async def statuses(
        self, system: SystemId, organs: Collection[OrganId], *, packages: Callable[[News], bool], limit: int, now: datetime
    ) -> tuple[Filed, ...]:
        return await self._executor.write(lambda c: _statuses(c, system, organs, packages, limit, now))

    async def status(self, package: str, organs: Collection[OrganId]) -> News:
        return await self._executor.read(lambda c: _status(c, package, organs))

    async def mark(self, system: SystemId, package: str, mark: Mark) -> None:
        await self._executor.write(lambda c: _put(c, system, package, mark))

    async def marks(self, system: SystemId, packages: Collection[str]) -> Mapping[str, Mark]:
        return await self._executor.read(lambda c: _marks(c, system, packages))

    async def ask(self, request: AgencyRequest) -> None:
        await self._executor.write(lambda c: _ask(c, request))

    async def requests(self, *, undecided: bool) -> tuple[AgencyRequest, ...]:
        return await self._executor.read(lambda c: _requests(c, _r.outcome.is_(None) if undecided else sa.true()))

    async def request(self, wanted: str) -> AgencyRequest:
        return await self._executor.read(lambda c: _open(c, wanted))

    async def decide(self, wanted: str, *, outcome: str, by: str, reason: str, now: datetime) -> None:
        await self._executor.write(lambda c: _decide(c, wanted, outcome, by, reason, now))


def _remember(connection: sa.Connection, asked: list[tuple[str, datetime, datetime]]) -> list[bool]:
    """Remember requests; of two that are the same, the first is first. Those whose time is over are forgotten on the way."""
    now = max(each[2] for each in asked)
    old = sa.select(_s.mac).where(_s.until < now).limit(_SWEPT)
    connection.execute(vxp_seen.delete().where(_s.mac.in_(old)))
    known = set(connection.execute(sa.select(_s.mac).where(_s.mac.in_([each[0] for each in asked]))).scalars())
    fresh: dict[str, datetime] = {}
    first: list[bool] = []
    for mac, until, _ in asked:
        first.append(mac not in known and mac not in fresh)
        if first[-1]:
            fresh[mac] = until
    if fresh:
        connection.execute(vxp_seen.insert(), [{"mac": mac, "until": until} for mac, until in fresh.items()])
    return first


def _statuses(
    connection: sa.Connection,
    system: SystemId,
    organs: Collection[OrganId],
    packages: Callable[[News], bool],
    limit: int,
    now: datetime,
) -> tuple[Filed, ...]:
    """Walk on from the system's place, which moves up to the first package that it has neither taken nor refused."""
    place, found = _place(connection, system, now), list[Filed]()
    at = place
    while len(found) < limit:
        rows = _told(connection, organs, at)
        known = documents_of(connection, {row["document"] for row in rows})
        news = [News(event=read_event(row), document=known[row["document"]]) for row in rows]
        named = {f"{each.event.delivery}-{each.event.seq}": each for each in news if packages(each)}
        marks = _marks(connection, system, named)
        filed = [Filed(news=each, mark=marks.get(name)) for name, each in named.items()]
        found += [each for each in filed if each.mark is None or each.mark.transport not in _OVER]
        at = rows[-1]["seq"] if rows else at
        if len(rows) < _PART:
            break
    moved = found[0].news.event.seq - 1 if found else at
    if moved != place:
        connection.execute(vxp_places.update().where(_p.system == system).values(seq=moved))
    return tuple(found[:limit])


def _told(connection: sa.Connection, organs: Collection[OrganId], after: int) -> list[sa.RowMapping]:
    """Give events that may be status packages to these agencies, oldest first."""
    later = sa.select(events).where(_e.seq > after).order_by(_e.seq).limit(_PART)
    found = {
        row["seq"]: row
        for happened, party in _TO.items()
        for row in connection.execute(later.where(_e.type == happened, party.in_(organs))).mappings()
    }
    return [found[seq] for seq in sorted(found)[:_PART]]


def _place(connection: sa.Connection, system: SystemId, now: datetime) -> int:
    place = connection.execute(sa.select(_p.seq).where(_p.system == system)).scalar()
    if place is None:
        place = connection.execute(sa.select(sa.func.max(_e.seq)).where(_e.at < now - _BEFORE)).scalar() or 0
        connection.execute(vxp_places.insert(), {"system": system, "seq": place})
    return int(place)


def _status(connection: sa.Connection, package: str, organs: Collection[OrganId]) -> News:
    delivery, _, seq = package.rpartition("-")
    if not (seq.isascii() and seq.isdigit() and len(seq) < 19):
        raise Rejected("not-found", path=package)
    mine = sa.or_(*(sa.and_(_e.type == happened, party.in_(organs)) for happened, party in _TO.items()))
    wanted = sa.select(events).where(_e.seq == int(seq), _e.delivery == delivery, mine)
    row = connection.execute(wanted).mappings().first()
    if row is None:
        raise Rejected("not-found", path=package)
    return News(event=read_event(row), document=documents_of(connection, [row["document"]])[row["document"]])


def _put(connection: sa.Connection, system: SystemId, package: str, mark: Mark) -> None:
    mine = sa.and_(_m.system == system, _m.package == package)
    said = {"transport": mark.transport.value, "description": mark.description, "at": mark.at}
    if not connection.execute(vxp_marks.update().where(mine).values(said)).rowcount:
        connection.execute(vxp_marks.insert(), {"system": system, "package": package, **said})


def _marks(connection: sa.Connection, system: SystemId, packages: Collection[str]) -> dict[str, Mark]:
    rows = connection.execute(sa.select(vxp_marks).where(_m.system == system, _m.package.in_(packages)))
    return {row.package: Mark(transport=Transport(row.transport), description=row.description, at=row.at) for row in rows}


def _ask(connection: sa.Connection, request: AgencyRequest) -> None:
    if connection.execute(sa.select(_r.id).where(_r.id == request.id, _r.outcome.is_(None))).first() is not None:
        return
    connection.execute(vxp_requests.delete().where(_r.id == request.id))
    connection.execute(vxp_requests.insert(), {**asdict(request), "wish": request.wish.value, "fields": dict(request.fields)})


def _requests(connection: sa.Connection, which: sa.ColumnElement[bool]) -> tuple[AgencyRequest, ...]:
    rows = connection.execute(sa.select(vxp_requests).where(which).order_by(_r.asked_at, _r.id)).mappings()
    return tuple(_read(row) for row in rows)


def _read(row: sa.RowMapping) -> AgencyRequest:
    fields: dict[str, Any] = {**row, "wish": Wish(row["wish"]), "system": SystemId(row["system"])}
    return AgencyRequest(**fields)


def _open(connection: sa.Connection, wanted: str) -> AgencyRequest:
    found = _requests(connection, sa.and_(_r.id == wanted, _r.outcome.is_(None)))
    if not found:
        raise Rejected("not-found", path=wanted)
    return found[0]


def _decide(connection: sa.Connection, wanted: str, outcome: str, by: str, reason: str, now: datetime) -> None:
    request = _open(connection, wanted)
    decided = {"outcome": outcome, "by": by, "reason": reason, "decided_at": now}
    connection.execute(vxp_requests.update().where(_r.id == wanted, _r.outcome.is_(None)).values(decided))
    subject = {"request": wanted, "system": request.system, "wish": request.wish.value, "organ": request.organ}
    audit.record(connection, actor=by, action=f"agency_request.{outcome}", subject=subject, reason=reason, at=now)


def request_id(system: SystemId, wish: Wish, organ: str) -> str:
    """Derive the id of a wish: the same wish again is the same one."""
    return hashlib.sha256("\n".join((system, wish.value, organ)).encode()).hexdigest()[:32]
