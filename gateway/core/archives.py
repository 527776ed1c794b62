"""ZIP archives from strangers: their table of contents is counted before it is read, and what would burst is not unpacked."""

import io
import struct
import zipfile
import zlib
from typing import BinaryIO, Final

MAX_UNPACKED: Final = 128 * 1024 * 1024
"""Octets of one unpacked attachment, held in memory: more than twice the largest envelope."""
MAX_RATIO: Final = 200
"""Unpacked to packed: text reaches 20, scans 1; a bomb is beyond 1,000."""
MAX_ENTRIES: Final = 10_000
"""Files in one archive; an office document has dozens, an honest collection hundreds."""
MAX_CONTENTS: Final = 4 * 1024 * 1024
"""Octets of the table of contents: 400 for each entry."""
MAGIC: Final = b"PK\x03\x04"

BROKEN: Final = (
    *(zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, RuntimeError),
    *(ValueError, IndexError, KeyError, OverflowError, EOFError, OSError),
)
"""What the library raises over a damaged archive, an unknown method or a password."""
_END: Final = struct.Struct("<4s4H2LH")
"""End of central directory record (APPNOTE.TXT 4.3.16): signature, four counts of 16 bits, size, offset, comment's length."""
_END_MAGIC: Final = b"PK\x05\x06"
_LONGEST_COMMENT: Final = 0xFFFF


class Overfull(Exception):  # noqa: N818  it says what the archive is
    """The archive unpacks to too much, or holds too many files."""


def contents(content: BinaryIO, *, most: int = MAX_ENTRIES, longest: int = MAX_CONTENTS) -> tuple[zipfile.ZipInfo, ...] | None:
    """List the entries; None where it is no archive that can be read. Raises Overfull."""
    _count_first(content, most, longest)
    try:
        with zipfile.ZipFile(content) as archive:
            entries = tuple(archive.infolist())
    except BROKEN:
        return None
    packed = content.seek(0, io.SEEK_END)
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED and unpacked > MAX_RATIO * packed:
        raise Overfull
    return entries


def only_entry(content: BinaryIO) -> bytes | None:
    """Unpack an archive of one file; None where it is none, or not of one, or locked by a password. Raises Overfull."""
    entries = contents(content)
    if entries is None or len(entries) != 1 or entries[0].filename.endswith("/") or is_locked(entries[0]):
        return None
    limit = min(MAX_UNPACKED, MAX_RATIO * content.seek(0, io.SEEK_END) + 1024)
    try:
        with zipfile.ZipFile(content) as archive, archive.open(entries[0]) as entry:
            unpacked = entry.read(limit + 1)
    except BROKEN:
        return None
    if len(unpacked) > limit:
        raise Overfull
    return unpacked


def is_locked(entry: zipfile.ZipInfo) -> bool:
    """Tell whether an entry opens only with a password."""
    return bool(entry.flag_bits & 1)


def _count_first(content: BinaryIO, most: int, longest: int) -> None:
    """Look at what the end record announces before anything is made of it. An announcement of ZIP64 is beyond every cap."""
    size = content.seek(0, io.SEEK_END)
    content.seek(max(0, size - _LONGEST_COMMENT - _END.size))
    tail = content.read(_LONGEST_COMMENT + _END.size)
    content.seek(0)
    at = tail.rfind(_END_MAGIC)
    if at < 0 or len(tail) - at < _END.size:
        return
    _, _, _, _, entries, listing, _, _ = _END.unpack_from(tail, at)
    if entries > most or listing > longest:
        raise Overfull
