"""A folder with a document that the agency put there: which file is the envelope, which attachment is which file."""

import asyncio
import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final

from gateway.sdk import edxml

from .names import DIGEST, DIGESTS, ENVELOPES, PARTS, is_mark
from .store import Entry, Kind, Store, read_small

DOCUMENT: Final = "van-ban.edxml"
"""The envelope in a folder, where several files could be it."""
_DIGEST: Final = re.compile(rb"(?<![0-9A-Fa-f])[0-9A-Fa-f]{64}(?![0-9A-Fa-f])")
_LINE: Final = re.compile(r"([0-9A-Fa-f]{64}) [ *](.+)")


class Unfit(Exception):  # noqa: N818  a word of the field, not an error of the program
    """What lies there is not right, or not yet: why, in Vietnamese and in English."""

    def __init__(self, vi: str, en: str) -> None:
        super().__init__(en)
        self.vi = vi
        self.en = en


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """The envelope's file, and the attachments' files by content id."""

    envelope: str
    parts: Mapping[str, str]


async def contents(store: Store, path: str, entries: Iterable[Entry]) -> Contents:
    """Read a folder. Raises Unfit, and what the store raises."""
    files = {each.name for each in entries if each.kind is Kind.FILE}
    if others := sorted(each.name for each in entries if each.kind is not Kind.FILE):
        raise Unfit(f"{others[0]} không phải là tệp", f"{others[0]} is no file")
    envelope = _envelope(files)
    if PARTS in files:
        return Contents(envelope=envelope, parts=_listed(await _small(store, f"{path}/{PARTS}"), files))
    beside = {each for each in files if each not in {envelope, DIGESTS} and not is_mark(each)}
    if not beside:
        return Contents(envelope=envelope, parts={})
    return Contents(envelope=envelope, parts=await _named(await _small(store, f"{path}/{envelope}"), beside))


async def check_file(store: Store, path: str) -> None:
    """Compare a file with the digest beside it. Raises Unfit, and what the store raises."""
    written = (await _small(store, f"{path}{DIGEST}")).replace(b"\0", b"")  # PowerShell writes UTF-16
    found = _DIGEST.search(written)
    if found is None:
        raise Unfit(f"tệp {DIGEST} không có mã SHA-256", f"the {DIGEST} file has no SHA-256")
    await _same(store, path, found[0].decode())


async def check_folder(store: Store, path: str, inside: Contents) -> None:
    """Compare the files of a folder with their list. Raises Unfit, and what the store raises."""
    text = (await _small(store, f"{path}/{DIGESTS}")).decode("utf-8-sig", "replace")
    listed = {found[2]: found[1] for line in text.splitlines() if (found := _LINE.fullmatch(line)) is not None}
    for name in (inside.envelope, *inside.parts.values()):
        if name not in listed:
            raise Unfit(f"{DIGESTS} không có dòng của {name}", f"{DIGESTS} has no line for {name}")
        await _same(store, f"{path}/{name}", listed[name])


async def _same(store: Store, path: str, expected: str) -> None:
    digest = hashlib.sha256()
    async with aclosing(store.read(path)) as blocks:
        async for block in blocks:
            digest.update(block)
    if digest.hexdigest() != expected.lower():
        name = path.rpartition("/")[2]
        raise Unfit(f"{name} không khớp mã SHA-256 kèm theo", f"{name} does not match its SHA-256")


def _envelope(files: set[str]) -> str:
    if DOCUMENT in files:
        return DOCUMENT
    for ending in ENVELOPES:
        found = [each for each in files if each.lower().endswith(ending)]
        if len(found) == 1:
            return found[0]
    raise Unfit(f"không rõ tệp nào là gói edXML: đặt tên là {DOCUMENT}", f"which file is the edXML envelope? Name it {DOCUMENT}")


def _listed(content: bytes, files: set[str]) -> dict[str, str]:
    try:
        read = json.loads(content)
    except ValueError as error:
        raise Unfit(f"{PARTS}: không phải JSON", f"{PARTS}: no JSON") from error
    if not isinstance(read, dict) or not all(isinstance(each, str) for each in read.values()):
        raise Unfit(f'{PARTS}: phải là {{"ContentId": "tên tệp"}}', f'{PARTS}: must be {{"ContentId": "file name"}}')
    return {content_id: _find(name, name, files) for content_id, name in read.items()}


async def _named(content: bytes, files: set[str]) -> dict[str, str]:
    """Find the attachments by the names that the envelope gives them, or by their content ids."""
    try:
        package = await asyncio.to_thread(edxml.read, content)
    except ValueError as error:
        raise Unfit("không phải gói edXML", "no edXML envelope") from error
    if isinstance(package, edxml.StatusPackage):
        return {}
    beside = [each for each in package.attachments if each.encoded is None]
    return {each.content_id: _find(each.name, each.content_id, files) for each in beside}


def _find(name: str, content_id: str, files: set[str]) -> str:
    """Find a file by its name, however its letters are composed."""
    wanted = {unicodedata.normalize("NFC", name), content_id, f"cid:{content_id}"}
    for each in sorted(files):
        if unicodedata.normalize("NFC", each) in wanted:
            return each
    raise Unfit(f"thiếu tệp {name}", f"file {name} is missing")


async def _small(store: Store, path: str) -> bytes:
    try:
        return await read_small(store, path)
    except ValueError as error:
        name = path.rpartition("/")[2]
        raise Unfit(f"{name} quá lớn", f"{name} is too large") from error
