"""A test document: the hub's own agency sends it, signed by the hub's key, through the ordinary door, to see it arrive."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from aiohttp import hdrs, web

from gateway.core import writing
from gateway.core.directory import Agency, System
from gateway.core.envelope import (
    Business,
    Code,
    DocumentPackage,
    DocumentType,
    MessageHeader,
    Organisation,
    OtherInfo,
    SignerInfo,
    TraceHeader,
    TraceHeaderList,
)
from gateway.core.faults import Rejected
from gateway.core.model import TESTER, VIETNAM, Priority
from gateway.entry.api.door import CONSOLE
from gateway.entry.api.hub import TRACE_ID
from gateway.entry.console.visit import Form, Visit
from gateway.entry.sandbox import sheet
from gateway.flows.accept import Package, accept
from gateway.flows.refuse import refuse

NOTATION: Final = "TKN"
"""Thử kết nối: these numbers are no agency's register."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Testing:
    """Who test documents come from; None where no agency has the hub's certificate, whose file is named."""

    own: Agency | None
    certificate: str


def testing(visit: Visit) -> Testing:
    """Find the agency that has the hub's certificate."""
    own = (each for each in visit.rules.directory if visit.ports.signer.certificate in each.certificates)
    return Testing(own=next(own, None), certificate=str(visit.at.settings.path(visit.at.settings.hub.certificate)))


async def send(visit: Visit, form: Form) -> web.Response:
    """Send a test document, and go to its page. Raises `entry-unknown`, and what the door refuses it for."""
    decision, receiver = visit.decision(form), visit.rules.directory.find(form.get("organ"))
    own = testing(visit).own
    if receiver is None:
        raise Rejected("entry-unknown", path="organ", detail=form.get("organ")[:60])
    if own is None:
        detail = "Chưa có đơn vị nào dùng chứng thư của trục."
        raise Rejected("entry-unknown", path="hub", detail=detail, detail_en="No agency has the hub's certificate.")
    subject = {"sender": own.id, "receiver": receiver.id}
    await visit.ports.audit.record("document.tested", subject, by=decision.by, reason=decision.reason, now=decision.now)
    document = await _accepted(visit, own, receiver)
    return web.Response(status=303, headers={hdrs.LOCATION: f"{CONSOLE}/documents/{document}"})


async def _accepted(visit: Visit, own: Agency, receiver: Agency) -> str:
    """Hand it in as an agency does; a refusal leaves its row, as everybody's does."""
    signed = visit.ports.signer.sign_document(writing.emit(_package(visit, own, receiver)))
    caller, trace_id = System(id=TESTER, organs=frozenset({own.id})), visit.request[TRACE_ID]
    staged = visit.ports.vault.stage()
    try:
        await staged.write(signed)
        package = Package(envelope=staged, parts={})
        taken = await accept(visit.ports, visit.rules, package, caller, idempotency_key=None, trace_id=trace_id)
    except Rejected as fault:
        source, sha256 = f"console:{visit.officer.id}", staged.sha256
        await refuse(visit.ports, fault, source=source, caller=caller, sha256=sha256, size=staged.size, trace_id=trace_id)
        raise
    finally:
        await staged.discard()
    return taken.document


def _package(visit: Visit, own: Agency, receiver: Agency) -> DocumentPackage:
    """Write it: a page of text, so that attachments are tried too. Its number, the millisecond of the year, is its own."""
    now = visit.now
    year = datetime(now.year, 1, 1, tzinfo=VIETNAM)
    code = Code(number=str((now - year) // timedelta(milliseconds=1)), notation=NOTATION)
    subject = f"Văn bản thử kết nối tới {receiver.name}, {now:%d/%m/%Y %H:%M:%S}"
    text = "Văn bản này do trục gửi để thử kết nối. Không cần xử lý, không cần trả lời."
    name = f"{code.number}_{NOTATION}.pdf"
    drawn = sheet.draw((own.name.upper(), f"Số: {code}", subject, text))
    return DocumentPackage(
        header=MessageHeader(
            sender=Organisation(organ_id=own.id, organ_name=own.name),
            receivers=(Organisation(organ_id=receiver.id, organ_name=receiver.name),),
            document_id=f"{own.id},{now:%Y/%m/%d},{code}",
            code=code,
            promulgation_date=now.date(),
            document_type=DocumentType(type=1, type_name="Công văn"),
            subject=subject,
            content=text,
            signer_info=SignerInfo(position="Đơn vị vận hành trục", full_name=visit.officer.id),
            other_info=OtherInfo(priority=Priority.NORMAL, page_amount=1),
        ),
        trace=TraceHeaderList(
            hops=(TraceHeader(organ_id=own.id, timestamp=now),), business=Business(reason="Thử kết nối", paper=False)
        ),
        attachments=(sheet.attached(drawn, name),),
    )
