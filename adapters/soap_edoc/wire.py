"""SOAP 1.1 on the wire, document/literal wrapped: a call is read from an envelope, an answer or a fault is written into one."""

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from gateway.sdk import Rejected
from gateway.sdk.words import reasons
from gateway.sdk.xml import parse

SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
EDOC: Final = "http://www.e-doc.vn/Schema/"
CONTENT_TYPE: Final = "text/xml; charset=utf-8"
NEXT: Final = "http://schemas.xmlsoap.org/soap/actor/next"
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPACES: Final = " \t\r\n"
_UNSPACED: Final = str.maketrans("", "", _SPACES)

Fields = Sequence[tuple[str, "str | Fields"]]
"""Elements by name, in order: text, or elements again."""


class Misuse(Exception):  # noqa: N818  what was done, in the words of SOAP a fault
    """The call is not SOAP 1.1 as the WSDL has it. `fault` is a fault code of SOAP 1.1 (4.4.1)."""

    def __init__(self, fault: str, vi: str, en: str) -> None:
        super().__init__(en)
        self.fault = fault
        self.words = f"{vi} · {en}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The children of an element, by local name: older clients do not qualify them. `groups` are those with children."""

    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    groups: Mapping[str, tuple["Group", ...]] = field(default_factory=dict)

    @property
    def weight(self) -> int:
        """Count characters."""
        own = sum(len(text) for texts in self.texts.values() for text in texts)
        return own + sum(group.weight for groups in self.groups.values() for group in groups)

    def text(self, name: str) -> str | None:
        """Give the text of an element that occurs at most once; None where it is absent or empty. Raises `Misuse`."""
        found = self.texts.get(name, ())
        if len(found) > 1 or name in self.groups:
            raise Misuse("Client", f"Chỉ nhận một phần tử {name}, là chữ.", f"One element {name}, a text, is taken.")
        return (found[0].strip() or None) if found else None

    def demand(self, name: str) -> str:
        """Give the text of an element that must be there. Raises `Misuse`."""
        found = self.text(name)
        if found is None:
            raise Misuse("Client", f"Thiếu phần tử {name}.", f"The element {name} is missing.")
        return found

    def number(self, name: str, usual: int) -> int:
        """Give a whole number. Raises `Misuse`."""
        found = self.text(name)
        if found is None:
            return usual
        if not re.fullmatch(r"[0-9]{1,9}", found):
            raise Misuse("Client", f"{name} phải là số nguyên.", f"{name} must be a whole number.")
        return int(found)

    def octets(self, name: str) -> bytes | None:
        """Give what an element has in base64. Raises `Misuse`."""
        found = self.text(name)
        if found is None:
            return None
        try:
            spaced = any(space in found for space in _SPACES)
            return binascii.a2b_base64(found.translate(_UNSPACED) if spaced else found, strict_mode=True)
        except (binascii.Error, ValueError) as error:
            raise Misuse("Client", f"{name} không phải base64.", f"{name} is not base64.") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A verb, and what was sent with it."""

    verb: str
    given: Group


def read_call(data: bytes) -> Call:
    """Read a call. Raises `Misuse`, whatever is wrong with the octets."""
    try:
        root = parse(data)
    except Rejected as fault:
        (first, *_) = reasons(fault)
        raise Misuse("Client", first.vi, first.en) from fault
    name = etree.QName(root)
    if name.localname != "Envelope" or name.namespace != SOAP:
        raise Misuse("VersionMismatch", "Chỉ nhận SOAP 1.1.", "SOAP 1.1 alone is taken.")
    for header in root.iterfind(f"{{{SOAP}}}Header/*"):
        mine = header.get(f"{{{SOAP}}}actor", NEXT) == NEXT
        if mine and header.get(f"{{{SOAP}}}mustUnderstand") == "1":
            raise Misuse("MustUnderstand", "Không hiểu phần đầu bắt buộc.", "A header that must be understood is not.")
    calls = root.findall(f"{{{SOAP}}}Body/*")
    if len(calls) != 1:
        raise Misuse("Client", "Thân SOAP phải có đúng một lệnh.", "The SOAP body has exactly one call.")
    called = etree.QName(calls[0])
    if called.namespace != EDOC:
        raise Misuse("Client", f"Lệnh phải thuộc không gian tên {EDOC}.", f"The call must be in the namespace {EDOC}.")
    return Call(verb=called.localname, given=_group(calls[0]))


def write_answer(element: str, fields: Fields) -> bytes:
    """Write an envelope around an element of the eDoc namespace."""
    envelope, body = _envelope()
    _fill(etree.SubElement(body, f"{{{EDOC}}}{element}"), fields)
    return etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")


def write_fault(code: str, words: str) -> bytes:
    """Write a fault: its parts are in no namespace (SOAP 1.1, 4.4)."""
    envelope, body = _envelope()
    fault = etree.SubElement(body, f"{{{SOAP}}}Fault")
    etree.SubElement(fault, "faultcode").text = f"soap:{code}"
    etree.SubElement(fault, "faultstring").text = legal(words)
    return etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")


def encoded(octets: bytes) -> str:
    """Give octets in base64."""
    return base64.b64encode(octets).decode("ascii")


def weight(fields: Fields) -> int:
    """Count the characters of fields, and of those inside them."""
    return sum(len(value) if isinstance(value, str) else weight(value) for _, value in fields)


def optional(*fields: tuple[str, str | None]) -> list[tuple[str, str]]:
    """Leave out the fields that have no value."""
    return [(name, value) for name, value in fields if value]


def _envelope() -> tuple[etree._Element, etree._Element]:
    envelope = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soap": SOAP, "edoc": EDOC})
    return envelope, etree.SubElement(envelope, f"{{{SOAP}}}Body")


def _fill(parent: etree._Element, fields: Fields) -> None:
    for name, value in fields:
        child = etree.SubElement(parent, f"{{{EDOC}}}{name}")
        if isinstance(value, str):
            child.text = legal(value)
        else:
            _fill(child, value)


def _group(parent: etree._Element) -> Group:
    texts: dict[str, tuple[str, ...]] = {}
    groups: dict[str, tuple[Group, ...]] = {}
    for child in parent:
        name = etree.QName(child).localname
        if len(child):
            groups[name] = (*groups.get(name, ()), _group(child))
        else:
            texts[name] = (*texts.get(name, ()), child.text or "")
    return Group(texts=texts, groups=groups)


def legal(text: str) -> str:
    """Put a mark in the place of what XML cannot have."""
    return _NOT_XML.sub("�", text)
