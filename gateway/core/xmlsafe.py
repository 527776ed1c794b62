"""The only XML parser: a streaming guard counts and refuses first, then libxml2 builds the tree that decides."""

from collections.abc import Callable
from functools import partial
from typing import Final
from xml.parsers import expat

from lxml import etree

from gateway.core.faults import Rejected

MAX_DEPTH: Final = 32
"""edXML is nine deep, a signature in it eleven."""
MAX_ELEMENTS: Final = 20_000
"""A document to 800 agencies with eight fields each, named again in an update, with 100 signed attachments, has 12,000.

Explaining what is wrong with more of them takes seconds.
"""
MAX_ATTRIBUTES: Final = 16
"""On one element. The richest real one (Reference with XLink) has five. libxml2's access is quadratic in this number."""
MAX_ATTRIBUTES_IN_ALL: Final = 5_000
MAX_NAMESPACES: Final = 400
"""Declared in all: a hundred attachments each declare the edXML prefix again. Canonicalisation is cubic in this number."""
MAX_NAME: Final = 512
"""Characters of an element's or attribute's name with its namespace."""
MAX_VOCABULARY: Final = 65_536
"""Characters of all distinct names and namespaces together; edXML and its signature have 8,000.

libxml2 keeps each name that a thread has ever parsed: without a bound one document could make it keep ten megabytes for good.
"""
MAX_TAG: Final = 65_536
"""Bytes that may pass before a tag, comment or declaration ends: expat holds it all, and takes seconds over megabytes."""

_XINCLUDE: Final = "http://www.w3.org/2001/XInclude"
_ENCODINGS: Final = frozenset({"utf-8", "utf8"})
_OTHER_ENCODINGS: Final = (b"\xff\xfe", b"\xfe\xff", b"\x00", b"<\x00", b"+/v", b"\x4c\x6f\xa7\x94")
"""How UTF-16, UTF-32, UTF-7 and EBCDIC begin, with and without a mark."""
_INVALID_TOKEN: Final = expat.errors.codes[expat.errors.XML_ERROR_INVALID_TOKEN]
_UNDEFINED_ENTITY: Final = expat.errors.codes[expat.errors.XML_ERROR_UNDEFINED_ENTITY]


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
        raise _not_utf8(1)
    _scan(data)


def _scan(data: bytes) -> None:
    """Count while expat streams."""
    parser = expat.ParserCreate("utf-8", "}")
    parser.ordered_attributes = True
    see = _Vocabulary(parser).__getitem__
    _watch_elements(parser, see)
    _watch_namespaces(parser, see)
    parser.XmlDeclHandler = partial(_demand_utf8, parser)
    parser.StartDoctypeDeclHandler = partial(_forbid, parser, "DOCTYPE")
    parser.ProcessingInstructionHandler = partial(_forbid, parser, "<?…?>")
    try:
        _feed(parser, data)
    except expat.ExpatError as error:
        raise _syntax(error, data, parser.ErrorByteIndex) from error


def _feed(parser: expat.XMLParserType, data: bytes) -> None:
    """Give expat the bytes piece by piece: where a whole piece brings it no further, it is inside one endless tag."""
    view, reached = memoryview(data), -1
    last = max(len(data) - 1, 0) // MAX_TAG * MAX_TAG
    for start in range(0, last, MAX_TAG):
        parser.Parse(view[start : start + MAX_TAG], False)  # noqa: FBT003  expat's own signature
        if parser.CurrentByteIndex == reached:
            raise _complex(parser, f"một thẻ dài quá {MAX_TAG} byte", f"a tag of more than {MAX_TAG} bytes")
        reached = parser.CurrentByteIndex
    parser.Parse(view[last:], True)  # noqa: FBT003  expat's own signature


class _Vocabulary(dict[str, int]):
    """The distinct names of a document with their lengths; a new one is counted where it is looked up."""

    def __init__(self, parser: expat.XMLParserType) -> None:
        super().__init__()
        self._parser = parser
        self._characters = 0

    def __missing__(self, name: str) -> int:
        self[name] = len(name)
        self._characters += len(name) - name.rfind("}") - 1  # the namespace before it is told by itself
        if self._characters > MAX_VOCABULARY:
            said = f"{MAX_VOCABULARY:,}"
            raise _complex(self._parser, f"các tên dài quá {said} ký tự", f"names of more than {said} characters in all")
        return len(name)


def _watch_elements(parser: expat.XMLParserType, see: Callable[[str], int]) -> None:
    """Hold the limits of elements and attributes. Closures over plain numbers: they run for every element."""
    depth = elements = attributes = 0

    def start(name: str, given: list[str]) -> None:
        nonlocal depth, elements, attributes
        depth += 1
        elements += 1
        if depth > MAX_DEPTH or elements > MAX_ELEMENTS or see(name) > MAX_NAME:
            raise _complex(
                parser,
                f"sâu quá {MAX_DEPTH} tầng, quá {MAX_ELEMENTS} phần tử hoặc tên dài quá {MAX_NAME} ký tự",
                f"deeper than {MAX_DEPTH}, more than {MAX_ELEMENTS} elements, or a name longer than {MAX_NAME}",
            )
        if given:
            attributes += len(given) // 2
            if attributes > MAX_ATTRIBUTES_IN_ALL or _is_too_much(given, see):
                raise _complex(
                    parser,
                    f"quá {MAX_ATTRIBUTES} thuộc tính ở một phần tử, quá {MAX_ATTRIBUTES_IN_ALL} trong cả tệp hoặc tên quá dài",
                    f"more than {MAX_ATTRIBUTES} attributes on an element or {MAX_ATTRIBUTES_IN_ALL} in all, or a name too long",
                )

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    def comment(_text: str) -> None:
        if depth:  # outside the root it is not part of what is signed or read
            raise _forbidden(parser, "<!-- -->")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CommentHandler = comment


def _watch_namespaces(parser: expat.XMLParserType, see: Callable[[str], int]) -> None:
    declared = 0

    def namespace(prefix: str | None, uri: str | None) -> None:
        nonlocal declared
        declared += 1
        see(prefix or "")
        see(uri or "")
        if uri == _XINCLUDE:
            raise _forbidden(parser, "XInclude")
        if declared > MAX_NAMESPACES:
            raise _complex(parser, f"quá {MAX_NAMESPACES} khai báo xmlns", f"more than {MAX_NAMESPACES} xmlns declarations")

    parser.StartNamespaceDeclHandler = namespace


def _is_too_much(given: list[str], see: Callable[[str], int]) -> bool:
    return len(given) > 2 * MAX_ATTRIBUTES or max(map(see, given[::2])) > MAX_NAME


def _demand_utf8(parser: expat.XMLParserType, version: str, encoding: str | None, _standalone: int) -> None:
    if encoding is not None and encoding.lower() not in _ENCODINGS:
        raise _not_utf8(parser.CurrentLineNumber)
    if version != "1.0":
        raise _malformed("XML 1.0", parser.CurrentLineNumber)


def _forbid(parser: expat.XMLParserType, what: str, *_given: object) -> None:
    raise _forbidden(parser, what)


def _syntax(error: expat.ExpatError, data: bytes, at: int) -> Rejected:
    """Say what expat stumbled over at byte `at`."""
    if error.code == _UNDEFINED_ENTITY:
        return Rejected(
            "forbidden-construct", line=error.lineno, detail="Không nhận thực thể.", detail_en="Entities are refused."
        )
    if error.code == _INVALID_TOKEN and not _begins_with_utf8(data[at : at + 4]):
        return _not_utf8(error.lineno)
    return _malformed(expat.errors.messages[error.code], error.lineno)


def _begins_with_utf8(octets: bytes) -> bool:
    """Tell whether the octets begin with a character; what follows it may be cut."""
    try:
        octets.decode()
    except UnicodeDecodeError as error:
        return error.start > 0
    return True


def _forbidden(parser: expat.XMLParserType, what: str) -> Rejected:
    return Rejected(
        "forbidden-construct", line=parser.CurrentLineNumber, detail=f"Không nhận {what}.", detail_en=f"{what} is refused."
    )


def _complex(parser: expat.XMLParserType, vi: str, en: str) -> Rejected:
    return Rejected(
        "xml-too-complex", line=parser.CurrentLineNumber, detail=f"XML quá phức tạp: {vi}.", detail_en=f"Too complex: {en}."
    )


def _not_utf8(line: int) -> Rejected:
    return Rejected("encoding-unsupported", line=line, detail="Tệp không phải UTF-8.", detail_en="The file is not UTF-8.")


def _parser() -> etree.XMLParser:
    """Make a parser without network, DTD, entities or recovery. `huge_tree`: attachments exceed libxml2's 10 MB of text."""
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, recover=False, huge_tree=True, collect_ids=False
    )


def _malformed(message: str, line: int | None) -> Rejected:
    return Rejected("malformed-xml", line=line, detail=f"XML sai cú pháp: {message}.", detail_en=f"Not well-formed: {message}.")
