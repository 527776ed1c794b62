"""Comparing what was handed over with what the other side has: fields, and the octets of attachments."""

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Final

from lxml import etree

from gateway.core import xmlsafe
from gateway.sdk import Consignment, Opener, edxml
from gateway.sdk.conformance.checking import expect
from gateway.sdk.conformance.other_side import Held

ESSENTIAL: Final = (
    "MessageHeader/From/OrganId",
    "MessageHeader/Code/CodeNumber",
    "MessageHeader/Code/CodeNotation",
    "MessageHeader/PromulgationInfo/PromulgationDate",
    "MessageHeader/Subject",
)
"""A document that lacks one of these is another document."""
DUE_DATE: Final = "MessageHeader/DueDate"
BUSINESS: Final = "TraceHeaderList/Bussiness/BussinessDocType"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What an adapter's mapping does to the fields of edXML, by path."""

    kept: frozenset[str]
    dropped: frozenset[str]
    changed: frozenset[str]
    invented: frozenset[str]


def fields(envelope: bytes) -> dict[str, str]:
    """Give the texts below edXMLHeader by slash path; those of elements that repeat are joined by line ends."""
    root = xmlsafe.parse(edxml.write(edxml.read(envelope)))
    header = next(element for element in root.iter() if _name(element) == "edXMLHeader")
    texts: dict[str, list[str]] = {}
    for path, text in _leaves(header, ""):
        texts.setdefault(path, []).append(text)
    return {path: "\n".join(each) for path, each in texts.items()}


def fields_held(held: Held) -> dict[str, str]:
    """Give the fields of a document as the other side has it."""
    return fields(held.envelope) if held.envelope is not None else dict(held.fields)


def difference(sent: Mapping[str, str], held: Mapping[str, str]) -> Difference:
    """Compare fields; composed and decomposed letters are the same."""
    there = {path for path, text in held.items() if text.strip()}
    both = frozenset(sent) & there
    changed = frozenset(path for path in both if not same(sent[path], held[path]))
    return Difference(
        kept=both - changed,
        dropped=frozenset(sent) - there,
        changed=changed,
        invented=frozenset(there - set(sent)),
    )


def same(one: str, other: str) -> bool:
    """Tell whether two texts read the same."""
    return unicodedata.normalize("NFC", one).strip() == unicodedata.normalize("NFC", other).strip()


async def octets(stream: Opener) -> bytes:
    """Read what an opener streams."""
    async with aclosing(stream()) as chunks:
        return b"".join([chunk async for chunk in chunks])


async def files_sent(consignment: Consignment) -> list[tuple[str, str]]:
    """Give the name and SHA-256 of each attachment, wherever it travels."""
    _, files = await edxml.unpack(consignment)
    return [(each.name, hashlib.sha256(await octets(each.open)).hexdigest()) for each in files]


async def files_held(held: Held, consignment: Consignment) -> list[tuple[str, str]]:
    """Give the name and SHA-256 of each attachment that the other side has, those inside an envelope that it keeps too."""
    found = list(held.files.items())
    if held.envelope is not None:
        package, files = await edxml.unpack(replace(consignment, open=edxml.stream(held.envelope), parts=()))
        inside = [file for file, each in zip(files, package.attachments, strict=True) if each.encoded is not None]
        found += [(each.name, hashlib.sha256(await octets(each.open)).hexdigest()) for each in inside]
    return found


async def expect_whole(held: Held, consignment: Consignment) -> None:
    """Hold that a document arrived: nothing essential is lost, and its attachments are the same to the bit."""
    if held.envelope is not None:
        same_octets = hashlib.sha256(held.envelope).hexdigest() == consignment.sha256
        expect(same_octets, "phong bì bị sửa: chữ ký số sẽ hỏng", "the envelope was changed: its signature breaks")
    sent, there = fields(await octets(consignment.open)), fields_held(held)
    wrong = [path for path in ESSENTIAL if not same(sent[path], there.get(path, ""))]
    expect(not wrong, f"mất hoặc sai: {', '.join(wrong)}", f"lost or wrong: {', '.join(wrong)}")
    await expect_files(held, consignment)


async def expect_files(held: Held, consignment: Consignment) -> None:
    """Hold that the other side has each attachment, the same to the bit."""
    sent, got = await files_sent(consignment), await files_held(held, consignment)
    lacking = Counter(sha256 for _, sha256 in sent) - Counter(sha256 for _, sha256 in got)
    names = ", ".join(name for name, sha256 in sent if sha256 in lacking)
    expect(not lacking, f"tệp mất hoặc sai nội dung: {names}", f"attachments lost or changed: {names}")


def _leaves(element: etree._Element, above: str) -> Iterator[tuple[str, str]]:
    for child in element:
        path = f"{above}{_name(child)}"
        if len(child):
            yield from _leaves(child, f"{path}/")
        elif child.text:
            yield path, child.text


def _name(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]
