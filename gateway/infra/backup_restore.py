"""A backup laid out as a working folder. The ledger comes last: without it nobody takes the folder for a hub."""

from pathlib import Path

from gateway.core.faults import Rejected
from gateway.infra import backup_manifest
from gateway.infra.backup_manifest import DUMP, ELSEWHERE, LEDGER, SETTINGS, VAULT, Manifest
from gateway.infra.database import Database


def restore(backup: Path, manifest: Manifest, into: Path, database: Database) -> None:
    """Lay out a backup in an empty folder, a dump of PostgreSQL in an empty database.

    Raises `backup-broken` and `restore-refused`, having written nothing.
    """
    _demand_empty(into)
    if not isinstance(database, Path):
        from gateway.infra import backup_postgres  # the embedded ledger does not pay for it

        backup_postgres.demand_empty(database)
    backup_manifest.verify(backup, manifest)
    into.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in sorted(manifest.files, key=lambda name: name == LEDGER):
        if name != DUMP and backup_manifest.copy(backup / name, into / place(name, manifest)) != manifest.files[name]:
            raise backup_manifest.broken(name, "tệp đổi khi đang chép", "the file changed while it was copied")
    (into / manifest.data / VAULT).mkdir(mode=0o700, parents=True, exist_ok=True)
    backup_manifest.fsync_folders(into)
    if not isinstance(database, Path):
        backup_postgres.load(backup / DUMP, database)


def place(name: str, manifest: Manifest) -> str:
    """Say where in the working folder a file of the backup goes."""
    kind, _, rest = name.partition("/")
    if kind == SETTINGS:
        return rest
    return name if kind == ELSEWHERE else f"{manifest.data}/{name}"


def _demand_empty(into: Path) -> None:
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        vi, en = f"{into} phải là thư mục trống.", f"{into} must be an empty folder."
        raise Rejected("restore-refused", path=str(into), detail=vi, detail_en=en)
