"""Look inside: what readers of PDFs and the scanner say of the attachments of a document that is being judged."""

import asyncio
from collections.abc import Iterable

from gateway.core.faults import Transient
from gateway.core.model import OrganId
from gateway.core.pdf import PdfFacts, PdfProblem
from gateway.core.policy.case import Observation
from gateway.core.policy.catalogue import Action
from gateway.core.policy.enclosures import PATH, Enclosure
from gateway.core.policy.settings import Policy
from gateway.core.sniffing import PDF
from gateway.ports import PdfReader, Scanner

LOOK_SECONDS = 4.0
"""For all PDFs of a document: its sender waits for the answer. What is not begun by then is a finding, no refusal."""


async def read_pdfs(reader: PdfReader, enclosures: Iterable[Enclosure], *, signatures: bool) -> dict[str, PdfFacts]:
    """Give the facts of each PDF by content id; each has the reader's own limit of time."""
    clock = asyncio.get_running_loop()
    end = clock.time() + LOOK_SECONDS
    facts: dict[str, PdfFacts] = {}
    for each in enclosures:
        if each.media_type != PDF:
            continue
        if clock.time() > end:
            facts[each.content_id] = PdfFacts(problem=PdfProblem.TOO_SLOW)
            continue
        each.content.seek(0)
        facts[each.content_id] = await reader.examine(each.content, each.size, signatures=signatures)
    return facts


async def scan(
    scanner: Scanner | None, enclosures: Iterable[Enclosure], policy: Policy, line: tuple[OrganId, ...]
) -> list[Observation]:
    """Say what malware was found, and what could not be scanned where the policy lets that pass.

    Raises `scan-unavailable` where it does not: the sender comes again.
    """
    seen: list[Observation] = []
    if scanner is None:
        return seen
    for each in enclosures:
        each.content.seek(0)
        try:
            threat = await scanner.scan(each.content)
        except Transient:
            if policy.action("attachment-unscanned", line) is Action.REFUSE:
                raise
            seen.append(Observation(code="attachment-unscanned", path=PATH, detail=each.name[:60]))
        else:
            if threat is not None:
                seen.append(Observation(code="attachment-infected", path=PATH, detail=f"{each.name[:60]}: {threat[:60]}"))
    return seen
