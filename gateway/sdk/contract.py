"""The contract between the hub and an adapter, which speaks one vendor's protocol.

An adapter is made by `open_adapter(settings, context)` of its `adapter.py`. Time limits, retries, counting and logging are the
hub's. What an adapter raises says what to do: `Transient` (try again; code `receiver-unreachable` where nothing can have
arrived, `receiver-timeout` or `receiver-failed` where nobody knows), `Undeliverable` (`receiver-refused`: never again, the
sender is told), `Misconfigured` (`link-unauthorised`, `link-misconfigured`: the system waits for an operator). `detail` is the
other side's own words, short, without a secret.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final, Protocol

from gateway.core.model import OrganId, Priority, StatusCode

CONTRACT: Final = 1
"""The version of this contract; a manifest names the one that its adapter was written for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """An attachment that travels beside the envelope: `open()` streams its octets from the beginning."""

    content_id: str
    name: str
    media_type: str
    size: int
    sha256: str
    open: Callable[[], AsyncIterator[bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Consignment:
    """One document for one receiver. `key` is the same on every repeat: the other side knows a repeat by it.

    `open()` streams the original envelope (`size` bytes), byte for byte what the sender signed. `trace` is a W3C traceparent.
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
    promulgated_on: date
    due_on: date | None
    accepted_at: datetime
    sha256: str
    size: int
    open: Callable[[], AsyncIterator[bytes]]
    parts: tuple[Part, ...]
    attempt: int
    trace: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """The other side has the document; `reference` is its own name for it, where it gives one."""

    reference: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectedDocument:
    """A document that the other side wants sent: an edXML envelope, with parts by content id. `reference` is the other side's."""

    reference: str
    envelope: bytes
    parts: Mapping[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectedStatus:
    """A status that the other side reports on a delivery (`key` of its consignment)."""

    reference: str
    key: str
    code: StatusCode
    description: str = ""
    at: datetime | None = None


Collected = CollectedDocument | CollectedStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the hub gives an adapter: the system's id and organs, and the folder that relative paths of its settings start at."""

    system: str
    organs: frozenset[OrganId]
    folder: Path


class Adapter(Protocol):
    """One system, reached through one vendor's protocol. An adapter keeps nothing that a restart may not lose."""

    async def deliver(self, consignment: Consignment) -> Taken:
        """Hand a document over; a repeat of the same key has one effect on the other side."""

    def collect(self) -> AsyncIterator[Collected]:
        """Give what waits on the other side, oldest first, then end."""

    async def acknowledge(self, collected: Collected, refusal: str | None) -> None:
        """Tell the other side that the hub has what was collected for good, or why it refuses it; it is not given again."""

    async def health(self) -> None:
        """Find out whether the other side works, without sending anything; raise as `deliver` does where it does not."""

    async def close(self) -> None: ...
