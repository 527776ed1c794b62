"""What waits on the other side, and the news of it: a document that the system under test sends."""

import hashlib
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

import pytest

from gateway.sdk import Accepted, Collected, CollectedEnvelope, CollectedStatus, Notice, StatusCode, edxml
from gateway.sdk.conformance import golden
from gateway.sdk.conformance.checking import expect, fail
from gateway.sdk.conformance.comparing import octets, same
from gateway.sdk.conformance.other_side import Outgoing
from gateway.sdk.conformance.trial import Trial, bounded

FILE: Final = "Dự thảo kế hoạch.pdf"
SUBJECT: Final = "Kế hoạch chuyển đổi số <năm 2026> & định hướng"


def outgoing(number: str = "7", content: bytes = golden.CONTENT) -> Outgoing:
    """Make a document that the system under test wants sent."""
    return Outgoing(
        sender=golden.RECEIVER,
        receiver=golden.SENDER,
        number=number,
        notation="UBND-VP",
        promulgated_on=golden.SENT_ON,
        subject=SUBJECT,
        file=FILE,
        content=content,
    )


async def offer(trial: Trial, document: Outgoing) -> str:
    """Have a document wait, or skip where the protocol has no room for one."""
    try:
        return await trial.other.offer(document)
    except NotImplementedError as error:
        pytest.skip(f"offer: {error}")


async def offer_status(trial: Trial, key: str, code: StatusCode, description: str) -> str:
    """Have a status wait, or skip where the protocol has no room for one."""
    try:
        return await trial.other.offer_status(key, code, description)
    except NotImplementedError as error:
        pytest.skip(f"offer_status: {error}")


async def accept(trial: Trial, collected: Collected) -> None:
    """Tell the other side that the hub has what was collected."""
    document = hashlib.sha256(collected.reference.encode()).hexdigest() if isinstance(collected, CollectedEnvelope) else None
    await bounded(trial.adapter.acknowledge(collected, Accepted(document=document)))


async def read(collected: Collected) -> edxml.Package:
    """Read an envelope that was collected."""
    if not isinstance(collected, CollectedEnvelope):
        fail(f"{collected.reference}: cần phong bì, lại được trạng thái", f"{collected.reference}: a status, not an envelope")
    try:
        return edxml.read(await octets(collected.open))
    except ValueError as error:
        fail(f"{collected.reference}: không phải edXML: {error}", f"{collected.reference}: no edXML: {error}")


async def expect_document(collected: Collected, document: Outgoing) -> None:
    """Hold that what was collected is a document that waited."""
    package = await read(collected)
    if not isinstance(package, edxml.DocumentPackage) or not isinstance(collected, CollectedEnvelope):
        fail("cần văn bản, lại được trạng thái", "a status, not a document")
    header = package.header
    facts = {
        "From": (header.sender.organ_id, document.sender),
        "To": (",".join(each.organ_id for each in header.receivers), document.receiver),
        "CodeNumber": (header.code.number, document.number),
        "CodeNotation": (header.code.notation, document.notation),
        "PromulgationDate": (f"{header.promulgation_date}", f"{document.promulgated_on}"),
        "Subject": (header.subject, document.subject),
    }
    wrong = [name for name, (got, wanted) in facts.items() if not same(got, wanted)]
    expect(not wrong, f"sai: {', '.join(wrong)}", f"wrong: {', '.join(wrong)}")
    await _expect_content(collected, package, document)


async def _expect_content(collected: CollectedEnvelope, package: edxml.DocumentPackage, document: Outgoing) -> None:
    shell = golden.consignment()
    envelope = await octets(collected.open)
    _, files = await edxml.unpack(replace(shell, open=edxml.stream(envelope), size=len(envelope)))
    contents = {file.name: await octets(file.open) for file, each in zip(files, package.attachments, strict=True) if each.encoded}
    for each in package.attachments:
        if each.encoded is None and each.content_id in collected.parts:
            contents[each.name] = await octets(collected.parts[each.content_id])
    expect(document.content in contents.values(), "tệp mất hoặc sai nội dung", "the attachment is lost or changed")
    named = any(same(name, document.file) for name in contents)
    expect(named, f"tên tệp thành {list(contents)}", f"the file's name became {list(contents)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """A status that was collected, in whichever form: of which document, and what."""

    about: str
    code: StatusCode
    description: str


async def reported(collected: Collected) -> Reported:
    """Read a status that was collected. `about` is the key of a delivery, or the document's printed code."""
    if isinstance(collected, CollectedStatus):
        return Reported(about=collected.key, code=collected.code, description=collected.description)
    package = await read(collected)
    if not isinstance(package, edxml.StatusPackage):
        fail("cần trạng thái, lại được văn bản", "a document, not a status")
    return Reported(about=package.response_for.code, code=package.status_code, description=package.description or "")


async def news(trial: Trial) -> Notice:
    """Make news of a document of the system under test. Where it can, it sends that document first, as in life.

    Whether it can is another check's affair.
    """
    if not trial.manifest.collect:
        return golden.notice()
    try:
        reference = await trial.other.offer(outgoing())
    except NotImplementedError:
        return golden.notice()
    given = await trial.collect()
    document_id = await _document_id(given, reference)
    for each in given:
        await accept(trial, each)
    return golden.notice(document=hashlib.sha256(reference.encode()).hexdigest(), document_id=document_id)


async def _document_id(given: list[Collected], reference: str) -> str:
    """Read the id of what was offered; that of the golden news where it was not given, or is no document."""
    usual = golden.notice().document_id
    for each in given:
        if each.reference == reference:
            with suppress(AssertionError):
                package = await read(each)
                return package.header.document_id if isinstance(package, edxml.DocumentPackage) else usual
    return usual
