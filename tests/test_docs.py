"""What the documents say is so: pages made from code, links, commands, settings, and the first document of the README."""

import json
import os
import re
import shlex
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from gateway.config import Settings
from gateway.entry.cli import generate
from gateway.infra.rules_files import AgenciesFile, AgencyRow, LinkRow, OperatorRow, SystemRow
from tests.services import require

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "certs").glob("*.md")])
SHELL_BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#[^)]*)?\)")
SWAGGER = ROOT / "gateway" / "entry" / "api" / "swagger"


def test_the_generated_pages_are_up_to_date() -> None:
    assert list(generate.stale()) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file(page: Path) -> None:
    assert [target for target in LINK.findall(page.read_text("utf-8")) if not (page.parent / target).exists()] == []


def test_every_command_of_the_documents_exists_with_its_options() -> None:
    used: dict[tuple[str, ...], set[str]] = {}
    for words in _commands("lienthong"):
        used.setdefault(_subcommand(words), set()).update(word for word in words if word.startswith("-"))
    assert used
    assert {command: missing for command, options in used.items() if (missing := options - _options_of(command))} == {}


def test_every_dev_command_of_the_documents_exists() -> None:
    known = set(re.findall(r"^  ([a-z]+) ", _run([str(ROOT / "dev"), "help"]), re.MULTILINE))
    text = "\n".join(page.read_text("utf-8") for page in PAGES)
    assert set(re.findall(r"\./dev ([a-z]+)", text)) <= known


def test_the_example_settings_are_the_defaults() -> None:
    assert Settings.load(ROOT / "config" / "gateway.toml") == Settings(file=ROOT / "config" / "gateway.toml")


def test_the_example_settings_show_every_setting() -> None:
    shown = _uncommented(ROOT / "config" / "gateway.toml")
    Settings.model_validate(shown)
    assert set(_keys(shown)) == set(_settings(Settings))


def test_the_example_directory_shows_every_key() -> None:
    shown = _uncommented(ROOT / "config" / "agencies.toml")
    AgenciesFile.model_validate(shown)
    assert set(shown["agency"][0]) == set(AgencyRow.model_fields)
    assert set(shown["system"][0]) == set(SystemRow.model_fields)
    assert set(shown["system"][0]["link"]) == set(LinkRow.model_fields)
    assert set(shown["operator"][0]) == set(OperatorRow.model_fields)


def test_the_example_directory_names_nobody_until_it_is_edited() -> None:
    assert tomllib.loads((ROOT / "config" / "agencies.toml").read_text("utf-8")) == {}


def test_the_reference_page_loads_nothing_from_outside() -> None:
    sources = (SWAGGER / "index.html").read_text("utf-8") + (SWAGGER / "init.js").read_text("utf-8")
    assert re.findall(r"https?:|//[a-z]", sources) == []


def test_the_reference_page_has_no_inline_script_or_style() -> None:
    page = (SWAGGER / "index.html").read_text("utf-8")
    assert re.findall(r"<script(?![^>]*\ssrc=)|<style|\son[a-z]+=|\sstyle=", page) == []


@pytest.fixture(scope="module")
def first_document(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """Do what the README's chapter on the first document says; give the JSON that it showed."""
    require("curl", "apt-get install curl")
    folder = tmp_path_factory.mktemp("first")
    (folder / "docs").symlink_to(ROOT / "docs")
    (folder / ".venv").symlink_to(Path(sys.prefix))
    chapters = re.split(r"^## ", (ROOT / "README.md").read_text("utf-8"), flags=re.MULTILINE)
    script = next("".join(SHELL_BLOCK.findall(text)) for text in chapters if text.startswith("Văn bản đầu tiên"))
    stopping = "trap 'jobs -p | xargs -r kill; wait' EXIT\n"
    said = _run(["bash", "-euo", "pipefail", "-c", stopping + script.replace("8080", str(_free_port()))], cwd=folder)
    return [json.loads(line) for line in said.splitlines() if line.startswith('{"id"')]


def test_the_first_document_of_the_readme_goes_all_the_way(first_document: list[dict[str, Any]]) -> None:
    deliveries = first_document[-1]["deliveries"]
    assert [(each["to"], each["state"], each["status_code"]) for each in deliveries] == [("H56.40.02", "received", "03")]


def test_the_first_document_of_the_readme_is_a_model_without_findings(first_document: list[dict[str, Any]]) -> None:
    assert first_document[0]["findings"] == []


def _run(command: list[str], cwd: Path = ROOT) -> str:
    environment = os.environ | {"COLUMNS": "300", "NO_COLOR": "1", "TERM": "dumb"}
    ran = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def _commands(program: str) -> Iterator[list[str]]:
    """Give the words after the program's name, for each shell line of the documents that runs it."""
    for page in PAGES:
        for block in SHELL_BLOCK.findall(page.read_text("utf-8")):
            for line in block.replace("\\\n", " ").splitlines():
                words = shlex.split(line, comments=True)
                if words[:1] == [program]:
                    yield words[1:]


def _subcommand(words: list[str]) -> tuple[str, ...]:
    """Give the command's name: one word, or two where the first is a group."""
    groups = {
        "adapter",
        "agency",
        "alerts",
        "calendar",
        "cert",
        "deadletters",
        "deadlines",
        "evidence",
        "held",
        "operator",
        "report",
        "statuses",
        "system",
    }
    return tuple(words[:2]) if words[0] in groups else tuple(words[:1])


def _options_of(command: tuple[str, ...]) -> set[str]:
    return set(re.findall(r"(?<![\w-])--?[a-zA-Z][\w-]*", _run([sys.executable, "-m", "gateway", *command, "--help"])))


def _uncommented(file: Path) -> dict[str, Any]:
    """Read a TOML file with its commented examples switched on."""
    return tomllib.loads(re.sub(r"^# (?=\[|[a-z_0-9]+ = )", "", file.read_text("utf-8"), flags=re.MULTILINE))


def _keys(table: dict[str, Any], prefix: str = "") -> Iterator[str]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _keys(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"


def _settings(section: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """Name every setting of a class of settings; `exclude` marks what is not of the file."""
    for name, setting in section.model_fields.items():
        kinds = [setting.annotation, *getattr(setting.annotation, "__args__", ())]
        tables = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)]
        if tables:
            yield from _settings(tables[0], f"{prefix}{name}.")
        elif not setting.exclude:
            yield f"{prefix}{name}"


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
