"""Measures: what the rules of alerts saw over the last weeks, and what another rule would have told of it. Pure.

Of each subject the worst of a quarter of an hour is kept, so what is tried on it is exact to a quarter of an hour.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from gateway.core.alert_rules import AlertRule, Trouble
from gateway.core.alerts import Alert, Sign, Telling, Turn, step
from gateway.core.model import VIETNAM

KEPT: Final = timedelta(days=31)
TRIED: Final = timedelta(days=30)
QUARTER: Final = timedelta(minutes=15)
LEAST: Final = 1.0
"""One document, minute, second, percent or agency: less is nothing that a rule was ever made for."""
_MINUTES: Final = frozenset({Trouble.URGENT_WAITS, Trouble.QUEUE_WAITS})
"""What is measured is itself a time, so it is known when it reached a threshold."""

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """The worst `value` of a subject (`alerts.Sign.value`) in a slot, and when it was seen first and last within that."""

    subject: str
    value: float
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """All that one rule measured, and when anybody looked: the first and the last look of each slot. In order."""

    trouble: Trouble
    looks: tuple[Span, ...]
    found: tuple[Measure, ...]

    @property
    def since(self) -> datetime | None:
        """Give the first look that is remembered."""
        return self.looks[0][0] if self.looks else None


def slot(at: datetime, trouble: Trouble | None = None) -> datetime:
    """Give the beginning of the slot of a moment: a quarter of an hour; a day where days are counted."""
    local = at.astimezone(VIETNAM).replace(second=0, microsecond=0)
    if trouble is Trouble.CERTIFICATE_ENDING:
        return local.replace(hour=0, minute=0)
    return local - timedelta(minutes=local.minute % (QUARTER // timedelta(minutes=1)))


def is_kept(sign: Sign) -> bool:
    """Tell whether it is worth remembering; of what is left, everything is."""
    return sign.value >= LEAST or sign.trouble is Trouble.CERTIFICATE_ENDING


def tried(measures: Measures, rule: AlertRule) -> tuple[Telling, ...]:
    """Give the beginnings that a rule would have told, in order. Nobody acknowledges or silences anything."""
    bounds = sorted(moment for span in measures.looks for moment in span)
    of_one = groupby(sorted(measures.found, key=lambda each: (each.subject, each.first_at)), key=lambda each: each.subject)
    told = [each for _, found in of_one for each in _told(measures.trouble, rule, found, bounds)]
    return tuple(sorted(told, key=lambda each: (each.since, each.subject)))


def _told(trouble: Trouble, rule: AlertRule, found: Iterable[Measure], bounds: list[datetime]) -> list[Telling]:
    """Look again at one subject, once in each slot; where somebody looked between and saw nothing, it was over."""
    rules: Mapping[Trouble, AlertRule] = {trouble: rule}
    alerts: tuple[Alert, ...] = ()
    before: Measure | None = None
    told: list[Telling] = []
    for each in found:
        over = None if before is None else _between(bounds, before.last_at, each.first_at)
        if over is not None:
            alerts, _ = step(alerts, (), rules, over)
        sign = Sign(trouble=trouble, subject=each.subject, since=_since(trouble, rule, each), vi="", en="", value=each.value)
        alerts, said = step(alerts, (sign,), rules, each.last_at)
        told += [one for one in said if one.turn is Turn.BEGAN]
        before = each
    return told


def _between(bounds: list[datetime], after: datetime, before: datetime) -> datetime | None:
    """Find a look strictly between two moments."""
    place = bisect_right(bounds, after)
    return bounds[place] if place < len(bounds) and bounds[place] < before else None


def _since(trouble: Trouble, rule: AlertRule, measure: Measure) -> datetime:
    if trouble not in _MINUTES:
        return measure.first_at
    beyond = timedelta(minutes=measure.value - (rule.at or 0.0))
    return max(measure.first_at, measure.last_at - beyond)
