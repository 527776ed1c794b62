"""`lienthong backup` and `restore` of a hub whose ledger is in PostgreSQL."""

import os
from pathlib import Path

import pytest

from gateway.infra.database import PostgresDatabase
from tests.cli.conftest import Lienthong
from tests.postgres import empty_database, find, postgres, postgres_database

__all__ = ["empty_database", "postgres", "postgres_database"]


def name(home: Path, database: PostgresDatabase) -> None:
    """Let the settings name a database."""
    with (home / "gateway.toml").open("a") as settings:
        settings.write(f'\n[database]\nurl = "{database.url}"\n')


def test_a_dump_is_restored_into_the_database_of_other_settings_and_reconciled(
    home: Path,
    lienthong: Lienthong,
    postgres_database: PostgresDatabase,
    empty_database: PostgresDatabase,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", f"{find('pg_dump').parent}:{os.environ['PATH']}")
    elsewhere = home.parent / "elsewhere.toml"
    elsewhere.write_text(f'[database]\nurl = "{empty_database.url}"\n')
    name(home, postgres_database)
    made = lienthong("backup", home.parent / "backups", "--json")
    assert made.code == 0 and made.json["recorded"], made.err
    backup = made.json["folder"]

    refused = lienthong("restore", backup, "--into", home.parent / "restored")
    assert refused.code == 1 and "restore-refused" in refused.err and "không trống" in refused.err
    ran = lienthong("restore", backup, "--into", home.parent / "restored", "--config", elsewhere)
    assert ran.code == 0 and "✓ Cân" in ran.out and f"[database] url thành {empty_database.url}" in ran.out, ran.err
    (home.parent / "sqlite.toml").touch()
    ran = lienthong("restore", backup, "--into", home.parent / "other", "--config", home.parent / "sqlite.toml")
    assert ran.code == 1 and "không nêu PostgreSQL" in ran.err
