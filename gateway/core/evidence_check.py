"""Checking a package of evidence: its archive, its list of digests and its chain of events. Who gives it may be anybody."""

import hashlib
import json
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, BinaryIO, Final, TypeVar

from gateway.core import archives, evidence, packing
from gateway.core.model import Trust

CHUNK: Final = 1024 * 1024
MOST_IN_MEMORY: Final = 256 * 1024 * 1024
"""Octets of a file that is read whole: five times the largest envelope."""
MAX_CONTENTS: Final = 16 * 1024 * 1024
"""Octets of the table of contents of the most members that there can be."""
NAMES: Final = re.compile(
    r"KIEM-TRA\.txt|SHA256SUMS(\.sig)?|document\.json|events\.jsonl|envelope\.edxml|attachments/[0-9a-f]{64}"
    r"|receipts/[0-9]{5}-[a-z]+-[0-9a-f]{32}\.xml|certificates/(sender|hub|hub-[0-9]+|(ca|root)-[0-9]+)\.pem"
    r"|certificates/(ca|root)-[0-9]+\.crl",
    re.ASCII,
)
"""The only names that there are, so that nothing is ever written outside of a folder, whoever unpacks it."""
NEEDED: Final = (evidence.SUMS, evidence.SEAL, evidence.RECORD, evidence.EVENTS, evidence.ENVELOPE, evidence.HUB)
_SUM: Final = re.compile(r"([0-9a-f]{64})  (\S+)", re.ASCII)
_SHOWN: Final = 3
"""Names of files that a refusal repeats."""
_T = TypeVar("_T")


class Unsound(Exception):  # noqa: N818  it says what the package is
    """A check that a package does not stand, in both languages."""

    def __init__(self, vi: str, en: str) -> None:
        super().__init__(en)
        self.vi = vi
        self.en = en


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """An attachment that came beside the envelope."""

    content_id: str
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What the package says that the hub took down."""

    id: str
    document_id: str
    sender: str
    sha256: str
    accepted_at: datetime
    trust: Trust
    parts: tuple[Part, ...]
    events: int
    last_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A package whose archive is sound."""

    archive: zipfile.ZipFile
    names: tuple[str, ...]

    def read(self, name: str) -> bytes:
        """Read a file whole. Raises Unsound."""
        return b"".join(self.chunks(name))

    def digest(self, name: str, algorithm: str) -> bytes:
        """Digest a file by `hashlib` name, streaming. Raises Unsound."""
        made = hashlib.new(algorithm, usedforsecurity=False)
        for chunk in self.chunks(name):
            made.update(chunk)
        return made.digest()

    def chunks(self, name: str) -> Iterator[bytes]:
        """Give the octets of a file. Raises Unsound where the archive says other ones."""
        try:
            with self.archive.open(name) as file:
                while chunk := file.read(CHUNK):
                    yield chunk
        except archives.BROKEN as error:
            raise Unsound(f"{name}: hỏng", f"{name}: damaged") from error

    def under(self, folder: str) -> list[str]:
        """Name the files of a folder, in order."""
        return sorted(name for name in self.names if name.startswith(f"{folder}/"))


def opened(content: BinaryIO) -> Opened:
    """Look at the archive before anything is read of it. Raises Unsound."""
    try:
        entries = archives.contents(content, most=packing.MOST, longest=MAX_CONTENTS)
    except archives.Overfull as error:
        raise Unsound("ZIP có quá nhiều tệp", "the ZIP has too many files") from error
    if entries is None:
        raise Unsound("không phải ZIP đọc được", "not a ZIP that can be read")
    _demand_known([each.filename for each in entries])
    for each in entries:
        _demand_plain(each)
    length = content.seek(0, 2)
    if sum(each.file_size for each in entries) > length:
        raise Unsound("ZIP bung ra lớn hơn chính nó", "the ZIP unpacks to more than it is")
    return Opened(archive=zipfile.ZipFile(content), names=tuple(each.filename for each in entries))


def listed(package: Opened) -> Mapping[str, str]:
    """Read the list of digests. Raises Unsound."""
    lines = package.read(evidence.SUMS).decode("ascii", "replace").splitlines()
    found = [each for each in map(_SUM.fullmatch, lines) if each is not None]
    if len(found) != len(lines) or len({each[2] for each in found}) != len(found):
        raise Unsound(f"{evidence.SUMS}: sai dạng", f"{evidence.SUMS}: not such a list")
    return {each[2]: each[1] for each in found}


def demand_as_listed(package: Opened, digests: Mapping[str, str]) -> None:
    """Hold that every file is on the list with its digest, and that every file of the list is there. Raises Unsound."""
    rest = set(package.names) - {evidence.SUMS, evidence.SEAL}
    _demand_none("thiếu", "missing", digests.keys() - rest)
    _demand_none("không có trong danh mục", "not on the list", rest - digests.keys())
    _demand_none("đã bị thay đổi", "changed", (name for name in sorted(rest) if not _is_as_listed(package, name, digests)))


def record(package: Opened) -> Record:
    """Read what the hub took down. Raises Unsound."""
    octets = package.read(evidence.RECORD)
    return _read(evidence.RECORD, lambda: _record(json.loads(octets)))


def chain(package: Opened, known: Record) -> tuple[Mapping[str, Any], ...]:
    """Read the events, each of which must follow from the one before. Raises Unsound."""
    events, previous = list[Mapping[str, Any]](), evidence.NO_EVENT
    for number, each in enumerate(package.read(evidence.EVENTS).splitlines(keepends=True), 1):
        event = _read(f"{evidence.EVENTS}:{number}", partial(_event, each))
        if evidence.canonical(event) != each or event.get("previous") != previous or event.get("document") != known.id:
            raise Unsound(f"đứt ở dòng {number}", f"broken at line {number}")
        previous = hashlib.sha256(each).hexdigest()
        events.append(event)
    if (len(events), previous) != (known.events, known.last_sha256):
        raise Unsound(f"có {len(events)} dòng, cần {known.events}", f"{len(events)} lines where {known.events} are needed")
    return tuple(events)


def _event(octets: bytes) -> Mapping[str, Any]:
    return dict(json.loads(octets))


def _record(said: Any) -> Record:
    if said["format"] != evidence.FORMAT:
        raise ValueError(said["format"])
    document = said["document"]
    apart = [each for each in said["attachments"] if each["file"] is not None]
    return Record(
        id=str(document["id"]),
        document_id=str(document["document_id"]),
        sender=str(document["sender"]),
        sha256=str(document["sha256"]),
        accepted_at=datetime.fromisoformat(document["accepted_at"]),
        trust=Trust(document["trust"]),
        parts=tuple(Part(content_id=str(each["content_id"]), file=str(each["file"])) for each in apart),
        events=int(said["events"]["count"]),
        last_sha256=str(said["events"]["last_sha256"]),
    )


def _read(name: str, read: Callable[[], _T]) -> _T:
    try:
        return read()
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Unsound(f"{name}: không đọc được", f"{name}: cannot be read") from error


def _demand_known(names: list[str]) -> None:
    strange = {name for name in names if NAMES.fullmatch(name) is None}
    _demand_none("tên lạ", "strange names", (repr(name[:80]) for name in strange))
    _demand_none("trùng tên", "the same name twice", (name for name, times in Counter(names).items() if times > 1))
    _demand_none("thiếu", "missing", set(NEEDED) - set(names))


def _demand_plain(entry: zipfile.ZipInfo) -> None:
    """Hold that an entry is as the hub writes it: neither compressed nor locked, and of a size that can be read."""
    if entry.compress_type != zipfile.ZIP_STORED or entry.compress_size != entry.file_size or archives.is_locked(entry):
        raise Unsound(f"{entry.filename}: bị nén lại, không do trục ghi", f"{entry.filename}: packed anew, not by the hub")
    if entry.file_size > MOST_IN_MEMORY and not entry.filename.startswith(f"{evidence.ATTACHMENTS}/"):
        raise Unsound(f"{entry.filename}: quá lớn", f"{entry.filename}: too large")


def _is_as_listed(package: Opened, name: str, digests: Mapping[str, str]) -> bool:
    try:
        return package.digest(name, "sha256").hex() == digests[name]
    except Unsound:
        return False


def _demand_none(vi: str, en: str, names: Iterable[str]) -> None:
    found = sorted(names)
    if found:
        some = ", ".join(found[:_SHOWN]) + (", …" if len(found) > _SHOWN else "")
        raise Unsound(f"{vi}: {some}", f"{en}: {some}")
