"""CalendarProposals over SQLAlchemy Core: one row for each, the change itself as JSON."""

from dataclasses import fields
from typing import Final

import sqlalchemy as sa
from pydantic import TypeAdapter

from gateway.core.calendar_changes import CalendarChange, CalendarProposal, ProposalState
from gateway.core.faults import Rejected
from gateway.infra import audit
from gateway.infra.executor import Executor
from gateway.infra.ledger_read import cursor, position
from gateway.infra.tables_console import calendar_proposals
from gateway.ports import Page

_p = calendar_proposals.c
_CHANGE: Final = TypeAdapter(CalendarChange)
_FIELDS: Final = tuple(each.name for each in fields(CalendarProposal))


class SqlCalendarProposals:
    """CalendarProposals port, on the executor of the ledger."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def propose(self, proposal: CalendarProposal) -> None:
        await self._executor.write(lambda c: _propose(c, proposal))

    async def get(self, proposal: str) -> CalendarProposal:
        return await self._executor.read(lambda c: _get(c, proposal))

    async def pending(self, *, limit: int) -> tuple[CalendarProposal, ...]:
        select = sa.select(calendar_proposals).where(_p.state == ProposalState.PENDING.value).order_by(_p.seq).limit(limit)
        return await self._executor.read(lambda c: tuple(map(_read, c.execute(select).mappings())))

    async def decided(self, *, after: str | None, limit: int) -> Page:
        return await self._executor.read(lambda c: _decided(c, after, limit))

    async def decide(self, decided: CalendarProposal) -> None:
        await self._executor.write(lambda c: _decide(c, decided))


def _propose(connection: sa.Connection, proposal: CalendarProposal) -> None:
    connection.execute(calendar_proposals.insert(), _row(proposal))
    subject = {"proposal": proposal.id, **_subject(proposal)}
    audit.record(
        connection,
        actor=proposal.by,
        action="calendar.proposed",
        subject=subject,
        reason=proposal.reason,
        at=proposal.at,
        count=proposal.deadlines,
    )


def _get(connection: sa.Connection, proposal: str) -> CalendarProposal:
    row = connection.execute(sa.select(calendar_proposals).where(_p.id == proposal)).mappings().first()
    if row is None:
        raise Rejected("not-found", path=proposal)
    return _read(row)


def _decided(connection: sa.Connection, after: str | None, limit: int) -> Page:
    select = sa.select(calendar_proposals).where(_p.state != ProposalState.PENDING.value).order_by(_p.seq.desc()).limit(limit + 1)
    if after is not None:
        select = select.where(_p.seq < position(after)[0])
    rows = connection.execute(select).mappings().all()
    items = tuple(map(_read, rows[:limit]))
    return Page(items=items, next=cursor(rows[limit - 1]["seq"]) if len(rows) > limit else None)


def _decide(connection: sa.Connection, decided: CalendarProposal) -> None:
    is_open = sa.and_(_p.id == decided.id, _p.state == ProposalState.PENDING.value)
    if connection.execute(calendar_proposals.update().where(is_open).values(_row(decided))).rowcount == 0:
        raise Rejected("proposal-decided", path=decided.id, detail=_get(connection, decided.id).state)
    audit.record(
        connection,
        actor=decided.decided_by or "",
        action=f"calendar.{decided.state}",
        subject={"proposal": decided.id, **_subject(decided)},
        reason=decided.decided_why or "",
        at=decided.decided_at or decided.at,
        count=decided.deadlines,
    )


def _subject(proposal: CalendarProposal) -> dict[str, object]:
    """Give what the audit log says that it is about: days, a year, or a closure."""
    change = proposal.change
    if change.closure is not None:
        begins, ends = change.closure.begins.isoformat(), change.closure.ends.isoformat()
        return {"since": begins, "until": ends, "organs": sorted(change.closure.agencies or ())}
    days = [f"{each.on} {'off' if each.off else 'worked'}" for each in change.days]
    return {"days": days, "official": change.official, "proposer": proposal.by}


def _row(proposal: CalendarProposal) -> dict[str, object]:
    row = {name: getattr(proposal, name) for name in _FIELDS}
    return row | {"change": _CHANGE.dump_python(proposal.change, mode="json"), "state": proposal.state.value}


def _read(row: sa.RowMapping) -> CalendarProposal:
    values = {name: row[name] for name in _FIELDS}
    return CalendarProposal(**values | {"change": _CHANGE.validate_python(row["change"]), "state": ProposalState(row["state"])})
