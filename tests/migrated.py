"""SQLite ledgers of the newest schema, made from one that was migrated: most tests are not about its migrations."""

import tempfile
from functools import cache
from pathlib import Path

from gateway.infra.migrate import migrate


def new_ledger(file: Path) -> None:
    """Make an empty ledger at a place where there is none."""
    with file.open("xb") as made:
        made.write(_migrated())


@cache
def _migrated() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "ledger.sqlite3"
        migrate(file)
        return file.read_bytes()
