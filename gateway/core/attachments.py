"""Attachments as they travel: base64 of a one-entry ZIP or of the octets themselves, whatever is declared."""

import base64
import binascii
import io
import zipfile
import zlib
from dataclasses import dataclass
from typing import Final

from gateway.core.faults import Rejected

MAX_UNZIPPED: Final = 128 * 1024 * 1024
"""Octets of one decoded attachment, held in memory: more than twice the largest envelope."""
MAX_RATIO: Final = 200
"""Unzipped to zipped: text reaches 20, scans 1; a bomb is beyond 1,000."""
_PATH: Final = "AttachmentEncoded/Attachment/ContentTransferEncoded"
_ZIP: Final = b"PK\x03\x04"
_MAGIC: Final = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"<?xml", "application/xml"),
)
_OOXML: Final = {
    "word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_FIRST_DAY: Final = (1980, 1, 1, 0, 0, 0)
"""The date of every entry that we write: the same octets give the same ZIP."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """An attachment's octets. `media_type` is sniffed, never the one declared; `zipped` tells that a ZIP was taken off."""

    name: str
    content: bytes
    media_type: str
    zipped: bool


def octets(encoded: str) -> bytes:
    """Decode the base64 text, white space in it allowed. Raises `attachment-encoding`."""
    try:
        return binascii.a2b_base64(_unspaced(encoded), strict_mode=True)
    except (binascii.Error, ValueError) as error:
        raise Rejected("attachment-encoding", path=_PATH, detail_en=str(error)) from error


def decode(encoded: str, name: str) -> Decoded:
    """Decode an attachment: take off the base64, and the one-entry ZIP unless the attachment is named as one.

    Office documents are ZIPs too, but never of one entry. Raises `attachment-encoding`.
    """
    raw = octets(encoded)
    inside = _unzipped(raw) if raw.startswith(_ZIP) and not name.lower().endswith(".zip") else None
    content = raw if inside is None else inside
    return Decoded(name=name, content=content, media_type=sniff(content), zipped=inside is not None)


def encode(content: bytes, entry_name: str) -> str:
    """Encode octets as senders do: a deflated one-entry ZIP in base64, the same for the same octets."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(entry_name, _FIRST_DAY), content, zipfile.ZIP_DEFLATED)
    return base64.b64encode(packed.getvalue()).decode("ascii")


def sniff(content: bytes) -> str:
    """Tell the media type by the octets."""
    for magic, media_type in _MAGIC:
        if content.startswith(magic):
            return media_type
    if content.startswith(_ZIP):
        return _zip_type(content)
    return "text/plain" if _is_text(content[:4096]) else "application/octet-stream"


def _unspaced(encoded: str) -> bytes:
    raw = encoded.encode("ascii", "replace")
    return raw.translate(None, b" \t\r\n") if len(raw.split(None, 1)) != 1 else raw


def _unzipped(raw: bytes) -> bytes | None:
    """Give the single entry of a ZIP; None where it is none, has not one entry, or is a bomb (then it stays as it is)."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            entries = archive.infolist()
            if len(entries) != 1 or entries[0].is_dir() or entries[0].flag_bits & 1:
                return None
            limit = min(MAX_UNZIPPED, MAX_RATIO * len(raw) + 1024)
            with archive.open(entries[0]) as entry:
                content = entry.read(limit + 1)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, ValueError, EOFError, OSError):  # also an unknown method
        return None
    return content if len(content) <= limit else None


def _zip_type(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError):
        return "application/zip"
    if "[Content_Types].xml" in names:
        for folder, media_type in _OOXML.items():
            if any(name.startswith(folder) for name in names):
                return media_type
    return "application/zip"


def _is_text(start: bytes) -> bool:
    try:
        start.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start > len(start) - 4 and b"\x00" not in start
    return b"\x00" not in start
