"""How the values of the core take the shapes of the contract."""

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

from gateway.core.attachments import safe_name
from gateway.core.directory import Agency
from gateway.core.findings import FINDINGS
from gateway.core.model import VIETNAM, Delivery, Document, Event, Receipt
from gateway.flows.accept import finding_shape
from gateway.ports import DocumentView, FindingCount, Lease

BASE = "/api/v1"

Deadlines = Mapping[str | None, list[dict[str, Any]]]
"""Shapes of deadlines, by delivery."""
_NONE: Deadlines = {}

dumps = partial(json.dumps, ensure_ascii=False)
"""JSON with Vietnamese as it is written."""


def event(value: Event) -> dict[str, Any]:
    """Shape an event."""
    return {
        "seq": value.seq,
        "at": value.at.isoformat(),
        "type": value.type,
        "document": value.document,
        "delivery": value.delivery,
        "data": value.data,
    }


def delivery(value: Delivery, timeline: tuple[Event, ...] = (), deadlines: Deadlines = _NONE) -> dict[str, Any]:
    """Shape a delivery, with those of the events and deadlines that are its own."""
    return {
        "id": value.id,
        "to": value.receiver,
        "state": value.state,
        "status_code": value.status_code,
        "why": value.why,
        "owner": value.owner,
        "attempts": value.attempts,
        "cause": value.cause,
        "answer": value.answer,
        "next_attempt_at": value.next_attempt_at.isoformat() if value.next_attempt_at else None,
        "paper_arrived_at": value.paper_arrived_at.isoformat() if value.paper_arrived_at else None,
        "deadlines": deadlines.get(value.id, []),
        "timeline": [event(each) for each in timeline if each.delivery == value.id],
    }


def document(view: DocumentView, timeline: tuple[Event, ...] = (), deadlines: Deadlines = _NONE) -> dict[str, Any]:
    """Shape a document."""
    value = view.document
    return {
        "id": value.id,
        "document_id": value.document_id,
        "kind": value.kind,
        "code": {"number": value.number, "notation": value.notation},
        "from": value.sender,
        "subject": value.subject,
        "priority": int(value.priority),
        "business_type": int(value.business_type),
        "promulgated_on": value.promulgated_on.isoformat(),
        "due_on": value.due_on.isoformat() if value.due_on else None,
        "response_needed": value.response_needed,
        "paper": value.paper,
        "sha256": value.sha256,
        "size": value.size,
        "accepted_at": value.accepted_at.isoformat(),
        "receipt": f"{BASE}/documents/{value.id}/receipt",
        "deliveries": [delivery(each, timeline, deadlines) for each in view.deliveries],
        "findings": [finding_shape(each) for each in value.findings],
        "attachments": [attachment(value, number) for number in range(1, len(value.attachments) + 1)],
    }


def attachment(value: Document, number: int) -> dict[str, Any]:
    """Shape attachment `number` (from 1). `name` is safe to save under, `original_name` as the sender wrote it."""
    each = value.attachments[number - 1]
    return {
        "n": number,
        "content_id": each.content_id,
        "name": safe_name(each.name),
        "original_name": each.name,
        "media_type": each.media_type,
        "size": each.size,
        "sha256": each.sha256,
        "pages": each.pages,
        "url": f"{BASE}/documents/{value.id}/attachments/{number}",
    }


def waiting(view: DocumentView, deadlines: Deadlines = _NONE) -> dict[str, Any]:
    """Shape a delivery of an inbox or a lease."""
    value, (own, *_) = view.document, view.deliveries
    return {
        "id": own.id,
        "document": value.id,
        "document_id": value.document_id,
        "from": value.sender,
        "to": own.receiver,
        "subject": value.subject,
        "priority": int(value.priority),
        "size": value.size,
        "sha256": value.sha256,
        "envelope_url": f"{BASE}/documents/{value.id}/envelope",
        "due": deadlines.get(own.id, []),
        "findings": [finding_shape(each) for each in value.findings],
    }


def awaited_paper(view: DocumentView) -> dict[str, Any]:
    """Shape a delivery whose paper copy has not arrived."""
    value, (own, *_) = view.document, view.deliveries
    return {
        "delivery": own.id,
        "document": value.id,
        "document_id": value.document_id,
        "from": value.sender,
        "to": own.receiver,
        "subject": value.subject,
        "accepted_at": value.accepted_at.isoformat(),
    }


def finding_count(value: FindingCount) -> dict[str, Any]:
    """Shape a count of findings, with the words of the catalogue."""
    known = FINDINGS.get(value.code)
    return {
        "sender": value.sender,
        "code": value.code,
        "severity": value.severity,
        "article": value.article,
        "message": known.vi if known else value.code,
        "documents": value.documents,
        "last_at": value.last_at.isoformat(),
    }


def lease(value: Lease | None, deadlines: Deadlines = _NONE) -> dict[str, Any]:
    """Shape a lease; an empty one has no token."""
    if value is None:
        return {"deliveries": []}
    return {
        "token": value.token,
        "expires_at": value.expires_at.astimezone(VIETNAM).isoformat(),
        "deliveries": [waiting(each, deadlines) for each in value.items],
    }


def receipt(value: Receipt) -> dict[str, Any]:
    """Shape a receipt."""
    return {
        "id": value.id,
        "fact": value.fact,
        "delivery": value.delivery,
        "at": value.at.isoformat(),
        "url": f"{BASE}/documents/{value.document}/receipts/{value.id}",
    }


def agency(value: Agency) -> dict[str, Any]:
    """Shape an agency. `old_code` is its id in the grammar of QCVN 102:2016, where it has one."""
    return {
        "id": value.id,
        "name": value.name,
        "aliases": list(value.aliases),
        "old_code": value.old_code,
        "parent": value.parent,
        "valid_from": value.valid_from.isoformat() if value.valid_from else None,
        "valid_to": value.valid_to.isoformat() if value.valid_to else None,
        "successor": value.successor,
        "locked": value.locked is not None,
        "updated_on": value.updated_on.isoformat() if value.updated_on else None,
    }
