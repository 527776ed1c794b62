"""Documents and status packages for tests: invented agencies, real shapes."""

import base64
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

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
    StatusPackage,
    TraceHeader,
    TraceHeaderList,
)
from gateway.core.model import VIETNAM, BusinessType, Priority, StatusCode

PROVINCE = "000.00.00.H56"
DEPARTMENT = "000.00.15.H56"
COMMUNE = "H56.40.02"
DAY = date(2026, 11, 23)
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def attachment(content: bytes = PDF, *, content_id: str = "a1", name: str = "van-ban.pdf") -> Attachment:
    return Attachment(
        content_id=content_id, name=name, content_type="application/pdf", encoded=base64.b64encode(content).decode()
    )


def document(
    number: str = "1",
    *,
    sender: str = PROVINCE,
    to: Sequence[str] = (DEPARTMENT, COMMUNE),
    attachments: tuple[Attachment, ...] = (),
    business_type: BusinessType = BusinessType.NEW,
    priority: Priority | None = None,
    **header: Any,
) -> DocumentPackage:
    """A small valid document; `header` replaces fields of its MessageHeader."""
    code = Code(number=number, notation="UBND-VP")
    fields: dict[str, Any] = {
        "sender": Organisation(organ_id=sender, organ_name="Cơ quan gửi (mẫu)"),
        "receivers": tuple(Organisation(organ_id=organ, organ_name="Cơ quan nhận (mẫu)") for organ in to),
        "document_id": f"{sender},{DAY:%Y/%m/%d},{code}",
        "code": code,
        "promulgation_date": DAY,
        "document_type": DocumentType(type=1, type_name="Công văn"),
        "subject": "V/v báo cáo tình hình kết nối",
        "signer_info": SignerInfo(full_name="Nguyễn Văn Mẫu"),
        "other_info": None if priority is None else OtherInfo(priority=priority),
    }
    return DocumentPackage(
        header=MessageHeader(**(fields | header)),
        trace=TraceHeaderList(
            hops=(TraceHeader(organ_id=sender, timestamp=datetime(2026, 11, 23, 8, 0, tzinfo=VIETNAM)),),
            business=Business(type=business_type, reason=None if business_type is BusinessType.NEW else "Sửa lỗi"),
        ),
        attachments=attachments,
    )


def status(
    about: DocumentPackage,
    code: StatusCode,
    *,
    reporter: str = DEPARTMENT,
    description: str | None = None,
    other: str | None = None,
) -> StatusPackage:
    """A status about a document; `other` is the agency it speaks to (default: the document's sender)."""
    return StatusPackage(
        sender=Organisation(organ_id=reporter, organ_name="Cơ quan báo (mẫu)"),
        response_for=ResponseFor(
            organ_id=other or about.header.sender.organ_id,
            code=str(about.header.code),
            promulgation_date=about.header.promulgation_date,
            document_id=about.header.document_id,
        ),
        status_code=code,
        description=description,
        timestamp=datetime(2026, 11, 23, 9, 0, tzinfo=VIETNAM),
    )
