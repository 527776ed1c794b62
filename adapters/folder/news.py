"""News of a delivery as a file: a status is the status package of edXML, what only the hub knows is JSON."""

import json
from datetime import timedelta, timezone
from typing import Final

from gateway.sdk import Notice, StatusCode, edxml

from .names import ENVELOPE, of_notice
from .tray_out import Item, Sheet

JSON: Final = ".json"
VIETNAM: Final = timezone(timedelta(hours=7))
"""Times of edXML have no zone: they are Vietnam's."""
MAX_DESCRIPTION: Final = 500
"""The limit of the regulation; agencies' systems may have columns of that width."""


def news(notice: Notice) -> Item:
    """Make the file of a notice."""
    content, ending = (_json(notice), JSON) if notice.code is None else (_status(notice, notice.code), ENVELOPE)
    name = f"{of_notice(notice)}{ending}"
    return Item(key=notice.key, name=name, sheets=(Sheet(name=name, open=edxml.stream(content)),))


def _status(notice: Notice, code: StatusCode) -> bytes:
    """Write a status package; 13 is the sender's, of the receiver; all others are the receiver's, on the sender's document."""
    speaker, asked = notice.receiver, notice.sender
    if code is StatusCode.RECALL_REQUESTED:
        speaker, asked = asked, speaker
    staff = {name: text for name, text in notice.staff.items() if name in _STAFF and text}
    return edxml.write(
        edxml.StatusPackage(
            sender=edxml.Organisation(organ_id=speaker),
            response_for=edxml.ResponseFor(
                organ_id=asked,
                code=f"{notice.number}/{notice.notation}",
                promulgation_date=notice.promulgated_on,
                document_id=notice.document_id,
            ),
            status_code=code,
            description=notice.description[:MAX_DESCRIPTION] or None,
            staff=edxml.StaffInfo(**staff) if staff else None,
            timestamp=notice.at.astimezone(VIETNAM),
        )
    )


_STAFF: Final = ("department", "staff", "mobile", "email")


def _json(notice: Notice) -> bytes:
    facts = {
        "key": notice.key,
        "sequence": notice.sequence,
        "delivery": notice.delivery,
        "document": notice.document,
        "document_id": notice.document_id,
        "number": notice.number,
        "notation": notice.notation,
        "promulgated_on": notice.promulgated_on.isoformat(),
        "sender": notice.sender,
        "receiver": notice.receiver,
        "state": notice.state.value,
        "description": notice.description,
        "at": notice.at.isoformat(),
        "business_type": None if notice.business_type is None else int(notice.business_type),
        "by_document": notice.by_document,
        "by_code": notice.by_code,
    }
    return json.dumps(facts, ensure_ascii=False, indent=2).encode()
