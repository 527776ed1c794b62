"""Which database the settings name, and what is said when they are wrong."""

import subprocess
import sys
from pathlib import Path

import pytest

from gateway.config import Settings
from gateway.core.faults import Misconfigured
from gateway.infra.database import PostgresDatabase
from gateway.wiring import database

ROOT = Path(__file__).resolve().parents[2]
URL = "postgresql://hub@db.example:5432/ledger"


def settings(folder: Path, *lines: str) -> Settings:
    file = folder / "gateway.toml"
    file.write_text("\n".join(lines), "utf-8")
    return Settings.load(file)


def test_without_a_database_it_is_the_file_in_the_data_folder(tmp_path: Path) -> None:
    assert database(settings(tmp_path)) == tmp_path / "data" / "ledger.sqlite3"


def test_a_postgresql_is_named_with_the_password_of_a_file_that_is_never_shown(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("s3cret\n", "utf-8")
    named = database(settings(tmp_path, "[database]", f'url = "{URL}"', 'password_file = "password"', "lock_seconds = 3"))
    assert named == PostgresDatabase(url=URL, password="s3cret", lock_seconds=3)
    assert "s3cret" not in f"{named} {named!r}"


@pytest.mark.parametrize(
    ("url", "password_file", "told"),
    [
        ("mysql://hub@db/ledger", None, "postgresql://"),
        ("postgresql://hub@db", None, "postgresql://"),
        ("postgresql://hub@db:port/ledger", None, "postgresql://"),
        ("postgresql://hub:s3cret@db/ledger", None, "password_file"),
        ("postgresql://hub@db/ledger?password=s3cret", None, "password_file"),
        (URL, "missing", "missing"),
    ],
)
def test_wrong_settings_are_named_without_a_secret(tmp_path: Path, url: str, password_file: str | None, told: str) -> None:
    lines = [f'password_file = "{password_file}"'] if password_file else []
    with pytest.raises(Misconfigured, match="misconfigured") as caught:
        database(settings(tmp_path, "[database]", f'url = "{url}"', *lines))
    assert told in caught.value.detail_en
    assert "s3cret" not in str(caught.value)


def test_a_missing_library_is_named_with_its_extra() -> None:
    """In a process that finds no asyncpg, as where the extra is not installed."""
    said = run("""
        import importlib.machinery
        finding = importlib.machinery.PathFinder.find_spec
        importlib.machinery.PathFinder.find_spec = (
            lambda name, *rest: None if name == "asyncpg" else finding(name, *rest)
        )
        import gateway.wiring
        from gateway.core.faults import Misconfigured
        from gateway.infra.database import PostgresDatabase
        try:
            PostgresDatabase.named("postgresql://a@b/c", password_file=None, connections=2, statement_seconds=1, lock_seconds=1)
        except Misconfigured as fault:
            print(fault.detail_en)
    """)
    assert "asyncpg" in said
    assert "lienthong[postgres]" in said


def test_the_embedded_ledger_does_not_load_the_driver() -> None:
    assert (
        run("""
        import sys
        import gateway.wiring
        print("asyncpg" in sys.modules)
    """)
        == "False"
    )


def run(program: str) -> str:
    lines = program.strip("\n").splitlines()
    indent = len(lines[0]) - len(lines[0].lstrip())
    text = "\n".join(line[indent:] for line in lines)
    return subprocess.run([sys.executable, "-c", text], cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()
