"""The edXML that simulated agencies write, from what they know."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from gateway.core import attachments
from gateway.core.envelope import (
    Attachment,
    Business,
    Code,
    DocumentPackage,
    DocumentType,
    MessageHeader,
    Organisation,
    OtherInfo,
    ResponseFor,
    SignerInfo,
    StaffInfo,
    StatusPackage,
    TraceHeader,
    TraceHeaderList,
)
from gateway.core.model import VIETNAM, Priority, StatusCode
from gateway.entry.demo.cast import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A document before it has a number. `to` are organ ids as the sender writes them, old or new.

    `annex_pages` adds a large PDF; both then travel as MIME parts; `reply_to` is the answered document as the hub shows it.
    `file_name` is another name for the principal file; `miscounted` is by how many pages PageAmount is wrong.
    """

    to: Sequence[str]
    notation: str
    subject: str
    paragraphs: Sequence[str]
    type_name: str = "Công văn"
    priority: Priority = Priority.NORMAL
    due: date | None = None
    annex_pages: int = 0
    reply_to: dict[str, Any] | None = None
    file_name: str = ""
    miscounted: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfFile:
    """A PDF to enclose: inline in the envelope, or as a MIME part of its own."""

    content_id: str
    name: str
    octets: bytes = field(repr=False)
    apart: bool = False


def document(role: Role, paper: Paper, code: Code, names: Sequence[str], pdfs: Sequence[PdfFile], pages: int) -> DocumentPackage:
    """Write the package of a paper. `names` are the receivers' names, in the order of `paper.to`."""
    now = datetime.now(VIETNAM)
    header = MessageHeader(
        sender=_organisation(role),
        receivers=tuple(Organisation(organ_id=organ, organ_name=name) for organ, name in zip(paper.to, names, strict=True)),
        document_id=f"{role.organ},{now:%Y/%m/%d},{code}",
        code=code,
        place="Thanh Hóa",
        promulgation_date=now.date(),
        document_type=DocumentType(type=1, type_name=paper.type_name),
        subject=paper.subject,
        content=paper.paragraphs[0][:500],
        signer_info=SignerInfo(competence=role.competence or None, position=role.position, full_name=role.signer),
        due_date=paper.due,
        other_info=OtherInfo(priority=paper.priority, page_amount=pages + paper.miscounted),
        response_for=(_answered(paper.reply_to),) if paper.reply_to else (),
        to_places=("Như trên", "Lưu: VT"),
    )
    return DocumentPackage(
        header=header,
        trace=TraceHeaderList(hops=(TraceHeader(organ_id=role.organ, timestamp=now),), business=Business(paper=False)),
        attachments=tuple(_attachment(pdf) for pdf in pdfs),
    )


def status(role: Role, about: dict[str, Any], code: StatusCode, description: str) -> StatusPackage:
    """Write a status about a document, as the hub shows it."""
    return StatusPackage(
        sender=_organisation(role),
        response_for=_answered(about),
        status_code=code,
        description=description,
        staff=StaffInfo(department="Văn thư", staff="Lê Thị Mẫu"),
        timestamp=datetime.now(VIETNAM),
    )


def _organisation(role: Role) -> Organisation:
    return Organisation(organ_id=role.organ, organ_name=role.name, organization_in_charge=role.above or None)


def _answered(about: dict[str, Any]) -> ResponseFor:
    return ResponseFor(
        organ_id=about["from"],
        code=str(Code(number=about["code"]["number"], notation=about["code"]["notation"])),
        promulgation_date=date.fromisoformat(about["promulgated_on"]),
        document_id=about["document_id"],
    )


def _attachment(pdf: PdfFile) -> Attachment:
    if pdf.apart:
        return Attachment(content_id=pdf.content_id, name=pdf.name, content_type="application/pdf")
    return Attachment(
        content_id=pdf.content_id,
        name=pdf.name,
        content_type="application/zip",
        description="Bản chính",
        encoded=attachments.encode(pdf.octets, f"{pdf.content_id}.pdf"),
    )
