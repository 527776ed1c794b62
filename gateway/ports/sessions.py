"""Sessions: who is signed in to the console, whichever process they call."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One browser of one operator, known by the hash of its token (SHA-256, hex).

    `proof` is the digest of what it was begun with: a new password ends it. `source` is the address it came from.
    """

    token_sha256: str
    operator: str
    proof: str
    source: str
    begun_at: datetime
    seen_at: datetime
    ends_at: datetime


class Sessions(Protocol):
    """Who is signed in. A session that is ended is gone for every process at once."""

    async def begin(self, session: Session) -> None:
        """Write a session, and forget those that are over; audited."""

    async def find(self, token_sha256: str, *, now: datetime) -> Session | None:
        """Find a session that is not over."""

    async def seen(self, token_sha256: str, *, now: datetime) -> None:
        """Remember that it is used."""

    async def renew(self, token_sha256: str, *, proof: str) -> None:
        """Let a session go on with another proof: its officer has just changed what it was begun with."""

    async def end(self, token_sha256: str) -> None:
        """End a session; one that is not there is ended already."""

    async def of(self, operator: str | None = None, *, now: datetime) -> tuple[Session, ...]:
        """List the sessions of an operator, or of everybody, that are not over; the one used last comes first."""

    async def end_all(
        self, operator: str, *, only: str | None = None, but: str | None = None, by: str, reason: str, now: datetime
    ) -> int:
        """End an operator's sessions: all, `only` one or all `but` one (hashes of tokens); audited. Give how many there were."""
