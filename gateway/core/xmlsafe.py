"""The only XML parser: a streaming guard counts and refuses first, then libxml2 builds the tree that decides."""

from functools import partial
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
MAX_NAMESPACES: Final = 400
"""Declared in all: a hundred attachments each declare the edXML prefix again. Canonicalisation is cubic in this number."""
MAX_NAME: Final = 512
"""Characters of an element's or attribute's name with its namespace."""

_XINCLUDE: Final = "http://www.w3.org/2001/XInclude"
_ENCODINGS: Final = frozenset({"utf-8", "utf8"})
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
    _scan(data)


def _scan(data: bytes) -> None:
    """Count while expat streams."""
    parser = expat.ParserCreate("utf-8", "}")
    parser.ordered_attributes = True
    _watch_elements(parser)
    _watch_namespaces(parser)
    parser.XmlDeclHandler = partial(_demand_utf8, parser)
    parser.StartDoctypeDeclHandler = partial(_forbid, parser, "DOCTYPE")
    parser.ProcessingInstructionHandler = partial(_forbid, parser, "<?…?>")
    try:
        parser.Parse(data, True)  # noqa: FBT003  expat's own signature
    except expat.ExpatError as error:
        raise _malformed(expat.errors.messages[error.code], error.lineno) from error


def _watch_elements(parser: expat.XMLParserType) -> None:
    """Hold the limits of elements and attributes. Closures over plain numbers: they run for every element."""
    depth = elements = attributes = 0

    def start(name: str, given: list[str]) -> None:
        nonlocal depth, elements, attributes
        depth += 1
        elements += 1
        if depth > MAX_DEPTH or elements > MAX_ELEMENTS or len(name) > MAX_NAME or name.startswith(_XINCLUDE):
            raise _refused(parser, "forbidden-construct" if name.startswith(_XINCLUDE) else "xml-too-complex", name[:60])
        if given:
            attributes += len(given) // 2
            if attributes > MAX_ATTRIBUTES_IN_ALL or _is_too_much(given):
                raise _refused(parser, "xml-too-complex", "@")

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    def comment(_text: str) -> None:
        if depth:  # outside the root it is not part of what is signed or read
            _forbid(parser, "<!-- -->")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CommentHandler = comment


def _watch_namespaces(parser: expat.XMLParserType) -> None:
    declared = 0

    def namespace(_prefix: str, _uri: str) -> None:
        nonlocal declared
        declared += 1
        if declared > MAX_NAMESPACES:
            raise _refused(parser, "xml-too-complex", "xmlns")

    parser.StartNamespaceDeclHandler = namespace


def _is_too_much(given: list[str]) -> bool:
    return len(given) > 2 * MAX_ATTRIBUTES or any(len(name) > MAX_NAME for name in given[::2])


def _demand_utf8(parser: expat.XMLParserType, _version: str, encoding: str | None, _standalone: int) -> None:
    if encoding is not None and encoding.lower() not in _ENCODINGS:
        raise _refused(parser, "encoding-unsupported", encoding[:40])


def _forbid(parser: expat.XMLParserType, what: str, *_given: object) -> None:
    raise _refused(parser, "forbidden-construct", what)


def _refused(parser: expat.XMLParserType, code: str, what: str = "") -> Rejected:
    return Rejected(code, line=parser.CurrentLineNumber, detail=what)


def _parser() -> etree.XMLParser:
    """Make a parser without network, DTD, entities or recovery. `huge_tree`: attachments exceed libxml2's 10 MB of text."""
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, recover=False, huge_tree=True, collect_ids=False
    )


def _malformed(message: str, line: int | None) -> Rejected:
    return Rejected("malformed-xml", line=line, detail=message, detail_en=message)
