"""Rules about what the sender owes: paper, timely issue, a due date where an answer is wanted, links of replies."""

import re
from collections.abc import Iterator
from typing import Final

from gateway.core.model import BusinessType, Priority
from gateway.core.policy.case import Case, Observation
from gateway.core.vietnamese import plain

STEERING: Final = 2
"""SteeringType of a document that directs work, which its receivers report on."""
_PAPER: Final = "TraceHeaderList/Bussiness/Paper"
_DUE: Final = "MessageHeader/DueDate"
_ISSUED: Final = "MessageHeader/PromulgationInfo/PromulgationDate"
_YEARED: Final = re.compile(r"(?:19|20)[0-9]{2}/(.+)")
"""The notation of a legal normative document carries the year: ``2017/QĐ-UBND`` (NĐ 34/2016)."""


def judge(case: Case) -> Iterator[Observation]:
    """Apply every rule about duties; recalls, updates and replacements repeat an earlier document and owe none of them."""
    if case.package.trace.business.type is BusinessType.NEW:
        yield from _paper(case)
        yield from _issue(case)
    yield from _response(case)
    yield from _reply(case)


def needs_response(case: Case) -> bool:
    """Classify by article 15: a document that asks its receivers to report or inform, or one that only tells."""
    header = case.package.header
    if header.due_date is not None or header.steering_type == STEERING:
        return True
    said = f"{case.subject} {plain(header.content or '')}"
    return any(demand in said for demand in case.lists.demands)


def _paper(case: Case) -> Iterator[Observation]:
    """Check the flag against the class: with paper (article 5), or electronic only (article 4)."""
    sent = case.package.trace.business.paper is True
    reason = _paper_reason(case)
    if reason and not sent:
        yield Observation(code="paper-required", path=_PAPER, detail=reason)
    name = plain(case.package.header.document_type.type_name)
    if sent and not reason and name in case.lists.electronic_only:
        yield Observation(code="paper-needless", path=_PAPER, detail=case.package.header.document_type.type_name)


def _paper_reason(case: Case) -> str:
    """Say why a document travels on paper too; nothing where it need not."""
    header = case.package.header
    name = plain(header.document_type.type_name)
    normative = _YEARED.fullmatch(header.code.notation)
    if normative is not None and plain(normative.group(1)) in case.lists.normative:
        return "văn bản quy phạm pháp luật, 5.1a"
    if name in case.lists.submissions and not case.lists.submitted_to.isdisjoint(case.receivers):
        return "trình UBND tỉnh, Chủ tịch UBND tỉnh, 5.1b"
    return f"{header.document_type.type_name}, 5.2" if name in case.lists.with_paper else ""


def _issue(case: Case) -> Iterator[Observation]:
    issued = case.package.header.promulgation_date
    latest = case.calendar.next_working_morning(issued)
    if case.now > latest:
        said = f"ban hành {issued:%d/%m/%Y}, chậm nhất {latest:%H:%M %d/%m/%Y}"
        yield Observation(code="issued-late", path=_ISSUED, detail=said)


def _response(case: Case) -> Iterator[Observation]:
    header = case.package.header
    due, urgent = header.due_date, (header.other_info and header.other_info.priority) or Priority.NORMAL
    if due is None:
        if needs_response(case):
            yield Observation(code="response-due-missing", path=_DUE)
    elif due < header.promulgation_date:
        yield Observation(code="due-before-issue", path=_DUE, detail=f"{due:%d/%m/%Y} < {header.promulgation_date:%d/%m/%Y}")
    elif due == case.now.date() and urgent is Priority.NORMAL:
        yield Observation(code="due-at-once", path=_DUE, detail=f"{due:%d/%m/%Y}")


def _reply(case: Case) -> Iterator[Observation]:
    if not case.package.header.response_for and case.matter.startswith(case.lists.replies):
        yield Observation(code="reply-unlinked", path="MessageHeader/ResponseFor")
