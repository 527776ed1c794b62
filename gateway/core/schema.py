"""The strict XSD on the canonical form: libxml2 decides, xmlschema explains."""

import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from lxml import etree

from gateway.core.model import Kind, Problem

SHOWN = 60
"""Characters of a value that an explanation repeats."""
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
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        fast = {kind: etree.XMLSchema(etree.fromstring(xsd, parser)) for kind, xsd in text.items()}
        return cls(_fast=fast, _text=text)

    def check(self, kind: Kind, root: etree._Element) -> bool:
        """Decide whether a canonical tree is valid."""
        return self._fast[kind].validate(root)

    def explain(self, kind: Kind, root: etree._Element) -> tuple[Problem, ...]:
        """List every mistake of a canonical tree that `check` refused, with its path and line."""
        errors = _explainer(self._text[kind]).iter_errors(etree.ElementTree(root))
        return tuple(problem for error in errors for problem in _problems(error))


@cache
def _explainer(xsd: bytes) -> Any:
    import xmlschema  # 0.6 s that only a refusal pays

    return xmlschema.XMLSchema10(io.BytesIO(xsd), allow="none")


def path_of(element: etree._Element) -> str:
    """Give the slash path of an element below the root's header or body, by local names."""
    names = [etree.QName(each).localname for each in (element, *element.iterancestors())]
    names.reverse()
    return "/".join(names[_skipped(names) :])


def _skipped(names: list[str]) -> int:
    """Leave out what every path begins with."""
    if len(names) > 3 and names[2] == "edXMLHeader":
        return 3
    return 1 if len(names) > 1 else 0


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
        below = f"{path}/{name}" if path else name
        if counts[particle.name] < particle.min_occurs:
            yield Problem(code=code_of("N", below), path=below, line=line, vi=f"Thiếu {name}.", en=f"{name} is missing.")
        elif particle.max_occurs is not None and counts[particle.name] > particle.max_occurs:
            yield Problem(code=code_of("M", below), path=below, line=line, vi=f"{name} bị lặp lại.", en=f"{name} is repeated.")
