"""From whatever shape a package came in to the one canonical shape, noting every tolerance used.

The canonical tree has every element of `edxml` in its order, in one namespace, with trimmed texts, each with the line of
its original; the base64 of attachments is carried beside it, never in it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from typing import Final, cast

from lxml import etree

from gateway.core import edxml
from gateway.core.envelope import NAMESPACE
from gateway.core.findings import finding
from gateway.core.model import Finding, Kind
from gateway.core.schema import below
from gateway.core.shape import BASE64, CONTENT_ID, Shape

OLD_NAMESPACES: Final = frozenset({"http://www.e-doc.vn/Schema/", "http://www.go.vn/eDoc", ""})
"""Of the SOAP generation, of a mistaken implementation, and of none at all: read, never written."""
_SIGNATURES: Final = frozenset({"Signature", "DigitalSignature"})
"""Judged by `signature`, or decoration; not content."""
_CONTENT: Final = "ContentTransferEncoded"
_TRACE: Final = "TraceHeaderList"
_Q: Final = f"{{{NAMESPACE}}}"
_READ: Final = OLD_NAMESPACES | {NAMESPACE}
_HOP_ORGAN: Final = f"{_TRACE}/TraceHeader/OrganId"
_FRAME: Final = ("{*}edXMLEnvelope", "{*}edXMLHeader", "{*}MessageHeader")
"""Whoever finds one of these by its name takes it for the package."""
_MAX_FINDINGS: Final = 100
"""Kinds and places of tolerance that a sender is told of, which bounds what a junk package makes the hub keep."""
_MAX_EXTRAS: Final = 200
"""Elements of vendors that are remembered while a package is judged; the largest package seen has five."""
_MAX_EXTRA: Final = 200
"""Characters of each."""
_MAX_LINE: Final = 65_535
"""lxml keeps the line of an element that it made in 16 bits; no line is better than a wrong one."""


@dataclass(slots=True, kw_only=True)
class Canonical:
    """The canonical tree of a package, what was tolerated, and the base64 texts in the order of the attachments.

    `extras` are the texts of elements and attributes beyond QCVN 102:2016 by local name, up to a number: what vendors say there.
    """

    kind: Kind
    root: etree._Element
    findings: dict[tuple[str, str], Finding] = field(default_factory=dict)
    contents: list[str] = field(default_factory=list)
    paper: str | None = None
    extras: dict[str, str] = field(default_factory=dict)

    def note(self, code: str, path: str, detail: str = "") -> None:
        """Note a tolerance once for each path."""
        if (code, path) in self.findings:
            return
        if len(self.findings) < _MAX_FINDINGS:
            self.findings[code, path] = finding(code, path, detail)
        else:
            self.findings["findings-omitted", "edXML"] = finding("findings-omitted", "edXML")

    def remember(self, name: str, text: str) -> None:
        """Remember the first text of a name beyond QCVN 102:2016."""
        if text and len(self.extras) < _MAX_EXTRAS:
            self.extras.setdefault(name, text[:_MAX_EXTRA])


def kind(root: etree._Element) -> Kind:
    """Tell a status package from a document: it has a StatusCode, and no To."""
    header = _descend(root, "edXMLEnvelope", "edXMLHeader", "MessageHeader")
    if header is None or _child(header, "StatusCode") is None:
        return Kind.DOCUMENT
    return Kind.STATUS if _child(header, "To") is None else Kind.DOCUMENT


def sender(root: etree._Element) -> str | None:
    """Find From/OrganId, which names the agency whose certificate must prove the document."""
    organ = _descend(root, "edXMLEnvelope", "edXMLHeader", "MessageHeader", "From", "OrganId")
    return None if organ is None else (organ.text or "").strip() or None


def as_it_is(root: etree._Element, is_valid: Callable[[Kind, etree._Element], bool]) -> Canonical | None:
    """Take a tree that is canonical already as it is; None where it is not. The schema does not look at the base64."""
    of = kind(root)
    if not (is_valid(of, root) and _is_tidy(root, of)):
        return None
    return Canonical(kind=of, root=root, contents=[element.text or "" for element in root.iter(_Q + _CONTENT)])


def _is_tidy(root: etree._Element, of: Kind) -> bool:
    """Tell whether a valid tree has no white space around a value, no empty group, and whole hops."""
    if _untidy()(root):
        return False
    if of is Kind.STATUS:
        return True
    hops = root.findall(f"{_Q}edXMLEnvelope/{_Q}edXMLHeader/{_Q}{_TRACE}/{_Q}TraceHeader")
    organs = [hop.findtext(f"{_Q}OrganId") for hop in hops]
    return bool(organs) and None not in organs and "null" not in organs


@cache
def _untidy() -> etree.XPath:
    """Find, in libxml2, a leaf that may be untidy: empty, or with white space that is not one blank between words."""
    leaf = "not(*) and not(self::q:ContentTransferEncoded)"
    empty = "not(node()) and not(self::q:edXMLBody or self::q:edXMLManifest or self::q:AttachmentEncoded)"
    return etree.XPath(f"boolean(//*[{leaf} and (({empty}) or . != normalize-space(.))])", namespaces={"q": NAMESPACE})


def canonicalise(root: etree._Element) -> Canonical:
    """Make the canonical form. Nothing is refused here: what is missing or wrong stays so, for the schema to find."""
    of = kind(root)
    shape = edxml.STATUS_PACKAGE if of is Kind.STATUS else edxml.DOCUMENT
    namespace, name = _parted(root)
    made = Canonical(kind=of, root=etree.Element(_Q + name, nsmap=cast("dict[str, str]", {None: NAMESPACE})))
    _set_line(made.root, root)
    if name == shape.name and _is_ours(made, namespace):
        _fill(made, root, made.root, shape, shape.name)
    if of is Kind.DOCUMENT:
        _complete(made)
    return made


def _fill(made: Canonical, source: etree._Element, target: etree._Element, shape: Shape, path: str) -> None:
    """Give `target` the children of `source` in the order of the shape."""
    _note_stray_text(made, source, path)
    known: list[tuple[int, etree._Element, Shape]] = []
    last, ordered = 0, True
    for child in source:
        namespace, name = _parted(child)
        place = shape.by_name.get(name) if _is_ours(made, namespace) else None
        if place is None:
            _unknown(made, child, target, shape, path)
            continue
        ordered, last = ordered and place[0] >= last, place[0]
        known.append((place[0], child, place[1]))
    if not ordered:
        made.note("order-changed", path)
        known.sort(key=lambda each: each[0])
    for _, child, child_shape in known:
        _copy(made, child, target, child_shape, below(path, child_shape.name))


def _copy(made: Canonical, source: etree._Element, parent: etree._Element, shape: Shape, path: str) -> None:
    """Copy one element, unless it is empty."""
    target = etree.SubElement(parent, _Q + shape.name)
    _set_line(target, source)
    if shape.children:
        if source.attrib:
            _attributes(made, source, target, shape, path)
        _fill(made, source, target, shape, path)
        empty = len(target) == 0 and shape.name not in _MAY_BE_EMPTY
    elif shape.value is BASE64:
        made.contents.append(source.text or "")
        empty = False
    else:
        empty = not _text(made, source, target, shape, path)
        for child in source:  # markup in a value: the schema refuses it, for leaving it out could turn the meaning round
            etree.SubElement(target, child.tag)
            empty = False
    if empty:
        if path != _HOP_ORGAN:
            made.note("empty-element", path)
        parent.remove(target)


_MAY_BE_EMPTY: Final = frozenset(
    {"edXMLEnvelope", "edXMLHeader", "MessageHeader", "edXMLBody", "edXMLManifest", "AttachmentEncoded"}
)


def _text(made: Canonical, source: etree._Element, target: etree._Element, shape: Shape, path: str) -> str:
    """Copy a leaf's text, trimmed; give it."""
    given = source.text or ""
    text = given.strip()
    if path == _HOP_ORGAN and text == "null":
        return ""
    if text != given and text:
        made.note("whitespace-trimmed", path)
    if shape.value is CONTENT_ID and text and not text.startswith("cid:"):
        made.note("cid-missing", path)
        text = f"cid:{text}"
    target.text = text
    return text


def _attributes(made: Canonical, source: etree._Element, target: etree._Element, shape: Shape, path: str) -> None:
    known = {name for name, _ in shape.attributes}
    for name, value in cast("dict[str, str]", source.attrib).items():
        if name in known:
            target.set(name, value)
        elif not name.startswith("{"):  # XLink and XML Schema instance attributes are legal decoration
            made.note("unknown-attribute", f"{path}/@{name[:60]}")
            made.remember(name, value.strip())


def _unknown(made: Canonical, element: etree._Element, target: etree._Element, shape: Shape, path: str) -> None:
    """Leave out an element that the shape does not have, unless a less careful reader would take it for one that it has."""
    name = _parted(element)[1]
    if name in shape.by_name or next(element.iter(*_FRAME), None) is not None:
        _set_line(etree.SubElement(target, element.tag), element)  # the schema refuses it
    elif name == "Paper" and path == _TRACE:
        made.paper = (element.text or "").strip() or None
        made.note("paper-misplaced", f"{path}/Paper")
    elif name not in _SIGNATURES:
        made.note("unknown-element", below(path, name[:60]))
        for each in islice(element.iter("*"), _MAX_EXTRAS):
            made.remember(_parted(each)[1], (each.text or "").strip())


def _note_stray_text(made: Canonical, source: etree._Element, path: str) -> None:
    between = (source.text, *(child.tail for child in source))
    if any(text and not text.isspace() for text in between):
        made.note("stray-text", path)


def _set_line(target: etree._Element, source: etree._Element) -> None:
    line = cast("int | None", source.sourceline)
    if line is not None and line <= _MAX_LINE:
        target.sourceline = source.sourceline


def _complete(made: Canonical) -> None:
    """Add what a document without it means: a new document, with the paper flag where it belongs."""
    header = made.root.find(f"{_Q}edXMLEnvelope/{_Q}edXMLHeader")
    if header is None:
        return
    trace = header.find(_Q + _TRACE)
    if trace is None:
        trace = etree.SubElement(header, _Q + _TRACE)
    hops = trace.findall(f"{_Q}TraceHeader")
    if not hops:
        made.note("trace-missing", _TRACE)
    elif any(hop.find(f"{_Q}OrganId") is None for hop in hops):
        made.note("organ-null", _HOP_ORGAN)
    business = trace.find(f"{_Q}Bussiness")
    if business is None:
        made.note("business-missing", f"{_TRACE}/Bussiness")
        business = etree.SubElement(trace, f"{_Q}Bussiness")
        etree.SubElement(business, f"{_Q}BussinessDocType").text = "0"
    if made.paper is not None and business.find(f"{_Q}Paper") is None:
        etree.SubElement(business, f"{_Q}Paper").text = made.paper
        order = edxml.BUSINESS_SHAPE.by_name
        business[:] = sorted(business, key=lambda child: order[_parted(child)[1]][0])


def _descend(element: etree._Element, *names: str) -> etree._Element | None:
    found: etree._Element | None = element
    for name in names:
        if found is None:
            return None
        found = _child(found, name)
    return found


def _child(element: etree._Element, name: str) -> etree._Element | None:
    usual = _Q + name
    for child in element:
        if child.tag == usual or (_parted(child)[1] == name and _parted(child)[0] in _READ):
            return child
    return None


def _parted(element: etree._Element) -> tuple[str, str]:
    """Part a tag into namespace and local name."""
    namespace, _, name = element.tag.rpartition("}")
    return namespace[1:], name


def _is_ours(made: Canonical, namespace: str) -> bool:
    if namespace == NAMESPACE:
        return True
    if namespace in OLD_NAMESPACES:
        made.note("namespace-old", "edXML", namespace)
        return True
    return False
