"""Golden documents: an edXML document with every element filled, as a consignment, and news of it."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from gateway.core.model import VIETNAM
from gateway.sdk import BusinessType, Consignment, Context, Log, Notice, OrganId, Part, Priority, State, StatusCode, edxml

SENDER: Final = OrganId("H56.01")
RECEIVER: Final = OrganId("H56.40.02")
"""The organ of the system that the adapter under test is opened for."""
PROMULGATED_ON: Final = date(2026, 5, 12)
SENT_ON: Final = date(2026, 5, 4)
"""When the document was promulgated that the system under test sent, and that notices are about."""
ACCEPTED_AT: Final = datetime(2026, 5, 12, 8, 30, tzinfo=UTC)
NAME: Final = "Phụ lục.pdf"
CONTENT: Final = b"%PDF-1.7\r\n%\xe2\xe3\xcf\xd3\n" + bytes(range(256)) * 8 + b"\n%%EOF\r\n"
"""Looks like a PDF, and holds every octet, and line ends of both kinds, which text is changed in."""
PDF: Final = "application/pdf"
TRACE: Final = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def attachment(content_id: str = "phu-luc", content: bytes = CONTENT, name: str = NAME) -> edxml.Attachment:
    """Make an attachment inside the envelope, with everything that is said about one."""
    return replace(edxml.attach(content_id, name, content, PDF), description="Phụ lục kèm theo")


def document(
    number: str = "12",
    *,
    attachments: tuple[edxml.Attachment, ...] | None = None,
    business: edxml.Business | None = None,
    **changes: Any,
) -> edxml.DocumentPackage:
    """Make a document with every element filled, one attachment inside it; `changes` are fields of its `MessageHeader`."""
    header = replace(_header(number), **changes)
    hops = (edxml.TraceHeader(organ_id=SENDER, timestamp=datetime(2026, 5, 12, 15, 29, 58, tzinfo=VIETNAM)),)
    return edxml.DocumentPackage(
        header=header,
        trace=edxml.TraceHeaderList(hops=hops, business=business or _business(header.document_id)),
        attachments=(attachment(),) if attachments is None else attachments,
    )


def consignment(package: edxml.DocumentPackage | None = None, *parts: Part, **changes: Any) -> Consignment:
    """Make a consignment of a document, as the hub does; its manifest gets a reference to each part that it lacks.

    The key is that of the document and its receiver: of the same document the same, of another another. `changes` are fields
    of the consignment.
    """
    whole = _with_references(package or document(attachments=() if parts else None), parts)
    header = whole.header
    envelope = edxml.write(whole)
    usual = Consignment(
        key=_digest(header.document_id, RECEIVER),
        document=_digest(header.document_id),
        document_id=header.document_id,
        sender=OrganId(header.sender.organ_id),
        receiver=RECEIVER,
        number=header.code.number,
        notation=header.code.notation,
        subject=header.subject,
        priority=header.other_info.priority or Priority.NORMAL if header.other_info else Priority.NORMAL,
        business_type=whole.trace.business.type,
        promulgated_on=header.promulgation_date,
        due_on=header.due_date,
        accepted_at=ACCEPTED_AT,
        sha256=hashlib.sha256(envelope).hexdigest(),
        size=len(envelope),
        open=edxml.stream(envelope),
        parts=parts,
        attempt=1,
        trace=TRACE,
    )
    return replace(usual, **changes)


def part(content_id: str = "phu-luc", content: bytes = CONTENT, name: str = NAME) -> Part:
    """Make an attachment that travels beside the envelope."""
    sha256 = hashlib.sha256(content).hexdigest()
    stream = edxml.stream(content)
    return Part(content_id=content_id, name=name, media_type=PDF, size=len(content), sha256=sha256, open=stream)


def notice(**changes: Any) -> Notice:
    """Make news of a document that the system under test sent: its receiver processes it (05); `changes` are fields of it.

    Another code or sequence is other news, with a key of its own.
    """
    document_id = changes.get("document_id", f"{RECEIVER},{SENT_ON:%Y/%m/%d},7/UBND-VP")
    code, sequence = changes.get("code", StatusCode.PROCESSING), changes.get("sequence", 7)
    usual = Notice(
        key=_digest("notice", document_id, str(sequence), str(code)),
        sequence=sequence,
        delivery=_digest(document_id, SENDER),
        document=_digest(document_id),
        document_id=document_id,
        number="7",
        notation="UBND-VP",
        promulgated_on=SENT_ON,
        sender=RECEIVER,
        receiver=SENDER,
        code=code,
        state=State.PROCESSING,
        description="Đang xử lý, dự kiến trả lời trong tuần",
        staff={"department": "Phòng Nội vụ", "staff": "Trần Thị Hoa", "mobile": "0912345678", "email": "hoa@thanhhoa.gov.vn"},
        at=datetime(2026, 5, 13, 2, 15, tzinfo=UTC),
    )
    return replace(usual, **changes)


def recall(handed: Consignment, **changes: Any) -> Notice:
    """Make the news that the sender of a document that was handed over asks for it back (13)."""
    asked = {
        "code": StatusCode.RECALL_REQUESTED,
        "state": State.RECALL_REQUESTED,
        "description": "Ban hành nhầm, đề nghị thu hồi",
    }
    return _to_receiver(handed, **{**asked, **changes})


def update(handed: Consignment, **changes: Any) -> Notice:
    """Make the news that another document of its sender's asks to update a document that was handed over."""
    asked = {
        "sequence": 8,
        "code": None,
        "state": State.COLLECTED,
        "description": "Đề nghị cập nhật theo văn bản 14/CV-SNV: Sửa thời gian họp",
        "business_type": BusinessType.UPDATE,
    }
    return _to_receiver(handed, **{**asked, **_BY, **changes})


def replacement(handed: Consignment, **changes: Any) -> Notice:
    """Make the news that another document of its sender's has replaced a document that was handed over."""
    done = {
        "sequence": 9,
        "code": None,
        "state": State.REPLACED,
        "description": "Đã được thay thế bằng văn bản 14/CV-SNV: Sai căn cứ ban hành",
        "business_type": BusinessType.REPLACE,
    }
    return _to_receiver(handed, **{**done, **_BY, **changes})


def _to_receiver(handed: Consignment, **changes: Any) -> Notice:
    about = {
        "delivery": handed.key,
        "document": handed.document,
        "document_id": handed.document_id,
        "number": handed.number,
        "notation": handed.notation,
        "promulgated_on": handed.promulgated_on,
        "sender": handed.sender,
        "receiver": handed.receiver,
        "staff": {},
    }
    return notice(**{**about, **changes})


def context(folder: Path, log: Log | None = None, now: Callable[[], datetime] | None = None) -> Context:
    """Make what the hub gives an adapter: paths of settings start at `folder`; no log and the real clock, unless given."""
    organs = frozenset({RECEIVER})
    return Context(system="kit", organs=organs, folder=folder, now=now or _now, log=log or _unheard)


def _header(number: str) -> edxml.MessageHeader:
    return edxml.MessageHeader(
        sender=edxml.Organisation(
            organ_id=SENDER,
            organization_in_charge="UBND tỉnh Thanh Hóa",
            organ_name="Sở Nội vụ tỉnh Thanh Hóa",
            organ_add="35 Đại lộ Lê Lợi, phường Hạc Thành",
            email="snv@thanhhoa.gov.vn",
            telephone="02373852395",
            fax="02373852396",
            website="https://snv.thanhhoa.gov.vn",
        ),
        receivers=(
            edxml.Organisation(
                organ_id=RECEIVER,
                organization_in_charge="UBND tỉnh Thanh Hóa",
                organ_name="UBND xã Hoằng Hóa",
                organ_add="Thôn Vinh Sơn, xã Hoằng Hóa",
                email="hh@thanhhoa.gov.vn",
                telephone="02373865001",
                fax="02373865002",
                website="https://hoanghoa.thanhhoa.gov.vn",
            ),
        ),
        document_id=f"{SENDER},{PROMULGATED_ON:%Y/%m/%d},{number}/CV-SNV",
        code=edxml.Code(number=number, notation="CV-SNV"),
        place="Thanh Hóa",
        promulgation_date=PROMULGATED_ON,
        document_type=edxml.DocumentType(type=3, type_detail=1, type_name="Công văn"),
        subject="Về việc lấy ý kiến dự thảo Quy chế văn thư & lưu trữ <bản 2> «điện tử»",
        content="Đề nghị Quý cơ quan góp ý bằng văn bản.\nNghiêm túc, đầy đủ, đúng hạn.",
        signer_info=edxml.SignerInfo(competence="KT. GIÁM ĐỐC", position="PHÓ GIÁM ĐỐC", full_name="Nguyễn Văn Đường"),
        due_date=date(2026, 5, 20),
        other_info=edxml.OtherInfo(
            priority=Priority.VERY_URGENT,
            sphere_of_promulgation="Như trên",
            typer_notation="NTH",
            promulgation_amount=15,
            page_amount=3,
            direction=False,
            appendixes=("Dự thảo Quy chế", "Bảng tổng hợp ý kiến"),
        ),
        response_for=(
            edxml.ResponseFor(
                organ_id=RECEIVER,
                code="7/UBND-VP",
                promulgation_date=SENT_ON,
                document_id=f"{RECEIVER},{SENT_ON:%Y/%m/%d},7/UBND-VP",
            ),
        ),
        steering_type=1,
        to_places=("Như trên", "Lưu: VT, TCBC"),
        task_codes=("H56-2026-0031",),
        application_type="QLVB",
    )


def _business(document_id: str) -> edxml.Business:
    staff = edxml.StaffInfo(
        department="Văn phòng Sở",
        staff="Lê Thị Ánh",
        mobile="0987654321",
        email="anh@thanhhoa.gov.vn",
        department_id="VP",
        staff_id="anhlt",
    )
    return edxml.Business(type=BusinessType.NEW, reason="Văn bản mới", document_id=document_id, paper=False, staff=staff)


def _with_references(package: edxml.DocumentPackage, parts: tuple[Part, ...]) -> edxml.DocumentPackage:
    there = {each.content_id for each in package.attachments}
    added = tuple(
        edxml.Attachment(content_id=each.content_id, name=each.name, content_type=each.media_type)
        for each in parts
        if each.content_id not in there
    )
    return replace(package, attachments=(*package.attachments, *added))


def _digest(*words: str) -> str:
    return hashlib.sha256("\n".join(words).encode()).hexdigest()


_BY: Final = {"by_document": _digest(f"{SENDER},{PROMULGATED_ON:%Y/%m/%d},14/CV-SNV"), "by_code": "14/CV-SNV"}
"""The document that updates or replaces another."""


def _now() -> datetime:
    return datetime.now(UTC)


def _unheard(event: str, **facts: str | float | None) -> None: ...
