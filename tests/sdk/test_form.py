"""Forms of settings: drawn from the model, in both languages, and what is a secret stays one."""

from pathlib import Path

import pytest
from pydantic import BaseModel, Field, SecretStr

from gateway.sdk.form import HIDDEN, form, in_toml, without_secrets


class Settings(BaseModel):
    """Of an invented adapter."""

    connect_seconds: float = Field(default=10, description="Chờ kết nối, giây · Seconds to wait")
    url: str = Field(description="Địa chỉ · Address")
    token_file: Path | None = Field(default=None, description="Tệp mã truy cập")
    password: str | None = None
    pin: SecretStr | None = None


SHOWN = {each.name: each for each in form(Settings.model_json_schema())}


def test_what_must_be_given_comes_first() -> None:
    assert [(each.name, each.required) for each in SHOWN.values()][:2] == [("url", True), ("connect_seconds", False)]


def test_a_meaning_is_given_in_either_language_and_in_vietnamese_where_there_is_one_alone() -> None:
    seconds, token = SHOWN["connect_seconds"], SHOWN["token_file"]
    assert (seconds.meant(english=False), seconds.meant(english=True)) == ("Chờ kết nối, giây", "Seconds to wait")
    assert (token.meant(english=True), SHOWN["pin"].meant(english=True)) == ("Tệp mã truy cập", "")


def test_a_secret_is_known_by_its_name_or_its_type_and_the_name_of_a_file_is_none() -> None:
    assert [name for name, each in SHOWN.items() if each.secret] == ["password", "pin"]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("postgresql+pg8000://hub:mat-khau@10.0.0.5/vb", "postgresql+pg8000://hub:…@10.0.0.5/vb"),
        ("https://so.example/nhan?api_key=abc&x=1", "https://so.example/nhan?…"),
        ("https://so.example/nhan", "https://so.example/nhan"),
        ("sftp://hub@10.0.0.5:22", "sftp://hub@10.0.0.5:22"),
        ("http://[", HIDDEN),
        ("secrets/so", "secrets/so"),
        ({"Authorization-Token": "abc", "X": ["http://a:b@c"]}, {"Authorization-Token": HIDDEN, "X": ["http://a:…@c"]}),
        (30, 30),
    ],
)
def test_passwords_and_queries_of_addresses_are_not_shown(value: object, shown: object) -> None:
    assert without_secrets(value) == shown


@pytest.mark.parametrize(
    ("value", "written"),
    [({}, "{}"), ({"a": [1, "b"]}, '{ "a" = [1, "b"] }'), ("Sở", '"Sở"'), (True, "true"), (Path("a"), '"a"')],
)
def test_a_value_is_written_as_it_stands_in_a_file_of_settings(value: object, written: str) -> None:
    assert in_toml(value) == written
