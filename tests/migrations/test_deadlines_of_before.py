"""What the deadlines of an older ledger become: who decided is known, and what recalls were held to owe is waived."""

from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from gateway.infra.database import PostgresDatabase
from gateway.infra.executor_postgres import PostgresExecutor
from gateway.infra.executor_sqlite import engine
from gateway.infra.migrate import SCRIPTS
from tests.postgres import empty_database, postgres

__all__ = ["empty_database", "postgres"]

BEFORE, SINCE = "0011", "0012"
NEW, RECALL = 0, 1
ROWS: dict[str, dict[str, Any]] = {
    "open": {"state": "open"},
    "extended": {"state": "extended", "reason": "chờ số liệu"},
    "extended, then overdue": {"state": "overdue", "reason": "chờ số liệu"},
    "waived": {"state": "waived", "reason": "không cần"},
    "of a recall": {"document": str(RECALL), "state": "overdue", "next_at": 9},
    "of a recall, over": {"document": str(RECALL), "state": "met"},
    "of a recall, to be collected": {"document": str(RECALL), "state": "open", "rule": "collection"},
}


def bring_to(connection: sa.Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def put(connection: sa.Connection, table: str, **values: Any) -> None:
    """Insert a row, with zeros for what must be there and does not matter."""
    found = sa.Table(table, sa.MetaData(), autoload_with=connection)
    needed = [each for each in found.c if not each.nullable and not (each.primary_key and each.name == "seq")]
    connection.execute(found.insert().values({each.name: zero(each) for each in needed} | values))


def zero(column: sa.Column[Any]) -> Any:
    if isinstance(column.type, sa.Date):
        return date(2026, 11, 23)
    if isinstance(column.type, sa.String | sa.Boolean):
        return column.type.python_type(0)
    return [] if isinstance(column.type, sa.JSON) else 0


def upgraded(connection: sa.Connection) -> dict[str, tuple[str, bool, int | None]]:
    """Migrate a ledger with such deadlines; give how each stands, whether a person decided it, and when its next step is due."""
    bring_to(connection, BEFORE)
    for business_type in (NEW, RECALL):
        put(connection, "documents", id=str(business_type), business_type=business_type, natural_key=str(business_type))
    for name, row in ROWS.items():
        usual: dict[str, Any] = {"id": name[:32], "rule": "intake", "document": str(NEW), "reason": "", "starts_at": 5}
        put(connection, "deadlines", **(usual | row))
    bring_to(connection, SINCE)
    rows = connection.execute(sa.text("SELECT id, state, decided, next_at FROM deadlines")).all()
    return {row.id: (row.state, bool(row.decided), row.next_at) for row in rows}


EXPECTED = {
    "open": ("open", False, None),
    "extended": ("extended", True, None),
    "extended, then overdue": ("overdue", True, None),
    "waived": ("waived", False, None),
    "of a recall": ("waived", False, None),
    "of a recall, over": ("met", False, None),
    "of a recall, to be collected": ("open", False, None),
}


def test_deadlines_of_before_on_sqlite(tmp_path: Path) -> None:
    opened = engine(tmp_path / "ledger.sqlite3")
    with opened.connect() as connection:
        assert upgraded(connection) == EXPECTED
    opened.dispose()


async def test_deadlines_of_before_on_postgresql(empty_database: PostgresDatabase) -> None:
    executor = PostgresExecutor(empty_database)
    assert await executor.write(upgraded) == EXPECTED
    await executor.close()
