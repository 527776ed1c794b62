"""What else the flows ask of the outside: the hub's key, the time, work, words and waking."""

from collections.abc import Callable, Collection
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from datetime import datetime
from typing import Final, Protocol, TypeVar

from cryptography import x509

from gateway.core.model import OrganId, Receipt
from gateway.core.receipts import Attestation

T = TypeVar("T")

OFFICERS: Final = OrganId("@officers")
"""Woken in the place of an agency, whose id has no such sign, by what concerns those alone who look after the hub."""


class Signer(Protocol):
    """The hub's own key. `hub` is the hub's name, `certificate` that of the key."""

    @property
    def hub(self) -> str: ...

    @property
    def certificate(self) -> x509.Certificate: ...

    def sign(self, octets: bytes) -> bytes:
        """Sign octets by themselves (see `signing.sign_octets`); they never begin as a SignedInfo does."""

    def seal(self, attestation: Attestation) -> Receipt:
        """Make the signed receipt of a fact (P-256, well under a millisecond)."""

    def sign_document(self, document: bytes) -> bytes:
        """Sign an edXML document that the hub itself sends, keeping every byte that was there."""


class Clock(Protocol):
    """The time."""

    def now(self) -> datetime:
        """Give the present moment, aware, in `model.VIETNAM`."""


class Run(Protocol):
    """Runs pure, synchronous work."""

    async def __call__(self, work: Callable[[], T]) -> T: ...


class Compute(Protocol):
    """Where work is done: at once where it is small, beside the event loop where it is large, so that memory stays bounded."""

    def room(self, weight: int) -> AbstractAsyncContextManager[Run]:
        """Make room for work on about `weight` bytes while the block runs; large works wait for each other."""


class Telemetry(Protocol):
    """One call gives the log line and the metric, so they cannot disagree. Never a body or a secret."""

    def record(self, event: str, **facts: str | int | float | None) -> None: ...


class Watch(Protocol):
    """One who waits. What is notified after the watch began is not missed, whenever `changed` is called."""

    async def changed(self, seconds: float) -> None:
        """Return once a watched organ was notified since the last call, or after `seconds`."""


class Waiting(Protocol):
    """Wakes those who wait for something to happen to an agency: the ledger tells it whom each committed event concerns."""

    @property
    def mark(self) -> str:
        """Mark how much was heard: who kept another mark may have missed something. Each process has marks of its own."""

    def watch(self, organs: Collection[OrganId]) -> AbstractContextManager[Watch]: ...
