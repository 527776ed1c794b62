"""How the nouns are rows."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from gateway.core import lifecycle
from gateway.core.fault_codes import FAULTS
from gateway.core.model import (
    Attached,
    BusinessType,
    Delivery,
    Document,
    Event,
    Fact,
    Finding,
    Kind,
    OrganId,
    Priority,
    Receipt,
    Severity,
    State,
    StatusCode,
    SystemId,
)

Row = sa.RowMapping | dict[str, Any]


def document_row(value: Document) -> dict[str, Any]:
    """Give the columns of a document (all but the answer)."""
    return {
        "id": value.id,
        "document_id": value.document_id,
        "kind": value.kind.value,
        "sender": value.sender,
        "number": value.number,
        "notation": value.notation,
        "subject": value.subject,
        "priority": value.priority.value,
        "business_type": value.business_type.value,
        "promulgated_on": value.promulgated_on,
        "due_on": value.due_on,
        "response_needed": value.response_needed,
        "paper": value.paper,
        "natural_key": value.natural_key,
        "sha256": value.sha256,
        "content_sha256": value.content_sha256,
        "size": value.size,
        "accepted_at": value.accepted_at,
        "system": value.system,
        "type_name": value.type_name,
        "attachments": [asdict(each) for each in value.attachments],
    }


def finding_rows(value: Document) -> list[dict[str, Any]]:
    """Give the columns of each finding of a document."""
    return [
        {
            "document": value.id,
            "place": place,
            "code": each.code,
            "path": each.path,
            "message": each.message,
            "severity": each.severity.value,
            "article": each.article,
            "sender": value.sender,
            "at": value.accepted_at,
        }
        for place, each in enumerate(value.findings)
    ]


def read_document(row: Row, found: Iterable[Row]) -> Document:
    """Read a document, with the rows of its findings."""
    return Document(
        id=row["id"],
        document_id=row["document_id"],
        kind=Kind(row["kind"]),
        sender=OrganId(row["sender"]),
        number=row["number"],
        notation=row["notation"],
        subject=row["subject"],
        priority=Priority(row["priority"]),
        business_type=BusinessType(row["business_type"]),
        promulgated_on=row["promulgated_on"],
        due_on=row["due_on"],
        response_needed=row["response_needed"],
        paper=row["paper"],
        natural_key=row["natural_key"],
        sha256=row["sha256"],
        content_sha256=row["content_sha256"],
        size=row["size"],
        accepted_at=row["accepted_at"],
        system=SystemId(row["system"]),
        type_name=row["type_name"],
        findings=tuple(_read_finding(each) for each in found),
        attachments=tuple(Attached(**each) for each in row["attachments"]),
    )


def read_delivery(row: Row) -> Delivery:
    """Read a delivery."""
    state = State(row["state"])
    return Delivery(
        id=row["id"],
        document=row["document"],
        receiver=OrganId(row["receiver"]),
        state=state,
        status_code=_code(row["status_code"]),
        why=row["why"],
        owner=FAULTS[row["cause"]].owner if state is State.FAILED and row["cause"] else lifecycle.owner(state),
        attempts=row["attempts"],
        cause=row["cause"],
        answer=row["answer"],
        next_attempt_at=row["not_before"],
        progress=_code(row["progress"]),
        paper_arrived_at=row["paper_arrived_at"],
    )


def receipt_row(value: Receipt) -> dict[str, Any]:
    """Give the columns of a receipt."""
    return {
        "id": value.id,
        "fact": value.fact.value,
        "document": value.document,
        "delivery": value.delivery,
        "at": value.at,
        "xml": value.xml,
    }


def read_receipt(row: Row) -> Receipt:
    """Read a receipt."""
    return Receipt(
        id=row["id"], fact=Fact(row["fact"]), document=row["document"], delivery=row["delivery"], at=row["at"], xml=row["xml"]
    )


def read_event(row: Row) -> Event:
    """Read an event."""
    return Event(
        seq=row["seq"], at=row["at"], type=row["type"], document=row["document"], delivery=row["delivery"], data=row["data"]
    )


def _code(text: str | None) -> StatusCode | None:
    return None if text is None else StatusCode(text)


def _read_finding(row: Row) -> Finding:
    return Finding(
        code=row["code"],
        path=row["path"],
        message=row["message"],
        severity=Severity(row["severity"]),
        article=row["article"],
    )
