"""Alerts: what an officer is told of the hub itself, for provinces that watch it by nothing else. Pure.

A sign is what is seen at one look. Once it has lasted it is an alert, one for each rule and subject: told once when trouble
begins and once when it is over, never a flood.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from gateway.core.alert_rules import AlertRule, AlertRules, Severity, Trouble, reached
from gateway.core.faults import Rejected

LONGEST_SILENCE: Final = timedelta(days=30)
"""Whoever wants to hear of it no more switches the rule off."""
SENTENCE: Final = 500
"""Characters of an alert's words: a system's own answer may be in them."""


class AlertState(StrEnum):
    """Waiting: it has not lasted long enough. Acknowledged: somebody deals with it. Closed: its sign is gone."""

    WAITING = "waiting"
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"


class AlertList(StrEnum):
    """The lists that officers look at: an alert of which nothing is told now is in none of the others, unless it is over."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    SILENCED = "silenced"
    CLOSED = "closed"


class Turn(StrEnum):
    """What is told of an alert."""

    BEGAN = "began"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """What is seen now, since when where that is known. Its subject is a system, an agency, a cause, or "", the hub.

    `value` is in what the rule's threshold counts, whether it reaches that or not; where there is less left, it is less than 0:
    the larger, the worse.
    """

    trouble: Trouble
    subject: str = ""
    since: datetime | None = None
    vi: str
    en: str
    count: int = 1
    value: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One rule's trouble with one subject, as it stands or stood last.

    `opened_at` and `closed_at` are of the last time that it lasted long enough. `told` is whether its beginning was told and its
    end was not; `told_at` when anything was told last. `by`, `reason` and `decided_at` are of who acknowledged or silenced it.
    """

    trouble: Trouble
    subject: str
    state: AlertState
    since: datetime
    seen_at: datetime
    vi: str
    en: str
    count: int
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    told: bool = False
    told_at: datetime | None = None
    silenced_until: datetime | None = None
    by: str | None = None
    reason: str | None = None
    decided_at: datetime | None = None

    @property
    def id(self) -> str:
        """Give the id: of the rule and the subject."""
        return named(self.trouble, self.subject)

    def is_silenced(self, now: datetime) -> bool:
        """Tell whether nothing is told of it now."""
        return self.silenced_until is not None and self.silenced_until > now

    @property
    def is_standing(self) -> bool:
        """Tell whether it is open, whoever deals with it."""
        return self.state in {AlertState.OPEN, AlertState.ACKNOWLEDGED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """That the trouble of an alert began or ended, in the words of that moment; `ended_at` is None while it lasts."""

    turn: Turn
    trouble: Trouble
    subject: str
    vi: str
    en: str
    count: int
    since: datetime
    ended_at: datetime | None


def named(trouble: Trouble, subject: str) -> str:
    """Give the id of the alert of a rule and a subject."""
    return hashlib.sha256(f"{trouble}\n{subject}".encode()).hexdigest()[:32]


def step(
    alerts: Iterable[Alert], signs: Iterable[Sign], rules: AlertRules, now: datetime
) -> tuple[tuple[Alert, ...], tuple[Telling, ...]]:
    """Give all alerts after a look, and what is to be told, the beginnings first."""
    seen = {(each.trouble, each.subject): each for each in signs if reached(each.trouble, rules[each.trouble], each.value)}
    known = {(each.trouble, each.subject): each for each in alerts}
    after: list[Alert] = []
    told: list[Telling] = []
    for key in sorted({*seen, *known}):
        rule, alert = rules[key[0]], known.get(key)
        moved = _seen(alert, seen[key], rule, now) if key in seen else _gone(known[key], now)
        turn = _to_tell(moved, rule, now)
        if turn is not None:
            moved = replace(moved, told=turn is Turn.BEGAN, told_at=now)
            told.append(_telling(turn, moved))
        after.append(moved)
    return tuple(after), tuple(sorted(told, key=lambda each: _order(each, rules)))


def standing(alerts: Iterable[Alert], state: AlertState, now: datetime) -> Iterator[Alert]:
    """Choose those that are in a state, and not silenced."""
    return (each for each in alerts if each.state is state and (state is AlertState.CLOSED or not each.is_silenced(now)))


def listed(alerts: Iterable[Alert], which: AlertList, now: datetime) -> Iterator[Alert]:
    """Choose those of one list."""
    return silenced(alerts, now) if which is AlertList.SILENCED else standing(alerts, AlertState(which.value), now)


def silenced(alerts: Iterable[Alert], now: datetime) -> Iterator[Alert]:
    """Choose those of which nothing is told now, over or not."""
    return (each for each in alerts if each.is_silenced(now))


def acknowledged(alert: Alert, by: str, reason: str, now: datetime) -> Alert:
    """Say that somebody deals with one. Raises `alert-closed` where it is over."""
    if not alert.is_standing:
        raise Rejected("alert-closed", path="alert")
    return replace(alert, state=AlertState.ACKNOWLEDGED, by=by, reason=reason, decided_at=now)


def hushed(alert: Alert, until: datetime | None, by: str, reason: str, now: datetime) -> Alert:
    """Let nothing be told of one until a moment, also if it begins anew; None ends that. Raises `malformed-request`."""
    if until is not None and not now < until <= now + LONGEST_SILENCE:
        days = LONGEST_SILENCE.days
        detail = f"Thời điểm phải ở tương lai, trong {days} ngày."
        raise Rejected("malformed-request", path="until", detail=detail, detail_en=f"In the future, within {days} days.")
    return replace(alert, silenced_until=until, by=by, reason=reason, decided_at=now)


def _seen(alert: Alert | None, sign: Sign, rule: AlertRule, now: datetime) -> Alert:
    since = min(sign.since or now, now)
    fresh = Alert(
        trouble=sign.trouble,
        subject=sign.subject,
        state=AlertState.WAITING,
        since=since,
        seen_at=now,
        vi=sign.vi[:SENTENCE],
        en=sign.en[:SENTENCE],
        count=sign.count,
    )
    moved = fresh if alert is None else _continued(alert, fresh)
    if moved.state is AlertState.WAITING and now - moved.since >= rule.lasting:
        return replace(moved, state=AlertState.OPEN, opened_at=now, closed_at=None)
    return moved


def _continued(alert: Alert, fresh: Alert) -> Alert:
    """Carry one on by what is seen now; one that is over begins anew, unless nobody was told yet that it was over."""
    seen = replace(alert, seen_at=fresh.seen_at, vi=fresh.vi, en=fresh.en, count=fresh.count)
    if alert.state is not AlertState.CLOSED:
        return replace(seen, since=min(alert.since, fresh.since))
    if alert.told:
        return replace(seen, state=AlertState.OPEN, closed_at=None)
    return replace(seen, state=AlertState.WAITING, since=fresh.since)


def _gone(alert: Alert, now: datetime) -> Alert:
    return replace(alert, state=AlertState.CLOSED, closed_at=now if alert.is_standing else alert.closed_at)


def _to_tell(alert: Alert, rule: AlertRule, now: datetime) -> Turn | None:
    """Say what is told now. Its end is told of one that was acknowledged too: somebody waits for it."""
    if alert.is_silenced(now):
        return None
    if alert.state is AlertState.CLOSED:
        return Turn.ENDED if alert.told else None
    quiet = alert.told_at is not None and now - alert.told_at < rule.quiet
    return Turn.BEGAN if alert.state is AlertState.OPEN and not alert.told and not quiet else None


def _telling(turn: Turn, alert: Alert) -> Telling:
    return Telling(
        turn=turn,
        trouble=alert.trouble,
        subject=alert.subject,
        vi=alert.vi,
        en=alert.en,
        count=alert.count,
        since=alert.since,
        ended_at=alert.closed_at if turn is Turn.ENDED else None,
    )


def _order(telling: Telling, rules: AlertRules) -> tuple[bool, bool, Trouble, str]:
    """Put beginnings first, of these what somebody is woken for."""
    woken = rules[telling.trouble].severity is Severity.PAGE
    return telling.turn is Turn.ENDED, not woken, telling.trouble, telling.subject
