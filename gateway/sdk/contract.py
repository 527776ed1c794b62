"""The contract between the hub and an adapter, which speaks one vendor's protocol. `docs/adding-an-adapter.md` teaches it.

An adapter's `adapter.py` has `Settings`, a pydantic model, and `open_adapter(settings, context)`, an asynchronous context manager
that gives the adapter; what it opened is closed when the block ends. Time limits, retries, counting and logging are the hub's.
What an adapter raises says what to do: `Transient` (try again; code `receiver-unreachable` where nothing can have arrived,
`receiver-timeout` or `receiver-failed` where nobody knows), `Undeliverable` (`receiver-refused`: never again, the sender is
told), `Misconfigured` (`link-unauthorised`, `link-misconfigured`: the system waits for an operator). `detail` is the other side's
own words, short, without a secret.
"""

from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Final, Protocol

from gateway.core.faults import Misconfigured
from gateway.core.model import BusinessType, OrganId, Priority, State, StatusCode

CONTRACT: Final = 1
"""The version of this contract; a manifest names the one that its adapter was written for."""

Opener = Callable[[], AsyncGenerator[bytes, None]]
"""Streams octets from the beginning, each time it is called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """An attachment that travels beside the envelope: `open()` streams its octets."""

    content_id: str
    name: str
    media_type: str
    size: int
    sha256: str
    open: Opener


@dataclass(frozen=True, slots=True, kw_only=True)
class Consignment:
    """One document for one receiver. `key` is the same on every repeat: the other side knows a repeat by it.

    `open()` streams the original envelope (`size` bytes), byte for byte what the sender signed; `sha256` is of it.
    `trace` is a W3C traceparent. `edxml.unpack` reads the envelope.
    """

    key: str
    document: str
    document_id: str
    sender: OrganId
    receiver: OrganId
    number: str
    notation: str
    subject: str
    priority: Priority
    business_type: BusinessType
    promulgated_on: date
    due_on: date | None
    accepted_at: datetime
    sha256: str
    size: int
    open: Opener
    parts: tuple[Part, ...]
    attempt: int
    trace: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """The other side has the document for good; `reference` is its own name for it, where it gives one."""

    reference: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """News of a delivery, for a system that has to do with it. `key` is the same on every repeat; `sequence` rises.

    For the sender's system: a status that the receiver reported (`code` 01 … 06, 15, 16), or, without a code, what the hub
    itself knows (`state`: collected, failed, rejected, recalled, replaced). For the receiver's system: that the sender asks for
    the document back (13), or, without a code, asks to update it (`business_type` UPDATE, `state` stands, 15 or 16 answers) or
    has replaced it (REPLACE). To both, without a code: that a deadline comes or has passed, in words, while `state` stands.
    `delivery` is the key of its consignment; `sender` and `receiver` are the document's. `by_document` is the hub's id of the
    document that asks or replaces, `by_code` its code as printed; an answer to an update (15, 16) has the update's id alone.
    """

    key: str
    sequence: int
    delivery: str
    document: str
    document_id: str
    number: str
    notation: str
    promulgated_on: date
    sender: OrganId
    receiver: OrganId
    code: StatusCode | None
    state: State
    description: str
    staff: Mapping[str, str]
    at: datetime
    business_type: BusinessType | None = None
    by_document: str | None = None
    by_code: str | None = None

    @property
    def said(self) -> str:
        """Give what it says in one word: a status code, "update", or a state."""
        if self.code is not None:
            return self.code.value
        return "update" if self.business_type is BusinessType.UPDATE else self.state.value

    @property
    def to_receiver(self) -> bool:
        """Tell whether it is the sender's word to the receiver: a recall, an update, a replacement."""
        return self.code is StatusCode.RECALL_REQUESTED or (self.code is None and self.business_type is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectedEnvelope:
    """An edXML envelope that the other side wants sent, a document or a status package; the hub sees which it is.

    `reference` is the other side's own name for it. `parts` are attachments beside the envelope, by content id.
    """

    reference: str
    open: Opener
    parts: Mapping[str, Opener] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectedStatus:
    """A status that the other side reports on a delivery: `key` of its consignment. `staff` as in `StaffInfo` of edXML."""

    reference: str
    key: str
    code: StatusCode
    description: str = ""
    staff: Mapping[str, str] = field(default_factory=dict)
    at: datetime | None = None


Collected = CollectedEnvelope | CollectedStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The hub has what was collected, for good. `document` is the hub's id of it, None for a status."""

    document: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The hub refuses what was collected, for good: the fault's code, and what is wrong in Vietnamese and in English."""

    code: str
    vi: str
    en: str

    def __str__(self) -> str:
        return f"{self.code}: {self.vi}"


Outcome = Accepted | Refused


class Log(Protocol):
    """Writes a line into the hub's log, with the system's id. Never a body or a secret."""

    def __call__(self, event: str, **facts: str | float | None) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the hub gives an adapter: its system and organs, the folder that paths of settings start at, the time, a log."""

    system: str
    organs: frozenset[OrganId]
    folder: Path
    now: Callable[[], datetime]
    log: Log

    def secret(self, file: Path, setting: str) -> str:
        """Read a secret's file, white space around it removed. Raises `Misconfigured` naming the setting."""
        try:
            secret = (self.folder / file).read_text("utf-8").strip()
        except (OSError, ValueError) as error:
            detail = f"{setting}: {file}: {type(error).__name__}"
            raise Misconfigured("link-misconfigured", detail=detail) from error
        if not secret:
            raise Misconfigured("link-misconfigured", detail=f"{setting}: {file}: trống", detail_en=f"{setting}: {file}: empty")
        return secret


class Adapter:
    """One system, reached through one vendor's protocol. An adapter keeps nothing that a restart may not lose.

    The hub calls what the manifest says: `push` deliver, `collect` collect and acknowledge, `statuses` report.
    """

    async def deliver(self, consignment: Consignment) -> Taken:
        """Hand a document over; a repeat of the same key has one effect on the other side."""
        raise NotImplementedError

    async def report(self, notice: Notice) -> None:
        """Tell news of a delivery; a repeat of the same key has one effect on the other side."""
        raise NotImplementedError

    def collect(self) -> AsyncGenerator[Collected, None]:
        """Give what waits on the other side, oldest first, then end. What is not acknowledged is given again, later."""
        raise NotImplementedError

    async def acknowledge(self, collected: Collected, outcome: Outcome) -> None:
        """Tell the other side what became of what was collected; it is not given again."""
        raise NotImplementedError

    async def health(self) -> None:
        """Find out whether the other side works, without sending anything; raise as `deliver` does where it does not."""
        raise NotImplementedError
