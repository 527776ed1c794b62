"""How an XML element is a value: leaves with their readers and writers, groups with what they make."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gateway.core import dates
from gateway.core.model import BusinessType, Priority, StatusCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """How a leaf's text is a value: `read` raises ValueError on a text that is none."""

    read: Callable[[str], Any]
    write: Callable[[Any], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One element. A leaf has a `value`; a group with `make` becomes that value; one without gives its fields to its parent.

    `field` is the name in the parent's value; `many` makes it a tuple. `attributes` are (XML name, field) pairs.
    """

    name: str
    field: str = ""
    value: Value | None = None
    make: Callable[..., Any] | None = None
    children: tuple["Shape", ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()
    many: bool = False
    by_name: dict[str, tuple[int, "Shape"]] = dataclasses.field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        self.by_name.update({child.name: (index, child) for index, child in enumerate(self.children)})


def _read_flag(text: str) -> bool:
    if text not in {"0", "1"}:
        raise ValueError(f"{text[:10]!r} is not 0 or 1")
    return text == "1"


def _read_boolean(text: str) -> bool:
    if text not in {"0", "1", "false", "true"}:
        raise ValueError(f"{text[:10]!r} is not a boolean")
    return text in {"1", "true"}


def _write_boolean(value: bool) -> str:  # noqa: FBT001  the value that is written
    return "true" if value else "false"


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ValueError(f"{text[:20]!r} is not a whole number")
    return int(text)


TEXT = Value(read=str, write=str)
WHOLE = Value(read=_whole, write=str)
FLAG = Value(read=_read_flag, write=lambda value: str(int(value)))
BOOLEAN = Value(read=_read_boolean, write=_write_boolean)
DAY: Value = Value(read=dates.read_day, write=dates.write_day)
MOMENT: Value = Value(read=dates.read_moment, write=dates.write_moment)
PRIORITY = Value(read=lambda text: Priority(_whole(text)), write=lambda value: str(int(value)))
BUSINESS = Value(read=lambda text: BusinessType(_whole(text)), write=lambda value: str(int(value)))
STATUS = Value(read=StatusCode, write=str)
BASE64 = Value(read=str, write=str)
"""The one text that is carried beside the canonical tree: it may be megabytes."""
CONTENT_ID = Value(read=lambda text: text.removeprefix("cid:"), write=lambda value: f"cid:{value}")


def leaf(name: str, field: str, value: Value = TEXT, *, many: bool = False) -> Shape:
    """Shape an element that holds a text."""
    return Shape(name=name, field=field, value=value, many=many)


def flat(name: str, *children: Shape, many: bool = False) -> Shape:
    """Shape an element that only groups: its fields are its parent's."""
    return Shape(name=name, children=children, many=many)
