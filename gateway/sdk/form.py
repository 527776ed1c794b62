"""The form of an adapter's settings, from its pydantic model: what can be set, what it means, and how a value is written."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

from pydantic import ValidationError

HIDDEN: Final = "…"
"""What stands for a secret."""
_SECRET: Final = re.compile(r"pass|secret|token|key|credential", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


class Kind(StrEnum):
    """What a setting is filled in as. A list has a value on each line; what is none of the others is written in TOML."""

    TEXT = "text"
    WHOLE = "whole"
    NUMBER = "number"
    YES_NO = "yes-no"
    CHOICE = "choice"
    LIST = "list"
    TOML = "toml"


_KINDS: Final = {"string": Kind.TEXT, "integer": Kind.WHOLE, "number": Kind.NUMBER, "boolean": Kind.YES_NO}
_WORDS: Final = {"true": True, "false": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """What the adapter's own model says of a setting; `setting` is empty where it is about several. `kind` is pydantic's.

    `told` are the bounds that it names, never the value: it may be a secret.
    """

    setting: str
    kind: str
    said: str
    told: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting: whether it must be given, what holds where it is not, and its JSON schema."""

    name: str
    meaning: str
    required: bool
    default: object
    shape: Mapping[str, Any]

    def meant(self, *, english: bool) -> str:
        """Give what it means in one language, where its author wrote «tiếng Việt · English»."""
        vi, _, en = self.meaning.partition(" · ")
        return en if english and en else vi

    @property
    def secret(self) -> bool:
        """Tell whether its value itself is a secret, not the name of the file that has it."""
        shapes = (self.shape, *self.shape.get("anyOf", ()))
        return any(each.get("format") == "password" for each in shapes) or is_secret(self.name)

    @property
    def kind(self) -> Kind:
        """Tell what it is filled in as."""
        shape = self._one
        if self.choices:
            return Kind.CHOICE
        if shape.get("type") == "array":
            return Kind.LIST if shape.get("items", {}).get("type") in _KINDS else Kind.TOML
        return _KINDS.get(shape.get("type", ""), Kind.TOML)

    @property
    def choices(self) -> tuple[object, ...]:
        """Give the values that it may have, where they are counted."""
        shape = self._one
        return tuple(shape.get("enum", (shape["const"],) if "const" in shape else ()))

    @property
    def _one(self) -> Mapping[str, Any]:
        """Give its shape but for null: what may be null may be left out."""
        shapes = [each for each in self.shape.get("anyOf", (self.shape,)) if each.get("type") != "null"]
        return shapes[0] if len(shapes) == 1 else {}

    def read(self, text: str) -> object:
        """Read what was filled in; what is not of its kind stays text, which its model refuses.

        Raises ValueError for what should be TOML and is none.
        """
        kind = self.kind
        if kind is Kind.TOML:
            (value,) = tomllib.loads(f"value = {text}").values()
            return value
        if kind is Kind.CHOICE:
            return next((each for each in self.choices if written(each) == text), text)
        if kind is Kind.LIST:
            of = _KINDS[self._one["items"]["type"]]
            return [_plain(of, line.strip()) for line in text.splitlines() if line.strip()]
        return _plain(kind, text)


def form(schema: Mapping[str, Any]) -> Iterator[Setting]:
    """Give the settings of a model's JSON schema; those that must be given come first."""
    required, named = schema.get("required", ()), schema.get("$defs", {})
    for name, raw in sorted(schema.get("properties", {}).items(), key=lambda each: each[0] not in required):
        shape = _resolved(raw, named)
        if "anyOf" in shape:
            shape = {**shape, "anyOf": [_resolved(each, named) for each in shape["anyOf"]]}
        yield Setting(
            name=name,
            meaning=shape.get("description", ""),
            required=name in required,
            default=shape.get("default"),
            shape=shape,
        )


def mistakes_of(error: ValidationError) -> tuple[Mistake, ...]:
    """Say what a model refuses, setting by setting."""
    return tuple(
        Mistake(
            setting=str(each["loc"][0]) if each["loc"] else "",
            kind=each["type"],
            said=each["msg"].removeprefix("Value error, "),
            told={name: value for name, value in each.get("ctx", {}).items() if isinstance(value, str | int | float)},
        )
        for each in error.errors(include_url=False, include_input=False)
    )


def written(value: object) -> str:
    """Write a plain value as it is filled in."""
    return value if isinstance(value, str) else in_toml(value)


def _plain(kind: Kind, text: str) -> object:
    if kind is Kind.YES_NO:
        return _WORDS.get(text, text)
    try:
        if kind is Kind.WHOLE or (kind is Kind.NUMBER and text.isdecimal()):
            return int(text)
        return float(text) if kind is Kind.NUMBER else text
    except ValueError:
        return text


def _resolved(shape: Mapping[str, Any], named: Mapping[str, Any]) -> Mapping[str, Any]:
    """Put in the place of a reference what it names; what stands beside it is said of this setting."""
    name = shape.get("$ref", "").removeprefix("#/$defs/")
    return {**named.get(name, {}), **shape} if name else shape


def is_secret(name: str) -> bool:
    """Tell whether what has this name is a secret; the name of a file is none."""
    return _SECRET.search(name) is not None and not name.endswith(("_file", "_path"))


def in_toml(value: object) -> str:
    """Write a plain value; of tables JSON's colons become TOML's equal signs."""
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{json.dumps(key)} = {in_toml(each)}' for key, each in value.items())} }}" if value else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(in_toml, value))}]"
    return json.dumps(value, ensure_ascii=False, default=str)


def without_secrets(value: object) -> object:
    """Give a value as it may be shown: without passwords and queries of addresses, and what tables call a secret."""
    if isinstance(value, Mapping):
        return {key: HIDDEN if is_secret(str(key)) else without_secrets(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [without_secrets(each) for each in value]
    if isinstance(value, str) and _ADDRESS.match(value):
        return _address(value)
    return value


def _address(text: str) -> str:
    try:
        parts = urlsplit(text)
    except ValueError:
        return HIDDEN
    user, at, host = parts.netloc.rpartition("@")
    name, colon, _ = user.partition(":")
    netloc = f"{name}{colon and f':{HIDDEN}'}{at}{host}"
    return urlunsplit(parts._replace(netloc=netloc, query=parts.query and HIDDEN))
