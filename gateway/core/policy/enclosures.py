"""Rules about attachments: by their octets and names here, by what a reader of PDFs and a scanner say of them there."""

import hashlib
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final
from zipfile import ZipInfo

from gateway.core import archives, sniffing
from gateway.core.attachments import safe_name
from gateway.core.pdf import PdfFacts, PdfProblem
from gateway.core.policy.case import Observation
from gateway.core.sniffing import EXECUTABLE, OLE, PDF

PATH: Final = "AttachmentEncoded/Attachment"
BLOCK: Final = 1024 * 1024
"""Octets searched at a time."""
REPLACED: Final = b"\xef\xbf\xbd"
"""U+FFFD in UTF-8: what a program writes for bytes that it took for text and could not read."""
MANY_REPLACED: Final = 16
"""A scan has thousands; an honest PDF may have one in its metadata, and bytes that are no UTF-8 besides."""
_OLE_MACROS: Final = "_VBA_PROJECT".encode("utf-16-le")
_OLE_LOCKED: Final = "EncryptedPackage".encode("utf-16-le")
_PROBLEMS: Final = {
    PdfProblem.UNREADABLE: "pdf-unreadable",
    PdfProblem.LOCKED: "attachment-locked",
    PdfProblem.TOO_LARGE: "pdf-unexamined",
    PdfProblem.TOO_SLOW: "pdf-unexamined",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """An attachment with its octets at hand. `apart` tells that it travelled as a MIME part."""

    content_id: str
    name: str
    content: BinaryIO = field(repr=False)
    size: int
    sha256: str
    media_type: str
    apart: bool = False
    observations: tuple[Observation, ...] = ()


def enclose(
    content: BinaryIO,
    content_id: str,
    name: str,
    executables: frozenset[str],
    *,
    overfull: bool = False,
    apart: str | None = None,
) -> Enclosure:
    """Look at an attachment as far as its octets tell without being run, drawn or opened.

    `apart` is the SHA-256 of one that travelled as a MIME part; `overfull` tells that its ZIP would have burst.
    """
    observations: list[Observation] = []

    def see(code: str, detail: str = "") -> None:
        observations.append(Observation(code=code, path=PATH, detail=f"{name[:60]}{': ' if detail else ''}{detail}"))

    entries: tuple[ZipInfo, ...] = ()
    try:
        entries = archives.contents(content) or () if _begins(content, archives.MAGIC) and not overfull else ()
    except archives.Overfull:
        overfull = True
    media_type = sniffing.media_type(content, [entry.filename for entry in entries])
    if overfull:
        see("attachment-bomb")
    for code in _marks(content, media_type, entries, name, executables):
        see(code)
    if safe_name(name) != name:
        see("attachment-name-unsafe", f"→ {safe_name(name)}")
    if not sniffing.is_as_named(name, media_type):
        see("attachment-type-differs", media_type)
    return Enclosure(
        content_id=content_id,
        name=name,
        content=content,
        size=content.seek(0, io.SEEK_END),
        sha256=apart or _digest(content),
        media_type=media_type,
        apart=apart is not None,
        observations=tuple(observations),
    )


def pdf_observations(enclosure: Enclosure, facts: PdfFacts) -> Iterator[Observation]:
    """Say what is amiss with one PDF by itself."""
    name = enclosure.name[:60]
    if facts.problem is not None and not any(each.code == "attachment-corrupted" for each in enclosure.observations):
        yield Observation(code=_PROBLEMS[facts.problem], path=PATH, detail=name)
    if facts.has_text is False:
        yield Observation(code="pdf-without-text", path=PATH, detail=name)
    for signature in facts.signatures or ():
        if not (signature.intact and signature.whole):
            yield Observation(code="pdf-signature-broken", path=PATH, detail=f"{name}: {signature.signer[:60]}")


def page_observations(announced: int | None, pages: Iterable[int | None]) -> Iterator[Observation]:
    """Compare PageAmount with the principal document's pages, or with those of all PDFs together: senders count either way."""
    counted = [each for each in pages if each is not None]
    if announced and counted and announced not in {counted[0], sum(counted)}:
        said = f"PageAmount {announced}, PDF {' + '.join(map(str, counted[:10]))}"
        yield Observation(code="page-amount-differs", path="MessageHeader/OtherInfo/PageAmount", detail=said)


def _marks(
    content: BinaryIO, media_type: str, entries: Iterable[ZipInfo], name: str, executables: frozenset[str]
) -> Iterator[str]:
    names = [entry.filename for entry in entries]
    if media_type == EXECUTABLE or any(sniffing.extension(each) in executables for each in (name, *names)):
        yield "attachment-executable"
    if any(each.endswith("vbaProject.bin") or each.startswith("Basic/") for each in names) or (
        media_type == OLE and _holds(content, _OLE_MACROS)
    ):
        yield "attachment-macro"
    if any(map(archives.is_locked, entries)) or (media_type == OLE and _holds(content, _OLE_LOCKED)):
        yield "attachment-locked"
    if media_type == PDF and _is_corrupted(content):
        yield "attachment-corrupted"


def _is_corrupted(content: BinaryIO) -> bool:
    """Tell a PDF that went through a decoder of text: it is UTF-8 from end to end, and full of replacements."""
    content.seek(0)
    start = content.read(BLOCK)
    if start.count(REPLACED) < MANY_REPLACED:
        return False
    try:
        start[:-4].decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start > len(start) - 12  # a letter cut by the end of the block
    return True


def _begins(content: BinaryIO, magic: bytes) -> bool:
    content.seek(0)
    return content.read(len(magic)) == magic


def _holds(content: BinaryIO, pattern: bytes) -> bool:
    """Search all octets, block by block with an overlap."""
    content.seek(0)
    last = b""
    while block := content.read(BLOCK):
        if pattern in last + block:
            return True
        last = block[-len(pattern) :]
    return False


def _digest(content: BinaryIO) -> str:
    content.seek(0)
    made = hashlib.sha256()
    while block := content.read(BLOCK):
        made.update(block)
    return made.hexdigest()
