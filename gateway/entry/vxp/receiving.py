"""What waits for the caller, what became of what it sent, and the files."""

import base64
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from aiohttp import web

from gateway.core import writing
from gateway.core.envelope import Organisation, ResponseFor, StaffInfo, StatusPackage
from gateway.core.faults import Rejected
from gateway.core.model import VIETNAM, Document, Fact
from gateway.entry.vxp.answers import BUSINESS, DESCRIPTIONS, moment, said, transport
from gateway.entry.vxp.call import Call
from gateway.flows.inform import notice
from gateway.ports import DocumentView, Filed, News, Transport
from gateway.sdk import Notice

MOST: Final = 500
"""Packages of one list: what is taken makes room for the next."""
CHUNK: Final = 3 * 64 * 1024
"""A multiple of three: base64 of parts is base64 of the whole."""


async def received(call: Call) -> web.Response:
    """List packages that were not taken: deliveries, or status packages."""
    if call.signed.get("messagetype").lower() == "status":
        rows = [row for each in await _filed(call) if (row := _status_row(each, call)) is not None]
    else:
        rows = await _deliveries(call)
    since, until = call.bound("fromDate"), call.bound("toDate")
    kept = [row for at, row in rows if (since is None or at >= since) and (until is None or at < until)]
    return said(data=kept)


async def count_documents(call: Call) -> web.Response:
    """Count the deliveries that wait."""
    return said(count=len(await _deliveries(call)))


async def count_statuses(call: Call) -> web.Response:
    """Count the status packages that wait."""
    return said(count=len(await _filed(call)))


async def sent(call: Call) -> web.Response:
    """Say what became of a document that the caller sent, or of its newest ones: transport and business state apart.

    When receivers took it is said of one document, by the hub's receipts.
    """
    wanted = call.signed.get("docId").strip()
    ledger, organs = call.at.ports.ledger, call.system.organs
    taken: dict[str | None, datetime] = {}
    if wanted:
        views: tuple[DocumentView, ...] = (await ledger.document(wanted, organs),)
        receipts = await ledger.receipts(views[0].document.id, organs)
        taken = {each.delivery: each.at for each in receipts if each.fact is Fact.COLLECTED}
    else:
        views = (await ledger.documents(organs, role="sender", state=None, after=None, limit=MOST)).items
    own = [view for view in views if view.document.sender in organs]
    return said(data=[row for view in own for row in _sent_rows(view, taken)])


async def fetch(call: Call) -> web.StreamResponse:
    """Give the file as base64 in JSON, streamed."""
    size, chunks = await _file(call)
    head, tail = b'{"status":"OK","ErrorCode":"0","ErrorDesc":"","data":"', b'"}'
    response = web.StreamResponse(headers={"Content-Type": "application/json; charset=utf-8"})
    response.content_length = len(head) + (size + 2) // 3 * 4 + len(tail)
    await response.prepare(call.request)
    await response.write(head)
    held = b""
    async for chunk in chunks:
        held += chunk
        whole = len(held) - len(held) % 3
        await response.write(base64.b64encode(held[:whole]))
        held = held[whole:]
    await response.write(base64.b64encode(held) + tail)
    await response.write_eof()
    return response


async def download(call: Call) -> web.StreamResponse:
    """Give the file itself."""
    size, chunks = await _file(call)
    response = web.StreamResponse(headers={"Content-Type": "application/octet-stream", "X-Content-Type-Options": "nosniff"})
    response.content_length = size
    await response.prepare(call.request)
    async for chunk in chunks:
        await response.write(chunk)
    await response.write_eof()
    return response


async def _file(call: Call) -> tuple[int, AsyncIterator[bytes]]:
    """Find the file of a package. Raises `not-found`, and `delivery-parts` where attachments travel beside the envelope."""
    package, ports = call.demanded("docId"), call.at.ports
    if "-" in package:
        told = _told(await ports.vxp.status(package, call.system.organs), call)
        if told is None:
            raise Rejected("not-found", path=package)
        made = writing.emit(_package(told, call))
        return len(made), _once(made)
    document = await _document(call, package)
    numbers = [number for number, each in enumerate(document.attachments, start=1) if each.apart]
    if numbers:
        raise _elsewhere(package, document, numbers)
    return document.size, ports.vault.stream(document.sha256)


def _elsewhere(package: str, document: Document, numbers: Sequence[int]) -> Rejected:
    """Say where a document is to be had whose attachments the SDK has no room for.

    Put into the envelope they would break its signature, and the original bytes are sacred.
    """
    base = f"/api/v1/documents/{document.id}"
    paths = ", ".join([f"GET {base}/envelope", *(f"{base}/attachments/{number}" for number in numbers)])
    vi = f"Lấy bằng API, với mã truy cập (lienthong system rotate): {paths}; rồi updateStatus done."
    en = f"Get it by the API, with a token (lienthong system rotate): {paths}; then updateStatus done."
    return Rejected("delivery-parts", path=package, detail=vi, detail_en=en)


async def _document(call: Call, package: str) -> Document:
    """Find the document of a delivery, or one that the caller sent."""
    try:
        return (await call.at.ports.ledger.delivery(package, call.system.organs)).document
    except Rejected:
        return (await call.at.ports.ledger.document(package, call.system.organs)).document


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data


async def _deliveries(call: Call) -> list[tuple[datetime, dict[str, Any]]]:
    page = await call.at.ports.ledger.inbox(call.system.organs, after=None, limit=MOST)
    marks = await call.at.ports.vxp.marks(call.system.id, [view.deliveries[0].id for view in page.items])
    rows = []
    for view in page.items:
        document, own = view.document, view.deliveries[0]
        mark = marks.get(own.id)
        state = transport(own, mark)
        at = document.accepted_at
        row = _row(own.id, "edoc", at, mark.at if mark else at, document.sender, own.receiver, state)
        rows.append((at, row))
    return rows


async def _filed(call: Call) -> tuple[Filed, ...]:
    book, system, now = call.at.ports.vxp, call.system, call.at.ports.clock.now()
    return await book.statuses(system.id, system.organs, packages=lambda news: _told(news, call) is not None, limit=MOST, now=now)


def _status_row(filed: Filed, call: Call) -> tuple[datetime, dict[str, Any]] | None:
    told = _told(filed.news, call)
    if told is None:
        return None
    mark, at = filed.mark, filed.news.event.at
    sender, to = _ends(told)
    row = _row(told.key, "status", at, mark.at if mark else at, sender, to, mark.transport if mark else Transport.INITIAL)
    return at, row


def _told(news: News, call: Call) -> Notice | None:
    """Give the notice of an event that is a status package to the caller."""
    told = notice(news, call.system.organs)
    return told if told is not None and told.code is not None else None


def _ends(told: Notice) -> tuple[str, str]:
    """Give who reports a status, and to whom: a recall is asked by the document's sender."""
    return (told.sender, told.receiver) if told.code == "13" else (told.receiver, told.sender)


def _package(told: Notice, call: Call) -> StatusPackage:
    reporter, to = _ends(told)
    agency = call.rules.directory.find(reporter)
    staff = {name: told.staff.get(name) for name in ("department", "staff", "mobile", "email")}
    if told.code is None:
        raise Rejected("not-found", path=told.key)
    return StatusPackage(
        sender=Organisation(organ_id=reporter, organ_name=agency.name if agency else None),
        response_for=ResponseFor(
            organ_id=to,
            code=f"{told.number}/{told.notation}",
            promulgation_date=told.promulgated_on,
            document_id=told.document_id,
        ),
        status_code=told.code,
        description=told.description or None,
        staff=StaffInfo(**staff) if any(staff.values()) else None,
        timestamp=told.at.astimezone(VIETNAM),
    )


def _row(package: str, kind: str, made: datetime, changed: datetime, sender: str, to: str, state: Transport) -> dict[str, Any]:
    return {
        "docId": package,
        "serviceType": "eDoc",
        "messageType": kind,
        "created_time": moment(made),
        "updated_time": moment(changed),
        "from": sender,
        "to": to,
        "status": state.value,
        "status_desc": DESCRIPTIONS[state],
    }


def _sent_rows(view: DocumentView, taken: Mapping[str | None, datetime]) -> list[dict[str, Any]]:
    document = view.document
    return [
        {
            "senderDocId": document.id,
            "receiverDocId": each.id,
            "fromCode": document.sender,
            "toCode": each.receiver,
            "title": document.subject,
            "notation": f"{document.number}/{document.notation}",
            "serviceType": "eDoc",
            "messageType": "edoc",
            "sentTime": moment(document.accepted_at),
            "sendStatus": transport(each).value,
            "sendStatusDesc": " ".join(filter(None, (DESCRIPTIONS[transport(each)], each.answer or each.why))),
            "receivedTime": moment(taken[each.id]) if each.id in taken else "",
            "receiveStatus": each.status_code.value if each.status_code else "",
            "receiveStatusDesc": BUSINESS[each.status_code] if each.status_code else "",
        }
        for each in view.deliveries
    ]
