"""docs/operations.md names commands that exist, metrics that are told, and numbers as the code has them."""

import importlib
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from gateway.config import Settings
from gateway.entry.cli.app import app

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = (ROOT / "docs" / "operations.md").read_text("utf-8")
INLINE = re.compile(r"`(?:lienthong (?!…)|(?=deadletters ))([^`]+)`")
BLOCK = re.compile(r"docker compose run --rm (?:--no-deps )?lienthong ([^`#…\n]+)")
NUMBERS = re.findall(r"^\| .* \| `(gateway[\w.]+):([^`]+)` \| ([\d.]+) \|$", PAGE, re.MULTILINE)


def commands() -> set[str]:
    return {told.strip() for pattern in (INLINE, BLOCK) for told in pattern.findall(PAGE)}


@pytest.mark.parametrize("told", sorted(commands()))
def test_a_command_that_is_named_exists_with_its_options(told: str) -> None:
    command: Any = get_command(app)
    words = shlex.split(told)
    while hasattr(command, "commands"):
        assert words, f"{told}: which one?"
        assert words[0] in command.commands, told
        command, words = command.commands[words[0]], words[1:]
    known = {option for each in command.params for option in (*each.opts, *each.secondary_opts)}
    assert {word for word in words if word.startswith("-")} <= known


def test_commands_are_named() -> None:
    assert {each.split()[0] for each in commands()} >= {"queues", "deadletters", "system", "check", "migrate", "operator", "work"}


@pytest.mark.parametrize(("module", "name", "value"), NUMBERS)
def test_a_number_is_as_the_code_has_it(module: str, name: str, value: str) -> None:
    found: Any = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part.removesuffix("()"))
        found = found() if part.endswith("()") else found
    assert found == float(value)


def test_numbers_are_named() -> None:
    assert len(NUMBERS) > 10


def test_the_production_settings_have_the_limits_that_are_named() -> None:
    assert Settings.load(ROOT / "config" / "production.toml").limits == Settings().limits


def test_every_metric_that_is_named_is_told() -> None:
    code = "".join(file.read_text("utf-8") for file in (ROOT / "gateway").rglob("*.py"))
    named = {each.removesuffix("_total") for each in re.findall(r"`(lienthong_[a-z_]+)", PAGE)}
    assert [each for each in sorted(named) if f'"{each}"' not in code] == []
