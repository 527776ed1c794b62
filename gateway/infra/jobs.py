"""Jobs over SQLAlchemy Core: each portion is one transaction, with the decisions themselves, their count and what is left."""

import secrets
from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from functools import partial
from typing import Any, Final

import sqlalchemy as sa

from gateway.core.faults import Rejected
from gateway.infra import audit, dead_letter_moves, ledger_events
from gateway.infra.dead_letter_moves import Decided
from gateway.infra.dead_letters import JOINED, Carry, carry_out, conditions, said
from gateway.infra.executor import Executor
from gateway.infra.ledger_read import cursor, delivery_views, position
from gateway.infra.outbox_relay import live
from gateway.infra.tables import deliveries
from gateway.infra.tables_jobs import job_items, jobs
from gateway.ports import OFFICERS, DocumentView, Filter, Job, JobFailure, JobState, Page, Planned, Route, Task

_j, _i = jobs.c, job_items.c
_RUNS: Final = _j.state == JobState.RUNNING.value
_MOMENTS: Final = ("since", "until")


class SqlJobs:
    """Jobs port, on the executor of the ledger."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def begin(self, planned: Planned, *, now: datetime) -> Job:
        return await self._executor.write(lambda c: _begin(c, planned, now))

    async def job(self, job: str) -> Job:
        return await self._executor.read(lambda c: _job(c, job))

    async def jobs(self, *, running: bool, after: str | None, limit: int) -> Page:
        return await self._executor.read(lambda c: _listing(c, running, after, limit))

    async def failures(self, job: str, *, after: str | None, limit: int) -> Page:
        return await self._executor.read(lambda c: _failures(c, job, after, limit))

    async def claim(self, *, until: datetime, now: datetime) -> Job | None:
        """Look before writing: most often there is nothing."""
        if await self._executor.read(lambda c: c.execute(_due(now)).first()) is None:
            return None
        return await self._executor.write(lambda c: _claim(c, until, now))

    async def carry_out(
        self, job: Job, *, limit: int, route: Route, refused: str | None, again: datetime, now: datetime
    ) -> Job | None:
        carry = partial(_refuse, code=refused) if refused else _carrying(job.task, route)
        return await self._executor.write(lambda c: _carry_out(c, job, carry, limit, again, now))

    async def stop(self, job: str, *, by: str, reason: str, now: datetime) -> Job:
        return await self._executor.write(lambda c: _stop(c, job, by, reason, now))


def _begin(connection: sa.Connection, planned: Planned, now: datetime) -> Job:
    """Write down which dead letters fit now, in one statement."""
    if connection.execute(sa.select(_j.seq).where(_j.id == planned.id)).first() is not None:
        return _job(connection, planned.id)
    subject = said(planned.which) | ({"to": planned.to} if planned.to else {}) | {"job": planned.id}
    action, by, reason = _action(planned.task), planned.by, planned.reason
    written = audit.record(connection, actor=by, action=action, subject=subject, reason=reason, at=now, count=0)
    row = {
        "id": planned.id,
        "task": planned.task.value,
        "meant": {name: value for name, value in said(planned.which).items() if name != "ids"},
        "to": planned.to,
        "by": by,
        "reason": reason,
        "per_minute": planned.per_minute,
        "begun_at": now,
        "state": JobState.RUNNING.value,
        **dict.fromkeys(("total", "done", "failed"), 0),
        "due_at": now,
        "audit": written,
    }
    connection.execute(jobs.insert(), row)
    fitting = sa.select(sa.literal(planned.id), deliveries.c.seq, deliveries.c.id).select_from(JOINED)
    chosen = job_items.insert().from_select(["job", "place", "delivery"], fitting.where(*conditions(planned.which)))
    total = connection.execute(chosen).rowcount
    if not total:
        detail = "Không còn văn bản nào như đã chọn."
        raise Rejected("not-found", path="filter", detail=detail, detail_en="Nothing is left of what was chosen.")
    return _change(connection, planned.id, total=total)


def _due(now: datetime) -> sa.Select[Any]:
    """Choose the job whose portion has been due for longest, of those that nobody has."""
    is_free = sa.or_(_j.until.is_(None), sa.not_(live(_j.until, now)))
    return sa.select(_j.id).where(_RUNS, _j.due_at <= now, is_free).order_by(_j.due_at, _j.seq).limit(1)


def _claim(connection: sa.Connection, until: datetime, now: datetime) -> Job | None:
    found = connection.execute(_due(now).with_for_update(skip_locked=True)).scalar()
    return _change(connection, found, token=secrets.token_urlsafe(12), until=until) if found else None


def _carry_out(connection: sa.Connection, job: Job, carry: Carry, limit: int, again: datetime, now: datetime) -> Job | None:
    held = sa.select(_j.audit, _j.done, _j.failed).where(_j.id == job.id, _j.token == job.token, _RUNS).with_for_update()
    own = connection.execute(held).first()
    if own is None:
        return None
    left = sa.select(_i.place, _i.delivery).where(_i.job == job.id, _i.code.is_(None)).order_by(_i.place).limit(limit)
    places = {row.delivery: row.place for row in connection.execute(left)}
    decided = Decided(action=_action(job.task), by=job.by, reason=job.reason, at=now, to=job.to)
    failed = carry_out(connection, job.which, decided, carry, list(places))
    codes = [{"at_place": places.pop(each.delivery), "why": each.code} for each in failed]
    if codes:
        failing = job_items.update().where(_i.job == job.id, _i.place == sa.bindparam("at_place"))
        connection.execute(failing.values(code=sa.bindparam("why")), codes)
    connection.execute(job_items.delete().where(_i.job == job.id, _i.place.in_(places.values())))
    audit.amend(connection, own.audit, len(places))
    done, failing_now = own.done + len(places), own.failed + len(codes)
    over = {"state": JobState.DONE.value, "ended_at": now} if done + failing_now == job.total else {}
    return _change(connection, job.id, done=done, failed=failing_now, due_at=again, token=None, until=None, **over)


def _stop(connection: sa.Connection, job: str, by: str, reason: str, now: datetime) -> Job:
    row = connection.execute(sa.select(_j.state).where(_j.id == job).with_for_update()).first()
    if row is None:
        raise Rejected("not-found", path="job", detail=job)
    if row.state != JobState.RUNNING.value:
        raise Rejected("job-over", path="job", detail=job)
    ended = {"state": JobState.STOPPED.value, "ended_at": now, "stopped_by": by, "stopped_why": reason}
    stopped = _change(connection, job, token=None, until=None, **ended)
    connection.execute(job_items.delete().where(_i.job == job, _i.code.is_(None)))
    subject = {"job": job, "left": stopped.left}
    audit.record(connection, actor=by, action="job.stopped", subject=subject, reason=reason, at=now)
    return stopped


def _change(connection: sa.Connection, job: str, **values: object) -> Job:
    """Change a row, and wake the officers who look at it."""
    connection.execute(jobs.update().where(_j.id == job).values(values))
    ledger_events.stir(connection, OFFICERS)
    return _job(connection, job)


def _job(connection: sa.Connection, job: str) -> Job:
    row = connection.execute(sa.select(jobs).where(_j.id == job)).mappings().first()
    if row is None:
        raise Rejected("not-found", path="job", detail=job)
    return _read(row)


def _listing(connection: sa.Connection, running: bool, after: str | None, limit: int) -> Page:  # noqa: FBT001
    select = sa.select(jobs).order_by(_j.seq.desc()).limit(limit + 1)
    if running:
        select = select.where(_RUNS)
    if after is not None:
        select = select.where(_j.seq < position(after)[0])
    rows = connection.execute(select).mappings().all()
    page = rows[:limit]
    return Page(items=tuple(map(_read, page)), next=cursor(page[-1]["seq"]) if len(rows) > limit else None)


def _failures(connection: sa.Connection, job: str, after: str | None, limit: int) -> Page:
    failed = sa.select(_i.place, _i.delivery, _i.code).where(_i.job == job, _i.code.is_not(None))
    if after is not None:
        failed = failed.where(_i.place > position(after)[0])
    rows = connection.execute(failed.order_by(_i.place).limit(limit + 1)).all()
    page = rows[:limit]
    codes = {row.delivery: row.code for row in page}
    views = delivery_views(connection, deliveries.c.id.in_(codes))
    items = tuple(JobFailure(view=view, code=codes[view.deliveries[0].id]) for view in views)
    return Page(items=items, next=cursor(page[-1].place) if len(rows) > limit else None)


def _carrying(task: Task, route: Route) -> Carry:
    carries: Mapping[Task, Carry] = {
        Task.REQUEUED: partial(dead_letter_moves.requeue, route=route),
        Task.PARKED: dead_letter_moves.park,
        Task.REDIRECTED: partial(dead_letter_moves.redirect, route=route),
        Task.TURNED_BACK: dead_letter_moves.turn_back,
    }
    return carries[task]


def _refuse(_connection: sa.Connection, _view: DocumentView, _decided: Decided, *, code: str) -> None:
    raise Rejected(code)


def _action(task: Task) -> str:
    return f"deadletters.{task}"


def _read(row: sa.RowMapping) -> Job:
    read: dict[str, Any] = {each.name: row[each.name] for each in fields(Job) if each.name != "which"}
    meant: dict[str, Any] = {
        name: datetime.fromisoformat(value) if name in _MOMENTS else value for name, value in row["meant"].items()
    }
    return Job(which=Filter(**meant), **read | {"task": Task(row["task"]), "state": JobState(row["state"])})
