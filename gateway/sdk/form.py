"""The form of an adapter's settings, from its pydantic model: what can be set, what it means, and how a value is written."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

HIDDEN: Final = "…"
"""What stands for a secret."""
_SECRET: Final = re.compile(r"pass|secret|token|key|credential", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


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


def form(schema: Mapping[str, Any]) -> Iterator[Setting]:
    """Give the settings of a model's JSON schema; those that must be given come first."""
    required = schema.get("required", ())
    named = schema.get("properties", {}).items()
    for name, shape in sorted(named, key=lambda each: each[0] not in required):
        yield Setting(
            name=name,
            meaning=shape.get("description", ""),
            required=name in required,
            default=shape.get("default"),
            shape=shape,
        )


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
