"""Delivering: a document becomes a row of the vendor's, with its receiver and its attachments, in one transaction."""

import asyncio
import uuid
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any

from gateway.sdk import Consignment, Transient, Undeliverable, edxml
from gateway.sdk.blocking import chunks
from gateway.sdk.contract import Opener

from . import paths
from .columns import Type, text_of
from .rows import DOCUMENT, Vendor, claim, insert, refer, reference_of, row_of

Enclosed = tuple[edxml.File, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """All rows of one document, made before anything is written."""

    document: dict[str, Any]
    receiver: dict[str, Any]
    files: tuple[dict[str, Any], ...]


def deliver(vendor: Vendor, consignment: Consignment) -> str:
    """Write a document; give the vendor's key of it. A repeat writes nothing, and gives the same."""
    with vendor.database.transaction() as connection:
        known = reference_of(connection, vendor, DOCUMENT, consignment.key)
    if known is not None:
        return known
    rows = _rows(vendor, consignment)
    with vendor.database.transaction() as connection:
        if claim(connection, vendor, DOCUMENT, consignment.key, None):
            reference = _write(connection, vendor, rows)
            refer(connection, vendor, DOCUMENT, consignment.key, reference)
            return reference
    with vendor.database.transaction() as connection:  # another call of the same key has just written it
        known = reference_of(connection, vendor, DOCUMENT, consignment.key)
    if known is None:
        raise Transient("receiver-failed", detail=vendor.mapping.keys)
    return known


def _write(connection: Any, vendor: Vendor, rows: _Rows) -> str:
    tables, inbox = vendor.tables, vendor.mapping.inbox
    key = insert(connection, vendor, tables.inbox_document, rows.document)
    if tables.inbox_receiver is not None and inbox.receiver is not None:
        insert(connection, vendor, tables.inbox_receiver, rows.receiver | {inbox.receiver.document: key})
    for file in rows.files:
        insert(connection, vendor, tables.inbox_files, file | {inbox.files.document: key})
    return str(key)


def _rows(vendor: Vendor, consignment: Consignment) -> _Rows:
    package, files = _read(consignment)
    inbox, tables = vendor.mapping.inbox, vendor.tables
    hub = {
        "hub/key": consignment.key,
        "hub/document": consignment.document,
        "hub/sender": consignment.sender,
        "hub/receiver": consignment.receiver,
        "hub/accepted_at": text_of(consignment.accepted_at),
        "hub/now": text_of(vendor.context.now()),
        "hub/sha256": consignment.sha256,
    }
    document = row_of(tables.inbox_document, inbox.document.columns, {**paths.read(package), **hub})
    if inbox.document.key_type is Type.TEXT:
        document[inbox.document.key] = str(uuid.uuid5(uuid.NAMESPACE_OID, consignment.key))
    receiver: dict[str, Any] = {}
    if inbox.receiver is not None and tables.inbox_receiver is not None:
        receiver = row_of(tables.inbox_receiver, inbox.receiver.columns, {**_own(package, consignment), **hub})
    enclosed = tuple(_file(vendor, each, position, hub) for position, each in enumerate(files, start=1))
    return _Rows(document=document, receiver=receiver, files=enclosed)


def _own(package: edxml.DocumentPackage, consignment: Consignment) -> dict[str, str]:
    """Give what the document says of its receiver here; where it calls it by another id, only the id is sure."""
    named = next((each for each in package.header.receivers if each.organ_id == consignment.receiver), None)
    of = replace(package.header, receivers=(named or edxml.Organisation(organ_id=consignment.receiver),))
    fields = paths.read(replace(package, header=of))
    above = f"{paths.RECEIVER}/"
    return {f"To/{path.removeprefix(above)}": text for path, text in fields.items() if path.startswith(above)}


def _file(vendor: Vendor, enclosed: Enclosed, position: int, hub: dict[str, str]) -> dict[str, Any]:
    file, content = enclosed
    fields = {
        **hub,
        "Attachment/ContentId": file.content_id,
        "Attachment/AttachmentName": file.name,
        "Attachment/ContentType": file.content_type or "",
        "Attachment/Description": file.description or "",
        "hub/size": str(len(content)),
        "hub/position": str(position),
    }
    files = vendor.mapping.inbox.files
    return row_of(vendor.tables.inbox_files, files.columns, fields) | {files.content: content}


def _read(consignment: Consignment) -> tuple[edxml.DocumentPackage, tuple[Enclosed, ...]]:
    """Read all of it, and take it apart in this thread, so that the hub's loop goes on meanwhile."""
    parts = tuple(replace(each, open=_held(each.open)) for each in consignment.parts)
    held = replace(consignment, open=_held(consignment.open), parts=parts)
    try:
        return asyncio.run(_unpacked(held))
    except ValueError as error:
        raise Undeliverable("receiver-refused", detail=str(error)[:200]) from error


def _held(source: Opener) -> Opener:
    return edxml.stream(b"".join(chunks(source)))


async def _unpacked(consignment: Consignment) -> tuple[edxml.DocumentPackage, tuple[Enclosed, ...]]:
    package, files = await edxml.unpack(consignment)
    return package, tuple([(file, await _octets(file.open)) for file in files])


async def _octets(source: Opener) -> bytes:
    async with aclosing(source()) as stream:
        return b"".join([chunk async for chunk in stream])
