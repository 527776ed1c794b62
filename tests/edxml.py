"""The edXML samples, and what every test of the envelope needs to read them."""

import re
from datetime import date
from functools import cache
from pathlib import Path

from gateway.core import reading, xmlsafe
from gateway.core.faults import Rejected
from gateway.core.model import Problem
from gateway.core.reading import Reading
from gateway.core.schema import EdxmlSchema

SAMPLES = Path(__file__).parent / "samples"
SCHEMAS = Path(__file__).parent.parent / "schemas" / "edxml" / "2016"
NAMES = sorted(file.stem for file in SAMPLES.glob("*.edxml"))
TODAY = date(2026, 11, 23)


@cache
def schema() -> EdxmlSchema:
    return EdxmlSchema.of((SCHEMAS / "document.xsd").read_bytes(), (SCHEMAS / "status.xsd").read_bytes())


def sample(name: str = "document") -> bytes:
    return (SAMPLES / f"{name}.edxml").read_bytes()


def changed(old: str, new: str, name: str = "document") -> bytes:
    """Give a sample with the first occurrence of a passage replaced."""
    data = sample(name)
    assert old.encode() in data
    return data.replace(old.encode(), new.encode(), 1)


def without(element: str, name: str = "document") -> bytes:
    """Give a sample without the first element of that name."""
    data, count = re.subn(
        rf"<(edXML:)?{element}\b[^>]*>.*?</(edXML:)?{element}>\s*".encode(), b"", sample(name), count=1, flags=re.DOTALL
    )
    assert count == 1
    return data


def line_of(data: bytes, passage: str) -> int:
    return data[: data.index(passage.encode())].count(b"\n") + 1


def read(data: bytes) -> Reading:
    return reading.read(xmlsafe.parse(data), schema(), today=TODAY)


def found(data: bytes) -> set[tuple[str, str]]:
    """Give the codes and paths of the findings."""
    return {(each.code, each.path) for each in read(data).findings}


def problems(data: bytes) -> tuple[Problem, ...]:
    """Give all problems for which a package is refused."""
    try:
        read(data)
    except Rejected as fault:
        assert fault.code == "schema-invalid"
        return fault.problems
    return ()


def codes(data: bytes) -> set[str]:
    return {problem.code for problem in problems(data)}
