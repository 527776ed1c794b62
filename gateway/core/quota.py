"""How much one system may ask of the hub: buckets that fill with time, which is passed in (seconds, from any beginning)."""

import math
from dataclasses import dataclass

MINUTE = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """A system's share. The defaults are above what one hub can serve: they stop what runs wild, and nobody else."""

    requests_per_minute: int = 60_000
    bytes_per_minute: int = 8 * 1024**3
    uploads: int = 512


@dataclass(slots=True, kw_only=True)
class Bucket:
    """What is left of a minute's allowance; it fills evenly and holds one minute's worth. It may be overdrawn, and then waits."""

    per_minute: int
    level: float
    at: float

    @classmethod
    def full(cls, per_minute: int, now: float) -> "Bucket":
        """Make a bucket with a whole minute's worth."""
        return cls(per_minute=per_minute, level=float(per_minute), at=now)

    def wait(self, now: float) -> int:
        """Give the whole seconds until something may be taken again; 0 where something may be taken now."""
        self._fill(now)
        if self.level >= 1:
            return 0
        return max(1, math.ceil((1 - self.level) * MINUTE / self.per_minute))

    def take(self, amount: float, now: float) -> None:
        """Take an amount, even more than there is."""
        self._fill(now)
        self.level -= amount

    def _fill(self, now: float) -> None:
        self.level = min(float(self.per_minute), self.level + (now - self.at) * self.per_minute / MINUTE)
        self.at = now
