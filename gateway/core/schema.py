"""The strict XSD on the canonical form: libxml2 decides, xmlschema explains."""

import io
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from typing import Any, cast

from lxml import etree

from gateway.core.model import Kind, Problem

SHOWN = 60
"""Characters of a value that an explanation repeats."""
MAX_PROBLEMS = 200
"""A person reads them; a junk document has tens of thousands."""
MAX_EXPLAINED = 10_000
"""Elements that xmlschema looks at in a second; a document to 800 receivers has 8,000."""
WRAPPERS = frozenset({"edXML", "edXMLEnvelope", "edXMLHeader"})
"""What every path would begin with."""
_RANGES = frozenset({"XsdEnumerationFacets", "XsdMinLengthFacet", "XsdMinInclusiveFacet", "XsdMaxInclusiveFacet"})


@dataclass(frozen=True, slots=True, kw_only=True)
class EdxmlSchema:
    """The compiled schemas of one version, by kind of package."""

    _fast: dict[Kind, etree.XMLSchema] = field(repr=False)
    _text: dict[Kind, bytes] = field(repr=False)

    @classmethod
    def of(cls, document_xsd: bytes, status_xsd: bytes) -> "EdxmlSchema":
        """Compile the two self-contained schemas."""
        text = {Kind.DOCUMENT: document_xsd, Kind.STATUS: status_xsd}
        return cls(_fast={kind: _compiled(xsd) for kind, xsd in text.items()}, _text=text)

    def check(self, kind: Kind, root: etree._Element) -> bool:
        """Decide whether a canonical tree is valid."""
        return self._fast[kind].validate(root)

    def explain(self, kind: Kind, root: etree._Element) -> tuple[Problem, ...]:
        """List every mistake of a canonical tree that `check` refused, with its path and line."""
        if sum(1 for _ in root.iter()) > MAX_EXPLAINED:
            return tuple(_listed(_compiled(self._text[kind]), root))
        errors = _explainer(self._text[kind]).iter_errors(etree.ElementTree(root))
        return tuple(islice((problem for error in errors for problem in _problems(error)), MAX_PROBLEMS))


def _compiled(xsd: bytes) -> etree.XMLSchema:
    return etree.XMLSchema(etree.fromstring(xsd, etree.XMLParser(resolve_entities=False, no_network=True)))


def _listed(schema: etree.XMLSchema, root: etree._Element) -> Iterator[Problem]:
    """List what libxml2 says, with less to say but in time."""
    schema.validate(root)
    for error in islice(cast("Iterable[Any]", schema.error_log), MAX_PROBLEMS):
        (element,) = cast("list[Any]", root.xpath(error.path))
        said = f"({error.type_name})"
        yield _value_problem(
            "T", path_of(element), element.sourceline, f"Không đúng lược đồ {said}.", f"Against the schema {said}."
        )


@cache
def _explainer(xsd: bytes) -> Any:
    import xmlschema  # 0.6 s that only a refusal pays

    return xmlschema.XMLSchema10(io.BytesIO(xsd), allow="none")


def path_of(element: etree._Element) -> str:
    """Give the slash path of an element by local names, without what every path would begin with."""
    path = ""
    for each in (*reversed(list(element.iterancestors())), element):
        path = below(path, etree.QName(each).localname)
    return path


def below(path: str, name: str) -> str:
    """Give the path of a child."""
    return f"{path}/{name}" if path and path not in WRAPPERS else name


def code_of(kind: str, path: str) -> str:
    """Name a mistake: N missing, R out of range, T type, M mismatch, and where."""
    return f"{kind}.{path.replace('/', '.')}"


def _problems(error: Any) -> Iterator[Problem]:
    path, line = path_of(error.elem), error.elem.sourceline
    facet = type(error.validator).__name__
    value = (error.elem.text or "").strip()[:SHOWN]
    if type(error).__name__ == "XMLSchemaChildrenValidationError":
        yield from _children_problems(error, path, line)
    elif facet == "XsdMaxLengthFacet":
        limit = error.validator.value
        yield _value_problem("R", path, line, f"Dài quá {limit} ký tự.", f"Longer than {limit} characters.")
    elif facet in _RANGES:
        yield _value_problem("R", path, line, f"Giá trị «{value}» ngoài phạm vi.", f"'{value}' is out of range.")
    else:
        yield _value_problem("T", path, line, f"Giá trị «{value}» không đúng kiểu.", f"'{value}' is not of the right type.")


def _value_problem(kind: str, path: str, line: int | None, vi: str, en: str) -> Problem:
    return Problem(code=code_of(kind, path), path=path, line=line, vi=vi, en=en)


def _children_problems(error: Any, path: str, line: int | None) -> Iterator[Problem]:
    """Say of each child of the content model whether it is missing or too often there (the canonical order is right)."""
    counts = Counter(child.tag for child in error.elem)
    for particle in error.validator:
        name = etree.QName(particle.name).localname
        inside = below(path, name)
        if counts[particle.name] < particle.min_occurs:
            yield Problem(code=code_of("N", inside), path=inside, line=line, vi=f"Thiếu {name}.", en=f"{name} is missing.")
        elif particle.max_occurs is not None and counts[particle.name] > particle.max_occurs:
            yield Problem(code=code_of("M", inside), path=inside, line=line, vi=f"{name} bị lặp lại.", en=f"{name} is repeated.")
    known = {particle.name for particle in error.validator}
    for child in error.elem:
        if child.tag not in known:
            inside = below(path, etree.QName(child).localname[:SHOWN])
            yield _value_problem(
                "M", inside, child.sourceline, "Phần tử đặt sai chỗ hoặc sai không gian tên.", "Misplaced element."
            )
