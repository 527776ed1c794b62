"""Documents as JSON, and news of them: what the other side reads, and that other software reads the multipart too."""

import base64
import email
import json
from email.message import Message
from pathlib import Path
from typing import Any

import pytest

from gateway.sdk import BusinessType, Consignment, Notice, Priority, State, StatusCode
from gateway.sdk.conformance import golden
from gateway.sdk.conformance.comparing import octets
from gateway.sdk.http import envelope_and_parts

from . import samples
from .pushing import TOKEN, consignment, opened
from .receiver import Receiver


async def sent(folder: Path, consignment: Consignment) -> dict[str, Any]:
    """Deliver in JSON; give what arrived."""
    receiver = Receiver()
    async with receiver.serving() as url, opened(folder, url, format="json") as adapter:
        await adapter.deliver(consignment)
    assert receiver.headers[0]["Content-Type"] == "application/json"
    assert receiver.headers[0]["Content-Length"] == str(receiver.requests[0].octets)
    read: dict[str, Any] = json.loads(receiver.contents[consignment.key].kept)
    return read


async def test_a_document_in_json_has_its_facts(tmp_path: Path) -> None:
    document = golden.consignment(priority=Priority.URGENT, business_type=BusinessType.UPDATE)
    event = await sent(tmp_path, document)
    assert (event["type"], event["timestamp"]) == ("document", "2026-05-12T08:30:00+00:00")
    data = event["data"]
    assert base64.b64decode(data.pop("envelope"), validate=True) == await octets(document.open)
    assert data == {
        "delivery": document.key,
        "document": document.document,
        "document_id": document.document_id,
        "from": "H56.01",
        "to": "H56.40.02",
        "number": "12",
        "notation": "CV-SNV",
        "subject": document.subject,
        "priority": 1,
        "business_type": 2,
        "promulgated_on": "2026-05-12",
        "due_on": "2026-05-20",
        "accepted_at": "2026-05-12T08:30:00+00:00",
        "sha256": document.sha256,
        "size": document.size,
        "attachments": [],
    }


@pytest.mark.parametrize("size", [0, 1, 2, 3, 65535, 65536, 65537, 1_000_001])
async def test_octets_in_json_are_the_same_whatever_their_number(tmp_path: Path, size: int) -> None:
    content = bytes(range(256)) * (size // 256 + 1)
    event = await sent(tmp_path, consignment(content[:size]))
    assert base64.b64decode(event["data"]["envelope"], validate=True) == content[:size]


async def test_attachments_beside_the_envelope_come_in_order(tmp_path: Path) -> None:
    names = ['Phụ lục "1".pdf', "b\\n\u2028.docx"]
    parts = [golden.part(f"p{number}", name.encode(), name) for number, name in enumerate(names)]
    attachments = (await sent(tmp_path, golden.consignment(None, *parts)))["data"]["attachments"]
    assert [each.pop("content") for each in attachments] == [base64.b64encode(name.encode()).decode() for name in names]
    assert attachments == [
        {"content_id": f"p{number}", "name": name, "media_type": golden.PDF, "size": part.size, "sha256": part.sha256}
        for number, (name, part) in enumerate(zip(names, parts, strict=True))
    ]


async def test_a_document_without_a_due_date_has_none(tmp_path: Path) -> None:
    assert (await sent(tmp_path, consignment(due_on=None)))["data"]["due_on"] is None


async def test_other_software_reads_the_multipart(tmp_path: Path) -> None:
    parts = (golden.part("a@x", b"\r\n--\r\n" * 99), golden.part("b", golden.CONTENT))
    body = envelope_and_parts(golden.consignment(None, *parts))
    read = email.message_from_bytes(f"Content-Type: {body.content_type}\r\n\r\n".encode() + await samples.octets(body))
    found = read.get_payload()
    assert isinstance(found, list) and read.get_content_type() == "multipart/related" and not read.defects
    messages = [each for each in found if isinstance(each, Message)]
    assert [each["Content-ID"] for each in messages] == [None, "<a@x>", "<b>"]
    assert [each.get_payload(decode=True) for each in messages[1:]] == [b"\r\n--\r\n" * 99, golden.CONTENT]


async def test_no_sender_knows_the_boundary_beforehand() -> None:
    """It is a digest of the octets too: who changes an attachment to contain it changes it."""
    types = {
        envelope_and_parts(golden.consignment(None, golden.part("a", content), key="k")).content_type for content in (b"1", b"2")
    }
    assert len(types) == 2


async def test_news_goes_to_its_own_address_where_there_is_one(tmp_path: Path) -> None:
    documents, statuses, notice = Receiver(), Receiver(), golden.notice(key="n1", sequence=9)
    async with documents.serving() as url, statuses.serving() as other, opened(tmp_path, url, status_url=other) as adapter:
        await adapter.report(notice)
    assert documents.requests == []
    headers = statuses.headers[0]
    assert headers["webhook-id"] == headers["Idempotency-Key"] == "n1"
    assert headers["X-Lienthong-Delivery"] == notice.delivery
    assert headers["Authorization"] == f"Bearer {TOKEN}"
    assert json.loads(statuses.contents["n1"].kept) == {
        "type": "status",
        "timestamp": "2026-05-13T02:15:00+00:00",
        "data": {
            "sequence": 9,
            "delivery": notice.delivery,
            "document": notice.document,
            "document_id": notice.document_id,
            "number": notice.number,
            "notation": notice.notation,
            "promulgated_on": notice.promulgated_on.isoformat(),
            "from": notice.sender,
            "to": notice.receiver,
            "code": "05",
            "state": "processing",
            "description": notice.description,
            "staff": dict(notice.staff),
            "at": "2026-05-13T02:15:00+00:00",
            "business_type": None,
            "by_document": None,
            "by_code": None,
        },
    }


@pytest.mark.parametrize(
    ("notice", "state", "business_type"),
    [
        (golden.update(golden.consignment()), "collected", 2),
        (golden.replacement(golden.consignment()), "replaced", 3),
    ],
    ids=["update", "replacement"],
)
async def test_an_update_and_a_replacement_name_the_document_that_does_it(
    tmp_path: Path, notice: Notice, state: str, business_type: int
) -> None:
    receiver = Receiver()
    async with receiver.serving() as url, opened(tmp_path, url) as adapter:
        await adapter.report(notice)
    data = json.loads(receiver.contents[notice.key].kept)["data"]
    assert (data["code"], data["state"], data["business_type"]) == (None, state, business_type)
    assert (data["by_document"], data["by_code"]) == (notice.by_document, "14/CV-SNV")


@pytest.mark.parametrize(
    ("code", "state"), [(None, State.COLLECTED), (None, State.FAILED), (StatusCode.RECALL_REQUESTED, State.RECALL_REQUESTED)]
)
async def test_news_says_what_the_hub_knows_and_what_the_sender_asks_for(
    tmp_path: Path, code: StatusCode | None, state: State
) -> None:
    receiver = Receiver()
    async with receiver.serving() as url, opened(tmp_path, url) as adapter:
        await adapter.report(golden.notice(key="n1", code=code, state=state))
    data = json.loads(receiver.contents["n1"].kept)["data"]
    assert (data["code"], data["state"]) == (code, state)
