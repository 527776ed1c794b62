"""Wake-ups of those who wait in this process."""

import asyncio
import secrets
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from gateway.core.model import OrganId


class ProcessWatch:
    """One who waits in this process."""

    def __init__(self) -> None:
        self.event = asyncio.Event()

    async def changed(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self.event.wait()
        except TimeoutError:
            return
        self.event.clear()


class ProcessWaiting:
    """Waiting port. It is told of what this process commits to SQLite, and of what any process commits to PostgreSQL.

    What another process commits to SQLite is found by the caller's slow polling.
    """

    def __init__(self) -> None:
        self._watches: dict[OrganId, set[ProcessWatch]] = {}
        self._process, self._heard = secrets.token_hex(4), 0

    @property
    def mark(self) -> str:
        return f"{self._process}-{self._heard}"

    def notify(self, organs: Collection[OrganId]) -> None:
        self._heard += 1
        for organ in organs:
            for watch in self._watches.get(organ, ()):
                watch.event.set()

    def notify_all(self) -> None:
        """Wake everybody: nobody knows what was missed."""
        self.notify(tuple(self._watches))

    @contextmanager
    def watch(self, organs: Collection[OrganId]) -> Iterator[ProcessWatch]:
        watch = ProcessWatch()
        for organ in organs:
            self._watches.setdefault(organ, set()).add(watch)
        try:
            yield watch
        finally:
            for organ in organs:
                self._watches[organ].discard(watch)
                if not self._watches[organ]:
                    del self._watches[organ]
