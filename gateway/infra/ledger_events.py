"""What happened, written in the transaction that makes it true."""

from datetime import datetime
from typing import Any

from gateway.core.model import Delivery, Document


def about(
    document: Document,
    delivery: Delivery | None,
    happened: str,
    at: datetime,
    **data: Any,
) -> dict[str, Any]:
    """Make the row of an event. Its document's sender sees it; so does the receiver where it is about his delivery."""
    known = {
        "document_id": document.document_id,
        "code": f"{document.number}/{document.notation}",
        "subject": document.subject,
        "from": document.sender,
    }
    return {
        "at": at,
        "type": happened,
        "document": document.id,
        "delivery": delivery.id if delivery else None,
        "sender": document.sender,
        "receiver": delivery.receiver if delivery else None,
        "data": known | ({"to": delivery.receiver} if delivery else {}) | data,
    }
