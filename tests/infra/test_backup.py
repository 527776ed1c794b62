"""Backups one after the other in a folder: what they share, which are removed, and what was interrupted."""

import fcntl
import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from gateway.core.faults import Misconfigured, Rejected
from gateway.core.model import VIETNAM
from gateway.infra.backup import Belongings, make
from gateway.infra.backup_manifest import complete, read, verify
from gateway.infra.vault_files import FileVault
from tests.contracts.vault_contract import LARGE, kept
from tests.migrated import new_ledger

AT = datetime(2026, 11, 26, 2, 0, tzinfo=VIETNAM)


@pytest.fixture
async def own(tmp_path: Path) -> Belongings:
    home = tmp_path / "hub"
    vault = await FileVault.open(home / "data" / "vault")
    await kept(vault, LARGE)
    await kept(vault, b"small")
    await vault.close()
    new_ledger(home / "data" / "ledger.sqlite3")
    (home / "gateway.toml").touch()
    files = (home / "gateway.toml",)
    return Belongings(database=home / "data" / "ledger.sqlite3", vault=home / "data" / "vault", config=files[0], files=files)


@pytest.fixture
def into(tmp_path: Path) -> Path:
    return tmp_path / "backups"


def large(folder: Path) -> Path:
    """Find the one payload that is a file."""
    (found,) = (each for each in (folder / "vault").rglob("*") if each.is_file() and each.name != "small.sqlite3")
    return found


def test_a_payload_is_shared_with_the_backup_before(own: Belongings, into: Path) -> None:
    first, second = make(own, into, AT), make(own, into, AT + timedelta(days=1))
    assert (first.linked, second.linked) == (0, 1)
    assert large(first.folder).samefile(large(second.folder)) and not large(own.vault.parent).samefile(large(second.folder))


def test_a_shared_payload_that_has_rotted_is_found_when_asked_for(own: Belongings, into: Path) -> None:
    payload = large(make(own, into, AT).folder)
    payload.write_bytes(bytes(payload.stat().st_size))
    with pytest.raises(Rejected, match="backup-broken"):
        make(own, into, AT + timedelta(days=1), verify=True)
    assert len(complete(into)) == 1


def test_a_payload_that_is_not_what_its_name_says_fails_the_backup(own: Belongings, into: Path) -> None:
    large(own.vault.parent).write_bytes(b"other")
    with pytest.raises(Misconfigured, match="backup-failed"):
        make(own, into, AT)
    assert list(into.iterdir()) == []


def test_a_broken_ledger_fails_the_backup(own: Belongings, into: Path) -> None:
    assert isinstance(own.database, Path)
    with own.database.open("r+b") as file:
        file.seek(8192)
        file.write(os.urandom(8192))
    with pytest.raises(Misconfigured, match="backup-failed"):
        make(own, into, AT)
    assert complete(into) == []


def test_the_oldest_beyond_so_many_are_removed_and_what_they_shared_stays(own: Belongings, into: Path) -> None:
    made = [make(own, into, AT + timedelta(days=day), keep=2) for day in range(3)]
    assert [each.name for each in complete(into)] == ["20261127-020000", "20261128-020000"]
    assert made[2].removed == ("20261126-020000",) and not made[0].folder.exists()
    for each in made[1:]:
        verify(each.folder, read(each.folder))


def test_what_was_interrupted_is_no_backup_and_is_cleared_away_by_the_next(own: Belongings, into: Path) -> None:
    left, other = into / "20261125-020000.partial", into / "notes"
    for each in (left, other):
        each.mkdir(parents=True)
        (each / "ledger.sqlite3").touch()
    made = make(own, into, AT, keep=1)
    assert complete(into) == [made.folder] and not left.exists() and other.exists()


def test_two_backups_are_not_made_at_once(own: Belongings, into: Path) -> None:
    into.mkdir()
    descriptor = os.open(into, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    with pytest.raises(Misconfigured, match="another backup"):
        make(own, into, AT)
    os.close(descriptor)
