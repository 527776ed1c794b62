"""Alerts over SQLAlchemy Core: one row for each rule and subject, one for each message by a channel."""

import hashlib
import secrets
from collections.abc import Callable, Collection, Iterable
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from gateway.core.alert_rules import AlertRules, Trouble
from gateway.core.alerts import Alert, AlertState, Sign, Telling, Turn, acknowledged, hushed, step
from gateway.core.faults import Rejected
from gateway.core.measures import Measures
from gateway.core.model import VIETNAM
from gateway.infra import alert_measures, audit
from gateway.infra.executor import Executor
from gateway.infra.tables_alerts import alert_messages, alerts
from gateway.ports import AlertMessage, Channel

LISTED: Final = 500
"""More than anybody reads; what stands comes first."""
CLAIM_LOCK: Final = 5_601_004
"""Advisory lock of PostgreSQL: one claims at a time, and sees what all others have claimed."""

_a, _m = alerts.c, alert_messages.c
_FIELDS: Final = tuple(each.name for each in fields(Alert))


class SqlAlerts:
    """Alerts port, on the executor of the ledger."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def look(
        self, signs: Collection[Sign], rules: AlertRules, *, channels: Collection[Channel], now: datetime
    ) -> tuple[Telling, ...]:
        return await self._executor.write(lambda c: _look(c, signs, rules, channels, now))

    async def listing(self, *, now: datetime) -> tuple[Alert, ...]:
        over = sa.case((_a.state == AlertState.CLOSED.value, 1), else_=0)
        select = sa.select(alerts).where(sa.or_(_a.opened_at.is_not(None), _a.silenced_until > now))
        rows = select.order_by(over, _a.opened_at.desc(), _a.id).limit(LISTED)
        return await self._executor.read(lambda c: tuple(_read(row) for row in c.execute(rows).mappings()))

    async def measured(self, trouble: Trouble, *, since: datetime) -> Measures:
        return await self._executor.read(lambda c: alert_measures.read(c, trouble, since))

    async def acknowledge(self, alert: str, *, by: str, reason: str, now: datetime) -> Alert:
        return await self._executor.write(
            lambda c: _decide(c, alert, "alert.acknowledged", lambda each: acknowledged(each, by, reason, now))
        )

    async def silence(self, alert: str, *, until: datetime | None, by: str, reason: str, now: datetime) -> Alert:
        action = "alert.silenced" if until else "alert.unsilenced"
        return await self._executor.write(lambda c: _decide(c, alert, action, lambda each: hushed(each, until, by, reason, now)))

    async def claim(self, *, until: datetime, now: datetime) -> AlertMessage | None:
        """Look before writing: most often there is nothing."""
        if await self._executor.read(lambda c: _due(c, now)) is None:
            return None
        return await self._executor.write(lambda c: _claim(c, until, now))

    async def settle(self, message: AlertMessage, *, cause: str | None, now: datetime) -> None:
        values = {"settled_at": now, "cause": cause, "sent_at": now if cause is None else None}
        await self._executor.write(lambda c: c.execute(alert_messages.update().where(_mine(message)).values(values)).rowcount)

    async def put_off(self, message: AlertMessage, *, again: datetime, cause: str) -> None:
        values = {"token": None, "until": None, "due_at": again, "attempts": _m.attempts + 1, "cause": cause}
        await self._executor.write(lambda c: c.execute(alert_messages.update().where(_mine(message)).values(values)).rowcount)


def _look(
    connection: sa.Connection, signs: Collection[Sign], rules: AlertRules, channels: Collection[Channel], now: datetime
) -> tuple[Telling, ...]:
    alert_measures.keep(connection, signs, now)
    rows = connection.execute(sa.select(alerts).with_for_update()).mappings()
    before = {each.id: each for each in map(_read, rows)}
    after, told = step(before.values(), signs, rules, now)
    new = [_row(each) for each in after if each.id not in before]
    if new:
        connection.execute(alerts.insert(), new)
    for each in after:
        if each.id in before and each != before[each.id]:
            connection.execute(alerts.update().where(_a.id == each.id).values(_row(each)))
    if told and channels:
        connection.execute(alert_messages.insert(), [_message(channel, told, now) for channel in sorted(channels)])
    return told


def _decide(connection: sa.Connection, alert: str, action: str, decide: Callable[[Alert], Alert]) -> Alert:
    row = connection.execute(sa.select(alerts).where(_a.id == alert).with_for_update()).mappings().first()
    if row is None:
        raise Rejected("not-found", path="alert", detail=alert)
    decided = decide(_read(row))
    connection.execute(alerts.update().where(_a.id == alert).values(_row(decided)))
    subject: dict[str, object] = {"alert": alert, "trouble": decided.trouble.value, "subject": decided.subject}
    if decided.silenced_until is not None and action == "alert.silenced":
        subject["until"] = decided.silenced_until.isoformat()
    actor, reason, at = decided.by or "", decided.reason or "", decided.decided_at
    audit.record(connection, actor=actor, action=action, subject=subject, reason=reason, at=at or decided.seen_at)
    return decided


def _due(connection: sa.Connection, now: datetime) -> sa.RowMapping | None:
    """Find the first message of a channel, where it is due and nobody has it."""
    first = sa.select(sa.func.min(_m.seq)).where(_m.settled_at.is_(None)).group_by(_m.channel)
    is_free = sa.or_(_m.until.is_(None), _m.until <= now)
    select = sa.select(alert_messages).where(_m.seq.in_(first), _m.due_at <= now, is_free)
    return connection.execute(select.order_by(_m.seq).limit(1)).mappings().first()


def _claim(connection: sa.Connection, until: datetime, now: datetime) -> AlertMessage | None:
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(CLAIM_LOCK)))
    row = _due(connection, now)
    if row is None:
        return None
    token = secrets.token_urlsafe(12)
    connection.execute(alert_messages.update().where(_m.seq == row["seq"]).values(token=token, until=until))
    return AlertMessage(
        id=row["id"],
        channel=Channel(row["channel"]),
        at=row["at"],
        told=tuple(map(_telling, row["told"])),
        token=token,
        attempts=row["attempts"],
    )


def _mine(message: AlertMessage) -> sa.ColumnElement[bool]:
    return sa.and_(_m.settled_at.is_(None), _m.id == message.id, _m.token == message.token)


def _message(channel: Channel, told: Iterable[Telling], now: datetime) -> dict[str, Any]:
    rows = [_written(each) for each in told]
    name = "\n".join(
        (channel, now.astimezone(VIETNAM).isoformat(), *(f"{row['turn']} {row['trouble']} {row['subject']}" for row in rows))
    )
    return {
        "id": hashlib.sha256(name.encode()).hexdigest()[:32],
        "channel": channel.value,
        "at": now,
        "told": rows,
        "due_at": now,
        "attempts": 0,
    }


def _written(told: Telling) -> dict[str, Any]:
    return asdict(told) | {"since": told.since.isoformat(), "ended_at": told.ended_at and told.ended_at.isoformat()}


def _telling(row: dict[str, Any]) -> Telling:
    moments = {name: row[name] and datetime.fromisoformat(row[name]).astimezone(VIETNAM) for name in ("since", "ended_at")}
    return Telling(**row | moments | {"turn": Turn(row["turn"]), "trouble": Trouble(row["trouble"])})


def _read(row: sa.RowMapping) -> Alert:
    read = {name: row[name] for name in _FIELDS}
    return Alert(**read | {"trouble": Trouble(row["trouble"]), "state": AlertState(row["state"])})


def _row(alert: Alert) -> dict[str, Any]:
    return asdict(alert) | {"id": alert.id, "trouble": alert.trouble.value, "state": alert.state.value}
