"""A settings file in TOML, read into a pydantic model; what is wrong is named, never its value."""

import tomllib
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from gateway.core.faults import Misconfigured
from gateway.sdk.manifest import mistakes

T = TypeVar("T", bound=BaseModel)


def read_toml(file: Path, model: type[T]) -> T:
    """Read a file. Raises Misconfigured naming it, and the keys that are wrong."""
    try:
        return model.model_validate(tomllib.loads(file.read_text("utf-8")))
    except (OSError, ValueError) as error:
        detail = mistakes(error) if isinstance(error, ValidationError) else str(error)
        raise Misconfigured("misconfigured", detail=f"{file}: {detail}") from error
