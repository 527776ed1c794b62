"""Retries as data: when an attempt follows one that came to nothing, or that none does. Durations in seconds."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from gateway.core.faults import Fault, Misconfigured, Undeliverable


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """Waits that double from `first` up to `longest`, `attempts` in all.

    The defaults try for three days: 2 s, 4 s … 34 min in the first hour, then once an hour.
    """

    first: float = 2.0
    longest: float = 3600.0
    attempts: int = 84


DELIVERY: Final = Backoff()
"""Of one document into a system that otherwise takes documents; one that takes none is parked, and costs no attempts."""


def following(fault: Fault, delivery: str, attempts: int, now: datetime, backoff: Backoff = DELIVERY) -> datetime | None:
    """Give when the next attempt is due after the `attempts`-th one failed with `fault`; None where there is none.

    What the other side refused for good is never tried again. What an operator must mend first does not use attempts up.
    """
    if isinstance(fault, Undeliverable):
        return None
    if attempts >= backoff.attempts and not isinstance(fault, Misconfigured):
        return None
    wait = min(backoff.longest, backoff.first * 2.0 ** min(attempts - 1, 32))
    wait *= _spread(delivery, attempts)
    return now + timedelta(seconds=max(wait, fault.retry_after or 0))


def _spread(delivery: str, attempts: int) -> float:
    """Give a factor of 0.5 to 1 that differs from delivery to delivery, so that they do not all come at once."""
    digest = hashlib.sha256(f"{delivery}/{attempts}".encode()).digest()
    return 0.5 + int.from_bytes(digest[:4], "big") / 2**33
