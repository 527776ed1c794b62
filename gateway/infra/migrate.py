"""The ledger's schema, version by version (Alembic; the scripts ship in the package)."""

from functools import cache
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from gateway.core.faults import Transient
from gateway.infra.executor_sqlite import engine

SCRIPTS = Path(__file__).with_name("migrations")


def migrate(file: Path) -> str:
    """Bring a ledger file to the newest schema, making it where there is none; give the revision.

    All steps are one transaction: whatever stops them leaves the file as it was, and two at once wait for each other.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    opened = engine(file)
    try:
        with opened.connect() as connection:
            config = _config()
            config.attributes["connection"] = connection
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            command.upgrade(config, "head")
            connection.exec_driver_sql("COMMIT")
    finally:
        opened.dispose()
    return head()


def demand_current(connection: sa.Connection) -> None:
    """Raise `not-ready` unless the schema is the newest."""
    found = MigrationContext.configure(connection).get_current_revision()
    if found != head():
        raise Transient(
            "not-ready",
            detail=f"Sổ cái ở phiên bản {found}, cần {head()}: chạy lienthong migrate.",
            detail_en=f"The ledger is at revision {found}, {head()} is needed: run lienthong migrate.",
        )


@cache
def head() -> str:
    """Name the newest revision."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    return config
