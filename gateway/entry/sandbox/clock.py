"""The sandbox's clock: the machine's, moved forward as far as somebody likes; back it goes only to the machine's."""

import asyncio
import contextlib
from datetime import datetime, timedelta
from typing import Final

from gateway.core.faults import Rejected
from gateway.ports import Clock

MOST: Final = timedelta(days=300)
"""The revocation lists of the folder's own CA hold for a year: beyond them every document waits for `revocation-unknown`."""


class MovableClock:
    """Clock port. `offset` is how far it is ahead of the machine's clock."""

    def __init__(self, machine: Clock) -> None:
        self._machine = machine
        self._moved = asyncio.Event()
        self.offset = timedelta()

    def now(self) -> datetime:
        return self._machine.now() + self.offset

    def real(self) -> datetime:
        """Give the machine's time."""
        return self._machine.now()

    def advance(self, by: timedelta) -> None:
        """Move forward. Raises `malformed-request` for less than nothing, or beyond `MOST`."""
        if by < timedelta():
            vi = "Đồng hồ chỉ tiến; muốn lùi, đưa về giờ thật."
            raise Rejected(
                "malformed-request", path="clock", detail=vi, detail_en="The clock moves forward, or back to real time."
            )
        if self.offset + by > MOST:
            vi, en = f"Đồng hồ tiến tối đa {MOST.days} ngày.", f"The clock moves at most {MOST.days} days ahead."
            raise Rejected("malformed-request", path="clock", detail=vi, detail_en=en)
        self._set(self.offset + by)

    def move_to(self, at: datetime) -> None:
        """Move forward to a moment. Raises `malformed-request` where it is past, or too far."""
        self.advance(at - self.now())

    def back(self) -> None:
        """Go back to the machine's time. Leases and due times that were set meanwhile stay as they are."""
        self._set(timedelta())

    async def moved(self, seconds: float) -> None:
        """Wait until the clock is moved, at most for so many real seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._moved.wait()

    def _set(self, offset: timedelta) -> None:
        self.offset = offset
        self._moved.set()
        self._moved = asyncio.Event()
