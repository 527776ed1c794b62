"""The durable record: what is written, read and claimed, always in one transaction."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from gateway.core.links import Link, Revision
from gateway.core.model import (
    Delivery,
    Document,
    Event,
    OrganId,
    Receipt,
    Severity,
    State,
    StatusReport,
    SystemId,
)
from gateway.core.receipts import Attestation


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """All that one accepted document writes, in one transaction.

    `answer` is the JSON text that the sender gets, now and on every resend. `routes` names the system of each receiver that is
    pushed to; `trace_id` (32 hex digits) is the trace of the request. `links` are what it says of other documents,
    `revision` what it does to them; `seal` makes the receipts of that, and of statuses that waited for the document.
    """

    document: Document
    deliveries: tuple[Delivery, ...]
    receipt: Receipt
    answer: str
    idempotency_key: str | None = None
    routes: Mapping[OrganId, SystemId] = field(default_factory=dict)
    trace_id: str = ""
    links: tuple[Link, ...] = ()
    revision: Revision | None = None
    seal: "Seal | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """What the ledger holds for a document that was sent: `created` is False where it was there before."""

    document: str
    answer: str
    created: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentView:
    """A document as one caller may see it: all deliveries for its sender, only his own for a receiver."""

    document: Document
    deliveries: tuple[Delivery, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A document and the events that brought it there, oldest first: both as of one moment, as the caller may see them."""

    view: DocumentView
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A claim on deliveries until `expires_at`; whoever shows the token (and is the same system) may settle it."""

    token: str
    expires_at: datetime
    items: tuple[DocumentView, ...]
    """One view for each leased delivery: its document and that single delivery."""


Seal = Callable[[Attestation], Receipt]
"""Make the signed receipt of a fact. The ledger calls it inside the transaction that makes the fact durable."""


Route = Callable[[OrganId], SystemId | None]
"""Name the system that an agency's documents are pushed to, None where it polls (`Systems.route`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusOutcome:
    """What recording a status did: `answer` is the JSON text for the caller, the same on every repeat."""

    answer: str
    created: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """The single trace that a refused input leaves: an audit row."""

    at: datetime
    source: str
    system: SystemId | None
    sha256: str
    size: int
    code: str
    trace_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Counts that must balance: accepted deliveries = those in a final state + those on their way."""

    documents: int
    deliveries: dict[State, int] = field(default_factory=dict)
    refusals: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Correlation:
    """How a status package names its document: by document id, else by code and date, else by code and year."""

    owner: OrganId
    document_id: str | None
    number: str
    notation: str
    promulgated_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of a list, with an opaque cursor to the next page, or None at the end."""

    items: tuple[Any, ...]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperOutcome:
    """When a delivery's paper copy arrived, as its receiver said; `created` is False where he had said so before."""

    delivery: str
    arrived_at: datetime
    created: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingCount:
    """How many documents of a sender have a finding, and when the last of them was accepted."""

    sender: OrganId
    code: str
    severity: Severity
    article: str | None
    documents: int
    last_at: datetime


class Ledger(Protocol):
    """The durable record. Every write is one transaction, fsynced before the call returns; state moves by compare-and-set.

    Reads and writes that take `organs` (the caller's organ ids) see only what these sent or received: all else is
    `Rejected("not-found")`. A bad cursor is `Rejected("malformed-request")`; a full disk or closed database is
    `Transient("storage-unavailable")`.
    """

    async def accept(self, entry: Entry) -> Acceptance:
        """Record a document, its deliveries, events and receipt, or find that it is there already.

        The same natural key with the same `content_sha256` (or the same idempotency key of the same system with the same
        content) gives the first answer. Raises `duplicate-document` (naming the first document's id and acceptance time) or
        `idempotency-key-reused`.
        """

    async def foresee(self, entry: Entry) -> None:
        """Raise what `accept` would refuse the entry with as things stand, so that nothing of it is kept in the vault."""

    async def accepted(self, content_sha256: str, organs: Collection[OrganId]) -> Acceptance | None:
        """Find what was answered when an agency of the caller sent this very content before; None where none did."""

    async def document(self, document: str, organs: Collection[OrganId]) -> DocumentView: ...

    async def delivery(self, delivery: str, organs: Collection[OrganId]) -> DocumentView:
        """Give one delivery with its document, to its receiver or its document's sender."""

    async def documents(
        self, organs: Collection[OrganId], *, role: str | None, state: State | None, after: str | None, limit: int
    ) -> Page:
        """List `DocumentView`s, newest first; `role` is ``sender``, ``receiver`` or None for both."""

    async def history(self, document: str, organs: Collection[OrganId]) -> History:
        """Give a document with its events. Raises `not-found`."""

    async def receipts(self, document: str, organs: Collection[OrganId]) -> tuple[Receipt, ...]:
        """List the document's receipts that the caller may see, the acceptance receipt first."""

    async def attest_available(self, document: str, organs: Collection[OrganId], *, seal: Seal) -> None:
        """Make the receipts of when a document was made available to receivers, where they are not made yet."""

    async def inbox(self, organs: Collection[OrganId], *, after: str | None, limit: int) -> Page:
        """Peek at available deliveries (`DocumentView`s of one delivery each), urgent first, then oldest; leased ones too."""

    async def lease(
        self, system: SystemId, organs: Collection[OrganId], *, limit: int, until: datetime, now: datetime
    ) -> Lease | None:
        """Claim up to `limit` available, unleased deliveries, urgent first; None when there is none."""

    async def ack(
        self, token: str, system: SystemId, deliveries: Sequence[str] | None, *, now: datetime, seal: Seal
    ) -> tuple[str, ...]:
        """Take the leased deliveries (all when None) as handed over: `available` → `collected`, with a receipt each.

        Gives the ids acked under this token among those asked for; the same again gives the same. A delivery that a status
        has already moved on keeps its state. Raises `not-found` (token, or a delivery that is not of it) and `lease-lost`.
        """

    async def collect(self, delivery: str, organs: Collection[OrganId], *, now: datetime, seal: Seal) -> None:
        """Take one delivery as handed over without a lease: `available` → `collected`, with its receipt, once.

        Raises `not-found` unless one of `organs` receives it.
        """

    async def turn_down(self, delivery: str, organs: Collection[OrganId], *, reason: str, now: datetime) -> None:
        """Take it that its receiver's system cannot take a delivery: `available` → `failed`; again it changes nothing.

        Raises `not-found`, and `status-conflict` where it was handed over or is over.
        """

    async def nack(
        self, token: str, system: SystemId, deliveries: Sequence[str] | None, *, now: datetime, reason: str, not_before: datetime
    ) -> tuple[str, ...]:
        """Give the leased deliveries back: they stay `available`, show `reason` in `why`, and wait until `not_before`."""

    async def renew(self, token: str, system: SystemId, *, until: datetime, now: datetime) -> Lease:
        """Prolong a live lease. Raises `not-found` and `lease-lost`."""

    async def correlate(self, status: Correlation, receiver: OrganId) -> tuple[Delivery, ...]:
        """Find the deliveries that a status may mean: by document id, else code and date, else code and year."""

    async def record_status(
        self, delivery: str, report: StatusReport, organs: Collection[OrganId], *, now: datetime, seal: Seal
    ) -> StatusOutcome:
        """Record a status report on a delivery, moving its state by `lifecycle.report`; history if it moves nothing.

        `report.reporter` must be the delivery's receiver (for 13: the document's sender), else `not-found`.
        The same report again (all fields equal) gives the same answer. Raises `status-conflict`.
        """

    async def paper_arrived(
        self, delivery: str, organs: Collection[OrganId], *, at: datetime, note: str, now: datetime
    ) -> PaperOutcome:
        """Record that the receiver holds the paper copy of a delivery, once. Raises `not-found` and `paper-unexpected`."""

    async def paper_awaited(self, organs: Collection[OrganId], *, after: str | None, limit: int) -> Page:
        """List deliveries (`DocumentView`s of one each) whose paper copy has not arrived, oldest first, for both sides."""

    async def held(self) -> tuple[DocumentView, ...]:
        """List what the policy holds, oldest first, one delivery each; for operators."""

    async def release(self, document: str, *, route: Route, by: str, reason: str, now: datetime) -> tuple[DocumentView, ...]:
        """Let the held deliveries of a document go on; give them as they were. Raises `not-found` where none is held."""

    async def turn_back(self, document: str, *, by: str, reason: str, now: datetime) -> tuple[DocumentView, ...]:
        """Reject the held deliveries of a document, unseen by its receivers. Raises `not-found` where none is held."""

    async def finding_counts(
        self, organs: Collection[OrganId] | None, *, since: datetime | None, until: datetime | None
    ) -> tuple[FindingCount, ...]:
        """Count findings of documents accepted from `since` (inclusive) to `until` (exclusive); of all senders where None."""

    async def events(self, organs: Collection[OrganId], *, after: str | None, limit: int) -> tuple[tuple[Event, ...], str]:
        """List events of the caller's documents after a cursor (None: from the beginning), and the next cursor."""

    async def refuse(self, refusal: Refusal) -> None:
        """Write the audit row of a refused input."""

    async def tally(self) -> Tally: ...

    async def ready(self) -> None:
        """Raise `Transient("not-ready")` unless the database answers and its schema is current."""

    async def close(self) -> None: ...
