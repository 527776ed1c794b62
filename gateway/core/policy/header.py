"""Rules about what the header says: secrecy, complaints, text, placeholders, identity, receivers."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from typing import Final

from gateway.core import dates
from gateway.core.model import BusinessType
from gateway.core.policy.case import Case, Observation
from gateway.core.vietnamese import is_composed, legacy, plain

_SUBJECT: Final = "MessageHeader/Subject"
_NOTATION: Final = "MessageHeader/Code/CodeNotation"
_DOCUMENT_ID: Final = "MessageHeader/DocumentId"
_BRACKETED: Final = re.compile(r"[(\[{<«]\s*([^()\[\]{}<>«»]{1,40})\s*[)\]}>»]")
_LABELLED: Final = re.compile(r"(?:độ mật|mức độ mật|độ bảo mật)\s*[:=]\s*([^,;.)\]]{1,20})")
_SHOWN: Final = 60
"""Characters of a value that a finding repeats."""


def judge(case: Case) -> Iterator[Observation]:
    """Apply every rule about the header."""
    yield from _secrecy(case)
    yield from _complaint(case)
    yield from _text(case)
    yield from _sentinels(case)
    yield from _identity(case)
    yield from _receivers(case)
    yield from _business(case)


def _secrecy(case: Case) -> Iterator[Observation]:
    """Find a marking in the subject, the notation, or an element of a vendor's own."""
    header, markings = case.package.header, case.lists.secret_markings
    if _is_marked(case.matter, markings) or _is_shouted(header.subject, markings):
        yield Observation(code="state-secret", path=_SUBJECT)
    if markings & set(re.split(r"[^\w ]+", plain(header.code.notation))):
        yield Observation(code="state-secret", path=_NOTATION)
    if plain(header.document_type.type_name) in markings:
        yield Observation(code="state-secret", path="MessageHeader/DocumentType/TypeName")
    other = header.other_info
    if other is not None and plain(other.sphere_of_promulgation or "") in markings:
        yield Observation(code="state-secret", path="MessageHeader/OtherInfo/SphereOfPromulgation")
    for name, value in case.extras.items():
        said = plain(value)
        if said in markings or (name.casefold() in case.lists.secret_flags and said not in case.lists.secret_harmless):
            yield Observation(code="state-secret", path=name[:_SHOWN])


def _is_marked(matter: str, markings: frozenset[str]) -> bool:
    """Tell whether the matter of a subject carries a marking as such: alone, before punctuation, in brackets or after a label.

    «Mật độ dân số» and «bảo vệ bí mật nhà nước» carry none.
    """
    begins = any(re.match(rf"{re.escape(marking)}\s*(?:$|[^\w\s])", matter) for marking in markings)
    said = (*_BRACKETED.findall(matter), *_LABELLED.findall(matter))
    longer = any(" " in marking and matter.startswith(f"{marking} ") for marking in markings)
    return begins or longer or any(each.strip() in markings for each in said)


def _is_shouted(subject: str, markings: frozenset[str]) -> bool:
    """Tell whether a subject begins with a marking in capitals while the rest is not in capitals: «MẬT Kế hoạch …»."""
    begins = unicodedata.normalize("NFC", subject).strip()
    return not begins.isupper() and any(begins.startswith(f"{marking.upper()} ") for marking in markings)


def _complaint(case: Case) -> Iterator[Observation]:
    header = case.package.header
    if case.matter.startswith(case.lists.complaints):
        yield Observation(code="complaint-paper", path=_SUBJECT)
    elif plain(header.document_type.type_name).startswith(case.lists.complaints):
        yield Observation(code="complaint-paper", path="MessageHeader/DocumentType/TypeName")


def _text(case: Case) -> Iterator[Observation]:
    """Look at all text together, and at each only where something is amiss."""
    texts = _texts(case)
    together = "\n".join(texts.values())
    if together.isascii():
        return
    if not is_composed(together):
        for path, text in texts.items():
            if not is_composed(text):
                yield Observation(code="text-decomposed", path=path)
    for path in (_SUBJECT, "MessageHeader/Content"):
        found = legacy(texts.get(path, ""))
        if found is not None:
            said = f"{found.encoding}, {found.confidence:.0%}: «{found.text[:_SHOWN]}»"
            yield Observation(code="text-legacy-encoding", path=path, detail=said)


def _sentinels(case: Case) -> Iterator[Observation]:
    for path, text in _texts(case).items():
        if text.strip().casefold() in case.lists.sentinels:
            yield Observation(code="value-sentinel", path=path, detail=f"«{text[:_SHOWN]}»")


def _identity(case: Case) -> Iterator[Observation]:
    """Compare a DocumentId of the form organ,date,code with what it names; other forms (UUID) say nothing."""
    header = case.package.header
    parts = header.document_id.split(",", 2)
    if len(parts) != 3:
        return
    organ, day, code = (part.strip() for part in parts)
    try:
        said: date | None = dates.read_day(day)
    except ValueError:
        yield Observation(code="document-id-impossible", path=_DOCUMENT_ID, detail=day[:_SHOWN])
        return
    known = {case.sender.id, *case.sender.aliases}
    if organ not in known or said != header.promulgation_date or code != str(header.code):
        yield Observation(code="document-id-differs", path=_DOCUMENT_ID, detail=header.document_id[:_SHOWN])


def _receivers(case: Case) -> Iterator[Observation]:
    if case.sender.id in case.receivers:
        yield Observation(code="sender-among-receivers", path="MessageHeader/To/OrganId", detail=case.sender.id)


def _business(case: Case) -> Iterator[Observation]:
    business = case.package.trace.business
    if business.type is not BusinessType.NEW and not (business.reason or "").strip():
        yield Observation(code="business-reason-missing", path="TraceHeaderList/Bussiness/BussinessDocReason")


def _texts(case: Case) -> dict[str, str]:
    """Give the header's texts by path (of those that may repeat, the first that is odd is enough)."""
    header = case.package.header
    signer, receivers = header.signer_info, header.receivers
    named = {
        _SUBJECT: header.subject,
        "MessageHeader/Content": header.content,
        _NOTATION: header.code.notation,
        "MessageHeader/Code/CodeNumber": header.code.number,
        "MessageHeader/PromulgationInfo/Place": header.place,
        "MessageHeader/DocumentType/TypeName": header.document_type.type_name,
        "MessageHeader/SignerInfo/FullName": signer.full_name,
        "MessageHeader/SignerInfo/Position": signer.position,
        "MessageHeader/SignerInfo/Competence": signer.competence,
        "MessageHeader/From/OrganName": header.sender.organ_name,
        "MessageHeader/To/OrganName": next((each.organ_name for each in receivers if each.organ_name), None),
        "MessageHeader/ToPlaces/Place": header.to_places[0] if header.to_places else None,
    }
    return {path: text for path, text in named.items() if text}
