"""A face: `face.py` of an adapter answers calls that the vendor's systems make to the hub, in the vendor's own protocol.

The hub serves it at `/faces/<adapter>/…`, proves who calls (a bearer token, or a user name and password, which are the system's
id and token), bounds and reads the body, and counts it against the caller's quota. The face has one function:
`async def answer(request: Request, desk: Desk) -> Response`. What it does not catch becomes a problem document.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from gateway.core.model import OrganId, Priority
from gateway.sdk.contract import Consignment, Notice, Opener


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One call. `path` is what follows the face's own address, `url` that address; names of headers are in lower case."""

    method: str
    url: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """The answer. `content_type` is whole, with its charset."""

    status: int = 200
    content_type: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A delivery that waits for the calling system; `delivery` is its key."""

    delivery: str
    document: str
    document_id: str
    sender: OrganId
    receiver: OrganId
    subject: str
    priority: Priority
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An agency of the directory. `old_code` is its id by QCVN 102:2016, where it has one."""

    id: OrganId
    name: str
    parent: OrganId | None
    old_code: str | None
    valid_from: date | None
    valid_to: date | None


class Desk(Protocol):
    """The hub as the calling system may use it. All raise `Rejected` (the caller's mistake) and `Transient` (later, again)."""

    @property
    def system(self) -> str: ...

    @property
    def organs(self) -> frozenset[OrganId]: ...

    async def send(self, envelope: bytes, parts: Mapping[str, Opener]) -> str:
        """Accept a document, for good; give the hub's id of it. The same bytes again give the same id."""

    async def report(self, status: bytes) -> None:
        """Record an edXML status package."""

    async def waiting(self, limit: int) -> tuple[Waiting, ...]:
        """List what waits for the caller, urgent first."""

    async def fetch(self, delivery: str) -> Consignment:
        """Give a delivery of the caller's; nothing changes."""

    async def confirm(self, delivery: str) -> None:
        """Record that the caller's system has a delivery: status 01. Harmless when repeated."""

    async def news(self, after: str | None, limit: int) -> tuple[tuple[Notice, ...], str]:
        """Give news of the caller's documents after a cursor (None: from the beginning), and the next cursor."""

    async def agencies(self) -> tuple[Listed, ...]:
        """Give the directory."""
