"""The canonical model of an edXML package (QCVN 102:2016): plain values, every element, whatever shape it came in."""

from dataclasses import dataclass, field
from datetime import date, datetime

from gateway.core.model import BusinessType, Priority, StatusCode

NAMESPACE = "http://www.mic.gov.vn/TBT/QCVN_102_2016"


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """From or To. `organ_id` is as written; the directory resolves it."""

    organ_id: str
    organization_in_charge: str | None = None
    organ_name: str | None = None
    organ_add: str | None = None
    email: str | None = None
    telephone: str | None = None
    fax: str | None = None
    website: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """Số and ký hiệu. The printed form is number, slash, notation; only the first slash parts them."""

    number: str
    notation: str

    @classmethod
    def of(cls, printed: str) -> "Code":
        """Part a printed code on its first slash: ``4764/2017/QĐ-UBND`` is number 4764, notation 2017/QĐ-UBND."""
        number, _, notation = printed.partition("/")
        return cls(number=number.strip(), notation=notation.strip())

    def __str__(self) -> str:
        return f"{self.number}/{self.notation}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentType:
    """Loại văn bản. The numbers are in conflict between implementations; `type_name` is authoritative."""

    type: int
    type_detail: int | None = None
    type_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignerInfo:
    """The person who signed."""

    competence: str | None = None
    position: str | None = None
    full_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherInfo:
    """Priority, circulation and counts."""

    priority: Priority | None = None
    sphere_of_promulgation: str | None = None
    typer_notation: str | None = None
    promulgation_amount: int | None = None
    page_amount: int | None = None
    direction: bool | None = None
    appendixes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseFor:
    """The document that is answered. `code` is the printed number/notation."""

    organ_id: str
    code: str
    promulgation_date: date
    document_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffInfo:
    """A contact."""

    department: str | None = None
    staff: str | None = None
    mobile: str | None = None
    email: str | None = None
    department_id: str | None = None
    staff_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageHeader:
    """MessageHeader of a document."""

    sender: Organisation
    receivers: tuple[Organisation, ...]
    document_id: str
    code: Code
    place: str | None = None
    promulgation_date: date
    document_type: DocumentType
    subject: str
    content: str | None = None
    signer_info: SignerInfo
    due_date: date | None = None
    other_info: OtherInfo | None = None
    response_for: tuple[ResponseFor, ...] = ()
    steering_type: int | None = None
    to_places: tuple[str, ...] = ()
    task_codes: tuple[str, ...] = ()
    application_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceHeader:
    """One hop. `organ_id` is None where the axis wrote nothing or ``null``. `timestamp` is aware (+07:00)."""

    organ_id: str | None = None
    timestamp: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiverChange:
    """ReceiverList/Receiver of an update: `added` is ReceiverType 1, not added is 0 (removed)."""

    organ_id: str
    added: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateInfo:
    """BussinessDocumentInfo: what an update changes."""

    document_info: bool
    document_receiver: bool
    receivers: tuple[ReceiverChange, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """ReplacementInfo: a replaced document and the receivers concerned."""

    document_id: str
    organ_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Business:
    """TraceHeaderList/Bussiness (the misspelling is normative): absent means new."""

    type: BusinessType = BusinessType.NEW
    reason: str | None = None
    update: UpdateInfo | None = None
    document_id: str | None = None
    paper: bool | None = None
    staff: StaffInfo | None = None
    replacements: tuple[Replacement, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """One attachment of the manifest. `content_id` has no ``cid:``.

    `encoded` is the base64 text as sent; None when the octets are a MIME part.
    """

    content_id: str
    name: str
    content_type: str | None = None
    description: str | None = None
    encoded: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceHeaderList:
    """The hops and the business of the package; the attributes are SOAP relics that some systems write."""

    hops: tuple[TraceHeader, ...] = ()
    business: Business = Business()
    id: str | None = None
    version: str | None = None
    must_understand: str | None = None
    actor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentPackage:
    """A whole edXML document."""

    header: MessageHeader
    trace: TraceHeaderList = TraceHeaderList()
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusPackage:
    """A whole edXML status message. It has no To: `response_for.organ_id` is the agency it speaks to."""

    sender: Organisation
    response_for: ResponseFor
    status_code: StatusCode
    description: str | None = None
    staff: StaffInfo | None = None
    timestamp: datetime


Package = DocumentPackage | StatusPackage
