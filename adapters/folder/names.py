"""Names of files and folders: those that the hub makes, and those of the other side that it can deal with."""

import hashlib
import re
import unicodedata
from typing import Final

from gateway.sdk import Consignment, Notice
from gateway.sdk.edxml import safe_name

ENVELOPE: Final = ".edxml"
ENVELOPES: Final = (ENVELOPE, ".xml")
"""How a file that holds an envelope may end, in any case of letters."""
DIGEST: Final = ".sha256"
DIGESTS: Final = "SHA256SUMS"
"""In a folder: the digests of its files, as `sha256sum` writes them."""
PARTS: Final = "dinh-kem.json"
"""In a folder: content id to file name."""
DONE: Final = ".done"
ERROR: Final = ".err"
KEPT: Final = ".loi.err"
"""What is harmed or refused and could not be moved away."""
UNDER_WAY: Final = (".part", ".filepart", ".tmp", ".partial", ".crdownload", ".uploading")
"""How programs that copy files call one that is not whole yet."""
TAKING: Final = ".dang-nhan"
"""What the hub is taking is called `.<name>.dang-nhan`, out of the way of a new file of the same name."""
MAX_BYTES: Final = 200
"""Of a name that the hub can take: 255 is the limit of file systems, and marks are added to it."""
MAX_CODE: Final = 60
IDENTITY: Final = 24
"""Characters of the digest in a name: 96 bits."""

_HUB_KEY: Final = re.compile("[0-9a-f]{32,64}")
_NOT_PLAIN: Final = re.compile("[^A-Za-z0-9]+")


def identity(key: str) -> str:
    """Make a name of a key that cannot be another's, whatever is in the key; the hub's own keys stay as they are."""
    return key if _HUB_KEY.fullmatch(key) else hashlib.sha256(key.encode()).hexdigest()


def plain(text: str) -> str:
    """Spell a text in plain letters, digits and hyphens, for any file system and any code page."""
    apart = unicodedata.normalize("NFD", text.replace("Đ", "D").replace("đ", "d"))
    letters = "".join(each for each in apart if not unicodedata.combining(each))
    return _NOT_PLAIN.sub("-", letters).strip("-")[:MAX_CODE].strip("-") or "van-ban"


def of_document(consignment: Consignment) -> str:
    """Name a document: its date, code, and what makes the name its own."""
    code = plain(f"{consignment.number}-{consignment.notation}")
    return f"{consignment.promulgated_on:%Y-%m-%d}_{code}_{identity(consignment.key)[:IDENTITY]}"


def of_notice(notice: Notice) -> str:
    """Name news: its sequence (names sort in the order of the news), what it says, the code of the document, its own mark."""
    code = plain(f"{notice.number}-{notice.notation}")
    return f"{notice.sequence:012d}_{plain(notice.said)}_{code}_{identity(notice.key)[:IDENTITY]}"


def of_part(number: int, name: str) -> str:
    """Name an attachment: its place among them keeps apart those of one name."""
    return f"{number:02d}-{_bounded(safe_name(name))}"


def of_harmed(name: str) -> str:
    """Name what has a name that the hub cannot take."""
    readable = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    digest = hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:8]
    return f"{digest}-{_bounded(safe_name(readable))}"


def takeable(name: str) -> bool:
    """Say whether a name can be kept as it is: Unicode, short enough, with nothing that a terminal or a log would obey."""
    odd = any(unicodedata.category(each) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for each in name)
    return not odd and len(name.encode("utf-8", "surrogateescape")) <= MAX_BYTES


def is_envelope(name: str) -> bool:
    """Say whether a file of this name holds an envelope."""
    return name.lower().endswith(ENVELOPES)


def is_mark(name: str) -> bool:
    """Say whether a name in the agency's folder is none of a document: hidden, a mark, a digest, or not whole yet."""
    return name.startswith((".", "~$")) or name.lower().endswith((DONE, ERROR, DIGEST, *UNDER_WAY))


def taking(name: str) -> str:
    """Name what the hub is taking."""
    return f".{name}{TAKING}"


def taken_of(name: str) -> str | None:
    """Give the name that a file had before the hub began to take it; None of a file that the hub is not taking."""
    return name[1 : -len(TAKING)] if name.startswith(".") and name.endswith(TAKING) and len(name) > len(TAKING) + 1 else None


def _bounded(name: str) -> str:
    """Shorten a name of many letters of three octets each, and keep its ending."""
    stem, dot, ending = name.rpartition(".") if "." in name else (name, "", "")
    while len(f"{stem}{dot}{ending}".encode()) > MAX_BYTES and stem:
        stem = stem[:-1]
    return f"{stem}{dot}{ending}"
