"""Settings that are filled in: each is read as what it is, and what the model refuses is said of the setting that it is about."""

from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from gateway.sdk.form import Kind, form, in_toml, mistakes_of, written
from gateway.sdk.opening import find
from gateway.sdk.shipped import shipped


class Mode(StrEnum):
    """How it is sent."""

    WHOLE = "whole"
    PARTS = "parts"


class Inner(BaseModel):
    """A nested value."""

    a: int


class Settings(BaseModel):
    """Of an invented adapter."""

    model_config = ConfigDict(extra="forbid")

    url: str = Field(min_length=3)
    port: int = Field(default=22, ge=1)
    seconds: float = 10
    strict: bool | None = None
    mode: Mode = Mode.WHOLE
    format: Literal["json", "xml"] | None = None
    version: Literal[1, 2] = 1
    networks: list[str] = []
    ports: tuple[int, ...] = ()
    columns: dict[str, str] = {}
    inner: Inner | None = None
    file: Path | None = None

    @model_validator(mode="after")
    def _fit(self) -> "Settings":
        if self.port == 23:
            raise ValueError("port: no telnet")
        return self


SHOWN = {each.name: each for each in form(Settings.model_json_schema())}


@pytest.mark.parametrize(
    ("name", "kind", "text", "value"),
    [
        ("url", Kind.TEXT, " a b", " a b"),
        ("port", Kind.WHOLE, "23", 23),
        ("port", Kind.WHOLE, "hai", "hai"),
        ("seconds", Kind.NUMBER, "1.5", 1.5),
        ("strict", Kind.YES_NO, "true", True),
        ("strict", Kind.YES_NO, "có", "có"),
        ("mode", Kind.CHOICE, "parts", "parts"),
        ("format", Kind.CHOICE, "json", "json"),
        ("version", Kind.CHOICE, "2", 2),
        ("networks", Kind.LIST, "10.0.0.0/8\n\n 10.1.0.0/16 \n", ["10.0.0.0/8", "10.1.0.0/16"]),
        ("ports", Kind.LIST, "1\nhai", [1, "hai"]),
        ("columns", Kind.TOML, '{ "a" = "b" }', {"a": "b"}),
        ("inner", Kind.TOML, "{ a = 1 }", {"a": 1}),
        ("file", Kind.TEXT, "secrets/a", "secrets/a"),
    ],
)
def test_a_setting_is_read_as_what_it_is_filled_in_as(name: str, kind: Kind, text: str, value: object) -> None:
    assert (SHOWN[name].kind, SHOWN[name].read(text)) == (kind, value)


def test_the_values_to_choose_from_are_those_of_the_model() -> None:
    assert [SHOWN[name].choices for name in ("mode", "format", "version", "url")] == [
        ("whole", "parts"),
        ("json", "xml"),
        (1, 2),
        (),
    ]


@pytest.mark.parametrize("text", ["{ a = ", "a b", "1\nx = 2"])
def test_toml_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        SHOWN["inner"].read(text)


@pytest.mark.parametrize("value", ["bé", 1, 1.5, True, {"a": [1, {"b": "ç"}]}])
def test_what_is_written_is_read_back(value: Any) -> None:
    assert SHOWN["columns"].read(in_toml(value)) == value
    assert written(value) == (value if isinstance(value, str) else in_toml(value))


@pytest.mark.parametrize(
    ("given", "mistaken"),
    [
        ({}, [("url", "missing")]),
        ({"url": "x"}, [("url", "string_too_short")]),
        ({"url": "abc", "port": 0, "nào": 1}, [("port", "greater_than_equal"), ("nào", "extra_forbidden")]),
        ({"url": "abc", "inner": {"a": "x"}}, [("inner", "int_parsing")]),
        ({"url": "abc", "port": 23}, [("", "value_error")]),
    ],
)
def test_a_mistake_is_said_of_its_setting(given: dict[str, object], mistaken: list[tuple[str, str]]) -> None:
    with pytest.raises(ValidationError) as caught:
        Settings.model_validate(given)
    assert [(each.setting, each.kind) for each in mistakes_of(caught.value)] == mistaken


def test_a_mistake_names_the_bound_and_never_the_value() -> None:
    found = find(shipped("adapters") / "folder")
    (first, *_) = found.mistaken({"path": "/x", "port": 70000, "password": "mat-khau"})
    assert (first.setting, first.told) == ("port", {"le": 65535})
    assert "mat-khau" not in str(found.mistaken({"path": "/x", "password": "mat-khau"}))


def test_what_a_model_takes_has_no_mistakes() -> None:
    assert find(shipped("adapters") / "folder").mistaken({"path": "/x"}) == ()
