"""SQLite files in a backup: taken while others write, and looked at without touching them."""

import sqlite3
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext

from gateway.core.faults import Misconfigured
from gateway.infra.tables import documents

BUSY_SECONDS = 60
"""How long a copy waits for the file, which a migration may hold."""


def take(source: Path, to: Path) -> None:
    """Copy one state of a file that others write to. Raises OSError or sqlite3.Error."""
    if not source.is_file():
        raise FileNotFoundError(2, "No such file", str(source))
    with closing(_opened(source, "mode=rw")) as origin, closing(sqlite3.connect(to)) as copy:
        to.chmod(0o600)
        origin.backup(copy)  # all in one step, which is one read transaction: writers go on
    with closing(_opened(to, "immutable=1")) as copy:
        said = [row[0] for row in copy.execute("PRAGMA quick_check(1)")]
    if said != ["ok"]:
        raise failed(f"{source}: quick_check: {said[0]}")


def revision(ledger: Path) -> str:
    """Name the schema of a ledger that nobody writes to."""
    with _reading(ledger) as connection:
        return MigrationContext.configure(connection).get_current_revision() or ""


def payloads(ledger: Path) -> Generator[str]:
    """Name each payload that a ledger, which nobody writes to, has documents of."""
    with _reading(ledger) as connection:
        for sha256, attachments in connection.execute(NAMED).yield_per(1000):
            yield from named(sha256, attachments)


NAMED = sa.select(documents.c.sha256, documents.c.attachments)


def named(sha256: str, attachments: list[dict[str, object]]) -> Iterator[str]:
    """Give what the vault has of one document: its envelope, and the attachments that came apart from it."""
    yield sha256
    yield from (str(each["sha256"]) for each in attachments if each.get("apart"))


@contextmanager
def small_payloads(file: Path) -> Iterator[Callable[[str], bool]]:
    """Give what tells whether a copied `small.sqlite3` has a payload."""
    if not file.exists():
        yield lambda _: False
        return
    with closing(_opened(file, "immutable=1")) as connection:
        yield lambda sha256: bool(connection.execute("SELECT 1 FROM payloads WHERE sha256 = ?", (sha256,)).fetchone())


def failed(detail: str, detail_en: str = "") -> Misconfigured:
    """Give the fault of a backup that was not made."""
    return Misconfigured("backup-failed", detail=detail, detail_en=detail_en)


@contextmanager
def _reading(file: Path) -> Iterator[sa.Connection]:
    engine = sa.create_engine("sqlite://", creator=lambda: _opened(file, "immutable=1"), poolclass=sa.pool.NullPool)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _opened(file: Path, how: str) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(str(file.resolve()))}?{how}", uri=True, timeout=BUSY_SECONDS)
