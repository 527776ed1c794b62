"""The outbox: what is to be pushed, from the transaction that accepted it until the receiver's system has it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gateway.core.circuit import Circuit
from gateway.core.faults import Fault
from gateway.core.model import Receipt, SystemId
from gateway.ports.broker import Note, QueueId
from gateway.ports.ledger import DocumentView, Route


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Notes that one relay may publish until its claim ends; `token` proves the claim."""

    token: str
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt to push one delivery, by whoever holds the token. `number` counts from 1.

    `view` has that single delivery, and of the document all but its findings. `system_ailing` tells that the system failed
    before: a success is news for its circuit.
    """

    token: str
    view: DocumentView
    queue: QueueId
    number: int
    trace_id: str
    system_ailing: bool

    @property
    def delivery(self) -> str:
        return self.view.deliveries[0].id


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """An attempt that went well: the hub's receipt of it, and what the other side calls the document, where it says so."""

    attempt: Attempt
    receipt: Receipt
    reference: str | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueTally:
    """How one queue stands. `waiting`: not handed over; `published`: of these, what the broker should hold.

    `oldest_at` is when the oldest waiting document was accepted; None where nothing waits.
    """

    queue: QueueId
    waiting: int
    published: int
    attempted: int
    oldest_at: datetime | None


class Outbox(Protocol):
    """What is to be pushed. All methods may be repeated; who is late or doubled changes nothing."""

    async def claim(self, *, limit: int, until: datetime, now: datetime) -> Claim:
        """Claim what is due to be published, urgent first, then oldest; nothing of a system that is held back.

        Of a system that recovers, a bounded part of its backlog is released each second, in order.
        """

    async def published(self, claim: Claim, deliveries: Collection[str], *, now: datetime) -> None:
        """Record what the broker confirmed; the rest of the claim may be claimed again at once."""

    async def begin(self, delivery: str, *, until: datetime, now: datetime) -> Attempt | None:
        """Begin an attempt, which is another's to take over after `until`; None where there is nothing to do (any more)."""

    async def handed_over(self, done: HandedOver) -> None:
        """Record that the receiver's system has it: a fact, whoever reports it and however late; once."""

    async def came_to_nothing(self, attempt: Attempt, fault: Fault, *, again: datetime | None, now: datetime) -> Circuit:
        """Record that an attempt failed: another is due `again`, or the delivery fails (None); give the system's circuit.

        Whoever lost the attempt to another changes nothing.
        """

    async def poisonous(self, delivery: str, *, now: datetime) -> None:
        """Fail a delivery whose note came again and again and was never taken."""

    async def take_back(self, *, now: datetime) -> int:
        """Make due again what was being attempted by workers that are gone; give how many."""

    async def refill(self, queue: QueueId, depth: int, *, before: datetime) -> int:
        """Make due again all of a queue that was published before a moment, where the broker holds fewer than that."""

    async def reroute(self, route: Route, *, now: datetime) -> int:
        """Move what waits to where its receiver is reached now: into an inbox, or to another system; give how many."""

    async def circuits(self) -> tuple[Circuit, ...]:
        """List the circuits that are not as at first."""

    async def due_probes(self, *, until: datetime, now: datetime) -> tuple[SystemId, ...]:
        """Claim, until a moment, the systems that are to be asked whether they work again; a pause that is over ends here."""

    async def probed(self, system: SystemId, fault: Fault | None, *, now: datetime) -> Circuit:
        """Record what a system answered."""

    async def pause(self, system: SystemId, *, by: str, reason: str, until: datetime | None, now: datetime) -> Circuit:
        """Hold a system's documents back, by an operator's decision; audited."""

    async def resume(self, system: SystemId, *, by: str, reason: str, now: datetime) -> Circuit:
        """Push to a system again; audited."""

    async def queues(self) -> tuple[QueueTally, ...]:
        """Say how each queue stands in which something waits."""
