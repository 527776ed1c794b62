"""Turns: what one worker does at a time, whichever it is."""

from datetime import datetime
from typing import Protocol


class Turns(Protocol):
    """Leases by name. A holder that is gone loses its turn when it ends."""

    async def take(self, name: str, holder: str, *, until: datetime, now: datetime) -> bool:
        """Take a turn, or prolong one's own; False while it is another's."""

    async def leave(self, name: str, holder: str) -> None:
        """End one's own turn, so that another need not wait."""
