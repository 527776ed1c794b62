"""A ZIP archive that is written as it goes out: nothing is compressed or held, and the same content gives the same octets.

Sizes and CRCs are known before (APPNOTE.TXT 6.3 §4.3), so the whole length is too, and every program can unpack it.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

_LOCAL: Final = struct.Struct("<4s5H3L2H")
_CENTRAL: Final = struct.Struct("<4s6H3L5H2L")
_FAR: Final = struct.Struct("<2HQ")
_END_64: Final = struct.Struct("<4sQ2H2L4Q")
_LOCATOR_64: Final = struct.Struct("<4sLQL")
_END: Final = struct.Struct("<4s4H2LH")
_NEEDED, _NEEDED_64 = 20, 45
_UNIX: Final = 3 << 8
_READABLE: Final = 0o100644 << 16
_FIRST_DAY: Final = (1 << 5) | 1
"""1 January 1980, as DOS writes it: an archive tells nothing about when it was made."""
_MANY: Final = 0xFFFF
_LARGE: Final = 0xFFFF_FFFF
MOST: Final = _MANY - 1
"""Members that are counted in 16 bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A file of the archive; its name is ASCII, its size below 4 GiB."""

    name: str
    size: int
    crc32: int


def head(member: Member) -> bytes:
    """Write what stands before a member's octets."""
    return _LOCAL.pack(b"PK\x03\x04", _NEEDED, 0, 0, 0, _FIRST_DAY, *_measures(member), len(member.name), 0) + _name(member)


def contents(members: Sequence[Member]) -> bytes:
    """Write what stands at the end of the archive. Raises ValueError for more than `MOST` members."""
    if len(members) > MOST:
        raise ValueError(f"{len(members)} members")
    ends = [0, *accumulate(len(head(each)) + each.size for each in members)]
    listing = b"".join(_listed(each, at) for each, at in zip(members, ends, strict=False))
    start, count = ends[-1], len(members)
    end = _END.pack(b"PK\x05\x06", 0, 0, count, count, len(listing), min(start, _LARGE), 0)
    if start < _LARGE:
        return listing + end
    far = _END_64.pack(b"PK\x06\x06", _END_64.size - 12, _UNIX | _NEEDED_64, _NEEDED_64, 0, 0, count, count, len(listing), start)
    return listing + far + _LOCATOR_64.pack(b"PK\x06\x07", 0, start + len(listing), 1) + end


def length(members: Sequence[Member]) -> int:
    """Tell how long the whole archive is."""
    return sum(len(head(each)) + each.size for each in members) + len(contents(members))


def _listed(member: Member, at: int) -> bytes:
    """Write a member's entry of the table of contents; where it begins beyond 4 GiB, in the field for that."""
    extra = _FAR.pack(1, 8, at) if at >= _LARGE else b""
    needed = _NEEDED_64 if extra else _NEEDED
    names = (len(member.name), len(extra), 0, 0, 0)
    fixed = (b"PK\x01\x02", _UNIX | needed, needed, 0, 0, 0, _FIRST_DAY)
    return _CENTRAL.pack(*fixed, *_measures(member), *names, _READABLE, min(at, _LARGE)) + _name(member) + extra


def _measures(member: Member) -> tuple[int, int, int]:
    return member.crc32, member.size, member.size


def _name(member: Member) -> bytes:
    return member.name.encode("ascii")
