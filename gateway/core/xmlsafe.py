"""The only XML parser: a streaming guard counts and refuses first, then libxml2 builds the tree that decides."""

from typing import Final
from xml.parsers import expat

from lxml import etree

from gateway.core.faults import Rejected

MAX_DEPTH: Final = 32
"""edXML is nine deep, a signature in it eleven."""
MAX_ELEMENTS: Final = 50_000
"""A document to 800 agencies with eight fields each has some 7,000; an update lists receivers again."""
MAX_ATTRIBUTES: Final = 16
"""On one element. The richest real one (Reference with XLink) has five. libxml2's access is quadratic in this number."""
MAX_ATTRIBUTES_IN_ALL: Final = 5_000
MAX_NAMESPACES: Final = 16
"""Declared on one element; the root of the .NET variant declares four."""
MAX_NAMESPACES_IN_ALL: Final = 400
"""A hundred attachments each declare the edXML prefix again. Canonicalisation is cubic in this number."""
MAX_NAME: Final = 512
"""Characters of an element's or attribute's name with its namespace."""

_XINCLUDE: Final = "http://www.w3.org/2001/XInclude"
_ENCODINGS: Final = frozenset({"utf-8", "utf8"})
_BOM: Final = b"\xef\xbb\xbf"
_OTHER_ENCODINGS: Final = (b"\xff\xfe", b"\xfe\xff", b"\x00", b"<\x00", b"+/v")
"""How UTF-16, UTF-32 and UTF-7 begin, with and without a mark."""


def parse(data: bytes) -> etree._Element:
    """Parse a document and give its root.

    Raises `encoding-unsupported`, `forbidden-construct`, `xml-too-complex` or `malformed-xml`, each with its line.
    """
    guard(data)
    try:
        return etree.fromstring(data, _parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _malformed(str(error), getattr(error, "lineno", None)) from error


def guard(data: bytes) -> None:
    """Refuse what must not reach a tree builder, without building anything."""
    if data.startswith(_OTHER_ENCODINGS):
        raise Rejected("encoding-unsupported", line=1)
    _Guard().run(data)


class _Guard:
    """Counts while expat streams."""

    def __init__(self) -> None:
        self._depth = self._elements = self._attributes = self._namespaces = self._pending = 0
        self._parser = parser = expat.ParserCreate("utf-8", "}")
        parser.buffer_text = False
        parser.ordered_attributes = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartNamespaceDeclHandler = self._namespace
        parser.XmlDeclHandler = self._declaration
        parser.StartDoctypeDeclHandler = self._doctype
        parser.ProcessingInstructionHandler = self._instruction
        parser.CommentHandler = self._comment

    def run(self, data: bytes) -> None:
        try:
            self._parser.Parse(data, True)  # noqa: FBT003  expat's own signature
        except expat.ExpatError as error:
            raise _malformed(expat.errors.messages[error.code], error.lineno) from error

    def _start(self, name: str, attributes: list[str]) -> None:
        self._depth += 1
        self._elements += 1
        count = len(attributes) // 2
        self._attributes += count
        if (
            self._depth > MAX_DEPTH
            or self._elements > MAX_ELEMENTS
            or count > MAX_ATTRIBUTES
            or self._attributes > MAX_ATTRIBUTES_IN_ALL
            or len(name) > MAX_NAME
            or any(len(each) > MAX_NAME for each in attributes[::2])
        ):
            raise self._refused("xml-too-complex")
        if name.startswith(_XINCLUDE):
            raise self._refused("forbidden-construct", "XInclude")
        self._pending = 0

    def _end(self, _name: str) -> None:
        self._depth -= 1

    def _namespace(self, _prefix: str, _uri: str) -> None:
        self._pending += 1
        self._namespaces += 1
        if self._pending > MAX_NAMESPACES or self._namespaces > MAX_NAMESPACES_IN_ALL:
            raise self._refused("xml-too-complex", "xmlns")

    def _declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() not in _ENCODINGS:
            raise self._refused("encoding-unsupported", encoding[:40])

    def _doctype(self, *_declared: object) -> None:
        raise self._refused("forbidden-construct", "DOCTYPE")

    def _instruction(self, _target: str, _data: str) -> None:
        raise self._refused("forbidden-construct", "<?…?>")

    def _comment(self, _text: str) -> None:
        if self._depth:  # outside the root it is not part of what is signed or read
            raise self._refused("forbidden-construct", "<!-- -->")

    def _refused(self, code: str, what: str = "") -> Rejected:
        return Rejected(code, line=self._parser.CurrentLineNumber, detail=what)


def _parser() -> etree.XMLParser:
    """Make a parser without network, DTD, entities or recovery. `huge_tree`: attachments exceed libxml2's 10 MB of text."""
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, recover=False, huge_tree=True, collect_ids=False
    )


def _malformed(message: str, line: int | None) -> Rejected:
    return Rejected("malformed-xml", line=line, detail=message, detail_en=message)
