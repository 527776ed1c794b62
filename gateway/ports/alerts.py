"""Alerts in the ledger, what is to be told of them, and whoever tells it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from gateway.core.alert_rules import AlertRules, Trouble
from gateway.core.alerts import Alert, Sign, Telling
from gateway.core.measures import Measures


class Channel(StrEnum):
    """A way by which the officers are told."""

    MAIL = "mail"
    WEBHOOK = "webhook"
    CHAT = "chat"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertMessage:
    """All that one look had to tell by one channel. One worker may send it until its claim ends; a repeat has the same `id`."""

    id: str
    channel: Channel
    at: datetime
    told: tuple[Telling, ...]
    token: str
    attempts: int


class Alerts(Protocol):
    """What is open, and what is told of it. Messages are written by the transaction that makes true what they tell."""

    async def look(
        self, signs: Collection[Sign], rules: AlertRules, *, channels: Collection[Channel], now: datetime
    ) -> tuple[Telling, ...]:
        """Look (`core.alerts.step`), remember what was measured, and write one message a channel; give what is told."""
        ...

    async def measured(self, trouble: Trouble, *, since: datetime) -> Measures:
        """Give what looks measured for one rule; they are remembered for `core.measures.KEPT`."""
        ...

    async def listing(self, *, now: datetime) -> tuple[Alert, ...]:
        """List those that ever lasted long enough, or are silenced; the newest first."""
        ...

    async def acknowledge(self, alert: str, *, by: str, reason: str, now: datetime) -> Alert:
        """Say that somebody deals with it; audited. Raises `not-found`, `alert-closed`."""
        ...

    async def silence(self, alert: str, *, until: datetime | None, by: str, reason: str, now: datetime) -> Alert:
        """Let nothing be told of it until a moment; None ends that. Audited. Raises `not-found`, `malformed-request`."""
        ...

    async def claim(self, *, until: datetime, now: datetime) -> AlertMessage | None:
        """Claim a message that is due; the first of its channel, so that they arrive in order."""
        ...

    async def settle(self, message: AlertMessage, *, cause: str | None, now: datetime) -> None:
        """Record that it was sent, or why it never will be."""
        ...

    async def put_off(self, message: AlertMessage, *, again: datetime, cause: str) -> None:
        """End the claim until a moment; it counts as an attempt."""
        ...


class Announcer(Protocol):
    """Tells another program of alerts, or a chat."""

    async def announce(self, message: AlertMessage, rules: AlertRules) -> None:
        """Hand one message over. Raises `Transient`, `Undeliverable` and `Misconfigured`, as adapters do."""
        ...


class Disk(Protocol):
    """The disk that the payloads lie on."""

    def filled(self) -> float:
        """Say how full it is, in percent."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockStanding:
    """How this process's clock stands: at least so far `ahead` (less than 0: behind) of what it was held `against`.

    That is the clock of `postgresql`, or the last event of the `ledger`, which tells only of a clock that is behind. `kept`:
    whether the system corrects it (NTP); None where that cannot be known.
    """

    ahead: timedelta
    against: str
    kept: bool | None


class ClockCheck(Protocol):
    """What can be known of how right the clock is."""

    async def compare(self) -> ClockStanding:
        """Compare it now."""
        ...
