"""A ledger in PostgreSQL: dumped with its vault by pg_dump, and restored into an empty database alone."""

import asyncio
import os
from datetime import datetime
from pathlib import Path

import pytest

from gateway.core.faults import Misconfigured
from gateway.core.model import VIETNAM
from gateway.infra import backup_postgres
from gateway.infra.backup import Belongings, make
from gateway.infra.backup_manifest import read
from gateway.infra.backup_restore import restore
from gateway.infra.database import PostgresDatabase
from gateway.infra.ledger import SqlLedger
from gateway.infra.migrate import head
from gateway.infra.vault_files import FileVault
from tests.contracts.entries import entry
from tests.postgres import INSTALL, empty_database, find, postgres, postgres_database
from tests.services import require

__all__ = ["empty_database", "postgres", "postgres_database"]

AT = datetime(2026, 11, 26, 2, 0, tzinfo=VIETNAM)


@pytest.fixture(autouse=True)
def _programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Use the programs of the server's version."""
    monkeypatch.setenv("PATH", f"{find('pg_dump').parent}:{os.environ['PATH']}")
    require("pg_dump", INSTALL)


@pytest.fixture
def own(tmp_path: Path, postgres_database: PostgresDatabase) -> Belongings:
    home = tmp_path / "hub"
    asyncio.run(_prepare(home, postgres_database))
    (home / "gateway.toml").touch()
    files = (home / "gateway.toml",)
    return Belongings(database=postgres_database, vault=home / "data" / "vault", config=files[0], files=files)


async def _prepare(home: Path, database: PostgresDatabase) -> None:
    """Accept a document whose envelope is in the vault."""
    vault, ledger = await FileVault.open(home / "data" / "vault"), SqlLedger.open(database)
    staged = vault.stage()
    await staged.write(b"envelope")
    await vault.keep([staged])
    await ledger.accept(entry(1, sha256=staged.sha256))
    await vault.close()
    await ledger.close()


def test_a_dump_is_restored_into_an_empty_database(own: Belongings, empty_database: PostgresDatabase, tmp_path: Path) -> None:
    made = make(own, tmp_path / "backups", AT)
    assert (made.manifest.ledger, made.manifest.revision) == ("postgresql", head())
    restore(made.folder, read(made.folder), tmp_path / "restored", empty_database)
    assert (tmp_path / "restored" / "data" / "vault" / "small.sqlite3").is_file()
    assert list(backup_postgres.looked_at(empty_database)[1]) == list(backup_postgres.looked_at(_postgres(own))[1]) != []


def test_a_database_that_is_not_empty_is_left_alone(own: Belongings, tmp_path: Path) -> None:
    made = make(own, tmp_path / "backups", AT)
    with pytest.raises(Misconfigured, match="restore-refused"):
        restore(made.folder, made.manifest, tmp_path / "restored", _postgres(own))
    assert not (tmp_path / "restored").exists()


def test_a_machine_without_pg_dump_says_what_to_install(own: Belongings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Misconfigured, match="postgresql-client"):
        make(own, tmp_path / "backups", AT)


def test_a_server_that_refuses_fails_the_backup(own: Belongings, tmp_path: Path) -> None:
    nowhere = PostgresDatabase(url=f"{_postgres(own).url}-nowhere")
    with pytest.raises(Misconfigured, match=r"backup-failed: pg_dump: .*does not exist"):
        make(Belongings(database=nowhere, vault=own.vault, config=own.config, files=own.files), tmp_path / "backups", AT)


def _postgres(own: Belongings) -> PostgresDatabase:
    assert isinstance(own.database, PostgresDatabase)
    return own.database
