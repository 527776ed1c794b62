"""The command line run in the test's own process, in a working folder of its own."""

import json
import shutil
import sys
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gateway.__main__ import main


@dataclass(frozen=True, kw_only=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Lienthong = Callable[..., Ran]


@pytest.fixture
def lienthong(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Lienthong:
    """Run a command; give its exit code and what it wrote."""

    def run(*arguments: object) -> Ran:
        capsys.readouterr()
        monkeypatch.setattr(sys, "argv", ["lienthong", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return Ran(code=int(ended.value.code or 0), out=said.out, err=said.err)

    return run


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keep what `init` makes with its sample agencies: keys take time."""
    from gateway.entry.cli.init import initialise

    folder = tmp_path_factory.mktemp("made") / "hub"
    initialise(folder, port=None, agencies={})
    return folder


@pytest.fixture
def home(made_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh copy, named by LIENTHONG_CONFIG."""
    folder = tmp_path / "hub"
    shutil.copytree(made_once, folder)
    monkeypatch.setenv("LIENTHONG_CONFIG", str(folder / "gateway.toml"))
    return folder


def directory(home: Path) -> dict[str, dict[str, dict[str, Any]]]:
    """Read agencies.toml: `agency` and `system`, each by id."""
    tables = tomllib.loads((home / "agencies.toml").read_text("utf-8"))
    return {kind: {table["id"]: table for table in tables[kind]} for kind in tables}
