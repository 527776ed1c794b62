"""Statuses: between the hub's notices, edXML status packages, and the fields of a trace."""

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Final

from gateway.sdk import Consignment, Notice, StatusCode
from gateway.sdk.edxml import Organisation, ResponseFor, StaffInfo, StatusPackage, write

from .wire import Fields, Group, Misuse, legal, optional

VIETNAM: Final = timezone(timedelta(hours=7), "+07")
WRITTEN: Final = "%Y/%m/%d %H:%M:%S"
"""edXML has times of Vietnam, without a zone."""
DATE: Final = "%Y/%m/%d"
STAFF: Final = ("department", "staff", "mobile", "email")


def status_package(notice: Notice, code: StatusCode) -> bytes:
    """Write a notice as edXML: the receiver reports, and for 13 the sender asks."""
    asking = code is StatusCode.RECALL_REQUESTED
    reporter, other = (notice.sender, notice.receiver) if asking else (notice.receiver, notice.sender)
    return write(
        StatusPackage(
            sender=Organisation(organ_id=reporter),
            response_for=ResponseFor(
                organ_id=other,
                code=f"{notice.number}/{notice.notation}",
                promulgation_date=notice.promulgated_on,
                document_id=notice.document_id,
            ),
            status_code=code,
            description=legal(notice.description).strip() or None,
            staff=_staff(notice.staff),
            timestamp=notice.at.astimezone(VIETNAM),
        )
    )


def known_as(notice: Notice) -> str:
    """Give the id by which its reader knows a document: a receiver, whom its sender asks something, by that of its delivery."""
    return notice.delivery if notice.to_receiver else notice.document


def trace_fields(notice: Notice, doc_id: str) -> Fields:
    """Write a notice as a trace; `doc_id` is the id by which its reader knows the document."""
    return optional(
        ("docId", doc_id),
        ("deliveryId", notice.delivery),
        ("documentId", notice.document_id),
        ("code", f"{notice.number}/{notice.notation}"),
        ("promulgationDate", f"{notice.promulgated_on:{DATE}}"),
        ("fromOrganId", notice.sender),
        ("toOrganId", notice.receiver),
        ("statusCode", notice.code),
        ("state", notice.state if notice.code is not None else notice.said),
        ("description", legal(notice.description)),
        ("timestamp", f"{notice.at.astimezone(VIETNAM):{WRITTEN}}"),
        *((name, legal(notice.staff.get(name, ""))) for name in STAFF),
    )


def reported(trace: Group, consignment: Consignment, now: datetime) -> bytes:
    """Write a trace that a receiver reports on its delivery as edXML. Raises `Misuse`."""
    return write(
        StatusPackage(
            sender=Organisation(organ_id=consignment.receiver),
            response_for=ResponseFor(
                organ_id=consignment.sender,
                code=f"{consignment.number}/{consignment.notation}",
                promulgation_date=consignment.promulgated_on,
                document_id=consignment.document_id,
            ),
            status_code=_code(trace),
            description=trace.text("description"),
            staff=_staff({name: found for name in STAFF if (found := trace.text(name))}),
            timestamp=_moment(trace) or now.astimezone(VIETNAM).replace(microsecond=0),
        )
    )


def _code(trace: Group) -> StatusCode:
    code = trace.demand("statusCode")
    try:
        found = StatusCode(code.zfill(2))
    except ValueError as error:
        raise Misuse("Client", f"Không có trạng thái {code[:20]}.", f"There is no status {code[:20]}.") from error
    if found is StatusCode.RECALL_REQUESTED:
        vi, en = "Trạng thái 13 gửi bằng gói edXML trong document.", "Status 13 is sent as an edXML package in document."
        raise Misuse("Client", vi, en)
    return found


def _moment(trace: Group) -> datetime | None:
    written = trace.text("timestamp")
    if written is None:
        return None
    try:
        return datetime.strptime(written, WRITTEN).replace(tzinfo=VIETNAM)
    except ValueError as error:
        raise Misuse("Client", "timestamp: yyyy/MM/dd HH:mm:ss.", "timestamp: yyyy/MM/dd HH:mm:ss.") from error


def _staff(staff: Mapping[str, str]) -> StaffInfo | None:
    known = {name: value for name in STAFF if (value := legal(staff.get(name, "")).strip())}
    return StaffInfo(**known) if known else None
