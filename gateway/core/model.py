"""The nouns that every layer speaks: Document, Delivery, Receipt, Event, Finding, Problem."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from enum import IntEnum, StrEnum
from typing import Any, Final, NewType

OrganId = NewType("OrganId", str)
"""An agency's identifier as the directory spells it (its canonical id, never an alias)."""
SystemId = NewType("SystemId", str)
"""A client of the API: one document system, bound to one or more organ ids."""
TESTER: Final = SystemId("@thu-ket-noi")
"""The system that the hub's own test documents come from; none of the directory has such a name."""

VIETNAM = timezone(timedelta(hours=7), "+07")
"""Asia/Ho_Chi_Minh: UTC+7 without summer time, so a fixed offset is exact. Times without zone are read in it."""


class Kind(StrEnum):
    """The two kinds of message that share one envelope."""

    DOCUMENT = "document"
    STATUS = "status"


class BusinessType(IntEnum):
    """BussinessDocType: what the sender wants done with the document."""

    NEW = 0
    RECALL = 1
    UPDATE = 2
    REPLACE = 3


class Priority(IntEnum):
    """OtherInfo/Priority: thường, khẩn, thượng khẩn, hỏa tốc, hỏa tốc hẹn giờ."""

    NORMAL = 0
    URGENT = 1
    VERY_URGENT = 2
    EXPRESS = 3
    EXPRESS_TIMED = 4


class Lane(StrEnum):
    """The two lanes on the way to a system that is pushed to: what is urgent overtakes."""

    URGENT = "urgent"
    NORMAL = "normal"

    @classmethod
    def of(cls, priority: Priority) -> "Lane":
        """Give the lane of a document: khẩn and above are urgent (article 6.4)."""
        return cls.URGENT if priority >= Priority.URGENT else cls.NORMAL


class StatusCode(StrEnum):
    """The nine status codes of the national axis. The numbers between them do not occur."""

    ARRIVED = "01"
    REFUSED = "02"
    REGISTERED = "03"
    ASSIGNED = "04"
    PROCESSING = "05"
    COMPLETED = "06"
    RECALL_REQUESTED = "13"
    RECALL_AGREED = "15"
    RECALL_REFUSED = "16"


class State(StrEnum):
    """Where one delivery stands. Moves are listed in `lifecycle`, and nowhere else."""

    ACCEPTED = "accepted"
    QUEUED = "queued"
    AVAILABLE = "available"
    DELIVERING = "delivering"
    COLLECTED = "collected"
    RECEIVED = "received"
    ASSIGNED = "assigned"
    PROCESSING = "processing"
    COMPLETED = "completed"
    REJECTED = "rejected"
    RECALL_REQUESTED = "recall_requested"
    RECALLED = "recalled"
    REPLACED = "replaced"
    SUSPENDED = "suspended"
    FAILED = "failed"


class Owner(StrEnum):
    """Whose move it is: every failure has an owner and a next step."""

    SENDER = "sender"
    HUB = "hub"
    RECEIVER = "receiver"


class Trust(StrEnum):
    """How an agency's documents are authenticated. `SIGNED` needs no configuration; the others are dated exceptions."""

    SIGNED = "signed"
    LEGACY = "legacy"
    CHANNEL = "channel"


class Severity(StrEnum):
    """How loudly a finding speaks. A finding never stops a document; a fault does."""

    INFO = "info"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that the hub tolerated or noticed in a document, so that its sender can improve.

    `path` is a slash path of edXML element names, for example ``MessageHeader/OtherInfo/Priority``.
    """

    code: str
    path: str
    message: str
    severity: Severity = Severity.INFO
    article: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One reason for a refusal, as an item of `errors[]`. `line` counts from 1 in the bytes that were sent."""

    code: str
    path: str
    vi: str
    en: str
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """What the hub keeps about one attachment, in the order of the manifest.

    `name` is as sent; `media_type` is sniffed; `sha256` and `size` are of the octets, whatever wrapped them on the way.
    `pages` is None but for PDFs that could be read. `apart`: it travelled as a MIME part, and is in the vault under `sha256`.
    """

    content_id: str
    name: str
    media_type: str
    sha256: str
    size: int
    pages: int | None = None
    apart: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One document on its way to one receiver. `id` is derived from the document's id and the receiver.

    `why` is for people. Of a delivery that is pushed, `cause` is the fault code of the last attempt that came to nothing,
    and `answer` what the other side said then.
    """

    id: str
    document: str
    receiver: OrganId
    state: State
    status_code: StatusCode | None = None
    why: str | None = None
    owner: Owner | None = None
    attempts: int = 0
    next_attempt_at: datetime | None = None
    progress: StatusCode | None = None
    paper_arrived_at: datetime | None = None
    cause: str | None = None
    answer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What the hub keeps about one accepted document. Its original bytes are in the vault under `sha256`.

    `natural_key` is (sender, year, number, notation, business type): numbering is per agency and year (NĐ 30/2020 Đ15).
    `content_sha256` also covers the attachments that came as MIME parts. `response_needed` classifies by article 15;
    `paper` tells that a paper copy follows, whose arrival each receiver records. `type_name` (tên loại) is the sender's word,
    empty in what was accepted before it was kept.
    """

    id: str
    document_id: str
    kind: Kind
    sender: OrganId
    number: str
    notation: str
    subject: str
    priority: Priority
    business_type: BusinessType
    promulgated_on: date
    due_on: date | None
    response_needed: bool
    paper: bool
    natural_key: str
    sha256: str
    content_sha256: str
    size: int
    accepted_at: datetime
    system: SystemId
    type_name: str = ""
    findings: tuple[Finding, ...] = ()
    attachments: tuple[Attached, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened, at the time it became true. `seq` is strictly increasing in the ledger."""

    seq: int
    at: datetime
    type: str
    document: str
    delivery: str | None
    data: dict[str, Any] = field(default_factory=dict)


class Fact(StrEnum):
    """What a receipt of the hub attests. Each is issued only once the fact is durable."""

    ACCEPTED = "accepted"
    AVAILABLE = "available"
    COLLECTED = "collected"
    STATUS = "status"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A fact, signed and timed by the hub: `xml` verifies offline with the hub's certificate."""

    id: str
    fact: Fact
    document: str
    delivery: str | None
    at: datetime
    xml: bytes


class UnitRole(StrEnum):
    """What a unit does about a document that is assigned: one leads, others coordinate (article 12.2b)."""

    LEAD = "lead"
    COORDINATOR = "coordinator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit of the receiving agency that a document is assigned to, with its own due date where it has one."""

    department: str
    role: UnitRole
    due_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusReport:
    """One status of one delivery, as an agency reported it: from an edXML status package or from JSON.

    `at` is the time that the agency gives; None where it gave none. `units` go with an assignment (04).
    """

    code: StatusCode
    reporter: OrganId
    description: str = ""
    staff: dict[str, str] = field(default_factory=dict)
    units: tuple[Unit, ...] = ()
    at: datetime | None = None
