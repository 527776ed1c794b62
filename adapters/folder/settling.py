"""When a file of the agency's is whole: as soon as its digest matches, or, without one, when it has not changed for a while.

Two looks are compared with each other, so nothing depends on the other side's clock. What was seen is forgotten with the process:
files then wait a little longer, and nothing else.
"""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from .contents import Unfit

Print = tuple[object, ...]
"""What tells a changed file from the same one: names, sizes, times."""


class Verdict(StrEnum):
    """What to do with a file now."""

    WAIT = "wait"
    TAKE = "take"
    GIVE_UP = "give_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A file as it was at the last look. `unfit` is why it is not right; None where it is, or nobody knows yet."""

    print: Print
    digest: Print | None
    since: datetime
    examined: bool = False
    unfit: Unfit | None = None


class Settling:
    """What is known of the files that wait. Unchanged for `settle` is whole; not right for `give_up` is harmed."""

    def __init__(self, now: Callable[[], datetime], *, settle: timedelta, give_up: timedelta) -> None:
        self._now = now
        self._settle = settle
        self._give_up = give_up
        self._seen: dict[str, Seen] = {}

    def forget_others(self, names: Collection[str]) -> None:
        """Keep what is known of these alone."""
        self._seen = {name: seen for name, seen in self._seen.items() if name in names}

    async def look(
        self, name: str, print_: Print, digest: Print | None, examine: Callable[[], Awaitable[None]]
    ) -> tuple[Verdict, Unfit | None]:
        """Say what to do with a file that now looks like this. `examine` raises Unfit; it is called once for each print."""
        now, seen = self._now(), self._seen.get(name)
        arrived = digest is not None and (seen is None or seen.digest != digest)
        if seen is None or (seen.print, seen.digest) != (print_, digest) or seen.since > now:
            seen = Seen(print=print_, digest=digest, since=now)
        if not seen.examined and (arrived or now - seen.since >= self._settle):
            seen = replace(seen, examined=True, unfit=await _examined(examine))
        self._seen[name] = seen
        if not seen.examined:
            return Verdict.WAIT, None
        if seen.unfit is None:
            return Verdict.TAKE, None
        return (Verdict.GIVE_UP if now - seen.since >= self._give_up else Verdict.WAIT), seen.unfit


async def _examined(examine: Callable[[], Awaitable[None]]) -> Unfit | None:
    try:
        await examine()
    except Unfit as unfit:
        return unfit
    return None
