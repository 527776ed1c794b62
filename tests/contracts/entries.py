"""Entries for the ledger: invented documents between three agencies, and the receipts of a signer that does not sign."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from gateway.core.model import (
    VIETNAM,
    BusinessType,
    Delivery,
    Document,
    Fact,
    Kind,
    OrganId,
    Priority,
    Receipt,
    State,
    StatusCode,
    StatusReport,
    SystemId,
)
from gateway.core.receipts import Attestation, receipt_id
from gateway.ports import Correlation, Entry

SENDER, RECEIVER, OTHER = OrganId("000.00.00.H56"), OrganId("000.00.15.H56"), OrganId("H56.40.02")
STRANGER = OrganId("H56.01.07")
SYSTEM, OTHER_SYSTEM = SystemId("department"), SystemId("commune")
NOW = datetime(2026, 11, 23, 8, 30, 15, 123456, tzinfo=VIETNAM)
LATER = NOW + timedelta(seconds=60)


def entry(
    number: int = 1,
    *,
    content: str = "",
    key: str | None = None,
    priority: Priority = Priority.NORMAL,
    sender: OrganId = SENDER,
    to: Sequence[OrganId] = (RECEIVER, OTHER),
    **fields: object,
) -> Entry:
    """An accepted document: `number` makes its natural key, `content` its bytes, `fields` replace those of the document."""
    natural_key = f"{sender}\n2026\n{number}\nUBND-VP\n0"
    sha256 = _digest(natural_key, content)
    document = Document(
        id=_digest(natural_key)[:32],
        document_id=f"{sender},2026/11/23,{number}/UBND-VP",
        kind=Kind.DOCUMENT,
        sender=sender,
        number=str(number),
        notation="UBND-VP",
        subject="V/v kết nối, liên thông",
        priority=priority,
        business_type=BusinessType.NEW,
        promulgated_on=date(2026, 11, 23),
        due_on=date(2026, 12, 1),
        response_needed=True,
        paper=True,
        natural_key=natural_key,
        sha256=sha256,
        content_sha256=sha256,
        size=2048,
        accepted_at=NOW,
        system=SystemId("province"),
    )
    document = replace(document, **fields)  # type: ignore[arg-type]  # the tests name fields of Document
    deliveries = tuple(
        Delivery(id=_digest(document.id, organ)[:32], document=document.id, receiver=organ, state=State.AVAILABLE) for organ in to
    )
    receipt = seal(Attestation(fact=Fact.ACCEPTED, document=document, delivery=None, receivers=tuple(to), at=NOW))
    promised = [{"id": each.id, "to": each.receiver, "state": each.state} for each in deliveries]
    answer = json.dumps({"id": document.id, "content": content, "deliveries": promised})
    return Entry(document=document, deliveries=deliveries, receipt=receipt, answer=answer, idempotency_key=key)


def pushed_entry(number: int = 1, *, to: Sequence[OrganId] = (RECEIVER,), system: SystemId = SYSTEM, **fields: object) -> Entry:
    """An accepted document whose receivers are pushed to, all by one system."""
    made = entry(number, to=to, **fields)  # type: ignore[arg-type]  # the tests name arguments of entry
    queued = tuple(replace(each, state=State.QUEUED) for each in made.deliveries)
    return replace(made, deliveries=queued, routes=dict.fromkeys(to, system), trace_id=f"{number:032x}")


def seal(attestation: Attestation) -> Receipt:
    return Receipt(
        id=receipt_id(attestation),
        fact=attestation.fact,
        document=attestation.document.id,
        delivery=attestation.delivery.id if attestation.delivery else None,
        at=attestation.at,
        xml=b"<receipt/>",
    )


def report(code: StatusCode, reporter: OrganId = RECEIVER, description: str = "", **more: object) -> StatusReport:
    return StatusReport(code=code, reporter=reporter, description=description, **more)  # type: ignore[arg-type]  # staff, at


def recall(description: str = "Gửi nhầm") -> StatusReport:
    return report(StatusCode.RECALL_REQUESTED, SENDER, description)


def correlation(known: Entry, **fields: object) -> Correlation:
    """How a status would name a document."""
    document = known.document
    named = Correlation(
        owner=document.sender,
        document_id=document.document_id,
        number=document.number,
        notation=document.notation,
        promulgated_on=document.promulgated_on,
    )
    return replace(named, **fields)  # type: ignore[arg-type]  # the tests name fields of Correlation


def _digest(*names: str) -> str:
    return hashlib.sha256("\n".join(names).encode()).hexdigest()
