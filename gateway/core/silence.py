"""Silence (article 8.1): an agency looks for its documents in the morning and in the afternoon of each working day.

It is silent once a half-day of its has ended in which it did not look, until it looks again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.core.hours import LONGEST, Schedule, Span
from gateway.core.model import VIETNAM


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """Since the end of the first half-day that was missed; None where nobody knows that it ever looked."""

    since: datetime | None


def silence(schedule: Schedule, seen_at: datetime | None, now: datetime) -> Silence | None:
    """Tell whether one who looked last at that time is silent now, and since when; None where it is not."""
    last = next(_ended(schedule, now), None)
    if last is None or (seen_at is not None and seen_at >= last[0]):
        return None
    if seen_at is None:
        return Silence(since=None)
    missed = last
    for each in _ended(schedule, now):
        if each[0] <= seen_at:
            break
        missed = each
    return Silence(since=missed[1])


def _ended(schedule: Schedule, now: datetime) -> Iterator[Span]:
    """Give the half-days that have ended, the latest first."""
    today = now.astimezone(VIETNAM).date()
    for back in range(LONGEST):
        spans = schedule.spans(today - timedelta(days=back))
        yield from (each for each in reversed(spans) if each[1] <= now)
