"""The verbs of the older eDoc hubs as SOAP 1.1, for the systems that still speak it; README.md has the table of errors.

A verb that the hub refuses is answered with `status` Fail and its errors; what is no call of the WSDL, with a fault.
Who calls is known from HTTP: nothing in a body says it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeVar
from xml.sax.saxutils import escape

from gateway.sdk import Consignment, Opener, Rejected, Transient
from gateway.sdk.edxml import stream
from gateway.sdk.face import Desk, Listed, Request, Response, Waiting
from gateway.sdk.words import reasons

from .codes import failed, refused
from .traces import known_as, reported, trace_fields
from .wire import CONTENT_TYPE, Call, Fields, Group, Misuse, encoded, optional, read_call, weight, write_answer, write_fault

T = TypeVar("T")
Verb = Callable[[Group, Desk], Awaitable[Fields]]

WSDL: Final = Path(__file__).with_name("edoc.wsdl")
ADDRESS: Final = "http://localhost/faces/soap_edoc"
"""What the file has in the place of the hub's address."""
SMALL: Final = 256 * 1024
"""Octets up to which a thread would cost more than it frees."""
LARGEST: Final = 50 * 1024 * 1024
"""Octets of a document with its attachments that an answer holds in memory, with their base64; more go over the REST API."""
USUAL: Final = 100
"""Items of a list where the caller names no number."""
DONE: Final[Fields] = (("status", "Success"), ("code", "0"))


async def answer(request: Request, desk: Desk) -> Response:
    """Answer one call."""
    if request.path not in {"", "/"}:
        return Response(status=404, content_type="text/plain; charset=utf-8", body=b"")
    if request.method in {"GET", "HEAD"}:
        return await asyncio.to_thread(_wsdl, request.url)
    if request.method != "POST":
        return Response(status=405, content_type="text/plain; charset=utf-8", body=b"", headers={"Allow": "GET, HEAD, POST"})
    try:
        call = await _read(request.body)
        del request  # its body may be large, and all that counts is in the call
        return await _called(call, desk)
    except Misuse as misuse:
        return _fault(400, misuse.fault, misuse.words)
    except Transient as fault:
        (first, *_) = reasons(fault)
        return _fault(500, "Server", f"{first.vi} · {first.en}", {"Retry-After": str(fault.retry_after or 5)})


async def _read(body: bytes) -> Call:
    return await _weighed(len(body), lambda: read_call(body))


async def _called(call: Call, desk: Desk) -> Response:
    verb = VERBS.get(call.verb)
    if verb is None:
        raise Misuse("Client", f"Không có lệnh {call.verb[:60]}.", f"There is no call {call.verb[:60]}.")
    try:
        fields = await verb(call.given, desk)
    except Rejected as fault:
        fields = refused(fault)
    written = await _weighed(weight(fields), lambda: write_answer(f"{call.verb}Response", fields))
    return Response(content_type=CONTENT_TYPE, body=written)


async def send_document(given: Group, desk: Desk) -> Fields:
    """Accept one document; `messageId` is for the caller's log: the same octets get the same id anyway."""
    document, parts = await _weighed(given.weight, lambda: (given.octets("document"), _parts(given)))
    if document is None:
        return failed(("N.document", "Thiếu document."))
    return (*DONE, ("docId", await desk.send(document, parts)))


async def get_pending_document_ids(given: Group, desk: Desk) -> Fields:
    """List what waits."""
    waiting = await desk.waiting(given.number("limit", USUAL))
    return (*DONE, *(("document", _pending(each)) for each in waiting))


async def get_document(given: Group, desk: Desk) -> Fields:
    """Give a document as it was signed, and beside it the attachments that travelled beside it."""
    consignment = await desk.fetch(given.demand("docId"))
    if consignment.size + sum(each.size for each in consignment.parts) > LARGEST:
        return failed(("R.document", f"Văn bản lớn hơn {LARGEST:,} byte: lấy qua GET /api/v1/documents/{consignment.document}."))
    return (
        *DONE,
        ("docId", consignment.key),
        ("document", await _base64(consignment.open)),
        *[("attachment", await _attachment(consignment, at)) for at in range(len(consignment.parts))],
    )


async def confirm_received(given: Group, desk: Desk) -> Fields:
    """Record status 01 of one delivery; every other one stays as it is."""
    doc_id = given.demand("docId")
    if (given.text("status") or "Success") != "Success":
        return failed(("R.status", "Từ chối tiếp nhận thì gửi trạng thái 02 bằng UpdateTraces."))
    await desk.confirm(doc_id)
    return (*DONE, ("docId", doc_id))


async def get_traces(given: Group, desk: Desk) -> Fields:
    """Give news after the caller's own cursor."""
    news, cursor = await desk.news(given.text("after"), given.number("limit", USUAL))
    return (*DONE, ("next", cursor), *(("trace", trace_fields(each, known_as(each))) for each in news))


async def update_traces(given: Group, desk: Desk) -> Fields:
    """Record a status: an edXML package, or the fields of a trace on a delivery."""
    package = await _weighed(given.weight, lambda: given.octets("document"))
    if package is None:
        consignment = await desk.fetch(given.demand("docId"))
        trace = given.groups.get("trace", ())
        if len(trace) != 1:
            return failed(("N.trace", "Cần document, hoặc docId và một trace."))
        package = reported(trace[0], consignment, datetime.now(UTC))
    await desk.report(package)
    return DONE


async def get_organizations(_given: Group, desk: Desk) -> Fields:
    """Give the directory."""
    return (*DONE, *(("organization", _organization(each)) for each in await desk.agencies()))


async def check_permission(_given: Group, desk: Desk) -> Fields:
    """Tell the caller who it is."""
    return (*DONE, ("systemId", desk.system), *(("organId", each) for each in sorted(desk.organs)))


VERBS: Final[Mapping[str, Verb]] = {
    "SendDocument": send_document,
    "GetPendingDocumentIds": get_pending_document_ids,
    "GetDocument": get_document,
    "ConfirmReceived": confirm_received,
    "GetTraces": get_traces,
    "UpdateTraces": update_traces,
    "GetOrganizations": get_organizations,
    "CheckPermission": check_permission,
}


async def _weighed(octets: int, work: Callable[[], T]) -> T:
    """Do small work at once and large work in a thread, so that other callers do not wait for it."""
    return work() if octets <= SMALL else await asyncio.to_thread(work)


def _wsdl(url: str) -> Response:
    described = WSDL.read_text("utf-8").replace(ADDRESS, escape(url, {'"': "&quot;"}))
    return Response(content_type=CONTENT_TYPE, body=described.encode())


def _fault(status: int, code: str, words: str, headers: Mapping[str, str] | None = None) -> Response:
    return Response(status=status, content_type=CONTENT_TYPE, body=write_fault(code, words), headers=headers or {})


def _parts(given: Group) -> dict[str, Opener]:
    found: dict[str, Opener] = {}
    for each in given.groups.get("attachment", ()):
        name = each.demand("contentId").removeprefix("cid:")
        if name in found:
            raise Misuse("Client", "contentId bị lặp lại.", "A contentId is repeated.")
        found[name] = stream(each.octets("content") or b"")
    return found


async def _base64(opened: Opener) -> str:
    octets = bytearray()
    async with aclosing(opened()) as chunks:
        async for chunk in chunks:
            octets += chunk
    return await _weighed(len(octets), lambda: encoded(bytes(octets)))


async def _attachment(consignment: Consignment, at: int) -> Fields:
    part = consignment.parts[at]
    named = optional(("contentId", part.content_id), ("name", part.name), ("contentType", part.media_type))
    return (*named, ("content", await _base64(part.open)))


def _pending(waiting: Waiting) -> Fields:
    return optional(
        ("docId", waiting.delivery),
        ("organId", waiting.sender),
        ("toOrganId", waiting.receiver),
        ("documentId", waiting.document_id),
        ("subject", waiting.subject),
        ("priority", str(int(waiting.priority))),
        ("size", str(waiting.size)),
    )


def _organization(listed: Listed) -> Fields:
    return optional(
        ("organId", listed.id),
        ("name", listed.name),
        ("parentId", listed.parent),
        ("oldCode", listed.old_code),
        ("validFrom", listed.valid_from.isoformat() if listed.valid_from else None),
        ("validTo", listed.valid_to.isoformat() if listed.valid_to else None),
    )
