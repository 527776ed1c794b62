"""Collecting: rows that wait become envelopes, all receivers of one document in one of them, oldest first."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa

from gateway.sdk import Accepted, CollectedEnvelope, Opener, Outcome, Rejected, edxml

from . import paths
from .mapping import Pending, Receivers, Rows, State, WaitingFiles
from .rows import SENT, Vendor, claim, fields_of, read, settle
from .tables import condition

ROUND: Final = 500
"""Documents of one round; what waits beyond comes in the next."""
INSIDE: Final = 8 * 1024 * 1024
"""Octets of attachments that travel inside the envelope; of more, all travel beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered(CollectedEnvelope):
    """A document that was collected, and the rows that say what becomes of it: those that were read, no later ones."""

    document: Any
    rows: Sequence[Any] = field(default=())


def collect(vendor: Vendor) -> Iterator[Offered]:
    """Give the documents that wait. One that cannot be made into an envelope is marked as an error, and holds up no other."""
    with vendor.database.transaction() as connection:
        waiting = connection.execute(_waiting(vendor).limit(ROUND)).scalars().all()
    for document in waiting:
        with vendor.database.transaction() as connection:
            offered = _load(connection, vendor, document)
        if offered is not None:
            yield offered


def acknowledge(vendor: Vendor, offered: Offered, outcome: Outcome) -> None:
    """Mark the rows of a document: sent, or an error with the hub's reason."""
    table, state = _stated(vendor)
    reason = None if isinstance(outcome, Accepted) else str(outcome)
    with vendor.database.transaction() as connection:
        settle(connection, vendor, table, state, offered.rows, reason)
        if isinstance(outcome, Accepted) and outcome.document is not None:
            claim(connection, vendor, SENT, outcome.document, str(offered.document))


def _waiting(vendor: Vendor) -> sa.Select[Any]:
    outbox, table = vendor.mapping.outbox, vendor.tables.outbox_document
    key = table.c[outbox.document.key]
    order = table.c[outbox.document.order or outbox.document.key]
    found = sa.select(key).where(*condition(table, outbox.document)).order_by(order, key)
    if outbox.receivers is None or vendor.tables.outbox_receivers is None:
        return found.where(table.c[outbox.state.column] == outbox.state.pending)
    own = vendor.tables.outbox_receivers
    return found.where(sa.exists().where(*_pending(own, outbox.receivers, outbox.state), own.c[outbox.receivers.document] == key))


def _pending(table: sa.Table, rows: Receivers, state: State) -> Iterator[sa.ColumnElement[bool]]:
    yield table.c[state.column] == state.pending
    yield from condition(table, rows)


def _stated(vendor: Vendor) -> tuple[sa.Table, State]:
    """Give the table whose rows say what became of a document."""
    own = vendor.tables.outbox_receivers
    return (vendor.tables.outbox_document if own is None else own), vendor.mapping.outbox.state


def _load(connection: sa.Connection, vendor: Vendor, document: Any) -> Offered | None:
    """Read a document; None where it waits no longer, or is marked as an error here."""
    outbox = vendor.mapping.outbox
    table, state = _stated(vendor)
    row = _row(connection, vendor, document)
    if row is None:
        return None
    receivers = _receivers(connection, vendor, document, row)
    tired = [key for key, each in receivers if _tired(state, each)]
    if tired:
        settle(connection, vendor, table, state, tired, f"{state.attempts} > {state.limit}")
    rows = [key for key, each in receivers if key not in set(tired)]
    if not rows:
        return None
    try:
        fields = {**outbox.fixed, **fields_of(vendor.mapping.sent, row)}
        to = _to(vendor, row, [each for key, each in receivers if key in set(rows)])
        return _offered(vendor, document, rows, fields, to, _files(connection, vendor, document))
    except (ValueError, Rejected) as error:  # a poison row
        settle(connection, vendor, table, state, rows, f"Không lập được văn bản · no document can be made: {error}")
        vendor.context.log("row.refused", table=table.name, key=str(document), reason=str(error)[:200])
        return None


def _row(connection: sa.Connection, vendor: Vendor, document: Any) -> Mapping[str, Any] | None:
    table = vendor.tables.outbox_document
    found = sa.select(table).where(table.c[vendor.mapping.outbox.document.key] == document)
    return next(iter(read(connection, found)), None)


def _receivers(
    connection: sa.Connection, vendor: Vendor, document: Any, row: Mapping[str, Any]
) -> list[tuple[Any, Mapping[str, Any]]]:
    """Give the rows that say what becomes of the document, by key: those of its receivers, or its own."""
    receivers, state, table = vendor.mapping.outbox.receivers, vendor.mapping.outbox.state, vendor.tables.outbox_receivers
    if receivers is None or table is None:
        return [(document, row)] if row[state.column] == state.pending else []
    own = (*_pending(table, receivers, state), table.c[receivers.document] == document)
    found = sa.select(table).where(*own).order_by(*_order(table, receivers, receivers))
    return [(each[receivers.key], each) for each in read(connection, found)]


def _order(table: sa.Table, rows: Rows, pending: Pending) -> Iterator[sa.ColumnElement[Any]]:
    if pending.order is not None:
        yield table.c[pending.order]
    yield table.c[rows.key]


def _tired(state: State, row: Mapping[str, Any]) -> bool:
    return state.attempts is not None and state.limit is not None and (row[state.attempts] or 0) > state.limit


def _to(vendor: Vendor, row: Mapping[str, Any], receivers: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Give the fields of each receiver, every one of them, whatever its id looks like. Raises ValueError."""
    outbox = vendor.mapping.outbox
    if outbox.receivers is not None:
        columns = outbox.receivers.columns
        to = [{path.removeprefix("To/"): text for path, text in fields_of(columns, each).items()} for each in receivers]
    else:
        listed = outbox.receiver_list
        text = str(row[listed.column] or "") if listed is not None else ""
        ids = (each.strip() for each in text.split(listed.separator if listed is not None else None))
        to = [{"OrganId": each} for each in dict.fromkeys(filter(None, ids))]
    if not to or not all(each.get("OrganId") for each in to):
        raise ValueError("MessageHeader/To/OrganId: trống · empty")
    return to


def _files(connection: sa.Connection, vendor: Vendor, document: Any) -> list[dict[str, Any]]:
    files, table = vendor.mapping.outbox.files, vendor.tables.outbox_files
    found = sa.select(table).where(*condition(table, files), table.c[files.document] == document)
    return read(connection, found.order_by(*_order(table, files, files)))


def _offered(
    vendor: Vendor,
    document: Any,
    rows: Sequence[Any],
    fields: Mapping[str, str],
    to: Sequence[Mapping[str, str]],
    files: Sequence[Mapping[str, Any]],
) -> Offered:
    """Make the envelope: the same rows give the same octets, so that the hub knows a repeat. Raises ValueError."""
    mapped = vendor.mapping.outbox.files
    enclosed = [_file(vendor, mapped, each) for each in files]
    inside = sum(len(content) for _, content in enclosed) <= INSIDE
    attachments = [edxml_attachment(named, content, inside=inside) for named, content in enclosed]
    package = paths.build(fields, to, attachments)
    parts: dict[str, Opener] = {} if inside else {named["id"]: edxml.stream(content) for named, content in enclosed}
    reference = f"{vendor.tables.outbox_document.name}/{document}"
    return Offered(reference=reference, open=edxml.stream(edxml.write(package)), parts=parts, document=document, rows=rows)


def _file(vendor: Vendor, files: WaitingFiles, row: Mapping[str, Any]) -> tuple[dict[str, str], bytes]:
    """Give an attachment's names and its octets. An id that the table does not have is derived of the row. Raises ValueError."""
    fields = fields_of(files.columns, row)
    name, content = fields.get("Attachment/AttachmentName"), row[files.content]
    if not name or content is None:
        raise ValueError(f"{files.table} {row[files.key]}: {files.content}, AttachmentName: trống · empty")
    derived = uuid.uuid5(uuid.NAMESPACE_URL, f"{vendor.context.system}/{files.table}/{row[files.key]}")
    named = {"id": fields.get("Attachment/ContentId") or str(derived), "name": name}
    named |= {"type": fields.get("Attachment/ContentType", ""), "description": fields.get("Attachment/Description", "")}
    return named, bytes(content)


def edxml_attachment(named: Mapping[str, str], content: bytes, *, inside: bool) -> edxml.Attachment:
    """Make an attachment of the manifest, its octets inside the envelope or beside it."""
    encoded = edxml.attach(named["id"], named["name"], content).encoded if inside else None
    return edxml.Attachment(
        content_id=named["id"],
        name=named["name"],
        content_type=named["type"] or None,
        description=named["description"] or None,
        encoded=encoded,
    )
