"""The shape of the project: the house rules that a tool can hold."""

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from gateway.core.fault_codes import FAULTS
from gateway.core.findings import FINDINGS

ROOT = Path(__file__).resolve().parent.parent
CODE_FOLDERS = ("gateway", "adapters", "tests", "bench")
MAX_LINES = 300
PRIVATE_KEY = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/]{32}")
LOOSE_END = re.compile(r"#.*\b(TO[D]O|FIX[M]E|X[X]X)\b")

CHECKS = {
    "the code is formatted": ("ruff", "format", "--check", "."),
    "the linter has nothing to say": ("ruff", "check", "."),
    "every type is proved": ("mypy",),
    "imports point inwards only": ("lint-imports",),
}


@pytest.mark.parametrize("check", CHECKS)
def test_the_tools_agree_that(check: str) -> None:
    program, *arguments = CHECKS[check]
    ran = subprocess.run(
        [Path(sys.executable).with_name(program), *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_no_file_of_code_is_longer_than_the_limit() -> None:
    lengths = {name: text.count("\n") for name, text in _sources()}
    assert {name: lines for name, lines in lengths.items() if lines > MAX_LINES} == {}


def test_no_test_replaces_a_part_with_a_mock() -> None:
    mocking = {"mock", "unittest.mock", "pytest_mock"}
    assert [name for name, text in _sources() if mocking & set(_imports(ast.parse(text)))] == []


def test_no_loose_end_is_left_in_the_code() -> None:
    assert [name for name, text in _sources() if LOOSE_END.search(text)] == []


def test_no_private_key_is_in_the_tree() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True
    )
    files = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    assert files
    assert [file for file in files if file.is_file() and PRIVATE_KEY.search(file.read_bytes())] == []


def test_the_lock_names_no_registry() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    assert [line for line in lock.splitlines() if re.search(r"://|^-|\s@\s", line)] == []


def test_every_dependency_is_locked_at_a_version_that_fits() -> None:
    locked = dict(re.findall(r"^([a-z0-9-]+)==([^ ]+)", (ROOT / "requirements.lock").read_text("utf-8"), re.MULTILINE))
    misfits = [
        str(wanted)
        for wanted in _requirements()
        if wanted.name not in locked or Version(locked[wanted.name]) not in wanted.specifier
    ]
    assert misfits == []


_MODULES = {"argon2-cffi": "argon2"}
"""Libraries whose module has another name."""


def test_every_dependency_is_used() -> None:
    """A library that the code does not import is not asked for (extras are tools and test libraries)."""
    imported = {module.partition(".")[0] for name, text in _sources() for module in _imports(ast.parse(text))}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    modules = [
        _MODULES.get(name, name).replace("-", "_") for name in (Requirement(text).name for text in project["dependencies"])
    ]
    assert [module for module in modules if module not in imported] == []


def test_the_wheel_carries_the_files_that_the_program_reads(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path], cwd=ROOT, check=True)
    carried = set(zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist())
    shipped = [file for folder in ("adapters", "config", "schemas") for file in _files(folder)]
    inside = list(_files("gateway"))
    wanted = {f"gateway/shipped/{file.relative_to(ROOT)}" for file in shipped} | {str(file.relative_to(ROOT)) for file in inside}
    assert wanted - carried == set()


def _files(folder: str) -> Iterator[Path]:
    """Give every file of a folder but what Python makes there."""
    return (file for file in (ROOT / folder).rglob("*") if file.is_file() and "__pycache__" not in file.parts)


def _sources() -> Iterator[tuple[str, str]]:
    """Give the name and text of every Python file."""
    for folder in CODE_FOLDERS:
        for file in sorted((ROOT / folder).rglob("*.py")):
            yield str(file.relative_to(ROOT)), file.read_text("utf-8")


def _imports(tree: ast.AST) -> Iterable[str]:
    """Name every module that is imported, and every name taken from one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _requirements() -> Iterator[Requirement]:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    extras = pyproject["project"]["optional-dependencies"].values()
    for group in (pyproject["build-system"]["requires"], pyproject["project"]["dependencies"], *extras):
        yield from map(Requirement, group)


def test_every_refusal_and_every_finding_is_met_by_a_test() -> None:
    tests = "\n".join(text for name, text in _sources() if name.startswith("tests/"))
    assert [code for code in (*FAULTS, *FINDINGS) if f'"{code}"' not in tests] == []
