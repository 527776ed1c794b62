"""`lienthong adapter …`: a new adapter works at once, every adapter is found and explained, and the kit is a command."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from gateway.entry.cli.adapter_new import TEMPLATE
from tests.cli.conftest import Lienthong

ROOT = Path(__file__).parents[2]
LONGEST = "a" * 40
TOLERATED = "S101,S105,S106,D,FBT,TID252"
"""What the project's linter tolerates in adapters and their tests, which elsewhere than under its root it does not know."""


def begun(lienthong: Lienthong, folder: Path, name: str = "van_phong", *more: str) -> Path:
    assert lienthong("adapter", "new", name, "--dir", folder, *more).code == 0
    return folder / name


def tool(*command: object, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", *map(str, command)]
    return subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False, env={"MYPYPATH": str(ROOT)})


@pytest.mark.parametrize("more", [(), ("--blocking",)], ids=["async", "blocking"])
def test_a_new_adapter_passes_the_kit_at_once(lienthong: Lienthong, tmp_path: Path, more: tuple[str, ...]) -> None:
    made = begun(lienthong, tmp_path, "van_phong", *more)
    ran = tool("gateway", "adapter", "test", made, "--junit", tmp_path / "kit.xml", "--json-report", tmp_path / "kit.json")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert (tmp_path / "kit.xml").is_file() and (tmp_path / "kit.json").is_file()


def test_an_adapter_that_doubles_documents_fails_the_kit(lienthong: Lienthong, tmp_path: Path) -> None:
    made = begun(lienthong, tmp_path)
    adapter = made / "adapter.py"
    key = "consignment.key, safe=''"
    assert key in adapter.read_text("utf-8")
    adapter.write_text(adapter.read_text("utf-8").replace(key, "consignment.trace, safe=''"), "utf-8")
    ran = tool("gateway", "adapter", "test", made)
    assert ran.returncode == 1, ran.stdout + ran.stderr


@pytest.mark.parametrize("more", [(), ("--blocking",)], ids=["async", "blocking"])
def test_a_new_adapter_is_what_the_linter_wants(lienthong: Lienthong, tmp_path: Path, more: tuple[str, ...]) -> None:
    made = begun(lienthong, tmp_path, LONGEST, *more)
    config = ("--config", ROOT / "pyproject.toml", "--no-cache")
    checked = tool("ruff", "check", *config, "--ignore", TOLERATED, made)
    assert checked.returncode == 0, checked.stdout
    formatted = tool("ruff", "format", "--check", *config, made)
    assert formatted.returncode == 0, formatted.stdout


def test_a_new_adapter_is_proved_by_mypy_in_strict_mode(lienthong: Lienthong, tmp_path: Path) -> None:
    begun(lienthong, tmp_path, "van_phong")
    begun(lienthong, tmp_path, "chan", "--blocking")
    ran = tool("mypy", "--strict", "--follow-imports=silent", "-p", "van_phong", "-p", "chan", cwd=tmp_path)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_nothing_of_the_template_s_name_is_left(lienthong: Lienthong, tmp_path: Path) -> None:
    made = begun(lienthong, tmp_path)
    assert [file for file in made.rglob("*") if file.is_file() and re.search(r"\btemplate\b", file.read_text("utf-8"))] == []


def test_the_template_sees_the_sdk_alone() -> None:
    trees = [ast.parse(file.read_text("utf-8")) for file in TEMPLATE.rglob("*.py")]
    imported = {node.module for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    assert {name for name in imported if name.startswith("gateway") and not name.startswith("gateway.sdk")} == set()


def test_what_is_there_already_is_left_alone(lienthong: Lienthong, tmp_path: Path) -> None:
    made = begun(lienthong, tmp_path)
    (made / "mapping.py").write_text("# mine\n", "utf-8")
    ran = lienthong("adapter", "new", "van_phong", "--dir", tmp_path)
    assert (ran.code, (made / "mapping.py").read_text("utf-8")) == (1, "# mine\n")
    assert "van_phong" in ran.err


def test_a_name_that_an_adapter_has_that_ships_is_refused(lienthong: Lienthong, tmp_path: Path) -> None:
    ran = lienthong("adapter", "new", "loopback", "--dir", tmp_path)
    assert (ran.code, list(tmp_path.iterdir())) == (1, [])


@pytest.mark.parametrize("name", ["VanPhong", "9van", "van-phong", "../van", "", "a" * 41, "văn_phòng"])
def test_a_name_that_is_none_is_refused(lienthong: Lienthong, tmp_path: Path, name: str) -> None:
    ran = lienthong("adapter", "new", name, "--dir", tmp_path / "made")
    assert (ran.code, list(tmp_path.iterdir())) == (2, [])


def test_adapters_that_ship_are_listed_without_any_settings(
    lienthong: Lienthong, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = lienthong("adapter", "list", "--json")
    shipped = {each["name"]: each for each in ran.json}["loopback"]
    assert (shipped["push"], shipped["package"], shipped["folder"]) == (True, None, str(ROOT / "adapters" / "loopback"))


def test_a_file_of_settings_that_is_named_has_to_be_there(lienthong: Lienthong, tmp_path: Path) -> None:
    ran = lienthong("adapter", "list", "--config", tmp_path / "none.toml")
    assert ran.code == 1 and "none.toml" in ran.err


def test_an_adapter_in_a_folder_of_the_settings_is_listed(lienthong: Lienthong, home: Path) -> None:
    made = begun(lienthong, home / "mine")
    with (home / "gateway.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[directory]\nadapters = ["mine"]\n')
    listed = {each["name"]: each for each in lienthong("adapter", "list", "--json").json}
    assert (listed["van_phong"]["folder"], listed["van_phong"]["version"]) == (str(made), "1.0")


def test_an_adapter_that_is_installed_as_a_package_is_listed_and_shown(
    lienthong: Lienthong, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site"
    made = begun(lienthong, site, "ban_le")
    (made / "__init__.py").write_text("", "utf-8")
    about = site / "lienthong_ban_le-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: lienthong-ban-le\nVersion: 1.0\n", "utf-8")
    (about / "entry_points.txt").write_text("[lienthong.adapters]\nban_le = ban_le\n", "utf-8")
    monkeypatch.syspath_prepend(site)
    listed = {each["name"]: each for each in lienthong("adapter", "list", "--json").json}
    assert (listed["ban_le"]["package"], listed["ban_le"]["folder"]) == ("ban_le", str(made))
    assert "token_file" in lienthong("adapter", "show", "ban_le", "--json").json["settings"]["properties"]


def shown(lienthong: Lienthong, adapter: object) -> Any:
    return lienthong("adapter", "show", adapter, "--json").json


def link_of(example: str) -> dict[str, Any]:
    link: dict[str, Any] = tomllib.loads(example)["system"][0]["link"]
    return link


def uncommented(example: str) -> str:
    return re.sub(r"^# (?=[a-z_]+ = )", "", example, flags=re.MULTILINE)


def test_the_settings_of_an_adapter_are_shown_with_their_meaning(lienthong: Lienthong, home: Path) -> None:
    said = lienthong("adapter", "show", TEMPLATE).out
    line = next(line for line in said.splitlines() if line.startswith("token_file"))
    assert "✓" in line and "Tệp chứa mã truy cập" in line and "File with the token" in line


def test_the_example_of_a_link_gives_what_must_be_given(lienthong: Lienthong, home: Path) -> None:
    link = link_of(shown(lienthong, TEMPLATE)["example"])
    assert (link["adapter"], set(link["settings"])) == ("template", {"url", "token_file"})


def test_the_example_of_a_link_has_every_setting_in_a_comment(lienthong: Lienthong, home: Path) -> None:
    told = shown(lienthong, TEMPLATE)
    assert set(link_of(uncommented(told["example"]))["settings"]) == set(told["settings"]["properties"])


@pytest.mark.parametrize("name", sorted(file.parent.name for file in (ROOT / "adapters").glob("*/manifest.toml")))
def test_the_example_of_every_adapter_that_ships_is_toml(lienthong: Lienthong, home: Path, name: str) -> None:
    told = shown(lienthong, name)
    for example in (told["example"], uncommented(told["example"])):
        assert link_of(example)["adapter"] == name


def test_an_adapter_that_nobody_has_is_named(lienthong: Lienthong, home: Path) -> None:
    ran = lienthong("adapter", "show", "khong_co")
    assert ran.code == 1 and "khong_co" in ran.err and "loopback" in ran.err


def test_a_folder_without_an_adapter_cannot_be_tried(tmp_path: Path) -> None:
    shutil.copy(TEMPLATE / "adapter.py", tmp_path)
    ran = tool("gateway", "adapter", "test", tmp_path)
    assert ran.returncode != 0 and "manifest.toml" in ran.stdout + ran.stderr
