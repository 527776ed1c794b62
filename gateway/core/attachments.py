"""Attachments as they travel: base64 of a one-entry ZIP or of the octets themselves, whatever is declared."""

import base64
import binascii
import io
import unicodedata
import zipfile
from dataclasses import dataclass
from typing import Final

from gateway.core import archives
from gateway.core.faults import Rejected
from gateway.core.sniffing import extension

MAX_NAME: Final = 80
"""Characters of a file name; a system that many agencies use cuts longer ones, and the extension with them."""
_PATH: Final = "AttachmentEncoded/Attachment/ContentTransferEncoded"
_SPACES: Final = " \t\r\n"
_FIRST_DAY: Final = (1980, 1, 1, 0, 0, 0)
"""The date of every entry that we write: the same octets give the same ZIP."""
_FORBIDDEN: Final = frozenset('<>:"/\\|?*')
"""Characters that some file systems do not take."""
_DEVICES: Final = frozenset({"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))})
"""Names that Windows opens as devices."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """An attachment's octets. `zipped` tells that a ZIP was taken off, `overfull` that it would have burst and was left on."""

    content: bytes
    zipped: bool = False
    overfull: bool = False


def octets(encoded: str) -> bytes:
    """Decode the base64 text, white space in it allowed. Raises `attachment-encoding`."""
    try:
        spaced = any(space in encoded for space in _SPACES)
        return binascii.a2b_base64(_unspaced(encoded) if spaced else encoded, strict_mode=True)
    except (binascii.Error, ValueError) as error:
        raise Rejected("attachment-encoding", path=_PATH, detail_en=str(error)) from error


def decode(encoded: str, name: str) -> Decoded:
    """Decode an attachment: take off the base64, and the one-entry ZIP unless the attachment is named as one.

    Office documents are ZIPs too, but never of one entry. Raises `attachment-encoding`.
    """
    raw = octets(encoded)
    if not raw.startswith(archives.MAGIC) or extension(name) == "zip":
        return Decoded(content=raw)
    try:
        inside = archives.only_entry(io.BytesIO(raw))
    except archives.Overfull:
        return Decoded(content=raw, overfull=True)
    return Decoded(content=raw) if inside is None else Decoded(content=inside, zipped=True)


def encode(content: bytes, entry_name: str) -> str:
    """Encode octets as senders do: a deflated one-entry ZIP in base64, the same for the same octets."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(entry_name, _FIRST_DAY), content, zipfile.ZIP_DEFLATED)
    return base64.b64encode(packed.getvalue()).decode("ascii")


def safe_name(name: str) -> str:
    """Make a name that every receiver can save under: no path, no control or direction characters, composed, not too long."""
    composed = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    visible = "".join(
        "_" if character in _FORBIDDEN else character
        for character in composed
        if unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}
    )
    stem, dot, ending = visible.strip(" .").rpartition(".")
    stem, ending = (stem, f"{dot}{ending}") if stem else (ending, "")
    stem = f"_{stem}" if stem.lower() in _DEVICES else stem
    ending = ending[: MAX_NAME // 2]
    return f"{stem[: MAX_NAME - len(ending)].rstrip(' .') or 'tep'}{ending}"


def _unspaced(encoded: str) -> bytes:
    return encoded.encode("ascii", "replace").translate(None, _SPACES.encode())
