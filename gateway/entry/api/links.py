"""What documents have to do with each other: shown with a document, and walked as a thread."""

from typing import Any, Final

from aiohttp import web

from gateway.core.links import Link, LinkKind
from gateway.core.model import Document
from gateway.entry.api import deadlines, rendering
from gateway.entry.api.hub import caller, hub
from gateway.ports import Speaking

THREAD: Final = 200
"""Documents of a thread that are shown: a case of the province's offices has a few dozen."""


async def shown(request: web.Request, document: str) -> dict[str, Any]:
    """Shape the whole state of a document."""
    ports, organs = hub(request).ports, caller(request).organs
    history = await ports.ledger.history(document, organs)
    owed = await deadlines.of_views(request, [history.view])
    linked = await ports.links.linked(document, organs)
    return rendering.document(history.view, history.events, owed) | {
        "answers": [_link(each) for each in linked.links if each.kind is LinkKind.REPLY],
        "answered_by": [_speaking(each) for each in linked.linked_by if each.kind is LinkKind.REPLY],
        "changes": [_link(each) for each in linked.links if each.kind is not LinkKind.REPLY],
        "changed_by": [_speaking(each) for each in linked.linked_by if each.kind is not LinkKind.REPLY],
    }


async def thread(request: web.Request) -> web.Response:
    """Give the thread of a document."""
    found = await hub(request).ports.links.thread(request.match_info["id"], caller(request).organs, limit=THREAD)
    links = [{"document": each, "kind": kind, "target": target} for each, kind, target in found.links]
    body = {"items": [_item(each) for each in found.documents], "links": links, "whole": found.whole}
    return web.json_response(body, dumps=rendering.dumps)


def _link(value: Link) -> dict[str, Any]:
    return {
        "kind": value.kind,
        "document": value.target,
        "organ": value.organ,
        "code": value.code,
        "promulgated_on": value.promulgated_on.isoformat() if value.promulgated_on else None,
        "document_id": value.document_id,
    }


def _speaking(value: Speaking) -> dict[str, Any]:
    document = value.document
    return {
        "kind": value.kind,
        "document": document.id,
        "from": document.sender,
        "code": f"{document.number}/{document.notation}",
        "promulgated_on": document.promulgated_on.isoformat(),
        "document_id": document.document_id,
        "accepted_at": document.accepted_at.isoformat(),
        "answers": [{"to": organ, "answer": answer} for organ, answer in value.answers],
    }


def _item(value: Document) -> dict[str, Any]:
    return {
        "document": value.id,
        "document_id": value.document_id,
        "from": value.sender,
        "code": {"number": value.number, "notation": value.notation},
        "subject": value.subject,
        "business_type": int(value.business_type),
        "promulgated_on": value.promulgated_on.isoformat(),
        "accepted_at": value.accepted_at.isoformat(),
    }
