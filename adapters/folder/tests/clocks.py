"""A clock that a test moves."""

from datetime import UTC, datetime, timedelta


class MovedClock:
    def __init__(self) -> None:
        self._now = datetime(2026, 5, 12, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self._now

    def pass_(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
