"""The hub's receipts: facts that it attests, written in canonical XML (`schemas/receipts/receipt.xsd`) and then signed."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gateway.core.model import VIETNAM, Delivery, Document, Fact, StatusReport

NAMESPACE: Final = "urn:lienthong:receipt:1"
ROOT: Final = "receipt"

_TEXT: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#xD;"})
"""How canonical XML writes text (Canonical XML 1.0 §2.3)."""
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold, which JSON can: they become U+FFFD."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """One fact that the hub attests. `delivery` is None only for the acceptance of a whole document."""

    fact: Fact
    document: Document
    delivery: Delivery | None
    receivers: tuple[str, ...] = ()
    at: datetime
    report: StatusReport | None = None


def receipt_id(attestation: Attestation) -> str:
    """Derive the receipt's id (32 hex digits) from the fact alone, so that the same fact has one receipt."""
    delivery, report = attestation.delivery, attestation.report
    names = [attestation.document.id, delivery.id if delivery else "", attestation.fact]
    if report is not None:
        names += [report.code, _iso(report.at) if report.at else "", report.description]
    return hashlib.sha256("\n".join(names).encode(errors="surrogatepass")).hexdigest()[:32]


def draft(attestation: Attestation, *, hub: str, receipt_id: str) -> bytes:
    """Write the receipt in exclusive canonical form (UTF-8, no declaration), ready for `signing.sign_last_child`."""
    return "".join(
        (
            f'<{ROOT} xmlns="{NAMESPACE}">',
            _element("id", receipt_id),
            _element("fact", attestation.fact),
            _element("hub", hub),
            _element("at", _iso(attestation.at)),
            *_document(attestation.document),
            *_subject(attestation),
            f"</{ROOT}>",
        )
    ).encode()


def _document(document: Document) -> Iterator[str]:
    yield "<document>"
    yield _element("id", document.id)
    yield _element("documentId", document.document_id)
    yield _element("sender", document.sender)
    yield _element("sha256", document.sha256)
    yield _element("size", str(document.size))
    for part in (each for each in document.attachments if each.apart):
        yield f"<attachment>{_element('contentId', part.content_id)}{_element('sha256', part.sha256)}</attachment>"
    yield "</document>"


def _subject(attestation: Attestation) -> Iterator[str]:
    """Write whom the fact concerns: all receivers of an acceptance, else the delivery and what was reported on it."""
    delivery, report = attestation.delivery, attestation.report
    if delivery is None:
        yield f"<receivers>{''.join(_element('receiver', organ) for organ in attestation.receivers)}</receivers>"
    else:
        yield f"<delivery>{_element('id', delivery.id)}{_element('receiver', delivery.receiver)}</delivery>"
    if report is not None:
        at = _element("at", _iso(report.at)) if report.at else ""
        reporter = _element("reporter", report.reporter)
        yield f"<status>{_element('code', report.code)}{reporter}{_element('description', report.description)}{at}</status>"


def _element(name: str, text: str) -> str:
    legal = _NOT_XML.sub("\ufffd", text)
    return f"<{name}>{legal.translate(_TEXT)}</{name}>"


def _iso(moment: datetime) -> str:
    return moment.astimezone(VIETNAM).isoformat(timespec="milliseconds")
