"""Statuses that the vendor reports on documents that it was handed, and news that it is told of documents."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import sqlalchemy as sa

from gateway.sdk import Accepted, BusinessType, CollectedStatus, Notice, Outcome, StatusCode

from .columns import moment, text_of
from .outbox import ROUND
from .rows import (
    DOCUMENT,
    NOTICE,
    SENT,
    Vendor,
    claim,
    fields_of,
    insert,
    key_of,
    read,
    reference_of,
    row_of,
    settle,
    vendors_key,
)
from .tables import condition

_WANTED: Final[Mapping[BusinessType | None, str]] = {BusinessType.UPDATE: "update", BusinessType.REPLACE: "replace"}


def collect(vendor: Vendor) -> Iterator[CollectedStatus]:
    """Give the statuses that wait; one that means nothing is marked as an error, and holds up no other."""
    statuses, table = vendor.mapping.statuses, vendor.tables.statuses
    key = table.c[statuses.key]
    order = table.c[statuses.order or statuses.key]
    pending = (*condition(table, statuses), table.c[statuses.state.column] == statuses.state.pending)
    with vendor.database.transaction() as connection:
        rows = read(connection, sa.select(table).where(*pending).order_by(order, key).limit(ROUND))
    for row in rows:
        with vendor.database.transaction() as connection:
            status = _status(connection, vendor, row)
        if status is not None:
            yield status


def acknowledge(vendor: Vendor, status: CollectedStatus, outcome: Outcome) -> None:
    """Mark the row of a status: sent, or an error with the hub's reason."""
    statuses = vendor.mapping.statuses
    key = vendors_key(statuses, status.reference.rpartition("/")[2])
    reason = None if isinstance(outcome, Accepted) else str(outcome)
    with vendor.database.transaction() as connection:
        settle(connection, vendor, vendor.tables.statuses, statuses.state, [key], reason)


def report(vendor: Vendor, notice: Notice) -> None:
    """Write news down, once for its key. What the vendor has no code for is not told."""
    news, table = vendor.mapping.news, vendor.tables.news
    codes = next((each.codes for each in news.columns.values() if each.source == "StatusCode"), {})
    if codes and notice.said not in codes:
        vendor.context.log("news.untold", status=notice.said, document=notice.document)
        return
    with vendor.database.transaction() as connection:
        if not claim(connection, vendor, NOTICE, notice.key, None):
            return
        kind, key = (DOCUMENT, notice.delivery) if notice.to_receiver else (SENT, notice.document)
        reference = reference_of(connection, vendor, kind, key)
        insert(connection, vendor, table, row_of(table, news.columns, _fields(vendor, notice, reference)))


def _direction(notice: Notice) -> str:
    """Name what the news is to its reader: of a document that it sent, or what the sender of one that it received wants."""
    return _WANTED.get(notice.business_type, "recall") if notice.to_receiver else "news"


def _status(connection: sa.Connection, vendor: Vendor, row: Mapping[str, Any]) -> CollectedStatus | None:
    statuses, table = vendor.mapping.statuses, vendor.tables.statuses
    own = row[statuses.key]
    try:
        fields = fields_of(statuses.columns, row)
        key = key_of(connection, vendor, DOCUMENT, str(row[statuses.document]))
        if key is None:
            raise ValueError(f"{statuses.document} = {row[statuses.document]}: không do trục giao · not delivered by the hub")
        staff = {name.rpartition("/")[2].lower(): text for name, text in fields.items() if name.startswith("StaffInfo/")}
        return CollectedStatus(
            reference=f"{table.name}/{own}",
            key=key,
            code=StatusCode(fields.get("StatusCode", "")),
            description=fields.get("Description", ""),
            staff=staff,
            at=moment(fields["Timestamp"]) if "Timestamp" in fields else None,
        )
    except ValueError as error:  # a poison row
        settle(connection, vendor, table, statuses.state, [own], f"Không đọc được trạng thái · not a status: {error}")
        vendor.context.log("row.refused", table=table.name, key=str(own), reason=str(error)[:200])
        return None


def _fields(vendor: Vendor, notice: Notice, reference: str | None) -> dict[str, str]:
    """Give the fields of news. It speaks for the receiver, or for the sender where he asks or does something."""
    speaker, owner = (notice.sender, notice.receiver) if notice.to_receiver else (notice.receiver, notice.sender)
    staff = {f"StaffInfo/{name.capitalize()}": text for name, text in notice.staff.items()}
    return {
        "From/OrganId": speaker,
        "ResponseFor/OrganId": owner,
        "ResponseFor/Code": f"{notice.number}/{notice.notation}",
        "ResponseFor/PromulgationDate": text_of(notice.promulgated_on),
        "ResponseFor/DocumentId": notice.document_id,
        "StatusCode": notice.said,
        "Description": notice.description,
        "Timestamp": text_of(notice.at),
        **staff,
        "hub/key": notice.key,
        "hub/sequence": str(notice.sequence),
        "hub/reference": reference or "",
        "hub/direction": _direction(notice),
        "hub/by_code": notice.by_code or "",
        "hub/now": text_of(vendor.context.now()),
    }
