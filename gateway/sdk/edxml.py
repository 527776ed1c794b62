"""edXML for adapters whose other side has records instead of envelopes: reading one into fields and files, and writing one."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

from gateway.core import attachments, reading, writing, xmlsafe
from gateway.core.envelope import (
    Attachment,
    Business,
    Code,
    DocumentPackage,
    DocumentType,
    MessageHeader,
    Organisation,
    OtherInfo,
    Package,
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
from gateway.core.faults import Rejected
from gateway.core.schema import EdxmlSchema
from gateway.sdk.contract import Consignment, Opener
from gateway.sdk.shipped import shipped

__all__ = [
    "Attachment",
    "Business",
    "Code",
    "DocumentPackage",
    "DocumentType",
    "File",
    "MessageHeader",
    "Organisation",
    "OtherInfo",
    "Package",
    "ReceiverChange",
    "Replacement",
    "ResponseFor",
    "SignerInfo",
    "StaffInfo",
    "StatusPackage",
    "TraceHeader",
    "TraceHeaderList",
    "UpdateInfo",
    "attach",
    "files",
    "read",
    "safe_name",
    "stream",
    "unpack",
    "write",
]

CHUNK: Final = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """An attachment as a file: its octets, freed of base64 and ZIP. `name` is as sent; `safe_name` makes one to save under."""

    content_id: str
    name: str
    content_type: str | None
    description: str | None
    open: Opener


async def unpack(consignment: Consignment) -> tuple[DocumentPackage, tuple[File, ...]]:
    """Read the envelope of a consignment, and its attachments in the order of the manifest, wherever they travel."""
    chunks = bytearray()
    async with aclosing(consignment.open()) as source:
        async for chunk in source:
            chunks += chunk
    package = read(bytes(chunks))
    if not isinstance(package, DocumentPackage):
        raise TypeError("a consignment is a document")
    return package, files(package, consignment)


def files(package: DocumentPackage, consignment: Consignment) -> tuple[File, ...]:
    """Give the attachments of a consignment whose envelope was read, in the order of the manifest, wherever they travel."""
    beside = {part.content_id: part.open for part in consignment.parts}
    return tuple(_file(each, beside.get(each.content_id)) for each in package.attachments)


def read(data: bytes) -> Package:
    """Read an envelope of either kind, as tolerantly as the hub does. Raises ValueError where it is none."""
    try:
        return reading.read(xmlsafe.parse(data), _schema(), today=date.max).package
    except Rejected as fault:
        raise ValueError("; ".join(f"{each.code} {each.path}" for each in fault.problems)) from fault


def write(package: Package) -> bytes:
    """Write an envelope in the shape of the national SDK; it has no signature."""
    return writing.emit(package)


def attach(content_id: str, name: str, content: bytes, content_type: str | None = None) -> Attachment:
    """Make an attachment inside an envelope, as senders do: base64 of a ZIP of one entry."""
    ending = name.rpartition(".")[2] if "." in name else "bin"
    encoded = attachments.encode(content, f"{content_id}.{ending}")
    return Attachment(content_id=content_id, name=name, content_type=content_type, encoded=encoded)


def stream(content: bytes) -> Opener:
    """Make an opener of octets in memory."""

    async def chunks() -> AsyncGenerator[bytes, None]:
        for start in range(0, len(content), CHUNK):
            yield content[start : start + CHUNK]

    return chunks


def safe_name(name: str) -> str:
    """Make a file name that every system can save under."""
    return attachments.safe_name(name)


def _file(attachment: Attachment, beside: Opener | None) -> File:
    encoded = attachment.encoded

    async def inside() -> AsyncGenerator[bytes, None]:
        async with aclosing(stream(attachments.decode(encoded or "", attachment.name).content)()) as chunks:
            async for chunk in chunks:
                yield chunk

    return File(
        content_id=attachment.content_id,
        name=attachment.name,
        content_type=attachment.content_type,
        description=attachment.description,
        open=inside if beside is None else beside,
    )


@cache
def _schema() -> EdxmlSchema:
    folder = shipped("schemas") / "edxml" / "2016"
    return EdxmlSchema.of((folder / "document.xsd").read_bytes(), (folder / "status.xsd").read_bytes())
