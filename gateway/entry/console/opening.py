"""Opening what a document carries: for a reason, which is in the audit log before anything is given out."""

from contextlib import aclosing
from typing import Final

from aiohttp import web

from gateway.core.attachments import safe_name
from gateway.core.faults import Rejected
from gateway.core.model import Document
from gateway.entry.api.documents import attachment_of, envelope_of
from gateway.entry.api.evidence import file_name, gathered, package_of
from gateway.entry.console.visit import Form, Visit
from gateway.flows import oversee

ENVELOPE: Final = "envelope"


async def give(visit: Visit, form: Form) -> web.StreamResponse:
    """Give the envelope, or the attachment with a number (from 1), as a file to be saved. Raises `not-found`."""
    document = (await visit.ports.province.history(visit.request.match_info["id"])).view.document
    part, decided = visit.request.match_info["part"], visit.decision(form)
    if part == ENVELOPE:
        name = safe_name(f"{document.number}-{document.notation}.edxml".replace("/", "-"))
        await demand_kept(visit, document.sha256)
        await oversee.open_content(visit.ports.audit, document.id, name, decided)
        return await envelope_of(visit.request, document, name=name)
    number = _number(document, part)
    wanted = document.attachments[number - 1]
    await demand_kept(visit, wanted.sha256 if wanted.apart else document.sha256)
    await oversee.open_content(visit.ports.audit, document.id, wanted.name, decided)
    return await attachment_of(visit.request, document, number)


async def prove(visit: Visit, form: Form) -> web.StreamResponse:
    """Give the package of evidence, which is the sender's own: it carries the content. Raises `not-found`."""
    document, decided = (await visit.ports.province.history(visit.request.match_info["id"])).view.document, visit.decision(form)
    for sha256 in (document.sha256, *(each.sha256 for each in document.attachments if each.apart)):
        await demand_kept(visit, sha256)
    package = await gathered(visit.request, document.id, (document.sender,))
    await oversee.open_content(visit.ports.audit, document.id, file_name(document), decided)
    return await package_of(visit.request, package)


async def demand_kept(visit: Visit, sha256: str) -> None:
    """See that the vault has it while the answer can still be a page that says what is wrong. Raises `not-found`."""
    try:
        async with aclosing(visit.ports.vault.stream(sha256, 0, 1)) as octets:
            await anext(octets, b"")
    except Rejected as fault:
        detail = "Kho tệp của trục không có tệp này: văn bản mẫu không có tệp; văn bản thật thì báo quản trị đối chiếu kho."
        detail_en = "The hub's vault has no such file: sample documents have none; of a real one, have the vault reconciled."
        raise Rejected(fault.code, path=sha256, detail=detail, detail_en=detail_en) from fault


def _number(document: Document, part: str) -> int:
    numbers = {str(number): number for number in range(1, len(document.attachments) + 1)}
    if part not in numbers:
        raise Rejected("not-found", path=part)
    return numbers[part]
