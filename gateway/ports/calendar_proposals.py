"""Proposals for the working calendar: what one officer wants of it, and what a second one said."""

from typing import Protocol

from gateway.core.calendar_changes import CalendarProposal
from gateway.ports.ledger import Page


class CalendarProposals(Protocol):
    """What officers propose for the working calendar. Whatever is written is in the audit log too."""

    async def propose(self, proposal: CalendarProposal) -> None:
        """Write one down that waits."""

    async def get(self, proposal: str) -> CalendarProposal:
        """Give one. Raises `not-found`."""

    async def pending(self, *, limit: int) -> tuple[CalendarProposal, ...]:
        """List those that wait, the oldest first."""

    async def decided(self, *, after: str | None, limit: int) -> Page:
        """List those that wait no more, the newest first. Raises `malformed-request` for a bad cursor."""

    async def decide(self, decided: CalendarProposal) -> None:
        """Write down what was decided about one. Raises `not-found`, and `proposal-decided` where somebody was faster."""
