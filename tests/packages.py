"""Any package that the schema allows, as hypothesis strategies."""

from datetime import date, datetime
from typing import Any, TypeVar

from hypothesis import strategies as st

from gateway.core.envelope import (
    Attachment,
    Business,
    Code,
    DocumentPackage,
    DocumentType,
    MessageHeader,
    Organisation,
    OtherInfo,
    ReceiverChange,
    Replacement,
    ResponseFor,
    SignerInfo,
    StaffInfo,
    StatusPackage,
    TraceHeader,
    TraceHeaderList,
    UpdateInfo,
)
from gateway.core.model import VIETNAM, BusinessType, Priority, StatusCode
from tests.edxml import TODAY

T = TypeVar("T")

_CHARACTERS = st.characters(
    codec="utf-8", exclude_categories=("Cc", "Cs"), include_characters="\t\n\r", exclude_characters="\ufffe\uffff"
)


def _text(limit: int = 50) -> st.SearchStrategy[str]:
    return st.text(_CHARACTERS, min_size=1, max_size=min(limit, 20)).map(str.strip).filter(bool)


def _maybe(strategy: st.SearchStrategy[T]) -> st.SearchStrategy[T | None]:
    return st.none() | strategy


def _some(strategy: st.SearchStrategy[T], **limits: Any) -> st.SearchStrategy[tuple[T, ...]]:
    return st.lists(strategy, max_size=3, **limits).map(tuple)


def _says_something(value: object) -> bool:
    return value != type(value)()


_ORGAN_ID = st.from_regex(r"[0-9A-Za-z.]{3,50}", fullmatch=True).filter(lambda organ: organ != "null")
_DAY = st.dates(date(1945, 9, 2), TODAY)
_MOMENT = st.datetimes(datetime(1945, 9, 2), datetime(2099, 1, 1)).map(lambda at: at.replace(microsecond=0, tzinfo=VIETNAM))  # noqa: DTZ001
_SHORT = st.integers(0, 9_999)

_ORGANISATION = st.builds(
    Organisation,
    organ_id=_ORGAN_ID,
    organization_in_charge=_maybe(_text()),
    organ_name=_maybe(_text()),
    organ_add=_maybe(_text()),
    email=_maybe(_text()),
    telephone=_maybe(_text()),
    fax=_maybe(_text()),
    website=_maybe(_text()),
)
_RESPONSE_FOR = st.builds(ResponseFor, organ_id=_ORGAN_ID, code=_text(), promulgation_date=_DAY, document_id=_maybe(_text()))
_STAFF = st.builds(
    StaffInfo,
    department=_maybe(_text()),
    staff=_maybe(_text()),
    mobile=_maybe(_text()),
    email=_maybe(_text()),
    department_id=_maybe(_text()),
    staff_id=_maybe(_text()),
).filter(_says_something)
_OTHER_INFO = st.builds(
    OtherInfo,
    priority=_maybe(st.sampled_from(Priority)),
    sphere_of_promulgation=_maybe(_text()),
    typer_notation=_maybe(_text(10).filter(lambda text: len(text) <= 10)),
    promulgation_amount=_maybe(_SHORT),
    page_amount=_maybe(_SHORT),
    direction=_maybe(st.booleans()),
    appendixes=_some(_text()),
).filter(_says_something)
_HEADER = st.builds(
    MessageHeader,
    sender=_ORGANISATION,
    receivers=_some(_ORGANISATION, min_size=1, unique_by=lambda organ: organ.organ_id),
    document_id=_text(),
    code=st.builds(Code, number=_text(), notation=_text()),
    place=_maybe(_text()),
    promulgation_date=_DAY,
    document_type=st.builds(DocumentType, type=_SHORT, type_detail=_maybe(_SHORT), type_name=_text()),
    subject=_text(),
    content=_maybe(_text()),
    signer_info=st.builds(SignerInfo, competence=_maybe(_text()), position=_maybe(_text()), full_name=_text()),
    due_date=_maybe(_DAY),
    other_info=_maybe(_OTHER_INFO),
    response_for=_some(_RESPONSE_FOR),
    steering_type=_maybe(st.integers(0, 3)),
    to_places=_some(_text()),
    task_codes=_some(_text()),
    application_type=_maybe(_text()),
)
_UPDATE = st.builds(
    UpdateInfo,
    document_info=st.booleans(),
    document_receiver=st.booleans(),
    receivers=_some(st.builds(ReceiverChange, organ_id=_ORGAN_ID, added=st.booleans())),
)
_BUSINESS = st.builds(
    Business,
    type=st.sampled_from(BusinessType),
    reason=_maybe(_text()),
    update=_maybe(_UPDATE),
    document_id=_maybe(_text()),
    paper=_maybe(st.booleans()),
    staff=_maybe(_STAFF),
    replacements=_some(st.builds(Replacement, document_id=_text(), organ_ids=_some(_ORGAN_ID))),
)
_TRACE = st.builds(
    TraceHeaderList,
    hops=_some(st.builds(TraceHeader, organ_id=_maybe(_ORGAN_ID), timestamp=_MOMENT)),
    business=_BUSINESS,
    id=_maybe(_text()),
    version=_maybe(_text()),
    must_understand=_maybe(_text()),
    actor=_maybe(_text()),
)


def _attachments(encoded: st.SearchStrategy[str | None]) -> st.SearchStrategy[tuple[Attachment, ...]]:
    attachment = st.builds(
        Attachment,
        content_id=st.from_regex(r"[!-~]{1,40}", fullmatch=True).filter(lambda name: not name.startswith("cid:")),
        name=_text(),
        content_type=_maybe(_text()),
        description=_maybe(_text()),
        encoded=encoded,
    )
    return _some(attachment, unique_by=lambda each: each.content_id)


_BASE64 = st.text("ABCabc012+/=\r\n ", min_size=1, max_size=60).filter(lambda text: not text.isspace())

DOCUMENTS = st.builds(DocumentPackage, header=_HEADER, trace=_TRACE, attachments=_attachments(_maybe(_BASE64)))
STATUSES = st.builds(
    StatusPackage,
    sender=_ORGANISATION,
    response_for=_RESPONSE_FOR,
    status_code=st.sampled_from(StatusCode),
    description=_maybe(_text()),
    staff=_maybe(_STAFF),
    timestamp=_MOMENT,
)
