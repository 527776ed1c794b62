"""The OpenAPI document of the wire, and whether something is as it says."""

from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml  # type: ignore[import-untyped]
from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]

FILE: Final = Path(__file__).parents[3] / "schemas" / "adapter" / "openapi.yaml"


@cache
def document() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(FILE.read_text("utf-8"))
    return read


def schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = document()["components"]["schemas"][name]
    return found


def mistakes(name: str, value: object) -> list[str]:
    """Say what is wrong with a value by a schema; empty where nothing is."""
    whole = {"$ref": f"#/components/schemas/{name}", "components": document()["components"]}
    found = Draft202012Validator(whole, format_checker=FormatChecker()).iter_errors(value)
    return [f"{list(each.absolute_path)}: {each.message}" for each in found]


def operations() -> dict[str, dict[str, Any]]:
    """Give each operation by its method and path: `GET /manifest`."""
    paths = document()["paths"].items()
    return {f"{method.upper()} {path}": operation for path, methods in paths for method, operation in methods.items()}


def parameters(operation: dict[str, Any], where: str) -> set[str]:
    """Name the parameters of an operation in a place: header, query."""
    named = document()["components"]["parameters"]
    all_of = [named[each["$ref"].rpartition("/")[2]] if "$ref" in each else each for each in operation.get("parameters", ())]
    return {each["name"] for each in all_of if each["in"] == where}
