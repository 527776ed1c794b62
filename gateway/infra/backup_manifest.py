"""The list of what is in a backup: each file with its digest. A folder that has none is no backup."""

import hashlib
import os
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from gateway.core.faults import Rejected
from gateway.core.model import VIETNAM

MANIFEST: Final = "manifest.json"
LEDGER: Final = "ledger.sqlite3"
DUMP: Final = "ledger.dump"
VAULT: Final = "vault"
SETTINGS: Final = "settings"
ELSEWHERE: Final = "elsewhere"
"""Files that the settings name outside of their own folder, by their whole path."""
PARTIAL: Final = ".partial"
NAME: Final = "%Y%m%d-%H%M%S"
"""What a backup is called: when it was begun, in Vietnam's time."""
CHUNK: Final = 1024 * 1024


class Listed(BaseModel):
    """A file of a backup. `size` in bytes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size: int = Field(ge=0)


class Manifest(BaseModel):
    """The whole list. `data` is where the working folder has its ledger and vault, `config` its settings; both relative to it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1] = 1
    version: str
    revision: str
    begun_at: datetime
    ledger: Literal["sqlite", "postgresql"]
    config: str
    data: str
    absent: tuple[str, ...] = ()
    files: dict[str, Listed]

    @model_validator(mode="after")
    def _stays_inside(self) -> Self:
        for name in (*self.files, self.config, self.data):
            path = PurePosixPath(name)
            if path.is_absolute() or ".." in path.parts or not path.parts:
                raise ValueError(f"path: {name}")
        return self

    @property
    def size(self) -> int:
        """How many bytes all files have together."""
        return sum(each.size for each in self.files.values())


def read(backup: Path) -> Manifest:
    """Read the list of a backup. Raises `backup-broken` where it is none."""
    if backup.name.endswith(PARTIAL):
        raise broken(backup.name, "sao lưu bị ngắt giữa chừng", "the backup was interrupted")
    try:
        return Manifest.model_validate_json((backup / MANIFEST).read_bytes())
    except (OSError, ValidationError) as error:
        raise broken(MANIFEST, f"không đọc được ({type(error).__name__})", f"unreadable ({type(error).__name__})") from error


def verify(backup: Path, manifest: Manifest) -> None:
    """Look at each octet of a backup. Raises `backup-broken` naming the first file that is missing or another."""
    for name, listed in manifest.files.items():
        file = backup / name
        if not file.is_file():
            raise broken(name, "thiếu tệp", "the file is missing")
        if listing(file) != listed:
            raise broken(name, "tệp không còn như khi sao lưu", "the file is not as it was backed up")


def write(folder: Path, manifest: Manifest) -> None:
    """Write the list, which makes a folder a backup."""
    file = folder / MANIFEST
    file.write_text(manifest.model_dump_json(indent=1), "utf-8")
    file.chmod(0o600)
    fsync(file)


def complete(into: Path) -> list[Path]:
    """List the backups of a folder, the oldest first; what was interrupted is none."""
    if not into.is_dir():
        return []
    return sorted(each for each in into.iterdir() if _dated(each.name) and (each / MANIFEST).is_file())


def listing(file: Path) -> Listed:
    """Look at a file's octets."""
    made, size = hashlib.sha256(), 0
    with file.open("rb") as opened:
        while block := opened.read(CHUNK):
            made.update(block)
            size += len(block)
    return Listed(sha256=made.hexdigest(), size=size)


def copy(source: Path, to: Path) -> Listed:
    """Copy a file durably, for its owner alone; give what was written."""
    to.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    made, size = hashlib.sha256(), 0
    with source.open("rb") as opened, open(to, "xb", opener=_private) as written:
        while block := opened.read(CHUNK):
            made.update(block)
            size += written.write(block)
        written.flush()
        os.fsync(written.fileno())
    return Listed(sha256=made.hexdigest(), size=size)


def fsync(path: Path) -> None:
    """Put a file, or a folder's list of names, on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def fsync_folders(folder: Path) -> None:
    """Put the names of a whole tree on the disk."""
    for each, _, _ in os.walk(folder, topdown=False):
        fsync(Path(each))


def broken(name: str, vi: str, en: str) -> Rejected:
    """Give the fault of a backup that is not whole, naming the file."""
    return Rejected("backup-broken", path=name, detail=f"{name}: {vi}.", detail_en=f"{name}: {en}.")


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _dated(name: str) -> bool:
    try:
        return datetime.strptime(name, NAME).replace(tzinfo=VIETNAM).strftime(NAME) == name
    except ValueError:
        return False
