"""Facts for receipts: an accepted document, and what happens to its delivery."""

from datetime import date, datetime

from gateway.core.model import (
    VIETNAM,
    Attached,
    BusinessType,
    Delivery,
    Document,
    Fact,
    Kind,
    OrganId,
    Priority,
    State,
    StatusCode,
    StatusReport,
    SystemId,
)
from gateway.core.receipts import Attestation

AT = datetime(2026, 11, 23, 8, 30, 15, 123456, tzinfo=VIETNAM)
PROVINCE, COMMUNE = OrganId("000.00.00.H56"), OrganId("H56.40.02")


def sent(**fields: object) -> Document:
    facts: dict[str, object] = {
        "id": "0123456789abcdef" * 2,
        "document_id": "000.00.00.H56,2026/11/23,15/UBND-VP",
        "kind": Kind.DOCUMENT,
        "sender": PROVINCE,
        "number": "15",
        "notation": "UBND-VP",
        "subject": "V/v kết nối",
        "priority": Priority.NORMAL,
        "business_type": BusinessType.NEW,
        "promulgated_on": date(2026, 11, 23),
        "due_on": None,
        "response_needed": False,
        "paper": False,
        "natural_key": "000.00.00.H56/2026/15/UBND-VP/0",
        "sha256": "a" * 64,
        "content_sha256": "b" * 64,
        "size": 2048,
        "accepted_at": AT,
        "system": SystemId("province"),
    }
    return Document(**(facts | fields))


def acceptance(**fields: object) -> Attestation:
    part = Attached(content_id="vanban", media_type="application/pdf", name="15.pdf", sha256="c" * 64, size=9, apart=True)
    document = sent(**({"attachments": (part,)} | fields))
    return Attestation(fact=Fact.ACCEPTED, document=document, delivery=None, receivers=(COMMUNE, "H56.01.07"), at=AT)


def collection() -> Attestation:
    return Attestation(fact=Fact.COLLECTED, document=sent(), delivery=_delivery(), at=AT)


def status(description: str = "Đã tiếp nhận", code: StatusCode = StatusCode.REGISTERED) -> Attestation:
    report = StatusReport(code=code, reporter=COMMUNE, description=description, at=AT)
    return Attestation(fact=Fact.STATUS, document=sent(), delivery=_delivery(), at=AT, report=report)


def _delivery() -> Delivery:
    return Delivery(id="fedcba9876543210" * 2, document=sent().id, receiver=COMMUNE, state=State.COLLECTED)
