"""What the kit needs of an adapter's author: the other side, a real server or a fake of the vendor's system, under control.

`tests/other_side.py` of an adapter has one class `OtherSide`. The kit makes one for each check, with an empty folder, and uses it
as an asynchronous context manager; `open_adapter` then gets `settings`, with paths relative to that folder. It takes 200 MB
without holding them, since the kit measures the whole process. What else it may have, all of it optional:

- `says_why = False`: the protocol has no room for the reason of a refusal.
- `losses: Mapping[str, str]`: fields of edXML that the vendor's format has no room for, by path, and why; the report shows it.
- `meet(adapter)`: is called with each adapter that was opened, for an other side that lives inside the adapter's own process.
- `held`, `told` and `outcomes` raise `NotImplementedError(why)` where the other side cannot be looked into.
- `offer` and `offer_status` raise `NotImplementedError(why)` where the protocol cannot carry a document or a status.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from gateway.core.model import StatusCode


class Mood(StrEnum):
    """How the other side behaves from now on, to everything that is asked of it."""

    WELL = "well"
    AWAY = "away"
    """Nothing answers: no connection can be made."""
    HANGING = "hanging"
    """It takes the connection, and never answers."""
    FAILING = "failing"
    """It answers that it failed by itself (5xx, a fault, an SQL error), and has taken nothing."""
    GARBLED = "garbled"
    """What it answers is no answer."""
    REFUSING = "refusing"
    """It understands, and refuses for good; its reason is `REASON`."""
    UNAUTHORISED = "unauthorised"
    """It does not accept the credentials."""
    SILENT = "silent"
    """It does what it is asked to do, and its answer never arrives."""


REASON = "Không đúng thẩm quyền"
"""Why the other side refuses, where it can say so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A document as the other side has it.

    `fields` are its values, as text, by slash path of edXML below edXMLHeader (`MessageHeader/Subject`,
    `MessageHeader/Code/CodeNumber`); of elements that repeat, joined by line ends. Where it keeps the envelope, give that alone.
    `files` are the SHA-256 (hex) of the octets of its attachments, by name as stored.
    """

    reference: str | None
    envelope: bytes | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """News as the other side has it: of which document, what, and in what words. `code` is None where it is only a state."""

    number: str
    notation: str
    code: StatusCode | None
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A document that the other side wants sent; `content` is of its only attachment."""

    sender: str
    receiver: str
    number: str
    notation: str
    promulgated_on: date
    subject: str
    file: str
    content: bytes


class OtherSide(Protocol):
    """The other side under the kit's control. What the manifest does not claim is never asked for."""

    impossible: Mapping[Mood, str]
    """The moods that this transport cannot have, and why: «a folder never hangs»."""

    def __init__(self, folder: Path) -> None: ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None: ...

    @property
    def settings(self) -> Mapping[str, object]:
        """Give settings that are right."""

    @property
    def secrets(self) -> frozenset[str]:
        """Name the secrets that are in use, so that the kit can look for them where they must not be."""

    async def be(self, mood: Mood) -> None:
        """Behave like that from now on; what it holds stays."""

    async def held(self) -> tuple[Held, ...]:
        """Give the documents that it was handed, oldest first, each once for each effect that it had."""

    async def told(self) -> tuple[Told, ...]:
        """Give the news that it was told, oldest first, each once for each effect that it had."""

    async def offer(self, outgoing: Outgoing) -> str:
        """Have a document wait to be collected; give the reference it will have."""

    async def offer_status(self, key: str, code: StatusCode, description: str) -> str:
        """Have a status on a document that it was handed wait to be collected; give the reference it will have."""

    async def outcomes(self) -> Mapping[str, str]:
        """Give what the hub said of what was collected: by reference, "accepted" or the words of the refusal."""
