"""What the peers write to my agency: correct edXML, dated by the sandbox's clock."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from gateway.core.envelope import (
    Business,
    Code,
    DocumentPackage,
    DocumentType,
    MessageHeader,
    Organisation,
    OtherInfo,
    ResponseFor,
    SignerInfo,
    TraceHeader,
    TraceHeaderList,
    UpdateInfo,
)
from gateway.core.model import BusinessType, Priority
from gateway.entry.sandbox import sheet

NOTATION: Final = "HC-VP"
PLACE: Final = "Thanh Hóa"
DUE: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """Who writes, or is written to."""

    organ: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter before it is an envelope. `on` is its date; `updates` and `answers` are documents as the hub shows them."""

    code: Code
    on: date
    subject: str
    text: str
    priority: Priority = Priority.NORMAL
    updates: dict[str, Any] | None = None
    answers: dict[str, Any] | None = None


def plain(code: Code, on: date) -> Letter:
    """Write an ordinary letter."""
    return Letter(code=code, on=on, subject=f"V/v phối hợp công tác văn thư, lưu trữ ({code.number})", text=_TEXT)


def urgent(code: Code, on: date) -> Letter:
    """Write one that overtakes the others."""
    subject = f"Ứng phó mưa lớn và lũ trên các sông ({code.number})"
    return Letter(code=code, on=on, subject=subject, text=_TEXT, priority=Priority.EXPRESS)


def update(shown: dict[str, Any]) -> Letter:
    """Write an earlier document anew, under its own number and date."""
    code, on = Code(**shown["code"]), date.fromisoformat(shown["promulgated_on"])
    return Letter(code=code, on=on, subject=f"{shown['subject']} (cập nhật)"[:500], text=_TEXT, updates=shown)


def reply(code: Code, on: date, shown: dict[str, Any]) -> Letter:
    """Answer a document that my agency sent."""
    about = f"{shown['code']['number']}/{shown['code']['notation']}"
    return Letter(code=code, on=on, subject=f"Trả lời văn bản số {about}", text=_TEXT, answers=shown)


def envelope(letter: Letter, sender: Agency, receiver: Agency, now: datetime) -> DocumentPackage:
    """Make the package of a letter."""
    page = sheet.draw((sender.name.upper(), f"So: {letter.code}", letter.subject, letter.text, f"Kinh gui: {receiver.name}"))
    header = MessageHeader(
        sender=Organisation(organ_id=sender.organ, organ_name=sender.name),
        receivers=(Organisation(organ_id=receiver.organ, organ_name=receiver.name),),
        document_id=f"{sender.organ},{letter.on:%Y/%m/%d},{letter.code}",
        code=letter.code,
        place=PLACE,
        promulgation_date=letter.on,
        document_type=DocumentType(type=1, type_name="Công văn"),
        subject=letter.subject,
        content=letter.text,
        signer_info=SignerInfo(position="CHÁNH VĂN PHÒNG", full_name="Nguyễn Thị Mẫu"),
        due_date=letter.on + DUE,
        other_info=OtherInfo(priority=letter.priority, page_amount=1),
        response_for=(_answered(letter.answers),) if letter.answers else (),
        to_places=("Như trên", "Lưu: VT"),
    )
    name = f"{letter.code.number}_{letter.code.notation}.pdf"
    return DocumentPackage(
        header=header,
        trace=TraceHeaderList(hops=(TraceHeader(organ_id=sender.organ, timestamp=now),), business=_business(letter.updates)),
        attachments=(sheet.attached(page, name),),
    )


def _business(updated: dict[str, Any] | None) -> Business:
    if updated is None:
        return Business(reason="Văn bản điện tử mới", paper=False)
    return Business(
        type=BusinessType.UPDATE,
        reason="Sửa trích yếu",
        update=UpdateInfo(document_info=True, document_receiver=False),
        document_id=updated["document_id"],
        paper=False,
    )


def _answered(shown: dict[str, Any]) -> ResponseFor:
    return ResponseFor(
        organ_id=shown["from"],
        code=f"{shown['code']['number']}/{shown['code']['notation']}",
        promulgation_date=date.fromisoformat(shown["promulgated_on"]),
        document_id=shown["document_id"],
    )


_TEXT: Final = "Đây là văn bản thử của hộp cát; không có giá trị ngoài máy này."
