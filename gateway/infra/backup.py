"""A backup beside a running hub: the ledger first, then the vault, then the settings; whole, or not there.

A document is in the vault before it is in the ledger, and nothing is ever removed from the vault: copied later, it has every
payload that the ledger names. All of it blocks: it is for a thread.
"""

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gateway import __version__
from gateway.core.model import VIETNAM
from gateway.infra import backup_manifest, backup_sqlite
from gateway.infra.backup_manifest import DUMP, ELSEWHERE, LEDGER, MANIFEST, NAME, PARTIAL, SETTINGS, VAULT, Listed, Manifest
from gateway.infra.backup_sqlite import failed
from gateway.infra.database import Database
from gateway.infra.vault_files import ARRIVALS

SMALL = "small.sqlite3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Belongings:
    """What a hub consists of. `files` are its settings (`config`) and all files and folders that they name."""

    database: Database
    vault: Path
    config: Path
    files: tuple[Path, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A backup that is complete; `linked` of its files are shared with the one before, `removed` are older ones that are gone."""

    folder: Path
    manifest: Manifest
    linked: int
    removed: tuple[str, ...]


def make(own: Belongings, into: Path, at: datetime, *, verify: bool = False, keep: int | None = None) -> Made:
    """Make a backup in a folder of backups. Raises `backup-failed`, and leaves the earlier ones alone.

    `verify` looks at every octet of it again, also of payloads that are shared with the one before.
    """
    try:
        into.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _alone(into):
            return _make(own, into, at, verify=verify, keep=keep)
    except (OSError, sqlite3.Error) as error:
        raise failed(str(error)) from error


def _make(own: Belongings, into: Path, at: datetime, *, verify: bool, keep: int | None) -> Made:
    for left in into.glob(f"*{PARTIAL}"):  # nobody else is at work: whoever made it is dead
        shutil.rmtree(left)
    before = next(reversed(backup_manifest.complete(into)), None)
    final = into / at.astimezone(VIETNAM).strftime(NAME)
    if final.exists():
        raise failed(f"{final}: đã có.", f"{final} exists.")
    folder = into / f"{final.name}{PARTIAL}"
    folder.mkdir(mode=0o700)
    try:
        manifest, linked = _fill(folder, own, at, before)
        if verify:
            backup_manifest.verify(folder, manifest)
        backup_manifest.write(folder, manifest)
        backup_manifest.fsync_folders(folder)
        folder.rename(final)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    backup_manifest.fsync(into)
    return Made(folder=final, manifest=manifest, linked=linked, removed=_forget(into, keep))


def _fill(folder: Path, own: Belongings, at: datetime, before: Path | None) -> tuple[Manifest, int]:
    files: dict[str, Listed] = {}
    revision, named = _take_ledger(own.database, folder, files)
    linked = _copy_vault(own.vault, folder / VAULT, None if before is None else before / VAULT, files)
    _demand_payloads(folder / VAULT, named)
    home = own.config.parent
    absent = [str(each) for each in own.files if not _copy_settings(each, home, folder, files)]
    data = own.vault.parent
    manifest = Manifest(
        version=__version__,
        revision=revision,
        begun_at=at,
        ledger="sqlite" if isinstance(own.database, Path) else "postgresql",
        config=own.config.name,
        data=data.relative_to(home).as_posix() if data.is_relative_to(home) and data != home else "data",
        absent=tuple(absent),
        files=files,
    )
    return manifest, linked


def _take_ledger(database: Database, folder: Path, files: dict[str, Listed]) -> tuple[str, Generator[str]]:
    """Take the ledger; give its schema, and at least the payloads that what was taken names."""
    if isinstance(database, Path):
        taken = folder / LEDGER
        backup_sqlite.take(database, taken)
        files[LEDGER] = _listed(taken)
        return backup_sqlite.revision(taken), backup_sqlite.payloads(taken)
    from gateway.infra import backup_postgres  # the embedded ledger does not pay for it

    backup_postgres.dump(database, folder / DUMP)
    files[DUMP] = _listed(folder / DUMP)
    return backup_postgres.looked_at(database)


def _copy_vault(vault: Path, to: Path, before: Path | None, files: dict[str, Listed]) -> int:
    """Take the small payloads, then the large ones; count those that are shared with the backup before."""
    to.mkdir(mode=0o700)
    if not vault.exists():  # a hub that has never run; whether its ledger names a payload is looked at later
        return 0
    backup_sqlite.take(vault / SMALL, to / SMALL)
    files[f"{VAULT}/{SMALL}"] = _listed(to / SMALL)
    linked = 0
    for payload in _large(vault):
        place = f"{payload.parent.name}/{payload.name}"
        size, target = payload.stat().st_size, to / place
        target.parent.mkdir(mode=0o700, exist_ok=True)
        if before is not None and _link(before / place, target, size):
            linked += 1
            files[f"{VAULT}/{place}"] = Listed(sha256=payload.name, size=size)
            continue
        made = backup_manifest.copy(payload, target)
        if made.sha256 != payload.name:
            raise failed(f"{payload}: nội dung không khớp tên (SHA-256).", f"{payload} is not what its name says (SHA-256).")
        files[f"{VAULT}/{place}"] = made
    return linked


def _large(vault: Path) -> Iterator[Path]:
    for folder in sorted(vault.iterdir()):
        if folder.is_dir() and folder.name != ARRIVALS:
            yield from sorted(folder.iterdir())


def _link(earlier: Path, to: Path, size: int) -> bool:
    """Share a payload with an earlier backup; a disk without hard links is no reason to have none."""
    with suppress(OSError):
        if earlier.stat().st_size == size:
            os.link(earlier, to)
            return True
    return False


def _demand_payloads(vault: Path, named: Generator[str]) -> None:
    with closing(named), backup_sqlite.small_payloads(vault / SMALL) as small:
        for sha256 in named:
            if not small(sha256) and not (vault / sha256[:2] / sha256).is_file():
                raise failed(f"Kho thiếu tệp {sha256} mà sổ cái nêu tên.", f"The vault lacks {sha256}, which the ledger names.")


def _copy_settings(named: Path, home: Path, folder: Path, files: dict[str, Listed]) -> bool:
    """Copy a file or folder that the settings name; False where there is none, which a default may be."""
    if not named.exists():
        return False
    for file in (named,) if named.is_file() else sorted(named.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            place = backup_place(file, home)
            if place not in files:
                files[place] = backup_manifest.copy(file, folder / place)
    return True


def backup_place(file: Path, home: Path) -> str:
    """Say where in a backup a file of the settings is."""
    whole = Path(os.path.normpath(file))
    if whole.is_relative_to(home):
        return f"{SETTINGS}/{whole.relative_to(home).as_posix()}"
    return f"{ELSEWHERE}/{whole.relative_to(whole.anchor).as_posix()}"


def _listed(file: Path) -> Listed:
    backup_manifest.fsync(file)
    return backup_manifest.listing(file)


def _forget(into: Path, keep: int | None) -> tuple[str, ...]:
    """Remove the oldest beyond so many; the list of names goes first, so that half a backup is none."""
    gone = backup_manifest.complete(into)[:-keep] if keep else []
    for each in gone:
        (each / MANIFEST).unlink()
        shutil.rmtree(each)
    return tuple(each.name for each in gone)


@contextmanager
def _alone(into: Path) -> Iterator[None]:
    """Make one backup at a time in a folder."""
    descriptor = os.open(into, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise failed(f"{into}: đang có lần sao lưu khác.", f"{into}: another backup is being made.") from error
    finally:
        os.close(descriptor)
