"""The broker: one pair of queues (urgent, normal) for each system that is pushed to. It carries ids, never documents."""

from collections.abc import AsyncGenerator, Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from gateway.core.model import Lane, SystemId


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueId:
    """The queue of one system and lane."""

    system: SystemId
    lane: Lane


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What travels: a delivery's id, and the trace (32 hex digits, W3C Trace Context) that it belongs to."""

    delivery: str
    queue: QueueId
    trace_id: str


class Message(Protocol):
    """A note that came out of a queue. Until it is acked the broker keeps it, and gives it to another when we die."""

    @property
    def note(self) -> Note: ...

    async def ack(self) -> None:
        """Take the note out of the queue. Where the connection is gone this does nothing: the note comes again."""

    async def give_back(self) -> None:
        """Put the note back: it comes again, until it has come too often and is given to `dead`."""


class Broker(Protocol):
    """Queues of notes. Whatever is lost here is published again from the ledger; whatever comes twice is found out there."""

    async def declare(self, queues: Collection[QueueId]) -> None:
        """Make what these queues need, where it is not there.

        Raises `Misconfigured` where something is there with other arguments, `Transient("broker-unavailable")`.
        """

    async def publish(self, notes: Sequence[Note]) -> frozenset[str]:
        """Publish; give the delivery ids that the broker confirmed to hold. Of the others nothing is known.

        A queue that does not exist confirms nothing. Raises `Transient`: `broker-unavailable`, or `broker-blocked` while
        the broker asks its publishers to wait (memory or disk alarm).
        """

    def messages(self, queue: QueueId, *, prefetch: int) -> AsyncGenerator[Message, None]:
        """Give the notes of a queue as they come, oldest first, at most `prefetch` of them unacked, for ever.

        One consumer at a time is served, whichever process it is in; the next takes over when it ends.
        Raises `Transient("broker-unavailable")` when the connection ends.
        """

    def dead(self) -> AsyncGenerator[Message, None]:
        """Give the notes that were handed out again and again and never acked, as `messages` does."""

    async def depth(self, queue: QueueId) -> int:
        """Count the notes that wait in a queue, not those handed out. Raises `Transient("broker-unavailable")`."""

    async def ready(self) -> None:
        """Raise `Transient("broker-unavailable" | "broker-blocked")` unless notes can be published; the detail says why."""

    async def close(self) -> None: ...
