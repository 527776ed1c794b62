"""/documents and /validations: hand in, look up, fetch."""

from datetime import date

from aiohttp import hdrs, web

from gateway.core import attachments, reading, xmlsafe
from gateway.core.faults import Rejected
from gateway.core.model import Document
from gateway.core.schema import EdxmlSchema
from gateway.entry.api import content, deadlines, links, rendering
from gateway.entry.api.hub import TRACE_ID, caller, hub
from gateway.entry.api.inputs import DocumentsQuery
from gateway.entry.api.requests import idempotency_key, query
from gateway.entry.api.uploads import audited, received
from gateway.flows.accept import accept, finding_shape, judge
from gateway.ports import DocumentView


async def post(request: web.Request) -> web.Response:
    """Take a document: 202 when it is new, 200 with the same answer when the same bytes were sent before."""
    at = hub(request)
    key = idempotency_key(request)
    async with audited(request) as package:
        acceptance = await accept(at.ports, at.rules(), package, caller(request), idempotency_key=key, trace_id=request[TRACE_ID])
    return web.Response(
        status=202 if acceptance.created else 200,
        text=acceptance.answer,
        content_type="application/json",
        headers={hdrs.LOCATION: f"{rendering.BASE}/documents/{acceptance.document}"},
    )


async def validate(request: web.Request) -> web.Response:
    """Judge a document without storing anything."""
    at = hub(request)
    async with received(request) as package:
        decided = await judge(at.ports, at.rules(), package, caller(request))
    deliveries = [{"id": each.id, "to": each.receiver, "state": each.state} for each in decided.deliveries]
    return web.json_response(
        {
            "valid": True,
            "findings": [finding_shape(each) for each in decided.document.findings],
            "plan": {"deliveries": deliveries, "deadlines": deadlines.planned(decided, at.rules(), at)},
        },
        dumps=rendering.dumps,
    )


async def listing(request: web.Request) -> web.Response:
    """List the caller's documents, newest first."""
    asked = query(request, DocumentsQuery)
    page = await hub(request).ports.ledger.documents(
        caller(request).organs, role=asked.role, state=asked.state, after=asked.after, limit=asked.limit
    )
    owed = await deadlines.of_views(request, page.items)
    items = [rendering.document(view, deadlines=owed) for view in page.items]
    return web.json_response({"items": items, "next": page.next}, dumps=rendering.dumps)


async def show(request: web.Request) -> web.Response:
    """Give the whole state of a document."""
    return web.json_response(await links.shown(request, request.match_info["id"]), dumps=rendering.dumps)


async def envelope(request: web.Request) -> web.StreamResponse:
    """Give the original bytes, untouched."""
    return await envelope_of(request, (await _view(request)).document)


async def attachment(request: web.Request) -> web.StreamResponse:
    """Give attachment n (from 1, in the order of the manifest), decoded; ranges allowed.

    0 is the principal document (bản chính), which is the first.
    """
    document = (await _view(request)).document
    number = max(1, int(request.match_info["n"]))
    if number > len(document.attachments):
        raise Rejected("not-found", path=request.path)
    return await attachment_of(request, document, number)


async def envelope_of(request: web.Request, document: Document, *, name: str | None = None) -> web.StreamResponse:
    """Give the envelope of a document, as a file where it has a name."""
    size = document.size - sum(each.size for each in document.attachments if each.apart)
    return await content.stream(request, document.sha256, size, "application/xml", name=name)


async def attachment_of(request: web.Request, document: Document, number: int) -> web.StreamResponse:
    """Give an attachment that a document has, counted from 1: one that lies in the envelope is decoded."""
    at, wanted = hub(request), document.attachments[number - 1]
    name = attachments.safe_name(wanted.name)
    if wanted.apart:
        return await content.stream(request, wanted.sha256, wanted.size, wanted.media_type, name=name)
    raw = await at.ports.vault.read(document.sha256)
    async with at.ports.compute.room(len(raw)) as run:
        octets = await run(lambda: _decoded(raw, number, at.rules().schema, at.ports.clock.now().date()))
    return await content.give(request, octets, wanted.media_type, name=name)


async def receipt(request: web.Request) -> web.Response:
    """Give the hub's signed acceptance receipt."""
    view = await _view(request)
    first, *_ = await hub(request).ports.ledger.receipts(view.document.id, caller(request).organs) or (None,)
    if first is None:
        raise Rejected("not-found", path=request.path)
    return web.Response(body=first.xml, content_type="application/xml")


async def receipts(request: web.Request) -> web.Response:
    """List the document's receipts."""
    view, ports = await _view(request), hub(request).ports
    await ports.ledger.attest_available(view.document.id, caller(request).organs, seal=ports.signer.seal)
    found = await ports.ledger.receipts(view.document.id, caller(request).organs)
    return web.json_response({"items": [rendering.receipt(each) for each in found]}, dumps=rendering.dumps)


async def one_receipt(request: web.Request) -> web.Response:
    """Give one receipt's signed XML."""
    view = await _view(request)
    for each in await hub(request).ports.ledger.receipts(view.document.id, caller(request).organs):
        if each.id == request.match_info["receipt"]:
            return web.Response(body=each.xml, content_type="application/xml")
    raise Rejected("not-found", path=request.path)


async def _view(request: web.Request) -> DocumentView:
    return await hub(request).ports.ledger.document(request.match_info["id"], caller(request).organs)


def _decoded(raw: bytes, number: int, schema: EdxmlSchema, today: date) -> bytes:
    """Decode the n-th attachment, which is inline."""
    found = reading.read_document(xmlsafe.parse(raw), schema, today=today).package.attachments[number - 1]
    return attachments.decode(found.encoded or "", found.name).content
