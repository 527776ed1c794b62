"""What is sent: headers, and events in JSON. Every octet of a body is the same on a repeat."""

import json
from typing import Any, Final

from gateway.sdk import Consignment, Notice, Part
from gateway.sdk.http import Body, Encoded, Source, json_body, visible

DOCUMENT: Final = "document"
STATUS: Final = "status"
JSON: Final = "application/json"


def document_headers(consignment: Consignment) -> dict[str, str]:
    """Name the document and the attempt; no value can end its line."""
    headers = {
        "Idempotency-Key": consignment.key,
        "X-Lienthong-Delivery": consignment.key,
        "X-Lienthong-Document": consignment.document,
        "X-Lienthong-Sha256": consignment.sha256,
        "X-Lienthong-From": consignment.sender,
        "X-Lienthong-To": consignment.receiver,
        "X-Lienthong-Priority": str(int(consignment.priority)),
        "X-Lienthong-Attempt": str(consignment.attempt),
        "traceparent": consignment.trace,
    }
    return {name: visible(value) for name, value in headers.items()}


def status_headers(notice: Notice) -> dict[str, str]:
    """Name the news and what it is of."""
    headers = {
        "Idempotency-Key": notice.key,
        "X-Lienthong-Delivery": notice.delivery,
        "X-Lienthong-Document": notice.document,
        "X-Lienthong-From": notice.sender,
        "X-Lienthong-To": notice.receiver,
    }
    return {name: visible(value) for name, value in headers.items()}


def document_event(consignment: Consignment) -> Body:
    """Make one JSON object of a document: its facts, then the envelope and the attachments beside it in base64."""
    data = {
        "delivery": consignment.key,
        "document": consignment.document,
        "document_id": consignment.document_id,
        "from": consignment.sender,
        "to": consignment.receiver,
        "number": consignment.number,
        "notation": consignment.notation,
        "subject": consignment.subject,
        "priority": int(consignment.priority),
        "business_type": int(consignment.business_type),
        "promulgated_on": consignment.promulgated_on.isoformat(),
        "due_on": consignment.due_on and consignment.due_on.isoformat(),
        "accepted_at": consignment.accepted_at.isoformat(),
        "sha256": consignment.sha256,
        "size": consignment.size,
    }
    event = {"type": DOCUMENT, "timestamp": consignment.accepted_at.isoformat()}
    sections: list[bytes | Source] = [_open(event, "data"), *_holding(data, "envelope", consignment), b', "attachments": [']
    for number, part in enumerate(consignment.parts):
        sections += [b", " if number else b"", *_attachment(part)]
    return Body(content_type=JSON, sections=(*sections, b"]}}"))


def status_event(notice: Notice) -> Body:
    """Make a JSON object of news; of one delivery a lower `sequence` that comes later is old news."""
    data = {
        "sequence": notice.sequence,
        "delivery": notice.delivery,
        "document": notice.document,
        "document_id": notice.document_id,
        "number": notice.number,
        "notation": notice.notation,
        "promulgated_on": notice.promulgated_on.isoformat(),
        "from": notice.sender,
        "to": notice.receiver,
        "code": notice.code,
        "state": notice.state,
        "description": notice.description,
        "staff": dict(notice.staff),
        "at": notice.at.isoformat(),
        "business_type": None if notice.business_type is None else int(notice.business_type),
        "by_document": notice.by_document,
        "by_code": notice.by_code,
    }
    return json_body({"type": STATUS, "timestamp": notice.at.isoformat(), "data": data})


def _attachment(part: Part) -> list[bytes | Source]:
    facts = {
        "content_id": part.content_id,
        "name": part.name,
        "media_type": part.media_type,
        "size": part.size,
        "sha256": part.sha256,
    }
    return [*_holding(facts, "content", part), b"}"]


def _holding(facts: dict[str, Any], name: str, source: Source) -> list[bytes | Source]:
    """Write an object that is left open behind octets in base64."""
    return [_open(facts, name), b'"', Encoded(source=source), b'"']


def _open(facts: dict[str, Any], name: str) -> bytes:
    """Write an object that is left open before the value of one more member."""
    return f"{json.dumps(facts, ensure_ascii=False)[:-1]}, {json.dumps(name)}: ".encode()
