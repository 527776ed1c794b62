"""The ledger's schema: made, kept current and never left half-way."""

import asyncio
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from gateway.core.faults import Transient
from gateway.infra.executor_sqlite import engine
from gateway.infra.ledger import SqlLedger
from gateway.infra.migrate import head, migrate
from gateway.infra.tables_followed import METADATA

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "ledger.sqlite3"


@pytest.fixture
def migrated(file: Path) -> Iterator[sa.Connection]:
    migrate(file)
    opened = engine(file)
    with opened.connect() as connection:
        yield connection
    opened.dispose()


def tables(file: Path) -> set[str]:
    connection = sqlite3.connect(file)
    try:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    finally:
        connection.close()


async def ready(file: Path) -> None:
    ledger = SqlLedger.open(file)
    try:
        await ledger.ready()
    finally:
        await ledger.close()


def test_a_new_file_is_made_with_its_folder_and_brought_to_the_newest_revision(file: Path) -> None:
    assert migrate(file) == head()


async def test_a_migrated_ledger_is_ready(file: Path) -> None:
    await asyncio.to_thread(migrate, file)
    await ready(file)


def test_migrating_again_changes_nothing(file: Path) -> None:
    migrate(file)
    before = file.read_bytes()
    assert migrate(file) == head()
    assert file.read_bytes() == before


def test_the_migrations_make_the_tables_that_the_code_uses(migrated: sa.Connection) -> None:
    assert compare_metadata(MigrationContext.configure(migrated, opts={"include_object": _is_compared}), METADATA) == []


def _is_compared(_object: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
    """Compare all but the indexes, and the full-text table, of which SQLite makes five."""
    return kind != "index" and not (kind == "table" and (name or "").startswith("searched"))


def test_the_migrations_make_the_indexes_that_the_code_declares(migrated: sa.Connection) -> None:
    """By their SQL: a comparison by columns would not see a direction."""
    declared = sa.create_engine("sqlite://")
    METADATA.create_all(declared)
    select = sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
    with declared.connect() as connection:
        assert dict(migrated.execute(select).all()) == dict(connection.execute(select).all())
    declared.dispose()


def test_a_migration_that_breaks_leaves_the_file_as_it_was(file: Path) -> None:
    file.parent.mkdir()
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE statuses (in_the_way)")
    connection.close()
    with pytest.raises(sa.exc.OperationalError, match="already exists"):
        migrate(file)
    assert tables(file) == {"statuses"}


async def test_two_who_migrate_at_once_both_succeed(file: Path) -> None:
    revisions = await asyncio.gather(*(asyncio.to_thread(_migrate_elsewhere, file) for _ in range(2)))
    assert revisions == [head()] * 2


def _migrate_elsewhere(file: Path) -> str:
    program = f"from pathlib import Path; from gateway.infra.migrate import migrate; print(migrate(Path({str(file)!r})))"
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True)
    return ran.stdout.strip()


@pytest.mark.parametrize("revision", [None, "0000"], ids=["not migrated", "of another version"])
async def test_a_ledger_of_another_schema_is_not_ready_and_says_what_to_do(file: Path, revision: str | None) -> None:
    file.parent.mkdir()
    if revision is not None:
        migrate(file)
        connection = sqlite3.connect(file)
        connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
        connection.commit()
        connection.close()
    with pytest.raises(Transient, match="not-ready") as caught:
        await ready(file)
    assert "lienthong migrate" in caught.value.detail
    assert "lienthong migrate" in caught.value.detail_en


def test_the_migrations_work_from_an_installed_wheel(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path], cwd=ROOT, check=True, capture_output=True
    )
    zipfile.ZipFile(next(tmp_path.glob("*.whl"))).extractall(tmp_path / "site")
    program = (
        "import sys; sys.path.insert(0, 'site'); from pathlib import Path; import gateway.infra.migrate as installed; "
        "assert Path(installed.__file__).is_relative_to(Path('site').resolve()); print(installed.migrate(Path('ledger.sqlite3')))"
    )
    ran = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=True, capture_output=True, text=True)
    assert ran.stdout.strip() == head()
    assert "documents" in tables(tmp_path / "ledger.sqlite3")
